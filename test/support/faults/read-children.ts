import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import type { Answer, Caller } from './hub-caller.js';
import type { Child, Reader } from './workload.js';

/** What an answer shows of one entry. */
export interface ReceivedEntry {
  readonly entryId: string;
  /** Absent where the answer does not say it. */
  readonly version?: string;
  readonly facets: readonly string[];
}

/** One answer that a reader received, in whole or in part. */
export interface ReceivedRead {
  readonly readId: string;
  /** Absent where the answer broke off in the middle. */
  readonly shown?: { readonly entries: readonly ReceivedEntry[]; readonly notices: number };
}

export interface Reading {
  readonly received: ReceivedRead[];
  /** Questions that were refused, which none of these should be. */
  readonly refused: string[];
  /** Told of each whole answer as it comes. */
  onReceived?: (readId: string) => void;
}

export interface Chronology {
  readonly readId: string;
  readonly entries: readonly {
    readonly entryId: string;
    readonly version?: string;
    readonly content: Readonly<Record<string, unknown>>;
    readonly location: Readonly<Record<string, unknown>>;
  }[];
  readonly notices: readonly unknown[];
  readonly cursor: string | null;
}

const PURPOSE = 'SAFEGUARDING';

/** What of a page is held against its record. */
export const receivedOf = ({ readId, entries, notices }: Omit<Chronology, 'cursor'>): ReceivedRead => ({
  readId,
  shown: {
    entries: entries.map(({ entryId, version, content, location }) => ({
      entryId,
      ...(version === undefined ? {} : { version }),
      facets: [
        ...(version === undefined ? [] : ['summary']),
        ...Object.keys(content).map((field) => `content.${field}`),
        ...Object.keys(location).map((field) => `location.${field}`),
      ],
    })),
    notices: notices.length,
  },
});

/** One person's questions. Handles are kept over everything that happens to the hub. */
export class Questions {
  private readonly handles = new Map<Child, string>();
  private readonly caller: Caller;
  private readonly reading: Reading;
  private readonly login: string;
  private readonly mayBeRefused: boolean;

  constructor(caller: Caller, reading: Reading, login: string, mayBeRefused = false) {
    this.caller = caller;
    this.reading = reading;
    this.login = login;
    this.mayBeRefused = mayBeRefused;
  }

  /** The handle of a child; undefined while nothing comes back. */
  async handleOf(child: Child): Promise<string | undefined> {
    const known = this.handles.get(child);
    if (known !== undefined) return known;
    const search = JSON.stringify({ nhsNumber: child.nhsNumber, purpose: PURPOSE });
    const found = await this.caller.call(this.login, 'POST', '/v1/child-searches', { body: search });
    const { handle } = (found && found.status < 400 ? found.body : {}) as { handle?: string };
    if (handle !== undefined) this.handles.set(child, handle);
    else this.noteRefusal('a search', found);
    return handle;
  }

  /** A page; the answer's status where it is none; undefined where no whole answer came. */
  async page(handle: string, cursor: string | null = null): Promise<Chronology | number | undefined> {
    const query = new URLSearchParams({ purpose: PURPOSE, limit: '10', ...(cursor === null ? {} : { cursor }) });
    const path = `/v1/children/${handle}/chronology?${query.toString()}`;
    const answer = await this.caller.call(this.login, 'GET', path, {
      onPart: (text) => {
        const [, readId] = /"readId":"([0-9a-f-]{36})"/.exec(text) ?? [];
        if (readId !== undefined) this.reading.received.push({ readId });
      },
    });
    if (answer?.status !== 200) {
      this.noteRefusal('a page', answer);
      return answer?.status;
    }
    const page = answer.body as Chronology;
    this.reading.received.push(receivedOf(page));
    this.reading.onReceived?.(page.readId);
    return page;
  }

  private noteRefusal(what: string, answer: Answer | undefined): void {
    if (!this.mayBeRefused && answer && answer.status >= 400 && answer.status < 500) {
      this.reading.refused.push(`${this.login}, ${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
  }
}

/** Reads chronologies, page by page, until told to stop. */
export const readChildren = async (
  caller: Caller,
  reading: Reading,
  { login, children }: Reader,
  random: SeededRandom,
  signal: AbortSignal,
  restMs = 20,
): Promise<void> => {
  const questions = new Questions(caller, reading, login);
  while (!signal.aborted) {
    const handle = await questions.handleOf(random.pick(children));
    let cursor: string | null = null;
    do {
      const page: Chronology | number | undefined =
        handle === undefined ? undefined : await questions.page(handle, cursor);
      if (typeof page !== 'object') await delay(50);
      cursor = typeof page === 'object' ? page.cursor : null;
    } while (cursor !== null && !signal.aborted);
    await delay(restMs);
  }
};
