import { desksFor } from '#chronology';
import {
  casesIn,
  explainAgreement,
  explainImported,
  parseAgreement,
  partiesOf,
  refusalsOfAdoption,
  type AgreementDocument,
  type ExplainedSection,
  type Refusal,
} from '#sharing';

/** All that there is to say of a document apart from who signed it. */
export interface Examined {
  readonly document: string;
  readonly title: string;
  /** Why it may not be adopted; none where it may. */
  readonly refusals: readonly Refusal[];
  readonly cases: number;
  readonly explanation: readonly ExplainedSection[];
  readonly isParty: (organisation: string) => boolean;
}

const examined = new Map<string, Examined>();
const MOST_EXAMINED = 64;

const examineOnce = (document: string, desk: string | null): Examined => {
  const json: unknown = JSON.parse(document);
  const parsed = parseAgreement(json, desksFor(json, desk));
  // It was taken once and is taken no longer: nobody can be told what it says, and nobody may adopt it.
  if ('refused' in parsed)
    return { document, title: '', refusals: parsed.refused, cases: 0, explanation: [], isParty: () => false };
  const { agreement, imported } = parsed;
  return {
    document,
    title: agreement.title,
    refusals: refusalsOfAdoption(json, agreement, imported),
    cases: casesIn(json, imported),
    explanation: imported ? explainImported(imported) : explainAgreement(json as AgreementDocument),
    isParty: (organisation) => partiesOf(agreement, organisation).length > 0,
  };
};

/** A document never changes, so it is examined once. */
export const examine = ({ document, desk }: { readonly document: string; readonly desk: string | null }): Examined => {
  const name = `${desk ?? ''}\n${document}`;
  const known = examined.get(name);
  if (known) return known;
  const found = examineOnce(document, desk);
  if (examined.size >= MOST_EXAMINED) examined.delete(examined.keys().next().value!);
  examined.set(name, found);
  return found;
};

/** The text as people read it: as it was sent where it has lines, else laid out. */
export const readable = (document: string): string =>
  document.trim().includes('\n') ? document : JSON.stringify(JSON.parse(document), null, 2);
