import type { About, Fact, Part, Precision, Regime, SubjectKind, Tier } from './words.js';

/** When something happened. `from` and `to` are `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or an RFC 3339 instant. */
export interface Occurred {
  readonly from?: string;
  readonly to?: string;
  readonly precision: Precision;
}

/** What identifies the subject of an event: a random key of 32 hex digits, with a stream of its own. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly key: string;
}

/** Place of a version in its feed's order. `key` compares as text; see `rankKey`. */
export interface Rank {
  readonly feed: string;
  readonly by: 'version' | 'extract' | 'sequence' | 'append';
  readonly value: string;
  readonly key: string;
}

/** What stands in the clear on every hop. Nothing else does. */
export interface Envelope {
  readonly v: 1;
  readonly contributionId: string;
  readonly subject: Subject;
  readonly type: string;
  readonly schemaVersion: number;
  readonly recordType: string;
  /** The originator: whose record it is. */
  readonly owner: { readonly organisation: string; readonly service: string };
  /** The connector (or, for a command of a person, the hub) that was authenticated. */
  readonly sender: string;
  readonly originatorConfirmed: boolean;
  /** HMACs (hex) under the secret of the reference: they die with it. */
  readonly record: { readonly key: string; readonly ancestors: readonly string[]; readonly body: string };
  readonly rank: Rank;
  readonly about: About;
  /** Reference key of the other person, where the contribution is about one. */
  readonly otherKey?: string;
  readonly tier: Tier;
  readonly regime: Regime;
  readonly occurred: Occurred;
  readonly ended?: string;
  readonly agencyKnew?: string;
  readonly hubReceived: string;
  readonly fields: Readonly<Partial<Record<Part, readonly string[]>>>;
  readonly facts: readonly Fact[];
}

/** One sealed part: AES-256-GCM, 16-byte tag at the end of `ct`, the canonical envelope as associated data. */
export interface SealedPart {
  readonly alg: 'A256GCM';
  readonly kid: string;
  readonly nonce: string;
  readonly ct: string;
}

/** The final bytes of a contribution are the canonical JSON (RFC 8785) of this. */
export interface FinalForm {
  readonly v: 1;
  readonly envelope: Envelope;
  readonly parts: Readonly<Partial<Record<Part, SealedPart>>>;
}
