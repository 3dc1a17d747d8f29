import pg from 'pg';
import type { Configuration } from '#platform';
import { setClock } from '../set-clock.js';
import type { Hub } from '../start-hub.js';

/** What the story needs of a hub, in one process or in many, beside its public API. */
export type StoryHub = Pick<Hub, 'database' | 'registry'>;

const withDatabase = async <T>(hub: StoryHub, ask: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: hub.database.ownerUrl, application_name: 'demo' });
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
};

/** How many contributions of this type are projected. */
export const countProjected = (hub: StoryHub, type: string): Promise<number> =>
  withDatabase(hub, async (client) => {
    const { rows } = await client.query(
      `select count(*) as n from projection.contribution
        where generation = (select generation from projection.generation where state = 'live') and type = $1`,
      [type],
    );
    return Number((rows[0] as { n: string }).n);
  });

/** How many organisations hold records of each child, and how many questions of identity stand. */
export const countChildren = (hub: StoryHub): Promise<{ children: Record<string, number>; questions: number }> =>
  withDatabase(hub, async (client) => {
    const { rows } = await client.query(`
      with known as (
        select coalesce(m.child, c.subject_key) as child, count(distinct c.organisation) as organisations
          from projection.contribution c
          left join projection.membership m on m.generation = c.generation and m.subject_key = c.subject_key and m.to_position is null
         where c.generation = (select generation from projection.generation where state = 'live')
           and c.subject_kind = 'child' and c.type not in ('relation', 'disclosure-suspended')
         group by 1)
      select organisations, count(*) as children from known group by 1 order by 1`);
    const questions = await client.query(`
      select count(*) as n from projection.question
       where generation = (select generation from projection.generation where state = 'live') and to_position is null`);
    return {
      children: Object.fromEntries(
        (rows as { organisations: string; children: string }[]).map((row) => [row.organisations, Number(row.children)]),
      ),
      questions: Number((questions.rows[0] as { n: string }).n),
    };
  });

/** Recorded time goes on from where it is when the moment has passed already. */
export const moveClock = (hub: StoryHub, configuration: Configuration, to: Date): Promise<Date> =>
  withDatabase(hub, async (client) => {
    const { rows } = await client.query('select platform.recorded_now() as now');
    const { now } = rows[0] as { now: Date };
    return now >= to ? now : setClock(hub.database, configuration, to);
  });
