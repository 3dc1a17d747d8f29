import type { AgreementDocument } from './agreement-schema.js';
import { failureOf, questionsOf, TOO_MANY_CASES } from './case-questions.js';
import { compileAgreement } from './compile-agreement.js';
import type { CompiledAgreement } from './compiled-agreement.js';
import { decideDisclosure } from './decide-disclosure.js';
import { decideExistence } from './decide-existence.js';
import { compileImported, readCellInstant, type ImportedAgreement } from './imported-agreement.js';
import type { Refusal } from './refusal.js';
import type { SharingState, Viewer } from './types.js';

const ENTRY = 'case-entry';

const agreementCases = (document: AgreementDocument, agreement: CompiledAgreement): Refusal[] => {
  const questions = questionsOf(document, agreement);
  if (questions === null) return [TOO_MANY_CASES];
  return questions.flatMap((question) => {
    const reason = failureOf(agreement, question);
    if (reason === null) return [];
    return [
      { place: question.place, reason: question.variant === '' ? reason : `${reason}, with ${question.variant}` },
    ];
  });
};

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
