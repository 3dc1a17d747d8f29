import type { Occurred } from '../text/dates.js';

/** What the audit's routes answer, as far as these pages show it. */

export interface ReplayedEntry {
  readonly entryId: string;
  /** Names the record of which this is a version; versions share it. */
  readonly record?: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly location: Readonly<Record<string, unknown>>;
  readonly readerText: string;
  readonly version?: string;
  readonly owner?: { readonly organisation: string; readonly service: string };
  readonly party?: { readonly name: string; readonly kind: string };
  readonly statement?: string;
  readonly about?: string;
  readonly summary?: string;
  readonly times?: {
    readonly occurred: Occurred;
    readonly ended?: string;
    readonly agencyKnew: string | null;
    readonly hubReceived: string;
  };
  readonly marks?: readonly string[];
}

export interface PostThen {
  readonly organisation: string;
  readonly organisationName?: string;
  readonly service: string;
  readonly role: string;
  readonly team: string | null;
}

export interface Notice {
  readonly partyKind: string;
  readonly desk: string;
}

export interface AgreementThen {
  readonly id: string;
  readonly version: string;
}

export interface Replay {
  readonly replayId: string;
  readonly at: string;
  readonly purpose: string;
  readonly viewer: { readonly login: string; readonly posts: readonly PostThen[] };
  readonly child: { readonly name: string | null; readonly birthDate: string | null };
  readonly entries: readonly ReplayedEntry[];
  readonly notices: readonly Notice[];
  readonly relations: readonly string[];
  readonly agreements: readonly AgreementThen[];
  readonly linkBeingChecked: boolean;
  readonly moreDetailNeeded: boolean;
  readonly erasedParts: number;
}

export type Outcome = 'same' | 'erased' | 'other-code' | 'differs' | 'not-replayed';

export interface ReadLine {
  readonly readId: string;
  readonly kind: 'chronology' | 'list' | 'other';
  /** Event type of the record. */
  readonly what: string;
  readonly at: string;
  readonly reader: { readonly login: string | null; readonly posts: readonly PostThen[] };
  readonly handle: string | null;
  readonly purpose: string | null;
  readonly relations: readonly string[];
  readonly shown: { readonly entries: number; readonly notices: number; readonly children: number };
  readonly outcome: Outcome;
}

export interface FoundReads {
  readonly reads: readonly ReadLine[];
  readonly cursor: string | null;
}

export interface OneRead extends ReadLine {
  /** Null for a look at something that is not decided again. */
  readonly basis: { readonly agreements: readonly AgreementThen[] } | null;
  readonly recorded: readonly {
    readonly entryId: string;
    readonly version: string;
    readonly facets: readonly string[];
  }[];
  readonly notices: readonly Notice[];
  /** Null where deciding again does not give what was recorded. */
  readonly entries: readonly ReplayedEntry[] | null;
  readonly children: readonly { readonly relations: readonly string[]; readonly new: number | null }[] | null;
}
