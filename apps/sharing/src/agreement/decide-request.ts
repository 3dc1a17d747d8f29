import { FACTS } from '#contracts';
import {
  decideExistence,
  decideGrants,
  disclosureOf,
  fieldsNamedBy,
  type AdoptedAgreement,
  type CompiledAgreement,
  type EntryField,
  type Grant,
  type SharedEntry,
  type SharingState,
  type Viewer,
} from '#sharing';
import type { RequestRow } from './request-row.js';

export interface Decision {
  readonly decision: 'allow' | 'deny';
  /** What shows in the mode asked for: names, or `*` for every field. Empty for EXISTENCE and SUMMARY. */
  readonly fields: readonly string[];
  readonly clauses: readonly string[];
}

/** Stands in an entry's fields for every field that no document names, so that only "every field" shows it. */
const EVERY = '*';

/** A record of these tiers tells of no service's involvement. */
const ABOVE_SPECIAL: ReadonlySet<string> = new Set(['originator', 'sealed']);

const DENY: Decision = { decision: 'deny', fields: [], clauses: [] };

/** Documents, and whether the hub's baseline stands above them. Relations are taken as corroborated. */
export interface RequestWorld {
  readonly agreements: readonly AdoptedAgreement[];
  readonly fields: readonly Omit<EntryField, 'about'>[];
  readonly facts: ReadonlySet<string>;
  readonly baseline: boolean;
}

export const requestWorld = (agreements: readonly CompiledAgreement[], baseline: boolean): RequestWorld => ({
  agreements: agreements.map((agreement) => ({ agreement, adoptions: 'all' })),
  fields: [
    ...fieldsNamedBy(agreements, 'child'),
    { name: EVERY, part: 'content' as const },
    { name: EVERY, part: 'location' as const },
  ].map(({ name, part }) => ({ name, part })),
  facts: new Set([...FACTS, 'open-episode', ...agreements.flatMap(({ facts }) => [...facts])]),
  baseline,
});

const shownFields = (world: RequestWorld, part: 'content' | 'location', names: readonly string[]): readonly string[] =>
  names.includes(EVERY) && world.fields.every((field) => field.part !== part || names.includes(field.name))
    ? [EVERY]
    : names;

const clausesOf = (grants: readonly Grant[]): readonly string[] => disclosureOf(grants).by;

const decideEntry = (
  world: RequestWorld,
  row: RequestRow,
  viewer: Viewer,
  state: SharingState,
  mode: 'SUMMARY' | 'CONTENT' | 'LOCATION',
): Decision => {
  const entry: SharedEntry = {
    id: 'request',
    owner: { organisation: row.sourceOrg, service: row.sourceService },
    type: row.recordType,
    recordType: row.recordType,
    tier: row.tier,
    about: row.about,
    aboutBirthDate: row.aboutBorn === '' ? null : row.aboutBorn,
    occurred: row.occurred === '' ? { precision: 'unknown' } : { from: row.occurred, precision: 'exact' },
    ...(row.ended === '' ? {} : { ended: row.ended }),
    facts: [],
    fields: world.fields.map((field) => ({ ...field, about: row.about })),
  };
  const part = mode === 'LOCATION' ? 'location' : 'content';
  const grants = decideGrants(viewer, state, entry, { baseline: world.baseline }).filter((grant) =>
    mode === 'SUMMARY' ? grant.summary : grant[part].length > 0,
  );
  if (grants.length === 0) return DENY;
  return {
    decision: 'allow',
    fields: mode === 'SUMMARY' ? [] : shownFields(world, part, disclosureOf(grants)[part]),
    clauses: clausesOf(grants),
  };
};

/** Decides one row of a table. A release names a person and an entry, which a table cannot, so none is in play. */
export const decideRequest = (world: RequestWorld, row: RequestRow): Decision => {
  const viewer: Viewer = {
    staffKey: '',
    organisation: row.destOrg,
    organisationKind: row.destOrgType,
    service: row.destService,
    role: row.role,
  };
  const state: SharingState = {
    at: row.at,
    purpose: row.purpose,
    relations: row.relation === null ? [] : [row.relation],
    agreements: world.agreements,
    childBirthDate: row.childBorn === '' ? null : row.childBorn,
    facts: row.facts,
  };
  if (world.baseline && row.tier === 'sealed') return DENY;
  if (row.mode !== 'EXISTENCE') return decideEntry(world, row, viewer, state, row.mode);
  const { shown, by } = decideExistence(
    viewer,
    state,
    {
      organisation: row.sourceOrg,
      service: row.sourceService,
      recordTypes: row.recordType === '' || ABOVE_SPECIAL.has(row.tier) ? [] : [row.recordType],
      facts: [],
    },
    { baseline: world.baseline },
  );
  return shown ? { decision: 'allow', fields: [], clauses: by } : DENY;
};
