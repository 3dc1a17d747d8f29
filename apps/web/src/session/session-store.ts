import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { SealedBox } from './sealed-box.js';

export const IDLE_MS = 15 * 60_000;
/** However long a token lives, nobody stays signed in longer than a working day. */
const LONGEST_MS = 8 * 3_600_000;

/** What a session holds. */
export interface StoredSession {
  /** SHA-256 of the cookie's value: names the row. */
  readonly digest: Buffer;
  readonly accessToken: string;
  /** The secret that every form of this session repeats. */
  readonly csrf: string;
}

const digestOf = (cookie: string): Buffer => createHash('sha256').update(cookie).digest();

const asHeld = (value: unknown): { accessToken: string; csrf: string } | undefined => {
  const { accessToken, csrf } = (value ?? {}) as { accessToken?: unknown; csrf?: unknown };
  return typeof accessToken === 'string' && typeof csrf === 'string' ? { accessToken, csrf } : undefined;
};

/**
 * Sessions in PostgreSQL. A row is found by the digest of the cookie's value, and what it holds opens with that value
 * and the process's secret together: a copy of the table signs nobody in. Times are the machine's clock.
 */
export class SessionStore {
  private readonly box: SealedBox;

  constructor(
    private readonly pool: Pool,
    secret: Uint8Array,
    private readonly now: () => Date = () => new Date(),
  ) {
    this.box = new SealedBox(secret, 'sightline session');
  }

  /** Begins a session that ends with its token, and gives the cookie's value. Rows that have ended go. */
  async begin(accessToken: string, tokenEndsAt: Date): Promise<string> {
    const now = this.now();
    const cookie = randomBytes(32).toString('base64url');
    const endsAt = new Date(Math.min(tokenEndsAt.getTime(), now.getTime() + LONGEST_MS));
    const sealed = this.box.seal({ accessToken, csrf: randomBytes(32).toString('base64url') }, Buffer.from(cookie));
    await this.pool.query('delete from web.session where ends_at <= $1 or used_at <= $2', [now, idleSince(now)]);
    await this.pool.query('insert into web.session (id_digest, sealed, used_at, ends_at) values ($1, $2, $3, $4)', [
      digestOf(cookie),
      sealed,
      now,
      endsAt,
    ]);
    return cookie;
  }

  /** The session of a cookie, which was used just now; undefined when there is none or it has ended. */
  async use(cookie: string): Promise<StoredSession | undefined> {
    const now = this.now();
    const digest = digestOf(cookie);
    // A clock that was put back must not give anybody more time than he had.
    const { rows } = await this.pool.query<{ sealed: Buffer }>({
      name: 'web-session-use',
      text: `update web.session set used_at = greatest(used_at, $2)
              where id_digest = $1 and ends_at > $2 and used_at > $3 returning sealed`,
      values: [digest, now, idleSince(now)],
    });
    const held = rows[0] && asHeld(this.box.open(rows[0].sealed, Buffer.from(cookie)));
    return held && { digest, ...held };
  }

  async end(cookie: string): Promise<void> {
    await this.pool.query('delete from web.session where id_digest = $1', [digestOf(cookie)]);
  }
}

const idleSince = (now: Date): Date => new Date(now.getTime() - IDLE_MS);
