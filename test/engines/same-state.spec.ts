import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provisionTopics } from '#engines';
import { checkNhsNumber } from '#identity';
import { CONTRIBUTIONS_TOPIC } from '#intake';
import { findFiles } from '../../apps/hub/src/demo/find-files.js';
import { loadStory, readAll } from '../../apps/hub/src/demo/load-story.js';
import { LOADING_TIME, READERS, READING_TIME } from '../../apps/hub/src/demo/story.js';
import { startEngines } from '../../tools/fleet/start-engines.js';
import { startTestFleet } from '../support/hub/start-test-fleet.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { AuditApi } from '../support/journeys/auditors.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

const OWN_DATA = join(import.meta.dirname, '../../apps/hub/demo');
const QUIET = (): void => undefined;

/** Times at which the hub did something, and ids that it drew: they differ from one hub to the next. */
const OF_ONE_HUB = new Set([
  'entryId',
  'version',
  'hubReceived',
  'read',
  'at',
  'readId',
  'replayId',
  'position',
  'token',
  'handle',
  'cursor',
  'record',
  'lastRead',
]);

const without = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(without);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, held]) => {
      if (OF_ONE_HUB.has(name)) return [];
      // What is late depends on when the hub had received it.
      if (name === 'marks') return [[name, (held as string[]).filter((mark) => mark !== 'late')]];
      return [[name, without(held)]];
    }),
  );
};
const sorted = (values: readonly unknown[]): string[] => values.map((one) => JSON.stringify(without(one))).sort();

/** Loads the story, lets people decide about what is in it, and tells everything that people may then see. */
const finalState = async (hub: TestHub): Promise<Record<string, unknown>> => {
  const api = new HubApi(hub);
  const files = await findFiles(OWN_DATA, hub.hub.registry);
  const story = await loadStory(hub.hub, hub.client, hub.configuration, files, READING_TIME, QUIET);
  // The same again: it changes nothing.
  await loadStory(hub.hub, hub.client, hub.configuration, files, READING_TIME, QUIET);
  const child = story.sharedChild!;
  expect(checkNhsNumber(child).valid).toBe(true);

  const own = await api.seen('police-officer', child);
  const record = own.entries.find(({ owner }) => owner.organisation === 'POLICE-01')!;
  const handle = await api.search('police-officer', child);
  const body = JSON.stringify({ purpose: 'SAFEGUARDING', entryId: record.entryId, reason: 'Recorded by mistake' });
  const withdrawn = await api.call('police-officer', 'POST', `/v1/children/${handle}/withdrawals`, body);
  expect([withdrawn.status, withdrawn.text.length > 0]).toEqual([202, true]);
  const ofPolice = async (): Promise<number> =>
    (await api.seen('social-worker', child)).entries.filter(({ owner }) => owner.organisation === 'POLICE-01').length;
  await until(async () => (await ofPolice()) === 2);

  const audit = new AuditApi(api, 'auditor');
  const state: Record<string, unknown> = {
    files: story.files,
    added: story.added,
    children: story.children,
    questions: story.questions,
    readers: story.readers,
  };
  for (const reader of READERS) {
    const { entries, notices } = await readAll(hub.client, reader, child);
    state[`seen by ${reader.login}`] = { entries: sorted(entries), notices };
    const replay = await audit.replay(child, reader.login, READING_TIME, reader.purpose);
    state[`replayed for ${reader.login}`] = { entries: sorted(replay.entries), notices: replay.notices };
    const mine = await api.call(reader.login, 'GET', '/v1/my/children');
    state[`children of ${reader.login}`] = without(mine.json);
  }
  const reads = await audit.reads({ child: { nhsNumber: child } });
  state['reads'] = reads
    .filter(({ kind }) => kind === 'chronology')
    .map(({ reader, purpose, shown, outcome }) => [reader.login, purpose, shown.entries, outcome].join(' '))
    .filter((line) => !line.startsWith('social-worker'))
    .sort();
  const { findings, reads: replayed } = await verifyHub(hub);
  expect(findings).toEqual([]);
  expect(replayed).toMatchObject({ erased: 0, 'other-code': 0, differs: 0 });
  expect(replayed.same).toBeGreaterThan(10);
  return state;
};

describe('one input on every engine', () => {
  let expected: Record<string, unknown>;
  beforeAll(async () => {
    const hub = await startTestHub({ firstTime: LOADING_TIME });
    try {
      expected = await finalState(hub);
    } finally {
      await hub.close();
    }
  }, 180_000);

  it('shows something on the embedded ones', () => {
    expect(JSON.stringify(expected).length).toBeGreaterThan(10_000);
  });

  it.each(['kafka-postgres', 'kafka-eventstoredb'] as const)(
    'ends in the same state on %s, in processes',
    async (kind) => {
      const fleet = await startTestFleet(kind, { firstTime: LOADING_TIME });
      try {
        expect(await finalState(fleet)).toEqual(expected);
      } finally {
        await fleet.close();
      }
    },
    240_000,
  );

  it('ends in the same state with every module in one process on Kafka and EventStoreDB', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sightline-engines-'));
    const engines = await startEngines({ root: process.cwd(), folder, eventStoreUrl: 'test-server' });
    try {
      await provisionTopics({
        busUrl: engines.busUrl,
        clientId: 'test',
        topics: [{ name: CONTRIBUTIONS_TOPIC, partitions: 16, replication: 1, retentionHours: 168 }],
      });
      const settings = { BUS_URL: engines.busUrl, EVENT_STORE_URL: engines.eventStoreUrl! };
      const hub = await startTestHub({ firstTime: LOADING_TIME, settings });
      try {
        expect(await finalState(hub)).toEqual(expected);
      } finally {
        await hub.close();
      }
    } finally {
      await engines.close();
      await rm(folder, { recursive: true, force: true });
    }
  }, 240_000);
});
