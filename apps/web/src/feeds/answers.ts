/** What the API answers about feeds, as far as the pages use it. */

export interface OwnFeeds {
  readonly feeds: readonly {
    readonly feed: string;
    readonly title: string;
    readonly organisation: string;
    readonly lastHeartbeat: string | null;
    readonly coversUntil: string | null;
    readonly waiting: number;
    readonly quarantined: number;
  }[];
}

export interface Submissions {
  readonly submissions: readonly {
    readonly organisation: string;
    readonly receipt: string;
    readonly acceptedAt: string;
    readonly items: number;
    readonly filed: number;
    readonly quarantined: number;
    readonly duplicate: number;
    readonly accepted: number;
  }[];
  readonly cursor: string | null;
}

export interface Notices {
  readonly notices: readonly {
    readonly kind: string;
    readonly receipt: string;
    readonly path: string;
    readonly at: string;
  }[];
}

export interface QuarantinedItem {
  readonly organisation: string;
  readonly id: string;
  readonly field: string;
  readonly reason: string;
  readonly receivedAt: string;
  readonly receipt: string;
  readonly state: 'open' | 'released' | 'discarded';
  readonly by: { readonly role: string } | null;
  readonly at: string | null;
}

export interface QuarantinePage {
  readonly items: readonly QuarantinedItem[];
  readonly cursor: string | null;
}

/** The item with what stood there. */
export interface OpenedItem {
  readonly id: string;
  readonly raw: string | null;
  readonly decisions: readonly {
    readonly outcome: 'released' | 'discarded';
    readonly by: { readonly role: string };
    readonly at: string;
    readonly reason: string | null;
  }[];
}

export interface Receipt {
  readonly receipt: string;
  readonly feed: string;
  readonly acceptedAt: string;
  readonly total: number;
  readonly items: readonly {
    readonly item: number;
    readonly path: string;
    readonly contribution: string;
    readonly state: 'accepted' | 'filed' | 'quarantined' | 'duplicate';
    readonly field?: string;
    readonly reason?: string;
  }[];
  readonly next: number | null;
}
