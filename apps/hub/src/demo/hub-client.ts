import { setTimeout as delay } from 'node:timers/promises';

export interface ReceiptItem {
  readonly state: 'accepted' | 'filed' | 'quarantined' | 'duplicate';
  readonly path: string;
  readonly field?: string;
  readonly reason?: string;
}

/** What the hub answered was not what was asked for. Holds the status and the fields named, never a value. */
export class HubRefused extends Error {
  constructor(
    readonly status: number,
    readonly errors: readonly { field: string; reason: string }[],
    what: string,
  ) {
    super(`${what}: ${status}${errors.map(({ field, reason }) => ` ${field || 'document'}: ${reason}`).join(';')}`);
    this.name = 'HubRefused';
  }
}

const answerOf = async (what: string, response: Response): Promise<unknown> => {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  throw new HubRefused(response.status, (body as { errors?: { field: string; reason: string }[] })?.errors ?? [], what);
};

/** What a process that is being started again says, or the proxy before it. */
const NOT_NOW = new Set([502, 503, 504]);
const MOST_TRIES = 30;
const MOST_WAIT_MS = 2000;

/** The hub's public API as its users call it. A process that is away for a moment is asked again. */
export class HubClient {
  private readonly tokens = new Map<string, Promise<string>>();

  constructor(
    private readonly url: string,
    private readonly personToken: (login: string) => Promise<string>,
    private readonly connectorSecret: (clientId: string) => string,
  ) {}

  /** Each of these calls may be made twice, unless told otherwise: it reads, bears a key, or says what has been said. */
  private async ask(what: string, path: string, init: RequestInit, { once = false } = {}): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await answerOf(what, await fetch(`${this.url}${path}`, init));
      } catch (error) {
        const mayPass = !(error instanceof HubRefused) || NOT_NOW.has(error.status);
        if (once || !mayPass || attempt >= MOST_TRIES) throw error;
        await delay(Math.min(MOST_WAIT_MS, 100 * attempt));
      }
    }
  }

  /** A connector's token, from the issuer, by its client id and secret. */
  private connectorToken(clientId: string): Promise<string> {
    const known = this.tokens.get(clientId);
    if (known) return known;
    const token = this.ask('token', '/issuer/token', {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${this.connectorSecret(clientId)}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials&scope=submit',
    }).then((answer) => (answer as { access_token: string }).access_token);
    this.tokens.set(clientId, token);
    token.catch(() => this.tokens.delete(clientId));
    return token;
  }

  /** Sends a document; resolves with its receipt. */
  async submit(clientId: string, feed: string, key: string, mediaType: string, body: Uint8Array): Promise<string> {
    const authorization = `Bearer ${await this.connectorToken(clientId)}`;
    const answer = await this.ask('submission', `/v1/feeds/${feed}/submissions`, {
      method: 'POST',
      headers: { authorization, 'content-type': mediaType, 'idempotency-key': key },
      body: body as Uint8Array<ArrayBuffer>,
    });
    return (answer as { receipt: string }).receipt;
  }

  async heartbeat(clientId: string, feed: string, coversUntil: string): Promise<void> {
    const authorization = `Bearer ${await this.connectorToken(clientId)}`;
    await this.ask('heartbeat', `/v1/feeds/${feed}/heartbeats`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ coversUntil }),
    });
  }

  /** Every item of a receipt, once none is on its way any more. */
  async settled(
    clientId: string,
    receipt: string,
    onProgress: (settled: number, total: number) => void,
  ): Promise<ReceiptItem[]> {
    for (;;) {
      const items: ReceiptItem[] = [];
      let next: number | null = 0;
      while (next !== null) {
        const page = (await this.ask('receipt', `/v1/receipts/${receipt}?after=${next}&limit=10000`, {
          headers: { authorization: `Bearer ${await this.connectorToken(clientId)}` },
        })) as { items: ReceiptItem[]; next: number | null };
        items.push(...page.items);
        next = page.next;
      }
      const waiting = items.filter(({ state }) => state === 'accepted').length;
      onProgress(items.length - waiting, items.length);
      if (waiting === 0) return items;
      await delay(100);
    }
  }

  /** `once`: what a person does anew each time; without an answer it is not asked again. */
  async person(login: string, method: string, path: string, body?: unknown, options?: { once: boolean }) {
    const init = {
      method,
      headers: {
        authorization: `Bearer ${await this.personToken(login)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    return this.ask(`${method} ${path.split('?')[0]}`, path, init, options);
  }
}
