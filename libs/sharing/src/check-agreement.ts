import type { AgreementDocument } from './agreement-schema.js';
import { failingCases } from './check-cases.js';
import type { CompiledAgreement } from './compiled-agreement.js';
import { hiddenConditions } from './condition-facts.js';
import type { ImportedAgreement } from './imported-agreement.js';
import type { Refusal } from './refusal.js';
import { unwitnessedChanges, type UnwitnessedChange } from './unwitnessed-changes.js';

const reasonOf = ({ clause, change, unseen }: UnwitnessedChange): string => {
  const waiver = `waived by name as clause ${clause}, change ${change}`;
  return change === 'deleted'
    ? `can be deleted and no case fails; ${waiver}`
    : `can be loosened and no case fails: ${unseen.join(', ')}; ${waiver}`;
};

/** Expectations of cases, without the check of what is hidden behind the first that fails. */
const firstOf = (...checks: readonly (() => readonly Refusal[])[]): readonly Refusal[] => {
  for (const check of checks) {
    const found = check();
    if (found.length > 0) return found;
  }
  return [];
};

const MOST_REFUSALS = 100;

/**
 * Why a version may not be adopted, each reason with its place; none where it may. A case fails; else a clause can be
 * deleted or a value loosened unseen and is not waived, or a condition tells a fact that its reader may not see.
 *
 * For a policy that was imported its generated cases must hold, and that is all: what it opens is its source's own
 * rules, whose verdicts the cases are, and it knows no conditions.
 */
export const refusalsOfAdoption = (
  json: unknown,
  agreement: CompiledAgreement,
  imported: ImportedAgreement | null,
): readonly Refusal[] => {
  const document = json as AgreementDocument;
  const found = firstOf(
    () => failingCases(json, imported),
    () => {
      if (imported) return [];
      const { unseen, refused } = unwitnessedChanges(document, agreement);
      return [
        ...hiddenConditions(document),
        ...refused,
        ...unseen.map((one) => ({ place: one.place, reason: reasonOf(one) })),
      ];
    },
  );
  return found.length <= MOST_REFUSALS
    ? found
    : [
        ...found.slice(0, MOST_REFUSALS - 1),
        { place: '$', reason: `holds ${found.length - MOST_REFUSALS + 1} more places of this kind` },
      ];
};

/** How much a document says that was tested: what the record of the test holds. */
export const casesIn = (json: unknown, imported: ImportedAgreement | null): number =>
  imported
    ? imported.cases.length
    : ((json as AgreementDocument).cases ?? []).reduce((sum, { expect }) => sum + expect.length, 0);
