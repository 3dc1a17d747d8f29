import type { Pool } from 'pg';
import { postsOf } from '#chronology';
import { isUuid } from '#contracts';
import { Problem } from '#platform';
import { loadPerson } from './load-person.js';
import type { ScopeLoader } from './load-read-scope.js';

/** Reading one's own writes: an answer only when everything of a receipt of one's own organisation is in view. */
export class ReceiptWait {
  constructor(
    private readonly pool: Pool,
    private readonly loader: ScopeLoader,
    private readonly longestMs = 5000,
  ) {}

  /** Throws a Problem: 400 for a receipt that is not the reader's organisation's, 503 when it is not in view yet. */
  async wait(login: string, receipt: string): Promise<void> {
    const until = Date.now() + this.longestMs;
    for (;;) {
      const waiting = await this.waiting(login, receipt);
      if (waiting === undefined) {
        throw new Problem(400, 'bad-request', 'The question was not understood', {
          errors: [{ field: 'receipt', reason: 'not-allowed' }],
        });
      }
      if (waiting === 0) return;
      if (Date.now() >= until) throw new Problem(503, 'not-in-view', 'What was received is not in view yet; try again');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async waiting(login: string, receipt: string): Promise<number | undefined> {
    if (!isUuid(receipt)) return undefined;
    const { rows } = await this.pool.query('select * from inbox.receipt_standing($1)', [receipt]);
    const row = rows[0] as { organisation: string; waiting: string } | undefined;
    if (!row) return undefined;
    const person = await loadPerson(this.pool, this.loader, login);
    const isOwn = postsOf(person.staff, person.at, login).some((post) => post.organisation === row.organisation);
    return isOwn ? Number(row.waiting) : undefined;
  }
}
