import type { Occurred } from '../text/dates.js';

/** What the public routes answer, as far as these pages show it. */

export interface OwnChildren {
  readonly children: readonly {
    readonly handle: string;
    readonly child: KnownChild;
    readonly relation: readonly string[];
    readonly purposes: readonly string[];
    readonly lastRead: string | null;
    readonly new: number | null;
  }[];
  readonly cursor: string | null;
}

export interface Crossings {
  readonly crossings: readonly {
    readonly handle: string;
    readonly child: KnownChild;
    readonly service: { readonly organisationName: string; readonly service: string } | null;
    readonly party: { readonly kind: string; readonly desk: string } | null;
    readonly new: boolean;
  }[];
  readonly cursor: string | null;
}

export interface KnownChild {
  readonly name: string | null;
  readonly birthDate: string | null;
}

export interface Entry {
  readonly entryId: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly location: Readonly<Record<string, unknown>>;
  readonly readerText: string;
  readonly handling?: readonly string[];
  readonly version?: string;
  readonly owner?: { readonly organisation: string; readonly service: string };
  readonly party?: { readonly name: string; readonly kind: string };
  readonly type?: string;
  readonly recordType?: string;
  readonly statement?: string;
  readonly about?: string;
  readonly summary?: string;
  readonly times?: {
    readonly occurred: Occurred;
    readonly ended?: string;
    readonly agencyKnew: string | null;
    readonly hubReceived: string;
    readonly read: string;
  };
  readonly marks?: readonly string[];
  readonly conflictsWith?: readonly string[];
}

export interface Chronology {
  readonly readId: string;
  readonly handle: string;
  readonly purpose: string;
  readonly child: KnownChild;
  readonly entries: readonly Entry[];
  readonly notices: readonly { readonly partyKind: string; readonly desk: string }[];
  readonly linkBeingChecked: boolean;
  readonly moreDetailNeeded: boolean;
  readonly upTo: readonly number[];
  /** While something is open in an emergency, and this was read under it. */
  readonly emergency?: { readonly accessId: string; readonly until: string };
  readonly completeness: {
    readonly lines: readonly {
      readonly partyKind: string;
      readonly party: string;
      readonly covers: string;
      readonly freshTo: string | null;
    }[];
    readonly statement: string;
  };
  readonly cursor: string | null;
}

export interface Directives {
  readonly restrictions: readonly {
    readonly id: string;
    readonly kind: 'restriction' | 'exclusion' | 'withdrawal';
    readonly entryId: string | null;
    readonly ofOneRecord: boolean;
    readonly who: readonly {
      readonly organisation: string;
      readonly service: string | null;
      readonly team: string | null;
    }[];
    readonly until: string | null;
    readonly reason: string | null;
    readonly at: string;
  }[];
}
