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

/** The hub's public API as its users call it. */
export class HubClient {
  private readonly tokens = new Map<string, Promise<string>>();

  constructor(
    private readonly url: string,
    private readonly personToken: (login: string) => Promise<string>,
    private readonly connectorSecret: (clientId: string) => string,
  ) {}

  /** A connector's token, from the issuer, by its client id and secret. */
  private connectorToken(clientId: string): Promise<string> {
    const known = this.tokens.get(clientId);
    if (known) return known;
    const token = fetch(`${this.url}/issuer/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${this.connectorSecret(clientId)}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials&scope=submit',
    }).then(async (response) => ((await answerOf('token', response)) as { access_token: string }).access_token);
    this.tokens.set(clientId, token);
    return token;
  }

  /** Sends a document; resolves with its receipt. A full inbox or a hub that restarts is tried again with the same key. */
  async submit(clientId: string, feed: string, key: string, mediaType: string, body: Uint8Array): Promise<string> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const response = await fetch(`${this.url}/v1/feeds/${feed}/submissions`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${await this.connectorToken(clientId)}`,
            'content-type': mediaType,
            'idempotency-key': key,
          },
          body,
        });
        return ((await answerOf('submission', response)) as { receipt: string }).receipt;
      } catch (error) {
        if (attempt >= 5 || (error instanceof HubRefused && error.status !== 503)) throw error;
        await delay(300 * (attempt + 1));
      }
    }
  }

  async heartbeat(clientId: string, feed: string, coversUntil: string): Promise<void> {
    await answerOf(
      'heartbeat',
      await fetch(`${this.url}/v1/feeds/${feed}/heartbeats`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await this.connectorToken(clientId)}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ coversUntil }),
      }),
    );
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
        const response = await fetch(`${this.url}/v1/receipts/${receipt}?after=${next}&limit=10000`, {
          headers: { authorization: `Bearer ${await this.connectorToken(clientId)}` },
        });
        const page = (await answerOf('receipt', response)) as { items: ReceiptItem[]; next: number | null };
        items.push(...page.items);
        next = page.next;
      }
      const waiting = items.filter(({ state }) => state === 'accepted').length;
      onProgress(items.length - waiting, items.length);
      if (waiting === 0) return items;
      await delay(100);
    }
  }

  async person(login: string, method: string, path: string, body?: unknown): Promise<unknown> {
    return answerOf(
      `${method} ${path.split('?')[0]}`,
      await fetch(`${this.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await this.personToken(login)}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  }
}
