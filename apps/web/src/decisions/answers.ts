/** What the public routes of decisions about a child answer, as far as the pages show it. */

/** With the role of whoever recorded it, and when. What cannot be opened is missing. */
type Recorded<T> = Partial<T> & { readonly authorRole?: string; readonly at: string };

export type ProcessingConsent = Recorded<{
  readonly decision: string;
  readonly by: string;
  readonly until: string | null;
  readonly person: string;
  readonly standing: string;
  readonly courtLimits: string | null;
  readonly scope: string;
  readonly told: boolean;
  readonly toldReason: string | null;
  readonly childView: string | null;
}>;

export type YoungPersonDecision = Recorded<{
  readonly agreed: boolean;
  readonly competent: boolean;
  readonly assessment: string;
  readonly assessedBy: string;
  readonly youngPersonsWords: string | null;
}>;

export type SignificantHarm = Recorded<{ readonly stands: boolean; readonly reason: string }>;

export interface RecordedConsent {
  readonly consents: readonly ProcessingConsent[];
  readonly youngPersonDecisions: readonly YoungPersonDecision[];
  readonly significantHarm: readonly SignificantHarm[];
}

export interface Marks {
  readonly marks: readonly {
    readonly id: string;
    readonly ofOneRecord: boolean;
    readonly handling: readonly string[];
    readonly reason: string | null;
    readonly at: string;
  }[];
}

export interface ChildExclusions {
  readonly exclusions: readonly {
    readonly id: string;
    readonly who: readonly {
      readonly organisation: string;
      readonly service: string | null;
      readonly team: string | null;
      readonly person: boolean;
    }[];
    readonly view: string;
    readonly withhold: readonly string[];
    readonly until: string | null;
    readonly reason: string | null;
    readonly at: string;
  }[];
}

export interface Attempts {
  readonly attempts: readonly {
    readonly handle: string;
    readonly at: string;
    readonly purpose: string;
    readonly reader: readonly { readonly organisation: string; readonly service: string; readonly role: string }[];
  }[];
}
