/** One question to the decision, in words that neither side shares with the other. Unknown texts are absent. */
export interface Question {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly purpose: string;
  /** Relations that hold; the answer is the union over them. */
  readonly relations: readonly string[];
  readonly viewer: {
    readonly staffKey: string;
    readonly organisation: string;
    readonly kind: string;
    readonly service: string;
    readonly role: string;
  };
  readonly owner: { readonly organisation: string; readonly service: string };
  /** The hub's type of the record and its source's; of a service all types that it holds. */
  readonly types: readonly string[];
  /** About the child, and about this record or service. */
  readonly facts: readonly string[];
  readonly moreFacts: readonly string[];
  /** A date, a month, a year, or `unborn`. */
  readonly childBorn?: string;
  /** Of the other person, as the child's record says it. */
  readonly otherBorn?: string;
  /** The record; null: the question is whether the service is involved. */
  readonly entry: QuestionEntry | null;
}

export interface QuestionEntry {
  readonly id: string;
  readonly tier: string;
  readonly about: string;
  /** Of the person it is about, as this record says it: goes before `otherBorn`. */
  readonly aboutBorn?: string;
  /** Instants, dates, months or years. */
  readonly occurredFrom?: string;
  readonly occurredTo?: string;
  /** Null: known to be still going on. */
  readonly ended?: string | null;
  readonly fields: readonly QuestionField[];
}

export interface QuestionField {
  readonly name: string;
  readonly part: 'content' | 'location';
  readonly about: string;
  /** Tier below which its sender lets it not go. */
  readonly floor?: string;
}

/** What shows: the actions allowed, sorted (`summary`, `content/NAME`, `location/NAME`, `existence`), and why. */
export interface Answer {
  readonly shown: readonly string[];
  /** Ids of the clauses that show it, sorted. */
  readonly by: readonly string[];
}

/** An owner's adoption of a document. Milliseconds; until exclusive. */
export interface QuestionAdoption {
  readonly organisation: string;
  readonly from: number;
  readonly until?: number;
}

/** An owner's release of one entry to one person. Instants or dates. */
export interface QuestionRelease {
  readonly entryId: string;
  readonly owner: { readonly organisation: string; readonly service: string };
  readonly byRole: string;
  readonly staffKey: string;
  readonly from: string;
  readonly until: string;
  readonly fields?: readonly string[];
}

/** Codes compare without case. */
export const folded = (code: string): string => code.toLowerCase();
