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
  /** Why this person looks, as he chose for this session; null: he has not chosen. */
  readonly purpose: string | null;
}

type Held = Omit<StoredSession, 'digest'>;

const digestOf = (cookie: string): Buffer => createHash('sha256').update(cookie).digest();

const asHeld = (value: unknown): Held | undefined => {
  const { accessToken, csrf, purpose } = (value ?? {}) as Readonly<Record<keyof Held, unknown>>;
  return typeof accessToken === 'string' && typeof csrf === 'string'
    ? { accessToken, csrf, purpose: typeof purpose === 'string' ? purpose : null }
    : undefined;
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
    const held: Held = { accessToken, csrf: randomBytes(32).toString('base64url'), purpose: null };
    const sealed = this.box.seal(held, Buffer.from(cookie));
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

  /** Keeps why this person looks, for as long as the session lives or until he chooses again. */
  async choosePurpose(cookie: string, { accessToken, csrf }: StoredSession, purpose: string): Promise<void> {
    const held: Held = { accessToken, csrf, purpose };
    await this.pool.query('update web.session set sealed = $2 where id_digest = $1', [
      digestOf(cookie),
      this.box.seal(held, Buffer.from(cookie)),
    ]);
  }

  async end(cookie: string): Promise<void> {
    await this.pool.query('delete from web.session where id_digest = $1', [digestOf(cookie)]);
  }
}

const idleSince = (now: Date): Date => new Date(now.getTime() - IDLE_MS);
