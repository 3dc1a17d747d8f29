import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { verifyHistory } from '#apps/audit';
import type { StoredEvent } from '#event-sourcing';
import { COMMANDS_FEED } from '#intake';
import { createPartOpener } from '#platform';
import { checkFiling, readEverything, storedOf, type FilingFindings } from './check-filing.js';
import { checkReads, readRecordsOf, type ReadFindings } from './check-reads.js';
import { compareRebuild, type RebuildFindings } from './compare-rebuild.js';
import type { Reading } from './read-children.js';
import type { Scene } from './scene.js';
import { replayAll, sendOne, type Acknowledged, type Sending } from './send-parcels.js';
import { settleReceipts } from './settle-receipts.js';
import type { Parcel } from './workload.js';

/** Everything that the clients of one run did and got. */
export interface History {
  readonly sending: Sending;
  readonly reading: Reading;
  /** Commands of people that were accepted. */
  commands: number;
  /** Messages that nobody can read, put on the bus. */
  readonly poison: Uint8Array[];
  /** Reads begun after a revocation was acknowledged that showed what was revoked. */
  readonly leaks: string[];
}

export const newHistory = (sending: Sending): History => ({
  sending,
  reading: { received: [], refused: [] },
  commands: 0,
  poison: [],
  leaks: [],
});

export interface HistoryFindings {
  readonly filing: FilingFindings;
  readonly unknown: {
    readonly outcomes: number;
    readonly setAside: number;
    /** Of those set aside: accepted all the same. */
    readonly accepted: number;
    /** Accepted more than once, or differing between what was found and what a retry said. */
    readonly wrong: readonly string[];
  };
  /** Contributions that follow another on one reference's stream, and how many of them were accepted after it. */
  readonly order: { readonly pairs: number; readonly kept: number };
  readonly poison: { readonly sent: number; readonly kept: number; readonly wrong: readonly string[] };
  readonly acceptedAgain: number;
  readonly reads: ReadFindings;
  readonly rebuild: RebuildFindings;
  readonly verification: { readonly passed: boolean; readonly said: string };
  readonly leaks: readonly string[];
  readonly refused: readonly string[];
  readonly otherReceipts: readonly string[];
}

export interface CheckOptions {
  /** How long to wait at most for what was accepted to be filed. */
  readonly settleMs: number;
  /** How many of the acknowledged submissions to send once more; all when absent. */
  readonly replays?: number;
  readonly onStep?: (what: string) => void;
}

const SENDERS = 6;

/** Receipts call an item quarantined as soon as it is accepted: this waits until it is in its stream too. */
export const waitForFiling = async (
  pool: Pool,
  limitMs: number,
  { after = '0', upTo = null }: { readonly after?: string; readonly upTo?: string | null } = {},
): Promise<boolean> => {
  const end = Date.now() + limitMs;
  for (;;) {
    const { rows } = await pool.query(
      `select 1 from inbox.attempt a join inbox.item i using (attempt_id)
        where a.accepted_no > $1 and ($2::bigint is null or a.accepted_no <= $2)
          and not exists (select 1 from projection.filed f
            where f.generation = projection.live() and f.contribution_id = i.contribution_id) limit 1`,
      [after, upTo],
    );
    if (rows.length === 0) return true;
    if (Date.now() > end) return false;
    await delay(50);
  }
};

export const countAccepted = async (pool: Pool): Promise<number> => {
  const { rows } = await pool.query('select count(*)::int as n from inbox.attempt where accepted_no is not null');
  return (rows[0] as { n: number }).n;
};

/** Receipts of these documents that were accepted although nobody was told. */
const receiptsOf = async (pool: Pool, parcels: readonly Parcel[]): Promise<Acknowledged[]> => {
  const { rows } = await pool.query(
    `select client, feed, idempotency_key as key, receipt_id as receipt from inbox.attempt
      where accepted_no is not null and idempotency_key = any ($1::text[])`,
    [parcels.map(({ key }) => key)],
  );
  const found = rows as { client: string; feed: string; key: string; receipt: string }[];
  return parcels.flatMap((parcel) =>
    found
      .filter(({ client, feed, key }) => client === parcel.clientId && feed === parcel.feed && key === parcel.key)
      .map(({ receipt }) => ({ parcel, receipt })),
  );
};

/** Sends what was set aside once more: a receipt there was is the receipt it gets. */
const retrySetAside = async (
  { caller }: Scene,
  sending: Sending,
  found: readonly Acknowledged[],
): Promise<readonly string[]> => {
  const wrong: string[] = [];
  for (const parcel of sending.setAside.splice(0)) {
    const before = found.filter((one) => one.parcel === parcel).map(({ receipt }) => receipt);
    if (before.length > 1) wrong.push(`${parcel.key} was accepted ${before.length} times`);
    const receipt = await sendOne(caller, sending, parcel);
    if (before[0] !== undefined && before[0] !== receipt) wrong.push(`${parcel.key}: ${before[0]}, then ${receipt}`);
  }
  return wrong;
};

/** Of contributions that follow one another on a child's stream, how many were accepted in that order. */
const checkOrder = async (pool: Pool, events: readonly StoredEvent[]): Promise<HistoryFindings['order']> => {
  const { rows } = await pool.query(
    `select distinct on (i.contribution_id) i.contribution_id as id, a.accepted_no as no, i.item_no as item
       from inbox.item i join inbox.attempt a using (attempt_id) where a.accepted_no is not null
      order by i.contribution_id, a.accepted_no, i.item_no`,
  );
  const places = new Map(
    (rows as { id: string; no: string; item: number }[]).map(({ id, no, item }) => [id, Number(no) * 100_000 + item]),
  );
  let [pairs, kept] = [0, 0];
  for (const own of Map.groupBy(storedOf(events), ({ stream }) => stream).values()) {
    for (let i = 1; i < own.length; i += 1) {
      pairs += 1;
      if ((places.get(own[i - 1]!.id) ?? 0) <= (places.get(own[i]!.id) ?? 0)) kept += 1;
    }
  }
  return { pairs, kept };
};

/** Every message that nobody can read is kept as it came, once, and nothing else is. */
const checkPoison = (events: readonly StoredEvent[], sent: readonly Uint8Array[]): HistoryFindings['poison'] => {
  const kept = Map.groupBy(
    events.filter(({ stream }) => stream.startsWith('unreadable-')),
    ({ data }) => createHash('sha256').update(data).digest('hex'),
  );
  const asked = new Set(sent.map((value) => createHash('sha256').update(value).digest('hex')));
  const wrong = [
    ...[...asked].filter((digest) => kept.get(digest)?.length !== 1).map((digest) => `${digest.slice(0, 12)} not kept`),
    ...[...kept.keys()].filter((digest) => !asked.has(digest)).map((digest) => `${digest.slice(0, 12)} never sent`),
  ];
  return { sent: asked.size, kept: kept.size, wrong };
};

const verify = async ({ store, pool, keys }: Scene): Promise<HistoryFindings['verification']> => {
  const report = await verifyHistory({ store, pool, keys: keys.audit, opener: createPartOpener(keys.audit) });
  const findings = report.findings.map(({ stream, revision, what }) => `${stream} revision ${revision}: ${what}`);
  const said = [`${report.events} events, ${report.reads.same} reads replayed`, ...findings.slice(0, 10)];
  return { passed: findings.length === 0, said: said.join('; ') };
};

/** Waits until all is quiet, and holds what clients did and got against what the hub holds. */
export const checkHistory = async (scene: Scene, history: History, options: CheckOptions): Promise<HistoryFindings> => {
  const { caller, pool, store, keys } = scene;
  const { settleMs, replays, onStep = () => undefined } = options;
  const { sending, reading, poison, leaks } = history;
  const never = new AbortController().signal;
  const settle = async (acknowledged: readonly Acknowledged[]) => {
    await waitForFiling(pool, settleMs);
    return settleReceipts(caller, acknowledged, 2000, never, 50);
  };
  const commands = { feed: COMMANDS_FEED, accepted: history.commands };

  onStep('what was left unknown');
  const setAside = [...sending.setAside];
  const found = await receiptsOf(pool, setAside);
  const before =
    setAside.length === 0
      ? undefined
      : checkFiling(await settle([...sending.acknowledged, ...found]), storedOf(await readEverything(store)), commands);
  const wrong = [
    ...(await retrySetAside(scene, sending, found)),
    ...(before && before.lost + before.doubled + before.unsent > 0 ? before.what : []),
  ];

  onStep('filing');
  const receipts = await settle(sending.acknowledged);
  const accepted = await countAccepted(pool);
  await replayAll(caller, sending, SENDERS, sending.acknowledged.slice(-(replays ?? sending.acknowledged.length)));
  const acceptedAgain = (await countAccepted(pool)) - accepted;
  const events = await readEverything(store);
  const filing = checkFiling(receipts, storedOf(events), commands);
  onStep('reads');
  const reads = await checkReads(readRecordsOf(events), keys.sharing, reading.received);
  const order = await checkOrder(pool, events);
  onStep('projection');
  const rebuild = await compareRebuild(pool, store, keys.sharing);
  onStep('chains');
  const verification = await verify(scene);
  return {
    filing,
    unknown: { outcomes: sending.unknown, setAside: setAside.length, accepted: found.length, wrong },
    order,
    poison: checkPoison(events, poison),
    acceptedAgain,
    reads,
    rebuild,
    verification,
    leaks,
    refused: [...sending.refused, ...reading.refused],
    otherReceipts: sending.otherReceipts,
  };
};

/** What is wrong, with some of the places; empty when every promise was kept. */
export const problemsOfHistory = (findings: HistoryFindings): string[] => {
  const { filing, unknown, poison, reads, rebuild, verification, leaks, refused, otherReceipts } = findings;
  const counted: readonly (readonly [what: string, count: number])[] = [
    ['contributions lost', filing.lost],
    ['contributions doubled', filing.doubled],
    ['contributions that were not sent', filing.unsent],
    ['items of receipts wrong', filing.wrongItems],
    ['unknown outcomes wrong', unknown.wrong.length],
    ['unreadable messages not kept once', poison.wrong.length],
    ['replays with another receipt', otherReceipts.length],
    ['replays accepted once more', findings.acceptedAgain],
    ['requests refused', refused.length],
    ['reads unaudited', reads.unaudited],
    ['reads recorded otherwise than answered', reads.differing],
    ['reads that showed what was revoked', leaks.length],
    ['differences to a rebuilt projection', rebuild.differences],
    ['verification failed', verification.passed ? 0 : 1],
  ];
  const wrong = counted.filter(([, count]) => count > 0).map(([what, count]) => `${what}: ${count}`);
  if (wrong.length === 0) return [];
  const lists = [filing.what, unknown.wrong, poison.wrong, otherReceipts, refused, reads.what, leaks, rebuild.what];
  return [...wrong, ...lists.flatMap((list) => list.slice(0, 5)), ...(verification.passed ? [] : [verification.said])];
};
