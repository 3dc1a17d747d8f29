import { getEventType, higherTier, type Tier } from '#contracts';
import { foldReference, type IdentityReference, type IdentityStatement } from '#identity';
import { rememberingOf } from '#sharing';
import { currentRecords, type CurrentRecord, type FiledContribution } from '#timeline';
import { withdrawnAmong } from './directives.js';
import { suspensionsOf } from './suspensions.js';

/** Feed of what people decide and record in the hub itself. */
const COMMANDS_FEED = 'hub-commands';

export interface ReferenceRecords {
  readonly key: string;
  readonly organisation: string;
  readonly records: readonly BodiedRecord[];
}

/** A standing version with what its body says, wherever the body was filed. */
export interface BodiedRecord extends CurrentRecord {
  readonly body: FiledContribution;
  /** A later item about it could not be read in full and lies in quarantine: until that is mended it opens nothing. */
  readonly suspended: boolean;
}

/** Of one list once: prefixes of what is pending leave most lists as they are. */
export const bodied = rememberingOf((contributions: readonly FiledContribution[]): readonly BodiedRecord[] => {
  const isSuspended = suspensionsOf(contributions);
  const isWithdrawn = withdrawnAmong(contributions);
  const holders = new Map(
    contributions.filter((one) => one.confirms === undefined).map((one) => [one.envelope.contributionId, one]),
  );
  return currentRecords(contributions).flatMap((record) => {
    const body = holders.get(record.bodyOf);
    if (!body || (kindOf({ body }) === 'content' && isWithdrawn(record.contribution))) return [];
    return [{ ...record, body, suspended: isSuspended(record.contribution.envelope) }];
  });
});

export const kindOf = (record: Pick<BodiedRecord, 'body'>): string => getEventType(record.body.envelope.type).kind;

export const statementOf = (record: BodiedRecord): IdentityStatement => {
  const { identity, terms, envelope } = record.body;
  const identifiers = (identity?.['identifiers'] ?? []) as NonNullable<IdentityStatement['identifiers']>;
  const demographics = {
    givenName: identity?.['givenName'],
    familyName: identity?.['familyName'],
    sex: identity?.['sex'],
    birthDate: terms?.['birthDate'],
  };
  return {
    record: `${envelope.rank.feed}/${envelope.record.key}/${envelope.record.body}`,
    rank: record.contribution.envelope.rank.key,
    // What people record here says nothing of who the child is.
    fromStaffFeed: kindOf(record) !== 'content' || envelope.rank.feed === COMMANDS_FEED,
    identifiers,
    // A register's word: whoever else says that a number is void says nothing.
    invalidated:
      envelope.type === 'identifier-invalidated' ? identifiers.filter(({ status }) => status === 'traced') : [],
    demographics: Object.values(demographics).some((value) => typeof value === 'string')
      ? (demographics as NonNullable<IdentityStatement['demographics']>)
      : null,
  };
};

const statementsOf = rememberingOf((records: readonly BodiedRecord[]) => records.map(statementOf));

export const identityOf = ({ key, organisation, records }: ReferenceRecords): IdentityReference =>
  foldReference({ key, organisation }, statementsOf(records));

/** A decision reads the terms: where they are there and cannot be read, nothing shows. */
export const isReadable = ({ body }: BodiedRecord): boolean => !body.unreadable.includes('terms');

/** The highest of its type's floor and what its sender said. */
export const tierOf = ({ body: { envelope } }: Pick<BodiedRecord, 'body'>): Tier =>
  higherTier(getEventType(envelope.type).tierFloor, envelope.tier);
