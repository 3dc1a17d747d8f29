import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { EventStore, StoredEvent } from '#event-sourcing';

/** Where a look stands in the store. */
export interface FoundRead {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
}

interface Row {
  position: string;
  stream: string;
  revision: string;
}

const placeOf = (row: Row): FoundRead => ({
  position: Number(row.position),
  stream: row.stream,
  revision: Number(row.revision),
});

/** What was recorded is not findable yet: ask again. */
export class NotInView extends Error {
  constructor() {
    super('the records of reads are not in view yet');
    this.name = 'NotInView';
  }
}

export interface ReadSearch {
  /** Keys of references: looks at entries of one of these. Keys of staff: looks of one of these. */
  readonly keys: readonly string[];
  /** RFC 3339; inclusive. */
  readonly from: string | null;
  /** RFC 3339; exclusive. */
  readonly to: string | null;
  /** Position: only what stands before it. */
  readonly before: number | null;
  readonly limit: number;
}

/** Finds looks through the projection, and reads them from the store. */
export class Reads {
  constructor(
    private readonly pool: Pool,
    private readonly store: EventStore,
    private readonly longestMs = 5000,
  ) {}

  /** Newest first. Complete: throws `NotInView` while a look that is recorded cannot be found yet. */
  async find({ keys, from, to, before, limit }: ReadSearch): Promise<readonly FoundRead[]> {
    await this.untilProjected();
    const { rows } = await this.pool.query({
      name: 'audit-reads',
      text: `select r.position, r.stream, r.revision
               from projection.generation g join projection.read r on r.generation = g.generation
              where g.state = 'live'
                and r.position in (select s.position from projection.read_subject s
                  where s.generation = g.generation and s.subject_key = any ($1::text[]))
                and ($2::timestamptz is null or r.at >= $2) and ($3::timestamptz is null or r.at < $3)
                and ($4::bigint is null or r.position < $4)
              order by r.position desc limit $5`,
      values: [keys, from, to, before, limit],
    });
    return (rows as Row[]).map(placeOf);
  }

  /** Undefined where nothing of that id is recorded. Throws `NotInView`. */
  async byId(readId: string): Promise<FoundRead | undefined> {
    await this.untilProjected();
    const { rows } = await this.pool.query({
      name: 'audit-read',
      text: `select r.position, r.stream, r.revision
               from projection.generation g join projection.read r on r.generation = g.generation
              where g.state = 'live' and r.read_id = $1`,
      values: [readId],
    });
    return (rows as Row[]).map(placeOf)[0];
  }

  /** The chronologies that were read by a handle, oldest first. Throws `NotInView`. */
  async byHandle(handle: string): Promise<readonly FoundRead[]> {
    await this.untilProjected();
    const { rows } = await this.pool.query({
      name: 'audit-handle',
      text: `select r.position, r.stream, r.revision
               from projection.generation g join projection.read r on r.generation = g.generation
              where g.state = 'live' and r.handle = $1 order by r.position`,
      values: [handle],
    });
    return (rows as Row[]).map(placeOf);
  }

  async event({ stream, revision }: FoundRead): Promise<StoredEvent> {
    const [event] = await this.store.readStream(stream, { from: revision, limit: 1 });
    if (!event || event.revision !== revision) throw new Error('a look that was found is not in the store');
    return event;
  }

  /** Waits until the live projection holds everything that is in the store now. */
  private async untilProjected(): Promise<void> {
    const head = (await this.store.head())?.position ?? 0;
    const end = Date.now() + this.longestMs;
    for (;;) {
      const { rows } = await this.pool.query(`select position from projection.generation where state = 'live'`);
      if (Number((rows[0] as { position: string } | undefined)?.position ?? 0) >= head) return;
      if (Date.now() >= end) throw new NotInView();
      await delay(20);
    }
  }
}
