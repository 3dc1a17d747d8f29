import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { keyFolderOf, openFileKeyService } from '#platform';
import { adoptAgreements } from '../support/faults/adopt-agreements.js';
import { checkReads, readRecordsIn } from '../support/faults/check-reads.js';
import { receivedOf, type ReceivedRead } from '../support/faults/read-children.js';
import { measureCell, runRound, type Cell, type Measured } from './cells.js';
import { NEIGHBOUR } from './agencies.js';
import { gateOf, type Gate } from './gate.js';
import { GOALS, HUB, HUB_AGAIN } from './goals.js';
import { createKnownChildren, ENTRIES, type Document, type KnownChild, type KnownChildren } from './known-children.js';
import { runLoad, type HttpRequest } from './load.js';
import { runPgbench } from './pgbench.js';
import { fittingSize, type StageContext, type StageFigures } from './stage.js';
import { lastAccepted, waitUntilFiled, type World } from './world.js';

const GOAL = GOALS.query;
const PURPOSE = 'SAFEGUARDING';

interface Entry {
  readonly entryId: string;
  readonly version: string;
  readonly owner: { readonly organisation: string; readonly service: string };
  readonly type: string;
  readonly recordType: string;
  readonly statement: string;
  readonly about: string;
  readonly summary: string;
  readonly times: { readonly occurred: object; readonly hubReceived: string };
  readonly readerText: string;
  readonly marks: readonly string[];
  readonly content: Readonly<Record<string, unknown>>;
  readonly location: Readonly<Record<string, unknown>>;
}

interface Page {
  readonly readId: string;
  readonly entries: readonly Entry[];
  readonly notices: readonly unknown[];
  readonly cursor: string | null;
}

/** A child with the handle by which its reader asks, and the contributions that he is to be shown. */
interface Target {
  readonly child: KnownChild;
  readonly handle: string;
  readonly expected: ReadonlySet<string>;
}

const submit = async ({ caller }: World, { agency, feed, key, body }: Document): Promise<string> => {
  const answer = await caller.call(agency.clientId, 'POST', `/v1/feeds/${feed}/submissions`, {
    body,
    idempotencyKey: key,
  });
  if (answer?.status !== 202)
    throw new Error(`${key} was answered with ${answer?.status}: ${JSON.stringify(answer?.body)}`);
  return (answer.body as { receipt: string }).receipt;
};

/** Ids of the contributions of a receipt, in the order of its items. */
const contributionsOf = async ({ caller }: World, { agency }: Document, receipt: string): Promise<string[]> => {
  const answer = await caller.call(agency.clientId, 'GET', `/v1/receipts/${receipt}?limit=10000`);
  const { items } = answer?.body as { items: readonly { contribution: string; state: string; path: string }[] };
  const other = items.find(({ state }) => state !== 'filed');
  if (other) throw new Error(`${other.path} of a loaded record is ${other.state}`);
  return items.map(({ contribution }) => contribution);
};

/**
 * Sends everything through the hub's own doors. Resolves with the contributions that each child's reader is to be
 * shown: those of the agencies whose agreements are in force, counted from what was sent and its receipts.
 */
const loadChildren = async (
  { world, say, progress }: StageContext,
  known: KnownChildren,
): Promise<Map<KnownChild, Set<string>>> => {
  const before = await lastAccepted(world.pool);
  for (const document of known.staff) await submit(world, document);
  await waitUntilFiled(world.pool, before);
  await adoptAgreements(world.caller, known.governance, AbortSignal.timeout(60_000));
  say(`${GOAL.id}: loading ${known.children.length} children of ${ENTRIES} entries`);
  const receipts = new Map<Document, string>();
  const left = known.records.values();
  const sender = async (): Promise<void> => {
    for (const document of left) {
      receipts.set(document, await submit(world, document));
      progress();
    }
  };
  await Promise.all([sender(), sender(), sender()]);
  await waitUntilFiled(world.pool, before);
  const expected = new Map<KnownChild, Set<string>>(known.children.map((child) => [child, new Set()]));
  for (const [document, receipt] of receipts) {
    const ids = await contributionsOf(world, document, receipt);
    if (ids.length !== document.about.length) throw new Error(`${document.key} became ${ids.length} contributions`);
    if (document.agency !== NEIGHBOUR) document.about.forEach((child, i) => expected.get(child)?.add(ids[i]!));
  }
  return expected;
};

const findTargets = async ({ caller }: World, expected: ReadonlyMap<KnownChild, Set<string>>): Promise<Target[]> => {
  const targets: Target[] = [];
  for (const [child, ids] of expected) {
    const body = JSON.stringify({ nhsNumber: child.nhsNumber, purpose: PURPOSE });
    const answer = await caller.call(child.reader, 'POST', '/v1/child-searches', { body });
    if (answer?.status !== 201) throw new Error(`a search was answered with ${answer?.status}`);
    targets.push({ child, handle: (answer.body as { handle: string }).handle, expected: ids });
  }
  return targets;
};

interface Asked {
  readonly target: Target;
  readonly request: HttpRequest;
}

/** Whether a page shows just the contributions that it should. */
const problemsOfPage = (page: Page, { expected }: Target): string[] => {
  const shown = new Set(page.entries.map(({ entryId }) => entryId));
  const [missing, more] = [expected.difference(shown).size, shown.difference(expected).size];
  return page.entries.length === expected.size && missing === 0 && more === 0 && page.cursor === null
    ? []
    : [`read ${page.readId} shows ${page.entries.length} entries: ${missing} missing, ${more} that should not be`];
};

/** Puts the same entries as the hub shows where the references read them from. */
const fillReference = async (world: World, pages: readonly Page[]): Promise<void> => {
  await world.pool.query('truncate bench.entry, bench.look');
  for (const [childId, page] of pages.entries()) {
    const rows = page.entries.map((entry, place) => ({
      ...entry,
      childId,
      place,
      ...entry.owner,
      occurred: entry.times.occurred,
      hubReceived: entry.times.hubReceived,
    }));
    await world.pool.query(
      'insert into bench.entry select * from jsonb_populate_recordset(null::bench.entry, $1::jsonb)',
      [JSON.stringify(rows)],
    );
  }
};

/** A text as long as the hub's records of these reads are, in the middle. */
const typicalRecord = async (world: World, pages: readonly Page[]): Promise<string> => {
  const { rows } = await world.pool.query(
    `select percentile_disc(0.5) within group (order by length(data)) as bytes from store.event
      where stream like 'reads-%' and id = any ($1::uuid[])`,
    [pages.map(({ readId }) => readId)],
  );
  const bytes = Number((rows[0] as { bytes: number | null }).bytes);
  if (!(bytes > 0)) throw new Error('the reads have no records');
  return createHash('sha512')
    .update('record')
    .digest('hex')
    .repeat(Math.ceil(bytes / 128))
    .slice(0, bytes);
};

const selectFrom = async (
  { world, pgbenchSeconds }: StageContext,
  children: number,
  record: string,
): Promise<Measured> => {
  const result = await runPgbench({
    url: world.referenceUrl,
    clients: GOAL.connections,
    seconds: pgbenchSeconds,
    scripts: [
      [
        `\\set child random(0, ${children - 1})`,
        `select * from bench.entry where "childId" = :child order by place limit ${ENTRIES};`,
        'insert into bench.look ("childId", record) values (:child, :record);',
      ].join('\n'),
    ],
    variables: { record },
  });
  return { events: result.transactions, seconds: pgbenchSeconds, rate: result.rate, latenciesMs: result.latenciesMs };
};

/** Measures G8 and holds every page against what was sent, and against its record in the store. */
export const runQueryStage = async (context: StageContext): Promise<StageFigures> => {
  const { world, options, random, say, progress } = context;
  const known = createKnownChildren(options.seed, options.size);
  const targets = await findTargets(world, await loadChildren(context, known));
  const tokens = new Map<string, string>();
  for (const { child } of targets) {
    if (!tokens.has(child.reader)) tokens.set(child.reader, await world.authorization(child.reader));
  }
  const problems: string[] = [];
  const received: ReceivedRead[] = [];

  const ask = (target: Target): Asked => ({
    target,
    request: {
      method: 'GET',
      path: `/v1/children/${target.handle}/chronology?purpose=${PURPOSE}&limit=${ENTRIES}`,
      headers: { authorization: tokens.get(target.child.reader)! },
    },
  });
  const readPages = async (requests: readonly Asked[], pages: Page[] = []): Promise<Measured> => {
    const answers: { asked: Asked; status: number; body: string }[] = [];
    const result = await runLoad({
      url: world.hubUrl,
      connections: GOAL.connections,
      requests,
      onAnswer: (asked, status, body) => answers.push({ asked, status, body }),
      onProgress: progress,
    });
    if (result.unanswered > 0) problems.push(`${result.unanswered} reads got no answer`);
    for (const { asked, status, body } of answers) {
      if (status !== 200) {
        problems.push(`a read was answered with ${status}: ${body.slice(0, 200)}`);
        continue;
      }
      const page = JSON.parse(body) as Page;
      problems.push(...problemsOfPage(page, asked.target));
      pages[targets.indexOf(asked.target)] = page;
      received.push(receivedOf(page));
    }
    return { events: requests.length, seconds: result.seconds, latenciesMs: result.latenciesMs };
  };

  say(`${GOAL.id}: reading each child once`);
  const pages: Page[] = [];
  await readPages(targets.map(ask), pages);
  if (problems.length > 0) {
    return figuresOf([], await checkPages(world, problems, received), known);
  }
  await fillReference(world, pages);
  const record = await typicalRecord(world, pages);
  await world.pool.query('vacuum analyze');

  let cellSize = 2 * GOAL.connections;
  const randomChildren = (): number[] => Array.from({ length: cellSize }, () => random.between(0, targets.length - 1));
  const hubCell = (name: string) => async (): Promise<Cell> => {
    const requests = randomChildren().map((i) => ask(targets[i]!));
    return measureCell(world, name, world.hub, () => readPages(requests));
  };
  const baselineCell = async (): Promise<Cell> => {
    const requests = randomChildren().map((child) => ({
      child,
      request: { method: 'GET' as const, path: `/children/${child}/chronology?limit=${ENTRIES}`, headers: {} },
    }));
    const bodies: { child: number; status: number; body: string }[] = [];
    const cell = await measureCell(world, 'nest-typeorm', world.baseline, async () => {
      const result = await runLoad({
        url: world.baselineUrl,
        connections: GOAL.connections,
        requests,
        onAnswer: ({ child }, status, body) => bodies.push({ child, status, body }),
        onProgress: progress,
      });
      return { events: requests.length, seconds: result.seconds, latenciesMs: result.latenciesMs };
    });
    for (const { child, status, body } of bodies) {
      const entries = status === 200 ? (JSON.parse(body) as Entry[]) : [];
      const wanted = pages[child]!.entries;
      const isSame =
        entries.length === wanted.length && entries.every(({ entryId }, i) => entryId === wanted[i]!.entryId);
      if (!isSame) problems.push(`the reference answered with ${status} and ${entries.length} entries`);
    }
    return cell;
  };
  const pgbenchCell = async (): Promise<Cell> => {
    await world.pool.query('truncate bench.look');
    return measureCell(world, 'pgbench', undefined, () => selectFrom(context, targets.length, record));
  };

  say(`${GOAL.id}: warming up`);
  await baselineCell();
  const warmed = await hubCell(HUB)();
  cellSize = fittingSize(Math.floor(options.size / 50), warmed, context.cellSeconds, 2 * GOAL.connections);
  const rounds: Cell[][] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    const runs = {
      [HUB]: hubCell(HUB),
      [HUB_AGAIN]: hubCell(HUB_AGAIN),
      ...(world.pgbench === undefined ? {} : { pgbench: pgbenchCell }),
      'nest-typeorm': baselineCell,
    };
    rounds.push(await runRound(random, runs, (cell) => context.onCell(GOAL.id, round, cell)));
  }
  const profile = await context.profile('query', () => {
    const requests = randomChildren().map((i) => ask(targets[i]!));
    return Promise.resolve({ work: () => readPages(requests) });
  });
  say(`${GOAL.id}: checking pages and records of reads`);
  const figures = figuresOf(rounds, await checkPages(world, problems, received), known);
  return { ...figures, ...(profile ? { profile } : {}) };
};

const figuresOf = (rounds: readonly (readonly Cell[])[], gate: Gate, known: KnownChildren): StageFigures => {
  const hash = createHash('sha256');
  for (const { key, body } of [...known.staff, ...known.records]) hash.update(`${key}\t${body}\n`);
  return {
    goal: GOAL,
    rounds,
    gate,
    input: { events: known.children.length * ENTRIES, sha256: hash.digest('hex') },
    notes: [
      'the references read the entries that the hub shows, in clear; pgbench inserts a record as long as the hub’s',
      'the reference application checks no token, decides nothing and records no read',
    ],
  };
};

/** Every page showed what it should, and is on the record as it was shown. */
const checkPages = async (
  world: World,
  problems: readonly string[],
  received: readonly ReceivedRead[],
): Promise<Gate> => {
  const keys = openFileKeyService(join(world.dataDir, 'keys', keyFolderOf('sharing')));
  const findings = await checkReads(await readRecordsIn(world.pool), keys, received);
  return gateOf(
    `${received.length} pages with ${findings.entries} entries equal to what was sent and may be seen; ` +
      `${received.length - findings.unaudited - findings.differing} of them on the record as shown`,
    [...problems, ...findings.what],
  );
};
