import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '#engines';

/** One item of a submission as it is stored: final bytes, and the cause where it is quarantined. */
export interface InboxItem {
  readonly itemNo: number;
  readonly path: string;
  readonly contributionId: string;
  readonly subjectKind: string;
  readonly subjectKey: string;
  readonly bytes: Uint8Array;
  readonly field: string | null;
  readonly reason: string | null;
  readonly dataKeys: readonly { readonly part: string; readonly recipient: string; readonly wrapped: Uint8Array }[];
}

export interface SubmissionKeyRow {
  readonly recipient: string;
  readonly kid: string;
  readonly enc: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface Attempt {
  readonly attemptId: string;
  readonly client: string;
  readonly feed: string;
  readonly organisation: string;
  readonly idempotencyKey: string;
  readonly trace: string;
}

/** Rows of one attempt that have not been staged yet. */
export interface Chunk {
  readonly items: readonly InboxItem[];
  readonly keys: readonly SubmissionKeyRow[];
}

export interface Accepted {
  readonly receiptId: string;
  readonly bodyDigest: Uint8Array;
  /** False: another attempt with this key was first; the receipt and digest are its own. */
  readonly won: boolean;
}

interface Waiting {
  readonly attempt: Attempt;
  readonly chunk: Chunk;
  readonly digest: Uint8Array;
  readonly receiptId: string;
  readonly resolve: (accepted: Accepted) => void;
  readonly reject: (error: unknown) => void;
}

const stage = async (client: Pool | PoolClient, attempt: Attempt, chunk: Chunk): Promise<void> => {
  const { items, keys } = chunk;
  const dataKeys = items.flatMap((item) => item.dataKeys.map((key) => ({ ...key, id: item.contributionId })));
  await client.query({
    name: 'inbox-stage',
    text: `select inbox.stage($1,$2,$3,$4,$5,$6,$7::int[],$8::text[],$9::uuid[],$10::text[],$11::text[],$12::bytea[],$13::text[],
      $14::text[],$15::text[],$16::text[],$17::bytea[],$18::bytea[],$19::uuid[],$20::text[],$21::text[],$22::bytea[])`,
    values: [
      attempt.attemptId,
      attempt.client,
      attempt.feed,
      attempt.organisation,
      attempt.idempotencyKey,
      attempt.trace,
      items.map((i) => i.itemNo),
      items.map((i) => i.path),
      items.map((i) => i.contributionId),
      items.map((i) => i.subjectKind),
      items.map((i) => i.subjectKey),
      items.map((i) => i.bytes),
      items.map((i) => i.field),
      items.map((i) => i.reason),
      keys.map((k) => k.recipient),
      keys.map((k) => k.kid),
      keys.map((k) => k.enc),
      keys.map((k) => k.sealed),
      dataKeys.map((k) => k.id),
      dataKeys.map((k) => k.part),
      dataKeys.map((k) => k.recipient),
      dataKeys.map((k) => k.wrapped),
    ],
  });
};

/** What became of each attempt, by its id. */
const accept = async (
  client: PoolClient,
  batch: readonly Pick<Waiting, 'attempt' | 'digest' | 'receiptId'>[],
): Promise<Map<string, Accepted>> => {
  const { rows } = await client.query('select * from inbox.accept($1::uuid[], $2::bytea[], $3::uuid[])', [
    batch.map((one) => one.attempt.attemptId),
    batch.map((one) => one.digest),
    batch.map((one) => one.receiptId),
  ]);
  return new Map(
    (rows as { attempt_id: string; receipt_id: string; body_digest: Buffer; won: boolean }[]).map((row) => [
      row.attempt_id,
      { receiptId: row.receipt_id, bodyDigest: row.body_digest, won: row.won },
    ]),
  );
};

/**
 * The inbox of one process: durable before anything is acknowledged. Submissions that arrive while a commit runs
 * share the next one.
 */
export class Inbox {
  private waiting: Waiting[] = [];
  private draining: Promise<void> | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly maxBatch = 64,
  ) {}

  async findAccepted(client: string, feed: string, key: string): Promise<Omit<Accepted, 'won'> | undefined> {
    const { rows } = await this.pool.query('select * from inbox.find_accepted($1, $2, $3)', [client, feed, key]);
    const row = rows[0] as { receipt_id: string; body_digest: Buffer } | undefined;
    return row && { receiptId: row.receipt_id, bodyDigest: row.body_digest };
  }

  /** Puts a part of a long submission down in a transaction of its own. It is not accepted yet. */
  async stage(attempt: Attempt, chunk: Chunk): Promise<void> {
    await stage(this.pool, attempt, chunk);
  }

  /** Makes the rest durable and accepts the whole. Rejects when the outcome is unknown: the key may be used again. */
  accept(attempt: Attempt, chunk: Chunk, digest: Uint8Array, receiptId: string): Promise<Accepted> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ attempt, chunk, digest, receiptId, resolve, reject });
      this.draining ??= this.drain().finally(() => (this.draining = null));
    });
  }

  /**
   * Makes an attempt durable and accepts it in a transaction of its own, if `before` resolves there: what it throws is
   * thrown on, and nothing was accepted.
   */
  async acceptIf(
    attempt: Attempt,
    chunks: readonly Chunk[],
    digest: Uint8Array,
    receiptId: string,
    before: (client: PoolClient) => Promise<void>,
  ): Promise<Accepted> {
    return inTransaction(this.pool, 'read committed', async (client) => {
      for (const chunk of chunks) await stage(client, attempt, chunk);
      await before(client);
      const answers = await accept(client, [{ attempt, digest, receiptId }]);
      return answers.get(attempt.attemptId)!;
    });
  }

  async drop(attempt: Attempt): Promise<void> {
    await this.pool.query('select inbox.drop_attempt($1)', [attempt.attemptId]);
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.maxBatch);
      try {
        const answers = await this.commit(batch);
        for (const one of batch) one.resolve(answers.get(one.attempt.attemptId)!);
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
  }

  private async commit(batch: readonly Waiting[]): Promise<Map<string, Accepted>> {
    return inTransaction(this.pool, 'read committed', async (client) => {
      for (const one of batch) await stage(client, one.attempt, one.chunk);
      return accept(client, batch);
    });
  }
}
