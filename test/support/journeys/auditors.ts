import type { Answer, Entry, HubApi } from './hub-api.js';
import { post, staffDocument, type Agency } from './scene.js';

/** The organisation that the development registry lets audit. It has no records of its own. */
export const PARTNERSHIP: Agency = {
  organisation: 'PARTNERSHIP-01',
  connector: 'partnership-01-connector',
  records: '',
  staff: 'social-care-staff',
  service: 'scrutiny',
  role: 'auditor',
};
export const AUDITOR = 'scene-auditor';

export const sendAuditor = async (api: HubApi, login = AUDITOR, changes: object = {}): Promise<void> => {
  const staff = [post(PARTNERSHIP, login, 1, { ...changes })];
  await api.filed(PARTNERSHIP.connector, PARTNERSHIP.staff, staffDocument(PARTNERSHIP, staff, []));
};

export interface Replay {
  readonly replayId: string;
  readonly at: string;
  readonly position: number;
  readonly entries: readonly Entry[];
  readonly notices: readonly { readonly partyKind: string; readonly desk: string }[];
  readonly relations: readonly string[];
  readonly child: { readonly name: string | null; readonly birthDate: string | null };
  readonly erasedParts: number;
}

export interface SearchedRead {
  readonly readId: string;
  readonly kind: string;
  /** Event type of a look that is no chronology and no list. */
  readonly what?: string;
  readonly at: string;
  readonly reader: { readonly login: string; readonly posts: readonly { readonly organisation: string }[] };
  readonly purpose: string;
  readonly shown: { readonly entries: number };
  readonly outcome: string;
}

/** What an auditor asks over HTTP. */
export class AuditApi {
  constructor(
    private readonly api: HubApi,
    private readonly login = AUDITOR,
  ) {}

  call(what: 'replays' | 'read-searches', body: unknown): Promise<Answer> {
    return this.api.call(this.login, 'POST', `/v1/audit/${what}`, JSON.stringify(body));
  }

  private async asked<T>(answer: Promise<Answer>): Promise<T> {
    const { status, text, json } = await answer;
    if (status !== 200) throw new Error(`the audit answered ${status}: ${text}`);
    return json as T;
  }

  replay(nhsNumber: string, login: string, at: Date | string, purpose = 'SAFEGUARDING'): Promise<Replay> {
    return this.asked(this.call('replays', { nhsNumber, at, viewer: { login }, purpose }));
  }

  replayOf(child: object, login: string, at: Date | string): Promise<Replay> {
    return this.asked(this.call('replays', { ...child, at, viewer: { login }, purpose: 'SAFEGUARDING' }));
  }

  /** Every page of a search, but for looks of auditors. */
  async reads(about: object): Promise<SearchedRead[]> {
    return (await this.looks(about)).filter(({ what }) => what !== 'audit-looked');
  }

  /** Every page of a search. */
  async looks(about: object): Promise<SearchedRead[]> {
    const all: SearchedRead[] = [];
    for (let cursor: string | null = null; ;) {
      const page: { reads: SearchedRead[]; cursor: string | null } = await this.asked(
        this.call('read-searches', { ...about, cursor }),
      );
      all.push(...page.reads);
      if (page.cursor === null) return all;
      cursor = page.cursor;
    }
  }

  read(readId: string): Promise<{ outcome: string; entries: Entry[] | null; recorded: { entryId: string }[] }> {
    return this.asked(this.api.call(this.login, 'GET', `/v1/audit/reads/${readId}`));
  }
}
