import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgreementInForce } from '#chronology';
import { openEventStore } from '#engines';
import { Commands, Inbox, type Attempt, type InboxItem } from '#intake';
import { openFileKeyService, readFinal } from '#platform';
import { findFiles } from '../../apps/hub/src/demo/find-files.js';
import { Completeness } from '../../apps/sharing/src/reading/completeness.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi } from '../support/journeys/hub-api.js';
import {
  allocation,
  custodianFile,
  HEALTH,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  staffDocument,
} from '../support/journeys/scene.js';

let hub: TestHub;
let api: HubApi;
let people = 0;

const police = (changes: object = {}, payload: object = {}) => ({
  ...recordOf({
    recordId: 'POL-1',
    personId: nhsNumber(900 + (people += 1)),
    recordType: 'crime-justice.details',
    payload: { ...payload },
  }),
  ...changes,
});
const send = (...records: unknown[]) => api.accepted(POLICE.connector, POLICE.records, custodianFile(POLICE, records));
const rowsOf = async <T extends object>(text: string, values: readonly unknown[] = []): Promise<T[]> =>
  (await hub.sql.query(text, [...values])).rows as T[];

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await hub.sql.query(`insert into inbox.role_organisation values (session_user, '*')`);
});
afterAll(() => hub.close());

describe('an attempt that comes in parts', () => {
  const attemptOf = (): Attempt => ({
    attemptId: randomUUID(),
    client: 'a-connector',
    feed: 'a-feed',
    organisation: 'POLICE-01',
    idempotencyKey: randomUUID(),
    trace: '',
  });
  const chunk = (itemNo: number, contributionId = randomUUID(), label = 'x') => {
    const envelope = { owner: { organisation: 'POLICE-01' }, facts: [], label };
    const item: InboxItem = {
      itemNo,
      path: `records[${itemNo}]`,
      contributionId,
      subjectKind: 'child',
      subjectKey: randomBytes(16).toString('hex'),
      bytes: Buffer.from(JSON.stringify({ envelope })),
      field: null,
      reason: null,
      dataKeys: [{ part: 'content', recipient: 'org:POLICE-01', wrapped: Buffer.from(label) }],
    };
    return { items: [item], keys: [] };
  };
  const age = ({ attemptId }: Attempt) =>
    hub.sql.query(`update inbox.attempt set staged = staged - interval '25 hours' where attempt_id = $1`, [attemptId]);
  const held = async ({ attemptId }: Attempt) =>
    (await rowsOf(`select item_no from inbox.item where attempt_id = $1`, [attemptId])).length;
  const keysOf = async ({ attemptId }: Attempt) =>
    (await rowsOf(`select from sealing.data_key where submission_id = $1`, [attemptId])).length;
  const sweep = () => hub.sql.query('select inbox.sweep()');

  it('is not begun again by what follows once it was swept', async () => {
    const inbox = new Inbox(hub.sql);
    const attempt = attemptOf();
    await inbox.stage(attempt, chunk(1));
    await age(attempt);
    await sweep();
    expect([await held(attempt), await keysOf(attempt)]).toEqual([0, 0]);
    await expect(inbox.stage(attempt, chunk(2))).rejects.toMatchObject({ code: '42501' });
    await expect(inbox.accept(attempt, chunk(3), Buffer.from('d'), randomUUID())).rejects.toMatchObject({
      code: '42501',
    });
    expect(await rowsOf('select from inbox.attempt where attempt_id = $1', [attempt.attemptId])).toEqual([]);
  });

  it('is not swept while something is still added to it', async () => {
    const inbox = new Inbox(hub.sql);
    const attempt = attemptOf();
    await inbox.stage(attempt, chunk(1));
    await age(attempt);
    await inbox.stage(attempt, chunk(2));
    await sweep();
    expect(await held(attempt)).toBe(2);
    await inbox.drop(attempt);
    expect([await held(attempt), await keysOf(attempt)]).toEqual([0, 0]);
  });

  it('keeps its keys when it is accepted while it is being dropped', async () => {
    const inbox = new Inbox(hub.sql);
    const attempt = attemptOf();
    await inbox.stage(attempt, chunk(1));
    const client = await hub.sql.connect();
    try {
      await client.query('begin');
      await client.query('select * from inbox.accept($1::uuid[], $2::bytea[], $3::uuid[])', [
        [attempt.attemptId],
        [Buffer.from('d')],
        [randomUUID()],
      ]);
      const dropping = inbox.drop(attempt);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await client.query('commit');
      await dropping;
    } finally {
      client.release();
    }
    expect([await held(attempt), await keysOf(attempt)]).toEqual([1, 1]);
    await hub.sql.query('delete from inbox.attempt where attempt_id = $1', [attempt.attemptId]);
  });

  it('has one form and one set of keys for a contribution that comes twice', async () => {
    const inbox = new Inbox(hub.sql);
    const attempt = attemptOf();
    const id = randomUUID();
    await inbox.stage(attempt, chunk(1, id, 'first'));
    await inbox.stage(attempt, chunk(2, id, 'second'));
    const bytes = await rowsOf<{ bytes: Buffer }>('select distinct bytes from inbox.item where attempt_id = $1', [
      attempt.attemptId,
    ]);
    expect(bytes.map((row) => row.bytes.toString())).toEqual([expect.stringContaining('first')]);
    const keys = await rowsOf<{ wrapped: Buffer }>('select wrapped from sealing.data_key where contribution_id = $1', [
      id,
    ]);
    expect(keys.map(({ wrapped }) => wrapped.toString())).toEqual(['first']);
    await inbox.drop(attempt);
  });

  it('is taken whole where it has no items', async () => {
    const receipt = await send();
    expect(await api.items(POLICE.connector, receipt)).toEqual([]);
  });
});

describe('what is sent', () => {
  it('counts a record that stands in a document twice, and files it once', async () => {
    const record = police();
    const receipt = await send(record, record);
    const items = await api.settled(POLICE.connector, receipt);
    expect(items.map(({ state }) => state)).toEqual(['filed', 'duplicate']);
  });

  it.each([
    ['euro signs', '€'],
    ['quotes', '"'],
    ['emoji', '😀'],
  ])('keeps a bad record of very many %s', async (_, character) => {
    const many = character.repeat(character.length > 1 ? 200_000 : 300_000);
    const [item] = await api.settled(POLICE.connector, await send(police({ colour: many })));
    expect(item).toMatchObject({ state: 'quarantined', reason: 'unknown-field' });
  });

  it.each(['after=2147483648', 'after=-1', 'after=0.5', 'after=x', 'limit=1.5', 'limit=0', 'limit=10001', 'limit=x'])(
    'has no page of a receipt for %s',
    async (query) => {
      const receipt = await send(police());
      expect((await api.call(POLICE.connector, 'GET', `/v1/receipts/${receipt}?${query}`)).status).toBe(404);
      expect((await api.call(POLICE.connector, 'GET', `/v1/receipts/${receipt}?after=2147483647`)).status).toBe(200);
    },
  );

  it('takes a sign of life that reaches to a real instant only', async () => {
    const beat = async (coversUntil: unknown) =>
      (
        await api.call(
          POLICE.connector,
          'POST',
          `/v1/feeds/${POLICE.records}/heartbeats`,
          JSON.stringify({ coversUntil }),
        )
      ).status;
    for (const bad of [
      '2026-02-30T00:00:00Z',
      '2026-03-01T24:00:00Z',
      '2026-03-01T00:00:00+14:30',
      '2026-03-01T00:00:00+15:00',
      '2026-03-01T00:00:00-23:59',
      '1899-12-31T23:59:59Z',
      '1900-01-01T00:00:00+01:00',
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:00:00-14:00',
      '',
      {},
    ]) {
      expect([bad, await beat(bad)]).toEqual([bad, 400]);
    }
    for (const good of ['1900-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-03-01T00:00:00.123456789-14:00']) {
      expect([good, await beat(good)]).toEqual([good, 202]);
    }
    const [latest] = await rowsOf<{ covers_until: Date }>(
      'select covers_until from inbox.heartbeat order by id desc limit 1',
    );
    expect(latest!.covers_until.toISOString()).toBe('2026-03-01T14:00:00.123Z');
  });
});

describe('a command', () => {
  it('that does not fit is refused with the name of the field, and leaves no trace', async () => {
    const keyService = openFileKeyService(join(hub.configuration.keysDir, 'sharing'));
    const commands = new Commands(hub.sql, new Inbox(hub.sql), keyService);
    const before = await rowsOf('select from inbox.attempt');
    const accepting = commands.accept({
      actor: 'a'.repeat(32),
      organisation: 'POLICE-01',
      service: 'ppu',
      trace: '',
      drafts: (receivedAt) => [
        {
          subject: { kind: 'agreement', system: 'agreements', localId: 'an-agreement' },
          type: 'agreement-document',
          recordType: 'agreement-document',
          recordKey: 'an-agreement/1',
          ancestors: [],
          rank: { by: 'append', value: receivedAt },
          about: 'child',
          occurred: { precision: 'unknown' },
          body: { agreement: 'an-agreement', version: '1'.repeat(65), shape: 'agreement/1', document: '{}' },
        },
      ],
    });
    await expect(accepting).rejects.toMatchObject({
      status: 400,
      slug: 'command-refused',
      errors: [{ field: 'version', reason: 'not-allowed' }],
    });
    expect(await rowsOf('select from inbox.attempt')).toHaveLength(before.length);
  });
});

describe('a stream that cannot be read', () => {
  it('holds up neither filing nor what is read', async () => {
    const spoilt = police();
    await api.settled(POLICE.connector, await send(spoilt));
    const [last] = await rowsOf<{ bytes: Buffer }>(
      `select i.bytes from inbox.item i join inbox.attempt a using (attempt_id) where i.subject_kind = 'child'
        order by a.accepted_no desc nulls last limit 1`,
    );
    const { subject } = readFinal(last!.bytes).form.envelope;
    const stream = `child-${subject.key}`;
    const store = await openEventStore({
      eventStoreUrl: hub.configuration.eventStoreUrl,
      databaseUrl: hub.database.url,
      applicationName: 'spoiler',
      hub: 'hub',
      clock: hub.sql,
    });
    try {
      const nonsense = {
        id: randomUUID(),
        type: 'missing-episode',
        data: Buffer.from('{}'),
        metadata: Buffer.from('{}'),
      };
      const [result] = await store.append([{ stream, expectedRevision: 0, events: [nonsense] }]);
      expect(result).toMatchObject({ outcome: 'appended' });
    } finally {
      await store.close();
    }
    const receipt = await send({ ...spoilt, recordId: 'POL-2' }, police(), police());
    for (;;) {
      const states = (await api.items(POLICE.connector, receipt)).map(({ state }) => state);
      if (states.filter((state) => state === 'filed').length < 2) continue;
      expect(states).toEqual(['accepted', 'filed', 'filed']);
      break;
    }
    expect((await api.settled(POLICE.connector, await send(police()))).map(({ state }) => state)).toEqual(['filed']);
  });
});

describe('what is about another child than was said', () => {
  const [first, second] = [nhsNumber(990), nhsNumber(991)];
  const record = (recordId: string, personId: string, version: string) =>
    recordOf({
      recordId,
      personId,
      version,
      recordType: 'crime-justice.details',
      payload: { missingEpisodes: [{ date: '2026-01-05', returnedHomeInterviewAttended: false }] },
    });
  const login = 'constable';
  const relation = (sequence: number, personId: string | null, changes: object = {}) =>
    allocation(POLICE, login, personId ?? first, sequence, {
      relationId: 'MOVING',
      ...(personId === null ? { child: null } : {}),
      ...changes,
    });
  const sendRelations = (...relations: unknown[]) =>
    api.accepted(POLICE.connector, POLICE.staff, staffDocument(POLICE, [], relations));
  const seen = async (personId: string): Promise<number> => (await api.seen(login, personId)).entries.length;
  const settle = (receipt: string) => api.settled(POLICE.connector, receipt);

  it('is taken from the one that it was with, in whatever order its versions come', async () => {
    await settle(await api.accepted(POLICE.connector, POLICE.staff, staffDocument(POLICE, [post(POLICE, login, 1)], [
      allocation(POLICE, login, first, 1),
      allocation(POLICE, login, second, 1),
    ]))); // prettier-ignore
    await settle(await send(record('WRONG-1', first, '1'), record('STAYS', first, '1')));
    const counts = async () => [await seen(first), await seen(second)];
    const before = await counts();
    expect(before[0]).toBeGreaterThan(before[1]!);
    // Acknowledged is enough: what the later version takes away is gone at once.
    const receipt = await send(record('WRONG-1', second, '2'));
    const taken = await seen(first);
    expect(taken).toBeLessThan(before[0]!);
    await settle(receipt);
    expect(await counts()).toEqual([taken, before[0]! - taken]);
    await settle(await send(record('WRONG-2', second, '2')));
    await settle(await send(record('WRONG-2', first, '1')));
    expect(await counts()).toEqual([taken, 2 * (before[0]! - taken)]);
  });

  it('is not confused with a record of another system that is numbered alike, nor with an equal version', async () => {
    const [one, two] = await Promise.all([seen(first), seen(second)]);
    await settle(await send(record('EQUAL', first, '1'), record('EQUAL', second, '1')));
    await settle(await send({ ...record('STAYS', second, '7'), systemId: 'ANOTHER-SYSTEM' }));
    const more = [(await seen(first)) - one, (await seen(second)) - two];
    expect(more).toEqual([more[0], 2 * more[0]!]);
    expect(more[0]).toBeGreaterThan(0);
  });

  it('opens nothing of the child that a relation was moved from, or withdrawn from without a name', async () => {
    const [a, b] = [nhsNumber(992), nhsNumber(993)];
    await settle(await send(record('A', a, '1'), record('B', b, '1')));
    const counts = async () => [(await seen(a)) > 0, (await seen(b)) > 0];
    await settle(await sendRelations(relation(1, a)));
    expect(await counts()).toEqual([true, false]);
    const moved = await sendRelations(relation(2, b));
    expect(await seen(a)).toBe(0);
    await settle(moved);
    expect(await counts()).toEqual([false, true]);
    expect((await settle(await sendRelations(relation(1, a)))).map(({ state }) => state)).toContain('duplicate');
    expect(await counts()).toEqual([false, true]);
    const withdrawn = await sendRelations(relation(3, null, { removed: true }));
    expect(await seen(b)).toBe(0);
    expect((await settle(withdrawn)).map(({ state }) => state)).not.toContain('quarantined');
    await settle(await sendRelations(relation(4, a)));
    expect(await counts()).toEqual([true, false]);
    // What cannot be read and names no child suspends it wherever it is.
    await sendRelations(relation(5, null, { from: 'soon' }));
    expect(await seen(a)).toBe(0);
  });

  it('keeps a withdrawal of what is with nobody, and holds it against what comes later', async () => {
    const c = nhsNumber(994);
    await settle(await send(record('C', c, '1')));
    const unknown = { relationId: 'LATER', removed: true };
    expect(await settle(await sendRelations(relation(5, null, unknown)))).toMatchObject([
      { state: 'quarantined', field: 'relations[0].child', reason: 'missing' },
    ]);
    await settle(await sendRelations(relation(4, c, { relationId: 'LATER' })));
    expect(await seen(c)).toBe(0);
    await settle(await sendRelations(relation(6, c, { relationId: 'LATER' })));
    expect(await seen(c)).toBeGreaterThan(0);
  });

  it('leaves no note of a document that was refused', async () => {
    const [a, b] = [nhsNumber(995), nhsNumber(996)];
    await settle(await sendRelations(relation(1, a, { relationId: 'KEPT' })));
    await settle(await send(record('D', a, '1')));
    const broken = `${JSON.stringify(custodianFile(POLICE, [record('D', b, '2')])).slice(0, -1)},`;
    expect((await api.send(POLICE.connector, POLICE.records, broken)).status).toBe(400);
    await settle(await send(record('D', a, '1')));
    expect(await seen(a)).toBeGreaterThan(0);
  });
});

describe('what is told of a feed', () => {
  it('is one notice a contribution, however often it is sent again', async () => {
    const [one, other] = [police(), police()].map((record) => ({ ...record, recordId: 'NOTICED', personId: nhsNumber(980) })); // prettier-ignore
    const notices = async () => {
      const { json } = await api.call(POLICE.connector, 'GET', `/v1/feeds/${POLICE.records}/notices`);
      return (json as { notices: unknown[] }).notices.length;
    };
    await api.settled(POLICE.connector, await send(one));
    const before = await notices();
    await api.settled(POLICE.connector, await send({ ...other, payload: { servicesKnownTo: ['Another'] } }));
    const told = await notices();
    expect(told).toBe(before + 2);
    for (const _ of [1, 2]) await api.settled(POLICE.connector, await send(one));
    expect(await notices()).toBe(told);
  });

  it('is a sign of life of a known form', async () => {
    const beat = async (body: unknown) => {
      const path = `/v1/feeds/${POLICE.records}/heartbeats`;
      const { status, json } = await api.call(POLICE.connector, 'POST', path, JSON.stringify(body));
      return [status, (json as { errors?: { field: string }[] }).errors?.[0]?.field];
    };
    expect(await beat([])).toEqual([400, '']);
    expect(await beat(null)).toEqual([400, '']);
    expect(await beat({ coversUntil: null, other: 1 })).toEqual([400, 'other']);
    expect(await beat({})).toEqual([202, undefined]);
  });

  it('is never fresher than the hour, and does not grow old again', async () => {
    const completeness = new Completeness(hub.sql, new Map());
    const inForce = [{ id: 'a', version: '1', owners: ['HEALTH-01'] }] as unknown as AgreementInForce[];
    const freshTo = async () => (await completeness.of(inForce, new Date('2099-01-01T00:00:00Z'))).lines[0]!.freshTo;
    const beat = async (coversUntil: string) => {
      const path = `/v1/feeds/${HEALTH.records}/heartbeats`;
      const { json } = await api.call(HEALTH.connector, 'POST', path, JSON.stringify({ coversUntil }));
      return (json as { receivedAt: string }).receivedAt;
    };
    await beat('2026-03-01T00:00:00Z');
    expect(await freshTo()).toBe('2026-03-01T00:00:00.000Z');
    await beat('2026-02-01T00:00:00Z');
    expect(await freshTo()).toBe('2026-03-01T00:00:00.000Z');
    const receivedAt = await beat('2098-01-01T00:00:00Z');
    expect(await freshTo()).toBe(receivedAt);
  });
});

describe('a folder of files', () => {
  it('has each of them named, a link too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'files-'));
    try {
      await symlink('/etc/hostname', join(folder, 'link.json'));
      await writeFile(join(folder, 'note.txt'), 'x');
      const files = await findFiles(folder, hub.hub.registry);
      expect(files).toMatchObject([
        { kind: 'not-taken', file: 'link.json', reason: expect.stringContaining('link') },
        { kind: 'not-taken', file: 'note.txt' },
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
