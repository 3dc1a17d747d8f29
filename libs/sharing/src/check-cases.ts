import type { About, Tier } from '#contracts';
import type { AgreementCase, AgreementDocument } from './agreement-schema.js';
import { compileAgreement } from './compile-agreement.js';
import type { CompiledAgreement } from './compiled-agreement.js';
import { decideDisclosure } from './decide-disclosure.js';
import { decideExistence } from './decide-existence.js';
import { compileImported, readCellInstant, type ImportedAgreement } from './imported-agreement.js';
import type { Refusal } from './refusal.js';
import { readMoment } from './time.js';
import type { EntryField, OwnerService, RelationKind, Release, SharedEntry, SharingState, Viewer } from './types.js';

const STAFF = 'case-viewer';
const ENTRY = 'case-entry';

/** One organisation of a party, standing for any: a star becomes a word. */
const serviceOf = (document: AgreementDocument, reference: string): OwnerService & { kind: string } => {
  const [party = '', service = ''] = reference.split('.');
  const found = Object.hasOwn(document.parties, party) ? document.parties[party] : undefined;
  return { organisation: (found?.orgs[0] ?? '').replaceAll('*', 'case'), service, kind: found?.kind ?? '' };
};

/** Every field that the document names, so that what a clause names is what shows. */
export const fieldsNamedBy = (agreements: readonly CompiledAgreement[], about: About): EntryField[] =>
  (['content', 'location'] as const).flatMap((part) =>
    [...new Set(agreements.flatMap(({ fieldNames }) => [...fieldNames[part]]))].map((name) => ({ name, part, about })),
  );

type Expectation = AgreementCase['expect'][number];

const relationsAt = (each: AgreementCase, at: number, zone: string): RelationKind[] =>
  Object.entries(each.viewer.relation ?? {}).flatMap(([kind, [from, until]]) => {
    const start = typeof from === 'string' ? readMoment(from, zone)?.start : -Infinity;
    const end = typeof until === 'string' ? readMoment(until, zone)?.start : Infinity;
    return start !== undefined && end !== undefined && at >= start && at < end ? [kind as RelationKind] : [];
  });

const releasesOf = (document: AgreementDocument, owner: OwnerService, expectation: Expectation): Release[] =>
  (expectation.release ? (document.releases ?? []) : []).map(({ by }) => ({
    entryId: ENTRY,
    owner,
    byRole: by[0] ?? '',
    staffKey: STAFF,
    from: expectation.release?.[0] ?? '',
    until: expectation.release?.[1] ?? '',
  }));

const sameTexts = (actual: readonly string[], expected: readonly string[] = []): boolean =>
  JSON.stringify(actual) === JSON.stringify([...new Set(expected)].sort());

const failsAt = (
  document: AgreementDocument,
  agreement: CompiledAgreement,
  each: AgreementCase,
  expectation: Expectation,
): string | null => {
  const at = readMoment(expectation.at, agreement.zone)?.start;
  if (at === undefined) return 'the time of the case cannot be read';
  const said = { ...each.entry, ...expectation.set };
  const { kind, ...seat } = serviceOf(document, each.viewer.service);
  const { organisation, service } = serviceOf(document, said.from);
  const owner = { organisation, service };
  const viewer: Viewer = { staffKey: STAFF, ...seat, organisationKind: kind, role: each.viewer.role ?? '' };
  const about = (said.about ?? 'child') as About;
  const state: SharingState = {
    at,
    purpose: expectation.purpose ?? each.purpose,
    relations: relationsAt(each, at, agreement.zone),
    agreements: [{ agreement, adoptions: 'all' }],
    childBirthDate: each.born ?? null,
    aboutBirthDate: each.aboutBorn ?? null,
    facts: [...(each.facts ?? []), ...(expectation.facts ?? [])],
    releases: releasesOf(document, owner, expectation),
  };
  const entry: SharedEntry = {
    id: ENTRY,
    owner,
    type: said.type,
    recordType: said.type,
    tier: (said.tier ?? 'ordinary') as Tier,
    about,
    occurred: said.occurred === undefined ? { precision: 'unknown' } : { from: said.occurred, precision: 'exact' },
    ...(said.ended === undefined ? {} : { ended: said.ended }),
    facts: [],
    fields: fieldsNamedBy([agreement], about),
  };
  const disclosure = decideDisclosure(viewer, state, entry);
  if (!sameTexts(disclosure.by, expectation.by)) return 'other clauses decide';
  if (expectation.summary !== undefined && disclosure.summary !== expectation.summary) return 'the summary differs';
  if (!sameTexts(disclosure.content, expectation.content)) return 'other content shows';
  return sameTexts(disclosure.location, expectation.location) ? null : 'another location shows';
};

const agreementCases = (document: AgreementDocument, agreement: CompiledAgreement): Refusal[] =>
  (document.cases ?? []).flatMap((each, index) =>
    each.expect.flatMap((expectation, at) => {
      const reason = failsAt(document, agreement, each, expectation);
      return reason === null ? [] : [{ place: `$.cases[${index}].expect[${at}]`, reason }];
    }),
  );

const importedCases = (document: ImportedAgreement): Refusal[] => {
  const agreements = [{ agreement: compileImported(document), adoptions: 'all' as const }];
  return document.cases.flatMap((each, index) => {
    const viewer: Viewer = {
      staffKey: '',
      organisation: each.destOrg,
      organisationKind: each.destOrgType,
      service: '',
      role: '',
    };
    const owner = { organisation: each.sourceOrg, service: '' };
    const state: SharingState = {
      at: readCellInstant(each.at),
      purpose: each.purpose,
      relations: [],
      agreements,
      facts: [],
    };
    const { recordType } = each;
    const shows =
      each.mode === 'EXISTENCE'
        ? decideExistence(viewer, state, { ...owner, recordTypes: [recordType], facts: [] }, { baseline: false }).shown
        : decideDisclosure(
            viewer,
            state,
            {
              id: ENTRY,
              owner,
              type: recordType,
              recordType,
              tier: 'ordinary',
              about: 'child',
              occurred: { precision: 'unknown' },
              facts: [],
              fields: [],
            },
            { baseline: false },
          ).summary;
    return shows === (each.decision === 'allow')
      ? []
      : [{ place: `$.cases[${index}]`, reason: 'decides otherwise than the source' }];
  });
};

/**
 * The cases of a document that do not hold, each with its place; none when all hold, as adoption requires. For an
 * `agreement/1` document its own cases, under the hub's baseline and with every party having adopted; for imported
 * cells the source's own verdicts. A document that does not parse fails at those places.
 */
export const failingCases = (json: unknown, imported: ImportedAgreement | null = null): readonly Refusal[] => {
  if (imported) return importedCases(imported);
  const compiled = compileAgreement(json);
  return 'refused' in compiled ? compiled.refused : agreementCases(json as AgreementDocument, compiled.agreement);
};
