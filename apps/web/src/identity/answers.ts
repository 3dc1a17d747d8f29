/** What `/v1/identity` answers, as far as the pages show it. */

export type PairState = 'question' | 'linked' | 'refused' | 'apart';
export type Why = 'contradicts' | 'differs' | 'unclear';

export interface Side {
  readonly organisation: string;
  readonly organisationName: string;
  readonly organisationKind: string;
  readonly own: boolean;
}

export interface ListedPair {
  readonly pair: string;
  readonly state: PairState;
  readonly why: Why;
  readonly since: string;
  readonly references: readonly (Side & { readonly label: string | null })[];
}

export interface Questions {
  readonly questions: readonly ListedPair[];
  readonly cursor: string | null;
}

export interface Links {
  readonly pairs: readonly ListedPair[];
}

export interface Evidence {
  readonly pair: string;
  readonly state: PairState;
  readonly why: Why;
  readonly references: readonly (Side & {
    readonly fields: Readonly<Record<string, readonly string[]>>;
    readonly identifiers: readonly { readonly kind: string; readonly value: string | null; readonly status: string }[];
  })[];
  readonly comparison: readonly { readonly field: string; readonly verdict: string }[];
  readonly answers: readonly {
    readonly answer: 'same' | 'different';
    readonly by: { readonly organisation: string; readonly role: string };
    readonly at: string;
    readonly reason: string | null;
  }[];
}

export interface Disclosures {
  readonly disclosures: readonly {
    readonly readId: string;
    readonly at: string;
    readonly reader: readonly { readonly organisation: string; readonly service: string; readonly role: string }[];
    readonly purpose: string;
    readonly entries: number;
  }[];
  readonly cursor: string | null;
}
