import { getEventType, rankKey, type Envelope } from '#contracts';
import type { FiledContribution } from '#timeline';
import { readChild, type ReadScope } from '../src/read-child.js';

/** When what is filed was received, unless it says otherwise; reads are at `AT`. */
const RECEIVED = '2026-03-01T09:00:00.000Z';
export const AT = Date.parse('2026-04-01T09:00:00.000Z');

const NUMBER = { kind: 'nhs-number', value: '9990000018', status: 'traced' };
let count = 0;

/** Key of an organisation's reference of the one child. */
export const referenceOf = (organisation: string): string =>
  [...organisation].map((letter) => letter.charCodeAt(0).toString(16)).join('').padEnd(32, '0').slice(0, 32); // prettier-ignore
export const staffKeyOf = (login: string): string => referenceOf(`staff ${login}`);

interface Filed extends Partial<Omit<Envelope, 'owner' | 'record' | 'rank' | 'fields'>> {
  readonly service?: string;
  /** Name of the record; a new one where none is given. */
  readonly record?: string;
  readonly body?: string;
  readonly version?: string;
  readonly fields?: readonly string[];
  readonly terms?: object;
  readonly unreadable?: boolean;
}

/** Something that an organisation has filed on its reference of the child. */
export const filed = (type: string, organisation: string, change: Filed = {}): FiledContribution => {
  count += 1;
  const name = `c-${count}`;
  const {
    service = 'main',
    record = name,
    body = name,
    version = '1',
    fields = [],
    terms,
    unreadable,
    ...rest
  } = change;
  const isContent = getEventType(type).kind === 'content';
  return {
    position: count,
    envelope: {
      v: 1,
      contributionId: name,
      subject: { kind: 'child', key: referenceOf(organisation) },
      type,
      schemaVersion: getEventType(type).schemaVersion,
      recordType: type,
      owner: { organisation, service },
      sender: 'connector',
      originatorConfirmed: true,
      record: { key: record, ancestors: [], body },
      rank: { feed: `${organisation}-feed`, by: 'version', value: version, key: rankKey('version', version) },
      about: 'child',
      tier: 'ordinary',
      regime: 'uk-gdpr',
      occurred: { from: '2026-02-01', precision: 'day' },
      hubReceived: RECEIVED,
      fields: fields.length > 0 ? { content: fields } : {},
      facts: [],
      ...rest,
    },
    identity: { identifiers: isContent ? [NUMBER] : [] },
    ...(unreadable ? {} : { terms: { ...(isContent ? { birthDate: '2015-06-12' } : {}), ...terms } }),
    unreadable: unreadable ? ['terms'] : [],
  };
};

export interface Post {
  readonly login: string;
  readonly organisation: string;
  readonly organisationKind?: string;
  readonly service?: string;
  readonly role?: string;
  readonly team?: string;
  /** A number of its own for the same sign-in. */
  readonly as?: string;
}

const postOf = ({
  login,
  organisation,
  organisationKind = 'ANY',
  service = 'main',
  role = 'worker',
  team,
  as = login,
}: Post) =>
  filed('staff-post', organisation, {
    subject: { kind: 'staff', key: staffKeyOf(as) },
    terms: { login, organisationKind, service, role, team: team ?? null, from: '2025-01-01T00:00:00Z' },
  });

const allocationOf = ({ login, organisation, service = 'main', as = login }: Post) =>
  filed('relation', organisation, {
    terms: { relation: 'allocated', service, staffKey: staffKeyOf(as), from: '2025-01-01T00:00:00Z' },
  });

/** An agreement that these organisations have adopted. */
const adoptedBy = (document: { id: string; version: string }, owners: readonly string[]): FiledContribution[] => {
  const held = filed('agreement-document', 'HUB', {
    subject: { kind: 'agreement', key: 'd'.repeat(32) },
    terms: { agreement: document.id, version: document.version, document: JSON.stringify(document) },
  });
  return [
    held,
    ...owners.flatMap((organisation) =>
      ['first', 'second'].map((signer) =>
        filed('agreement-adoption', organisation, {
          subject: { kind: 'agreement', key: 'd'.repeat(32) },
          sender: signer,
          terms: {
            agreement: document.id,
            version: document.version,
            document: held.envelope.contributionId,
            organisation,
            signer,
            inForceFrom: '2025-01-01T00:00:00Z',
          },
        }),
      ),
    ),
  ];
};

export interface Scene {
  readonly posts: readonly Post[];
  readonly filed: readonly FiledContribution[];
  readonly pending?: readonly FiledContribution[];
  readonly agreement?: { id: string; version: string };
  readonly at?: number;
}

/** Everything about one child as the person of these posts, who is allocated, reads it. */
export const scopeOf = ({ posts, filed: contributions, pending = [], agreement, at = AT }: Scene): ReadScope => {
  const all = [...posts.map(allocationOf), ...contributions];
  const organisations = [...new Set([...all, ...pending].map(({ envelope }) => envelope.owner.organisation))];
  return {
    at,
    purpose: 'SAFEGUARDING',
    login: posts[0]!.login,
    staff: posts.map(postOf),
    start: posts.map(({ organisation }) => referenceOf(organisation)),
    references: organisations.map((organisation) => ({
      key: referenceOf(organisation),
      organisation,
      contributions: all.filter(({ envelope }) => envelope.owner.organisation === organisation),
    })),
    agreements: agreement ? adoptedBy(agreement, organisations) : [],
    pending: pending.map((one) => ({ ...one, position: null })),
  };
};

export const read = (scene: Scene) => readChild(scopeOf(scene));
