/** What `/v1/emergency-access` answers, as far as the pages show it. */

export interface OpenedAccess {
  readonly accessId: string;
  readonly until: string;
  readonly receipt: string;
}

interface ListedAccess {
  readonly accessId: string;
  readonly by: {
    readonly organisationName: string;
    readonly service: string;
    readonly role: string;
    readonly name: string | null;
  };
  readonly reason: string;
  readonly openedAt: string;
  readonly until: string;
  readonly endedAt: string | null;
}

export interface Review extends ListedAccess {
  readonly organisation: string;
  readonly organisationName: string;
  readonly state: 'open' | 'justified' | 'not-justified';
  readonly level: 'reviewer' | 'deputy' | 'partnership';
  readonly late: boolean;
  readonly mayReview: boolean;
  readonly text: string | null;
  readonly child: { readonly name: string | null; readonly birthDate: string | null } | null;
  readonly reviewBy: string;
  readonly deputyBy: string;
  readonly reviews: readonly {
    readonly level: string;
    readonly outcome: string;
    readonly at: string;
    readonly note: string | null;
  }[];
}

export interface Reviews {
  readonly reviews: readonly Review[];
  readonly cursor: string | null;
}

export interface Access extends ListedAccess {
  readonly open: boolean;
  readonly late: boolean;
}

export interface Accesses {
  readonly accesses: readonly Access[];
  readonly cursor: string | null;
}
