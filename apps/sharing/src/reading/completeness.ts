import type { Pool } from 'pg';
import type { AgreementInForce } from '#chronology';

/** How long what is said about freshness stays the same. */
const TICK_MS = 15 * 60 * 1000;

export interface CompletenessLine {
  readonly partyKind: string;
  readonly party: string;
  readonly covers: string;
  /** Up to when all the party's feeds that report cover, as at the last tick; null where none has reported. */
  readonly freshTo: string | null;
}

export interface CompletenessBlock {
  readonly lines: readonly CompletenessLine[];
  readonly statement: string;
}

const STATEMENT =
  'This shows what the parties named here have sent and this reader may see. It does not prove that nobody else is involved.';

/** What is covered and how fresh: of the agreements' parties and the time alone, never of the child. */
export class Completeness {
  constructor(
    private readonly pool: Pool,
    private readonly organisations: ReadonlyMap<string, { readonly name: string; readonly kind: string }>,
  ) {}

  /** How an organisation that shows is called, and of what kind it is. */
  partyOf(organisation: string): { readonly name: string; readonly kind: string } {
    const known = this.organisations.get(organisation);
    return { name: known?.name ?? organisation, kind: known?.kind ?? 'OTHER' };
  }

  async of(inForce: readonly AgreementInForce[], at: Date): Promise<CompletenessBlock> {
    const tick = new Date(Math.floor(at.getTime() / TICK_MS) * TICK_MS);
    const parties = [...new Set(inForce.flatMap(({ owners }) => owners))].sort();
    const { rows } = await this.pool.query({
      name: 'completeness',
      // Nobody covers what is still to come, and what was covered once stays so.
      text: `with feeds as (
               select organisation, feed, max(least(covers_until, received_at)) as fresh
                 from inbox.heartbeat where organisation = any ($1::text[]) and received_at <= $2
                group by organisation, feed)
             select organisation, min(fresh) as fresh from feeds group by organisation`,
      values: [parties, tick],
    });
    const fresh = new Map((rows as { organisation: string; fresh: Date }[]).map((r) => [r.organisation, r.fresh]));
    return {
      lines: parties.map((party) => ({
        partyKind: this.organisations.get(party)?.kind ?? 'OTHER',
        party: this.organisations.get(party)?.name ?? party,
        covers: 'Records that this party’s connectors send to the hub',
        freshTo: fresh.get(party)?.toISOString() ?? null,
      })),
      statement: STATEMENT,
    };
  }
}
