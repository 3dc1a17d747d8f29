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
  type ParsedAgreement,
  type Refusal,
} from '#sharing';

/** All that there is to say of a document apart from who signed it; what takes long is found when it is asked for. */
export class Examined {
  private readonly json: unknown;
  private readonly parsed: ParsedAgreement;
  private found: readonly Refusal[] | undefined;

  constructor(
    readonly document: string,
    desk: string | null,
  ) {
    this.json = JSON.parse(document);
    this.parsed = parseAgreement(this.json, desksFor(this.json, desk));
  }

  /** Empty where the document was taken once and is taken no longer: nobody can be told what it says. */
  get title(): string {
    return 'refused' in this.parsed ? '' : this.parsed.agreement.title;
  }

  /** Why it may not be adopted; none where it may. */
  get refusals(): readonly Refusal[] {
    this.found ??=
      'refused' in this.parsed
        ? this.parsed.refused
        : refusalsOfAdoption(this.json, this.parsed.agreement, this.parsed.imported);
    return this.found;
  }

  /** Expectations that it is tested against. */
  get cases(): number {
    return 'refused' in this.parsed ? 0 : casesIn(this.json, this.parsed.imported);
  }

  get explanation(): readonly ExplainedSection[] {
    if ('refused' in this.parsed) return [];
    const { imported } = this.parsed;
    return imported ? explainImported(imported) : explainAgreement(this.json as AgreementDocument);
  }

  isParty(organisation: string): boolean {
    return !('refused' in this.parsed) && partiesOf(this.parsed.agreement, organisation).length > 0;
  }
}

const examined = new Map<string, Examined>();
const MOST_EXAMINED = 64;

/** A document never changes, so it is examined once. */
export const examine = ({ document, desk }: { readonly document: string; readonly desk: string | null }): Examined => {
  const name = `${desk ?? ''}\n${document}`;
  const known = examined.get(name);
  if (known) return known;
  const found = new Examined(document, desk);
  if (examined.size >= MOST_EXAMINED) examined.delete(examined.keys().next().value!);
  examined.set(name, found);
  return found;
};

/** The text as people read it: as it was sent where it has lines, else laid out. */
export const readable = (document: string): string =>
  document.trim().includes('\n') ? document : JSON.stringify(JSON.parse(document), null, 2);
