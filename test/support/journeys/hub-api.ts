import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestHub } from '../hub/start-test-hub.js';

/** An answer of the hub, read to its end. `json` is undefined for a body that is no JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

export interface ReceiptItem {
  readonly item: number;
  readonly path: string;
  readonly contribution: string;
  readonly state: 'accepted' | 'filed' | 'quarantined' | 'duplicate';
  readonly field?: string;
  readonly reason?: string;
}

export interface Entry {
  readonly entryId: string;
  readonly version: string;
  readonly owner: { readonly organisation: string; readonly service: string };
  readonly type: string;
  readonly recordType: string;
  readonly times: { readonly occurred: Readonly<Record<string, unknown>> };
  readonly marks: readonly string[];
  readonly content: Readonly<Record<string, unknown>>;
  readonly location: Readonly<Record<string, unknown>>;
  readonly handling: readonly string[];
  readonly closes: readonly string[];
  readonly closedBy: readonly string[];
}

export interface Chronology {
  readonly entries: readonly Entry[];
  readonly notices: readonly { readonly partyKind: string; readonly desk: string }[];
}

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

export interface SendOptions {
  readonly key?: string;
  readonly mediaType?: string;
}

/** The hub's public routes, answered as they are: nothing is tried again and no status is an error. */
export class HubApi {
  private readonly tokens = new Map<string, Promise<string>>();

  constructor(private readonly hub: Pick<TestHub, 'url' | 'token'>) {}

  /** A token that is signed once for each caller: people read, connectors submit. */
  tokenOf(caller: string): Promise<string> {
    const known = this.tokens.get(caller);
    if (known) return known;
    const token = caller.endsWith('-connector')
      ? this.hub.token(caller, { scope: 'submit', clientId: caller })
      : this.hub.token(caller);
    this.tokens.set(caller, token);
    return token;
  }

  async call(
    caller: string | null,
    method: string,
    path: string,
    body?: Body,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.hub.url}${path}`, {
      method,
      headers: {
        ...(caller === null ? {} : { authorization: `Bearer ${await this.tokenOf(caller)}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      ...(body instanceof ReadableStream ? { duplex: 'half' as const } : {}),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  }

  /** Sends a document to a feed; a key of its own where none is given. */
  send(
    connector: string | null,
    feed: string,
    document: unknown,
    { key = randomUUID(), mediaType = 'application/json' }: SendOptions = {},
  ) {
    const body =
      typeof document === 'string' || document instanceof Uint8Array || document instanceof ReadableStream
        ? (document as Body)
        : JSON.stringify(document);
    return this.call(connector, 'POST', `/v1/feeds/${feed}/submissions`, body, {
      'idempotency-key': key,
      'content-type': mediaType,
    });
  }

  /** Sends a document that is taken; resolves with its receipt when it is acknowledged. */
  async accepted(connector: string, feed: string, document: unknown, options: SendOptions = {}): Promise<string> {
    const answer = await this.send(connector, feed, document, options);
    if (answer.status !== 202) throw new Error(`${feed} answered ${answer.status}: ${answer.text}`);
    return (answer.json as { receipt: string }).receipt;
  }

  /** Sends documents one after the other on one connection of their own; each answer must come within three seconds. */
  async sendInTurn(
    connector: string,
    feed: string,
    documents: readonly string[],
    { key = randomUUID(), mediaType = 'application/json' }: SendOptions = {},
  ): Promise<Answer[]> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const authorization = `Bearer ${await this.tokenOf(connector)}`;
    const send = (document: string): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const sent = request(`${this.hub.url}/v1/feeds/${feed}/submissions`, {
          method: 'POST',
          agent,
          signal: AbortSignal.timeout(3000),
          headers: {
            authorization,
            'content-type': mediaType,
            'content-length': Buffer.byteLength(document),
            'idempotency-key': key,
          },
        });
        sent.on('error', reject);
        sent.on('response', (response) => {
          textOf(response).then((text) => {
            const headers = new Headers();
            for (const [name, value] of Object.entries(response.headers)) headers.set(name, String(value));
            resolve({ status: response.statusCode ?? 0, headers, text, json: parsed(text) });
          }, reject);
        });
        sent.end(document);
      });
    try {
      const answers: Answer[] = [];
      for (const document of documents) answers.push(await send(document));
      return answers;
    } finally {
      agent.destroy();
    }
  }

  /** All items of a receipt as they are now. */
  async items(connector: string, receipt: string): Promise<ReceiptItem[]> {
    const { status, json } = await this.call(connector, 'GET', `/v1/receipts/${receipt}?limit=10000`);
    if (status !== 200) throw new Error(`the receipt was answered with ${status}`);
    return (json as { items: ReceiptItem[] }).items;
  }

  /** All items of a receipt, once none is on its way. */
  async settled(connector: string, receipt: string): Promise<ReceiptItem[]> {
    for (;;) {
      const items = await this.items(connector, receipt);
      if (items.every(({ state }) => state !== 'accepted')) return items;
      await delay(25);
    }
  }

  /** Sends a document and waits until nothing of it is on its way. */
  async filed(connector: string, feed: string, document: unknown, options: SendOptions = {}): Promise<ReceiptItem[]> {
    return this.settled(connector, await this.accepted(connector, feed, document, options));
  }

  /** A handle for the child with this NHS number. */
  async search(login: string, nhsNumber: string): Promise<string> {
    const body = JSON.stringify({ nhsNumber, purpose: 'SAFEGUARDING' });
    const { json, status } = await this.call(login, 'POST', '/v1/child-searches', body);
    if (status !== 201) throw new Error(`the search was answered with ${status}`);
    return (json as { handle: string }).handle;
  }

  async read(login: string, handle: string, query: Readonly<Record<string, string>> = {}): Promise<Chronology> {
    const parameters = new URLSearchParams({ purpose: 'SAFEGUARDING', limit: '500', ...query });
    const { json, status, text } = await this.call(
      login,
      'GET',
      `/v1/children/${handle}/chronology?${parameters.toString()}`,
    );
    if (status !== 200) throw new Error(`the read was answered with ${status}: ${text}`);
    return json as Chronology;
  }

  /** What this reader sees of the child with this NHS number. */
  async seen(login: string, nhsNumber: string): Promise<Chronology> {
    return this.read(login, await this.search(login, nhsNumber));
  }

  /** Brings an agreement in and has two people of an owner sign it; resolves when it is in force for that owner. */
  async adopt(
    owner: string,
    signers: readonly [string, string],
    id: string,
    version: string,
    document: unknown,
    inForceFrom: string,
  ): Promise<void> {
    const path = `/v1/agreements/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}`;
    const brought = await this.call(signers[0], 'PUT', path, JSON.stringify({ document }));
    if (brought.status !== 202) throw new Error(`the agreement was answered with ${brought.status}: ${brought.text}`);
    for (const signer of signers) {
      // It was acknowledged, and may be on its way still.
      await until(async () => {
        const { status } = await this.call(signer, 'POST', `${path}/adoptions`, JSON.stringify({ inForceFrom }));
        return status === 202;
      });
    }
    await until(async () => {
      const { json } = await this.call(signers[0], 'GET', '/v1/agreements');
      const { agreements } = json as { agreements: { id: string; version: string; owners: string[] }[] };
      return agreements.some((one) => one.id === id && one.version === version && one.owners.includes(owner));
    });
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Waits until something holds; an Error after ten seconds. */
export const until = async (holds: () => Promise<boolean>, milliseconds = 10_000): Promise<void> => {
  const end = Date.now() + milliseconds;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('what was waited for did not come');
    await delay(25);
  }
};

/** Waits until everything of these receipts is filed and in view; an Error after the time that `until` gives. */
export const untilFiled = (
  { sql }: Pick<TestHub, 'sql'>,
  receipts: readonly string[],
  milliseconds?: number,
): Promise<void> =>
  until(async () => {
    const { rows } = await sql.query(
      'select coalesce(sum(waiting), 0) as waiting from unnest($1::uuid[]) receipt, inbox.receipt_standing(receipt)',
      [receipts],
    );
    return Number((rows[0] as { waiting: string }).waiting) === 0;
  }, milliseconds);
