import type { Pool } from 'pg';
import { measureCell, runRound, type Cell, type Measured } from './cells.js';
import { EventStream, type SentEvent } from './event-stream.js';
import { gateOf, type Gate } from './gate.js';
import { GOALS, HUB, HUB_AGAIN } from './goals.js';
import { runLoad, type HttpRequest } from './load.js';
import { runPgbench } from './pgbench.js';
import { fittingSize, type StageContext, type StageFigures } from './stage.js';
import { lastAccepted, lastPosition, waitUntilFiled, type World } from './world.js';

const GOAL = GOALS.ingest;
/** Documents that pgbench chooses from. */
const PGBENCH_DOCUMENTS = 20;
/** Receipts that are asked for over HTTP; the others are read from the database. */
const RECEIPTS = 2000;

interface Sent {
  readonly event: SentEvent;
  readonly request: HttpRequest;
}

interface Acknowledged {
  readonly event: SentEvent;
  readonly receipt: string;
}

/** What the hub answered to everything that was sent in this stage. */
export interface Ledger {
  readonly acknowledged: Acknowledged[];
  readonly problems: string[];
}

const submissionsPath = (event: SentEvent): string => `/feeds/${event.agency.feeds.records}/submissions`;

export const sendToHub = async (
  { world, progress }: StageContext,
  tokens: ReadonlyMap<string, string>,
  ledger: Ledger,
  events: readonly SentEvent[],
): Promise<Measured> => {
  const requests = events.map((event): Sent => ({
    event,
    request: {
      method: 'POST',
      path: `/v1${submissionsPath(event)}`,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': event.key,
        authorization: tokens.get(event.agency.clientId)!,
      },
      body: event.body,
    },
  }));
  const answers: { sent: Sent; status: number; body: string }[] = [];
  const result = await runLoad({
    url: world.hubUrl,
    connections: GOAL.connections,
    requests,
    onAnswer: (sent, status, body) => answers.push({ sent, status, body }),
    onProgress: progress,
  });
  for (const { sent, status, body } of answers) {
    if (status !== 202) ledger.problems.push(`${sent.event.key} was answered with ${status}: ${body.slice(0, 200)}`);
    else ledger.acknowledged.push({ event: sent.event, receipt: (JSON.parse(body) as { receipt: string }).receipt });
  }
  if (result.unanswered > 0) ledger.problems.push(`${result.unanswered} requests got no answer`);
  return { events: events.length, seconds: result.seconds, latenciesMs: result.latenciesMs };
};

const distinctVersions = (events: readonly SentEvent[]): number =>
  new Set(events.map(({ recordId, version }) => `${recordId}\n${version}`)).size;

const sendToBaseline = async (
  { world, progress }: StageContext,
  problems: string[],
  events: readonly SentEvent[],
): Promise<Measured> => {
  const requests = events.map((event): Sent => ({
    event,
    request: {
      method: 'POST',
      path: submissionsPath(event),
      headers: { 'content-type': 'application/json' },
      body: event.body,
    },
  }));
  const result = await runLoad({
    url: world.baselineUrl,
    connections: GOAL.connections,
    requests,
    onAnswer: ({ event }, status, body) => {
      if (status !== 201) problems.push(`the reference answered ${event.key} with ${status}: ${body.slice(0, 200)}`);
    },
    onProgress: progress,
  });
  return { events: events.length, seconds: result.seconds, latenciesMs: result.latenciesMs };
};

/** Documents of the sizes of these events: those in the middle of equal shares of them, by size. */
const typicalPayloads = (events: readonly SentEvent[]): string[] => {
  const bySize = events.map(({ payload }) => payload).sort((a, b) => a.length - b.length);
  return Array.from(
    { length: PGBENCH_DOCUMENTS },
    (_, i) => bySize[Math.floor(((i + 0.5) * bySize.length) / PGBENCH_DOCUMENTS)]!,
  );
};

const insertInto = async ({ world, pgbenchSeconds }: StageContext, events: readonly SentEvent[]): Promise<Measured> => {
  const payloads = typicalPayloads(events);
  const result = await runPgbench({
    url: world.referenceUrl,
    clients: GOAL.connections,
    seconds: pgbenchSeconds,
    scripts: payloads.map((_, i) =>
      [
        '\\set n random(1, 9000000000000000000)',
        'insert into bench.record ("recordId", version, "personId", "recordType", "systemId", "contactDetails", "recordLink", payload)',
        `  values ('R-' || (:n)::bigint, '1', '9990000018', 'health.details', 'HEALTH-RECORDS', '[]', '[]', :payload${i});`,
      ].join('\n'),
    ),
    variables: Object.fromEntries(payloads.map((payload, i) => [`payload${i}`, payload])),
  });
  return {
    events: result.transactions,
    seconds: pgbenchSeconds,
    rate: result.rate,
    latenciesMs: result.latenciesMs,
  };
};

const countRecords = async (pool: Pool): Promise<number> => {
  const { rows } = await pool.query('select count(*)::int as n from bench.record');
  return (rows[0] as { n: number }).n;
};

interface ReceiptPage {
  readonly total: number;
  readonly items: readonly { readonly contribution: string; readonly state: string }[];
}

/** Asks for some receipts as their connectors do; each must say that its one item is filed, or was before. */
const checkReceipts = async (world: World, tokens: ReadonlyMap<string, string>, some: readonly Acknowledged[]) => {
  const problems: string[] = [];
  const requests = some.map((one) => ({
    one,
    request: {
      method: 'GET' as const,
      path: `/v1/receipts/${one.receipt}`,
      headers: { authorization: tokens.get(one.event.agency.clientId)! },
    },
  }));
  const { unanswered } = await runLoad({
    url: world.hubUrl,
    connections: 16,
    requests,
    onAnswer: ({ one }, status, body) => {
      const page = status === 200 ? (JSON.parse(body) as ReceiptPage) : undefined;
      const isFiled = page?.items.length === 1 && ['filed', 'duplicate'].includes(page.items[0]!.state);
      if (!isFiled || page.total !== 1) problems.push(`the receipt of ${one.event.key} says: ${body.slice(0, 200)}`);
    },
  });
  if (unanswered > 0) problems.push(`${unanswered} receipts got no answer`);
  return problems;
};

/** Holds what was acknowledged against what the inbox took and the store keeps. */
const checkIngest = async (
  world: World,
  tokens: ReadonlyMap<string, string>,
  ledger: Ledger,
  sent: readonly SentEvent[],
  from: { readonly accepted: string; readonly position: string },
): Promise<Gate> => {
  const problems = [...ledger.problems];
  const expect = (what: string, found: number, wanted: number): void => {
    if (found !== wanted) problems.push(`${what}: ${found}, not ${wanted}`);
  };
  const distinct = distinctVersions(sent);
  const receiptOfKey = new Map<string, string>();
  for (const { event, receipt } of ledger.acknowledged) {
    const before = receiptOfKey.get(event.key);
    if (before !== undefined && before !== receipt) problems.push(`${event.key} got two receipts`);
    receiptOfKey.set(event.key, receipt);
  }
  expect('requests acknowledged', ledger.acknowledged.length, sent.length);

  const { rows: items } = await world.pool.query(
    `select a.receipt_id, i.contribution_id, i.field from inbox.attempt a join inbox.item i using (attempt_id)
      where a.accepted_no > $1`,
    [from.accepted],
  );
  const itemsOf = Map.groupBy(
    items as { receipt_id: string; contribution_id: string; field: string | null }[],
    ({ receipt_id }) => receipt_id,
  );
  const versionOf = new Map<string, string>();
  const [ids, quarantined] = [new Set<string>(), items.filter(({ field }) => field !== null).length];
  for (const { event, receipt } of ledger.acknowledged) {
    const [item, ...more] = itemsOf.get(receipt) ?? [];
    if (!item || more.length > 0) {
      problems.push(`the receipt of ${event.key} has ${item ? more.length + 1 : 0} items`);
      continue;
    }
    ids.add(item.contribution_id);
    const version = `${event.recordId}\n${event.version}`;
    if ((versionOf.get(item.contribution_id) ?? version) !== version) problems.push(`${event.key} is another's event`);
    versionOf.set(item.contribution_id, version);
  }
  expect('submissions accepted', itemsOf.size, new Set(sent.map(({ key }) => key)).size);
  expect('different contributions', ids.size, distinct);
  expect('contributions quarantined', quarantined, 0);

  const { rows: stored } = await world.pool.query(
    `select convert_from(data, 'UTF8')::json #>> '{envelope,contributionId}' as id, count(*)::int as times
      from store.event where stream like 'child-%' and position > $1 group by 1`,
    [from.position],
  );
  const times = new Map((stored as { id: string; times: number }[]).map((row) => [row.id, row.times]));
  for (const id of ids)
    if (times.get(id) !== 1) problems.push(`contribution ${id} is stored ${times.get(id) ?? 0} times`);
  expect('contributions stored', times.size, distinct);

  const step = Math.max(1, Math.ceil(ledger.acknowledged.length / RECEIPTS));
  const some = ledger.acknowledged.filter((_, i) => i % step === 0);
  problems.push(...(await checkReceipts(world, tokens, some)));
  return gateOf(
    `${sent.length} acknowledged, ${sent.length - distinct} of them sent again; ${distinct} contributions, each stored ` +
      `once; ${some.length} receipts say filed`,
    problems,
  );
};

/** Measures G1 and holds what was acknowledged against what was filed. */
export const runIngestStage = async (context: StageContext): Promise<StageFigures> => {
  const { world, options, random, say } = context;
  const { pool } = world;
  const tokens = new Map<string, string>();
  const stream = new EventStream(options.seed);
  const warm = Math.max(GOAL.connections, Math.floor(options.size / 20));
  const from = { accepted: await lastAccepted(pool), position: await lastPosition(pool) };
  const ledger: Ledger = { acknowledged: [], problems: [] };
  const sent: SentEvent[] = [];

  const take = async (count: number): Promise<SentEvent[]> => {
    const events = stream.take(count);
    for (const { agency } of events) {
      if (!tokens.has(agency.clientId)) tokens.set(agency.clientId, await world.authorization(agency.clientId));
    }
    sent.push(...events);
    return events;
  };
  const hubCell = (name: string, events: readonly SentEvent[]) => async (): Promise<Cell> => {
    const before = await lastAccepted(pool);
    return measureCell(
      world,
      name,
      world.hub,
      () => sendToHub(context, tokens, ledger, events),
      () => waitUntilFiled(pool, before),
    );
  };
  const baselineCell = (events: readonly SentEvent[]) => async (): Promise<Cell> => {
    await pool.query('truncate bench.record');
    const problems: string[] = [];
    const cell = await measureCell(world, 'nest-typeorm', world.baseline, () =>
      sendToBaseline(context, problems, events),
    );
    const count = await countRecords(pool);
    if (count !== distinctVersions(events)) problems.push(`the reference kept ${count} records`);
    ledger.problems.push(...problems);
    return cell;
  };
  const pgbenchCell = (events: readonly SentEvent[]) => async (): Promise<Cell> => {
    await pool.query('truncate bench.record');
    const cell = await measureCell(world, 'pgbench', undefined, () => insertInto(context, events));
    const count = await countRecords(pool);
    if (count < cell.events) ledger.problems.push(`pgbench says ${cell.events} rows, and there are ${count}`);
    return cell;
  };

  say(`${GOAL.id}: warming up`);
  const first = await take(warm);
  await baselineCell(first)();
  const warmed = await hubCell(HUB, first)();
  const wanted = Math.floor((options.size - warm) / (2 * options.rounds));
  const cellSize = fittingSize(wanted, warmed, context.cellSeconds, GOAL.connections);
  const rounds: Cell[][] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    const [events, more] = [await take(cellSize), await take(cellSize)];
    const runs = {
      [HUB]: hubCell(HUB, events),
      [HUB_AGAIN]: hubCell(HUB_AGAIN, more),
      ...(world.pgbench === undefined ? {} : { pgbench: pgbenchCell(events) }),
      'nest-typeorm': baselineCell(events),
    };
    rounds.push(await runRound(random, runs, (cell) => context.onCell(GOAL.id, round, cell)));
  }
  const profile = await context.profile('ingest', async () => {
    const before = await lastAccepted(pool);
    const events = await take(cellSize);
    return {
      work: () => sendToHub(context, tokens, ledger, events),
      afterwards: () => waitUntilFiled(pool, before),
    };
  });
  say(`${GOAL.id}: checking what was filed`);
  return {
    goal: GOAL,
    rounds,
    gate: await checkIngest(world, tokens, ledger, sent, from),
    input: { events: stream.produced, sha256: stream.digest },
    notes: [
      'pgbench inserts the payloads alone, without duplicates; the reference application gets the hub’s requests',
      'while the hub is measured it also files and projects what it acknowledged; references do nothing else',
    ],
    ...(profile ? { profile } : {}),
  };
};
