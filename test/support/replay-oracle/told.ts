import type { Agency } from '../journeys/scene.js';

/** What one contribution says, as the test that sent it knows: nothing of it is read from the hub. */
export type Said =
  | {
      readonly kind: 'record';
      readonly agency: Agency;
      readonly child: string;
      /** Names the record for good: `POLICE-01 R-1 missingEpisodes 2026-01-05`. */
      readonly record: string;
      /** Names the source's record of which it is a part. */
      readonly within: string;
      readonly recordType: string;
      readonly version: number;
      /** Everything of it that may show. */
      readonly facets: readonly string[];
      readonly birthDate: string | null;
      readonly protects: boolean;
    }
  | {
      readonly kind: 'purge';
      readonly agency: Agency;
      readonly child: string;
      readonly within: string;
      readonly version: number;
    }
  | {
      readonly kind: 'relation';
      readonly agency: Agency;
      readonly child: string;
      readonly relation: string;
      readonly login: string;
      readonly sequence: number;
      readonly from: string;
      readonly to: string | null;
    }
  | {
      readonly kind: 'post';
      readonly agency: Agency;
      readonly login: string;
      readonly sequence: number;
      readonly removed: boolean;
      readonly from: string;
      readonly to: string | null;
    }
  | { readonly kind: 'document'; readonly agreement: SentAgreement }
  | {
      readonly kind: 'signature';
      readonly agreement: SentAgreement;
      readonly owner: string;
      readonly signer: string;
      readonly inForceFrom: string;
    };

/** What a version of an agreement opens, as its author meant it. */
export interface SentAgreement {
  readonly id: string;
  readonly version: string;
  /** Whose records it opens, of which types, to which organisations. */
  readonly of: string;
  readonly recordTypes: readonly string[];
  readonly to: readonly string[];
  /** Only these facets; null: all of them, at any age. */
  readonly facets: readonly string[] | null;
  /** Where the child lives is closed to everybody else once somebody protects it. */
  readonly shieldsAddress: boolean;
}

/** A contribution, what it says, and the wall of facts: when it was accepted and when it was filed. */
export interface Told {
  readonly id: string;
  readonly said: Said;
  readonly accepted: { readonly no: number; readonly item: number; readonly at: number };
  /** Undefined: it is not filed. `at`: the latest recorded time of anything up to it. */
  readonly filed?: { readonly position: number; readonly at: number };
}
