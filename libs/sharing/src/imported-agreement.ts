import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { PERMITTED_TIERS } from './compile-agreement.js';
import { fold, sortedUnique } from './codes.js';
import {
  indexClauses,
  indexParties,
  type Audience,
  type CompiledAgreement,
  type Permit,
} from './compiled-agreement.js';
import { cellsOf, type Destination, type PolicyCell } from './policy-cells.js';
import { POLICY_MODES, type PolicyOrganisation, type PolicyRule } from './policy-document.js';
import { verdictCases } from './policy-verdicts.js';
import { element, member, placeOfPointer, type Refusal } from './refusal.js';
import { ALWAYS, DEFAULT_ZONE, type Window } from './time.js';

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const Code = Type.String({ minLength: 1, pattern: '^[^*/:@]+$' });
const Codes = Type.Array(Code, { minItems: 1 });
const Reference = Type.String({ pattern: '^(org|kind):[^*/:@]+$' });
const Instant = Type.String({ description: 'RFC 3339 instant in UTC, to the millisecond' });

const cell = {
  id: Text,
  records: Type.Object({ types: Codes }, closed),
  to: Type.Array(Reference, { minItems: 1 }),
  /** Who is named or of a kind in `to` and yet not meant. */
  except: Type.Array(Reference),
  roles: Type.Literal('any'),
  relation: Type.Literal('any'),
  purposes: Codes,
  /** `from` and `through` are both inside; a missing one is no bound. */
  valid: Type.Object({ from: Type.Optional(Instant), through: Type.Optional(Instant) }, closed),
  readerText: Text,
  rule: Type.Object(
    {
      list: Type.Union([Type.Literal('exceptions'), Type.Literal('defaults')]),
      index: Type.Integer({ minimum: 0 }),
      reason: Type.Optional(Type.String()),
    },
    closed,
  ),
};

/**
 * An imported policy as permit-only cells: its order no longer matters. An `existence` cell shows that the party is
 * involved (kind and desk); a `permits` cell shows summary, every content field and every location field of a record
 * of tier contact, ordinary or special, about anyone.
 */
export const ImportedAgreementSchema = Type.Object(
  {
    schema: Type.Literal('agreement-cells/1'),
    id: Text,
    version: Text,
    title: Text,
    parties: Type.Array(
      Type.Object(
        {
          organisation: Code,
          kind: Type.Union([Code, Type.Null()]),
          name: Type.String(),
          desk: Type.Union([Text, Type.Null()]),
          /** Every service of the organisation is this one. */
          service: Type.Literal('open'),
          /** The source's own version: a label. */
          version: Type.Union([Type.String(), Type.Null()]),
          recordTypes: Type.Array(Code),
        },
        closed,
      ),
    ),
    /** Every purpose that the source names, in a rule that denies too. */
    purposes: Type.Array(Code),
    existence: Type.Array(
      Type.Object(
        { ...cell, of: Reference, shows: Type.Tuple([Type.Literal('party-kind'), Type.Literal('desk')]) },
        closed,
      ),
    ),
    permits: Type.Array(Type.Object({ ...cell, from: Reference, show: Type.Literal('*') }, closed)),
    /** The source's own verdicts at the edges of its rules, by first match. */
    cases: Type.Array(
      Type.Object(
        {
          at: Instant,
          sourceOrg: Code,
          destOrg: Type.String(),
          destOrgType: Type.String(),
          purpose: Code,
          recordType: Code,
          mode: Type.Union(POLICY_MODES.map((mode) => Type.Literal(mode))),
          decision: Type.Union([Type.Literal('allow'), Type.Literal('deny')]),
        },
        closed,
      ),
    ),
  },
  { $id: 'agreement-cells/1', ...closed },
);

export type ImportedAgreement = Static<typeof ImportedAgreementSchema>;
type ImportedCell = Omit<ImportedAgreement['permits'][number], 'from' | 'show'>;

const instantText = (ms: number): string => new Date(ms).toISOString();

const INSTANT = /^(?:[+-]\d{2})?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** An instant as an import writes it; not a number for anything else. */
export const readCellInstant = (text: string): number => (INSTANT.test(text) ? Date.parse(text) : NaN);

const writtenWindow = (window: Window): ImportedCell['valid'] => ({
  ...(Number.isFinite(window.from) ? { from: instantText(window.from) } : {}),
  ...(Number.isFinite(window.until) ? { through: instantText(window.until - 1) } : {}),
});

const words = (codes: readonly string[]): string =>
  codes.length < 2 ? codes.join('') : `${codes.slice(0, -1).join(', ')} and ${codes.at(-1)}`;

/** From the whole rule, so that which part of it matched does not show. */
const readerTextOf = (organisation: PolicyOrganisation, rule: PolicyRule): string =>
  `${organisation.name} shares ${words(rule.recordTypes.map(fold))} for ${words(
    rule.purposes.map((purpose) => fold(purpose).replaceAll('_', ' ')),
  )}`;

const written = (destination: Destination): Pick<ImportedCell, 'to' | 'except'> => {
  const [own, other] = destination.by === 'organisation' ? ['org', 'kind'] : ['kind', 'org'];
  return {
    to: destination.codes.map((code) => `${own}:${code}`),
    except: destination.except.map((code) => `${other}:${code}`),
  };
};

const cellId = (organisation: PolicyOrganisation, policyCell: PolicyCell, ordinal: number): string =>
  `${organisation.id}.${policyCell.rule.list}[${policyCell.rule.index}].${policyCell.mode}.${ordinal}`;

const writeCell = (organisation: PolicyOrganisation, policyCell: PolicyCell, ordinal: number): ImportedCell => ({
  id: cellId(organisation, policyCell, ordinal),
  records: { types: [...policyCell.recordTypes] },
  ...written(policyCell.destination),
  roles: 'any',
  relation: 'any',
  purposes: [...policyCell.purposes],
  valid: writtenWindow(policyCell.window),
  readerText: readerTextOf(organisation, policyCell.rule),
  rule: {
    list: policyCell.rule.list,
    index: policyCell.rule.index,
    ...(policyCell.rule.reason === null ? {} : { reason: policyCell.rule.reason }),
  },
});

/** Cells of an organisation by mode, each numbered within its rule. */
const writeCells = (organisation: PolicyOrganisation): Map<string, { cell: ImportedCell; mode: string }> => {
  const cells = new Map<string, { cell: ImportedCell; mode: string }>();
  const ordinals = new Map<string, number>();
  for (const policyCell of cellsOf(organisation)) {
    const rule = `${policyCell.mode} ${policyCell.rule.list} ${policyCell.rule.index}`;
    const ordinal = (ordinals.get(rule) ?? 0) + 1;
    ordinals.set(rule, ordinal);
    const each = writeCell(organisation, policyCell, ordinal);
    cells.set(each.id, { cell: each, mode: policyCell.mode });
  }
  return cells;
};

export interface ImportOptions {
  /** Id of the document; made from the organisations where absent. */
  readonly id?: string;
  /** What each organisation's notice says to ring, by organisation id in any case. */
  readonly desk?: Readonly<Record<string, string>>;
}

/** The policies of one document as permit-only cells. Pure; every list is in a settled order. */
export const importPolicies = (
  organisations: readonly PolicyOrganisation[],
  options: ImportOptions = {},
): ImportedAgreement => {
  const desks = new Map(Object.entries(options.desk ?? {}).map(([id, desk]) => [fold(id), desk]));
  const versions = [...new Set(organisations.flatMap(({ version }) => version ?? []))].sort();
  const only = organisations.length === 1 ? organisations[0] : undefined;
  const cells = organisations.flatMap((organisation) =>
    [...writeCells(organisation).values()].map((each) => ({ ...each, own: `org:${fold(organisation.id)}` })),
  );
  return {
    schema: 'agreement-cells/1',
    id: options.id ?? (only ? `policy-${fold(only.id)}` : 'policy-directory'),
    version: versions.at(-1) ?? 'unlabelled',
    title: only ? `Sharing policy of ${only.name}` : 'Sharing policies of a directory of organisations',
    parties: organisations.map((organisation) => ({
      organisation: organisation.id,
      kind: organisation.kind,
      name: organisation.name,
      desk: desks.get(fold(organisation.id)) ?? null,
      service: 'open',
      version: organisation.version,
      recordTypes: [...organisation.recordTypes],
    })),
    purposes: [
      ...sortedUnique(organisations.flatMap(({ rules }) => rules.flatMap(({ purposes }) => purposes.map(fold)))),
    ],
    existence: cells.flatMap(({ cell: each, mode, own }) =>
      mode === 'EXISTENCE' ? [{ ...each, of: own, shows: ['party-kind', 'desk'] as ['party-kind', 'desk'] }] : [],
    ),
    permits: cells.flatMap(({ cell: each, mode, own }) =>
      mode === 'CONTENT' ? [{ ...each, from: own, show: '*' as const }] : [],
    ),
    cases: organisations.flatMap(verdictCases),
  };
};

const NO_ONE: ReadonlySet<string> = new Set();

const codesOf = (references: readonly string[], sort: 'org' | 'kind'): ReadonlySet<string> | null => {
  const codes = references
    .filter((each) => each.startsWith(`${sort}:`))
    .map((each) => fold(each.slice(sort.length + 1)));
  return codes.length === 0 ? null : new Set(codes);
};

const readAudience = (each: Pick<ImportedCell, 'to' | 'except'>): Audience => ({
  services: null,
  organisations: codesOf(each.to, 'org'),
  kinds: codesOf(each.to, 'kind'),
  exceptOrganisations: codesOf(each.except, 'org') ?? NO_ONE,
  exceptKinds: codesOf(each.except, 'kind') ?? NO_ONE,
});

const readWindow = ({ from, through }: ImportedCell['valid']): Window => ({
  from: from === undefined ? -Infinity : readCellInstant(from),
  until: through === undefined ? Infinity : readCellInstant(through) + 1,
});

const readCell = (each: ImportedCell, own: string): Permit => ({
  id: each.id,
  readerText: each.readerText,
  from: { all: false, parties: new Set([fold(own)]), services: NO_ONE },
  types: new Set(each.records.types.map(fold)),
  about: null,
  tiers: PERMITTED_TIERS,
  to: readAudience(each),
  roles: null,
  relations: null,
  purposes: new Set(each.purposes.map(fold)),
  window: readWindow(each.valid),
  childAge: null,
  aboutAge: null,
  when: [],
  unless: [],
  onConsent: false,
  handling: [],
  show: { summary: true, content: '*', location: '*' },
  lookback: null,
  newest: null,
});

/** An imported document made ready. */
export const compileImported = (document: ImportedAgreement): CompiledAgreement => {
  const permits = document.permits.map((each) => readCell(each, each.from));
  const existence = document.existence.map((each) => ({ ...readCell(each, each.of), tiers: null }));
  return {
    id: document.id,
    version: document.version,
    title: document.title,
    zone: DEFAULT_ZONE,
    force: ALWAYS,
    parties: indexParties(
      document.parties.map((party) => ({
        name: `org:${fold(party.organisation)}`,
        kind: party.kind,
        desk: party.desk,
        exact: new Set([fold(party.organisation)]),
        patterns: [],
        services: new Map(),
        anyService: 'open',
      })),
    ),
    purposes: null,
    namedPurposes: new Set(document.purposes.map(fold)),
    facts: new Set(),
    fieldNames: { content: new Set(), location: new Set() },
    permits: indexClauses(permits),
    existence: indexClauses(existence),
    releases: [],
    caps: [],
    forbids: [],
  };
};

/** Every place where a document of imported cells is wrong. */
export const refusalsOfImported = (json: unknown): Refusal[] => {
  const structure = [...Value.Errors(ImportedAgreementSchema, json)].map(({ path, message }) => ({
    place: placeOfPointer(path),
    reason: message,
  }));
  if (structure.length > 0) return structure;
  const document = json as ImportedAgreement;
  const known = new Set(document.parties.map((party) => `org:${fold(party.organisation)}`));
  const refusals: Refusal[] = [];
  for (const list of ['existence', 'permits'] as const)
    document[list].forEach((each, index) => {
      const place = element(`$.${list}`, index);
      const own = 'of' in each ? each.of : each.from;
      if (!known.has(fold(own)))
        refusals.push({
          place: member(place, 'of' in each ? 'of' : 'from'),
          reason: 'names no party of this document',
        });
      if (codesOf(each.to, 'org') && codesOf(each.to, 'kind'))
        refusals.push({ place: member(place, 'to'), reason: 'names organisations and kinds together' });
      for (const name of ['from', 'through'] as const) {
        const text = each.valid[name];
        if (text !== undefined && Number.isNaN(readCellInstant(text)))
          refusals.push({ place: member(member(place, 'valid'), name), reason: 'must be an instant in UTC' });
      }
    });
  return refusals;
};
