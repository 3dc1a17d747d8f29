import { open, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createKafkaBus } from '#engines';
import { readIssuerKeys, signDevelopmentToken } from '#platform';
import { startEngines, type Engines } from '../../tools/fleet/start-engines.js';
import { startFleet, type Fleet } from '../../tools/fleet/start-fleet.js';
import type { TestHub } from '../support/hub/start-test-hub.js';
import { AUDITOR, AuditApi, sendAuditor } from '../support/journeys/auditors.js';
import { findCanaries, newCanary } from '../support/journeys/canaries.js';
import { canaryDocuments } from '../support/journeys/canary-documents.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import { allocation, AUTHORITY, nhsNumber, post, SCENE_BEGINS, staffDocument } from '../support/journeys/scene.js';

/** Every file is read in pieces of this size, each with the end of the one before. */
const PIECE = 1 << 24;
const OVERLAP = 4096;
const CHILD = nhsNumber(77);
const WORKER = 'worker';

/** Where in a file a canary stands, in whatever writing. */
const searchFile = async (path: string, canaries: Readonly<Record<string, string>>): Promise<string[]> => {
  const file = await open(path);
  const found = new Set<string>();
  try {
    const piece = Buffer.alloc(PIECE + OVERLAP);
    for (let kept = 0; ;) {
      const { bytesRead } = await file.read(piece, kept, PIECE);
      if (bytesRead === 0) break;
      for (const place of findCanaries(piece.subarray(0, kept + bytesRead), canaries)) found.add(place);
      const end = kept + bytesRead;
      kept = Math.min(OVERLAP, end);
      piece.copy(piece, 0, end - kept, end);
    }
  } finally {
    await file.close();
  }
  return [...found];
};

const filesUnder = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** What was said in confidence, and what was put in clear on purpose, so that the search is seen to find. */
const [SEALED, DECIDED, CLEAR] = [newCanary(), newCanary(), newCanary()];

describe('every byte that engines and processes wrote', () => {
  let folder: string;
  let engines: Engines;
  let fleet: Fleet;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sightline-bytes-'));
    const root = process.cwd();
    engines = await startEngines({ root, folder, eventStoreUrl: 'test-server' });
    fleet = await startFleet({
      root,
      folder,
      database: engines.database,
      busUrl: engines.busUrl,
      eventStoreUrl: engines.eventStoreUrl!,
      firstTime: SCENE_BEGINS,
      settings: { LOG_LEVEL: 'debug' },
    });
    await live(fleet);
    const bus = createKafkaBus({ busUrl: engines.busUrl, clientId: 'control' });
    await bus.publish('contributions', [
      { key: 'control', value: Buffer.from(`not a contribution: ${CLEAR}`), headers: {} },
    ]);
    await bus.close();
    const sql = new pg.Client({ connectionString: engines.database.ownerUrl });
    await sql.connect();
    await sql.query('create table public.control (said text)');
    await sql.query('insert into public.control values ($1)', [CLEAR]);
    await sql.end();
    await fleet.close();
    await engines.close();
  }, 300_000);
  afterAll(async () => {
    await fleet?.close().catch(() => undefined);
    await engines?.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it.each(['postgres', 'kafka', 'eventstoredb', 'logs'])(
    'hold nothing in clear that a sealed field said (%s)',
    async (part) => {
      const files = await filesUnder(join(folder, part));
      expect(files.length).toBeGreaterThan(0);
      const found: string[] = [];
      for (const path of files) {
        for (const place of await searchFile(path, { SEALED, DECIDED }))
          found.push(`${path.slice(folder.length)}: ${place}`);
      }
      expect(found).toEqual([]);
    },
    120_000,
  );

  it.each(['postgres', 'kafka'])(
    'hold what was put there in clear on purpose (%s)',
    async (part) => {
      const found: string[] = [];
      for (const path of await filesUnder(join(folder, part))) found.push(...(await searchFile(path, { CLEAR })));
      expect(found).toContain('CLEAR: clear');
    },
    120_000,
  );

  it('hold the envelopes of what was sent (eventstoredb)', async () => {
    const found: string[] = [];
    for (const path of await filesUnder(join(folder, 'eventstoredb')))
      found.push(...(await searchFile(path, { type: 'crime-justice-status' })));
    expect(found.length).toBeGreaterThan(0);
  });
});

/** Documents with a canary in every field, and what people then do: search, read, decide, ask again, replay. */
const live = async (fleet: Fleet): Promise<void> => {
  const { configuration } = fleet;
  const jwks = await readIssuerKeys(configuration.keysDir);
  const token: TestHub['token'] = (subject, { scope = 'read', clientId } = {}) =>
    signDevelopmentToken({
      subject,
      scope,
      ...(clientId === undefined ? {} : { clientId }),
      issuer: configuration.issuerUrl,
      audience: configuration.audience,
      jwks,
      environment: configuration.environment,
    });
  const api = new HubApi({ url: fleet.url, token });
  for (const { of, feed, document, mediaType } of canaryDocuments(SEALED, CHILD)) {
    const answer = await api.send(of.connector, feed, document, mediaType === undefined ? {} : { mediaType });
    expect([feed, answer.status]).toEqual([feed, 202]);
    await api.settled(of.connector, (answer.json as { receipt: string }).receipt);
  }
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(AUTHORITY, [post(AUTHORITY, WORKER, 1)], [allocation(AUTHORITY, WORKER, CHILD, 1, OWN_SYSTEM)]),
  );
  await sendAuditor(api);
  const handle = await api.search(WORKER, CHILD);
  const entryOf = async () =>
    (await api.read(WORKER, handle)).entries.find(({ owner }) => owner.organisation === AUTHORITY.organisation);
  await until(async () => (await entryOf()) !== undefined);
  const { entryId } = (await entryOf())!;
  const reason = `${DECIDED} as agreed`;
  const body = JSON.stringify({ purpose: 'SAFEGUARDING', entryId, reason });
  const { status } = await api.call(WORKER, 'POST', `/v1/children/${handle}/withdrawals`, body);
  expect(status).toBe(202);
  await until(async () => (await entryOf())?.entryId !== entryId);
  const audit = new AuditApi(api);
  await until(async () => (await api.call(AUDITOR, 'GET', '/v1/my/profile')).status === 200);
  await audit.replay(CHILD, WORKER, SCENE_BEGINS);
};

/** The authority's records in these documents name their own system. */
const OWN_SYSTEM = { child: { system: `${SEALED} system`, localId: CHILD } };
