import { randomUUID } from 'node:crypto';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { hold } from '../support/journeys/brake.js';
import { HubApi, until, type Answer, type ReceiptItem } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

interface Item {
  readonly id: string;
  readonly field: string;
  readonly reason: string;
  readonly receipt: string;
  readonly state: string;
  readonly by: { readonly role: string } | null;
  readonly at: string | null;
}
interface Submission {
  readonly receipt: string;
  readonly items: number;
  readonly filed: number;
  readonly quarantined: number;
  readonly duplicate: number;
  readonly accepted: number;
}

let hub: TestHub;
let api: HubApi;

const [MANAGER, OTHER, OFFICER, BOTH] = ['manager', 'neighbour-manager', 'officer', 'two-posts'];
const SECRET = 'Zebulon Quagmire';
const REASON = 'Mended after a call to the station';

const records = `/v1/feeds/${POLICE.records}`;
const staff = `/v1/feeds/${POLICE.staff}`;

const details = (recordId: string, personId: unknown, payload: object = {}) =>
  recordOf({ recordId, personId: personId as string, recordType: 'crime-justice.details', payload: { ...payload } });
const badRecord = (recordId: string) => ({ ...details(recordId, nhsNumber(1)), version: [SECRET] });

const get = async <T>(login: string, path: string): Promise<T> => {
  const { status, json, text, headers } = await api.call(login, 'GET', path);
  expect([path, status, headers.get('cache-control')]).toEqual([path, 200, 'no-store']);
  expect(text).not.toContain(SECRET);
  return json as T;
};
const quarantine = async (login: string, feed: string, query = ''): Promise<readonly Item[]> =>
  (await get<{ items: Item[] }>(login, `${feed}/quarantine${query}`)).items;
const decide = (login: string, feed: string, id: string, what: string, body: object, key?: string): Promise<Answer> =>
  api.call(login, 'POST', `${feed}/quarantine/${id}/${what}`, JSON.stringify(body), {
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  });
const settled = async (login: string, answer: Answer): Promise<readonly ReceiptItem[]> => {
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return api.settled(login, (answer.json as { receipt: string }).receipt);
};
/** Sends a document to a feed and gives the items of it that are in quarantine. */
const keep = async (of: Agency, feed: string, document: unknown): Promise<readonly Item[]> => {
  const receipt = await api.accepted(of.connector, feed, document);
  await api.settled(of.connector, receipt);
  return (await quarantine(of.connector, `/v1/feeds/${feed}`)).filter((item) => item.receipt === receipt);
};
const seen = async (login: string, child: string): Promise<number> => (await api.seen(login, child)).entries.length;

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  const manager = { role: 'data-manager' };
  await api.filed(
    POLICE.connector,
    POLICE.staff,
    staffDocument(
      POLICE,
      [post(POLICE, MANAGER, 1, manager), post(POLICE, BOTH, 1, manager), post(POLICE, OFFICER, 1)],
      [],
    ),
  );
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(AUTHORITY, [post(AUTHORITY, OTHER, 1, manager), post(AUTHORITY, BOTH, 1, manager)], []),
  );
});
afterAll(() => hub.close());

describe('an item that cannot be read', () => {
  let item: Item;

  beforeAll(async () => {
    [item] = (await keep(
      POLICE,
      POLICE.records,
      custodianFile(POLICE, [badRecord('A-1'), details('A-2', nhsNumber(2))]),
    )) as [Item];
  });

  it('is listed with the place and the reason, never with what stood there', async () => {
    const [listed] = await quarantine(MANAGER, records);
    expect(listed).toEqual({
      organisation: POLICE.organisation,
      id: item.id,
      field: 'records[0].version',
      reason: expect.any(String),
      receivedAt: expect.any(String),
      receipt: item.receipt,
      path: 'records[0].version',
      state: 'open',
      by: null,
      at: null,
    });
    expect(await quarantine(MANAGER, records, '?state=open')).toEqual([listed]);
    expect(await quarantine(MANAGER, records, '?state=closed')).toEqual([]);
  });

  it('shows to whoever keeps the feed, after the look was recorded', async () => {
    const looks = async () =>
      (await hub.sql.query(`select data from store.event where type = 'quarantine-looked'`)).rows as { data: Buffer }[];
    const before = (await looks()).length;
    const { status, json } = await api.call(MANAGER, 'GET', `/v1/quarantine/${item.id}`);
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { id: item.id, feed: POLICE.records, field: item.field, reason: item.reason, decisions: [] },
    });
    expect((json as { raw: string }).raw).toContain(SECRET);
    const after = await looks();
    expect(after).toHaveLength(before + 1);
    const record = after.at(-1)!.data.toString();
    expect(JSON.parse(record)).toMatchObject({ v: 1, item: item.id, viewer: { posts: [{ role: 'data-manager' }] } });
    expect(record).not.toContain(SECRET);
  });

  it('is nothing to anybody else, and neither is the feed', async () => {
    const unknown = randomUUID();
    const noItem = await api.call(MANAGER, 'GET', `/v1/quarantine/${unknown}`);
    const noFeed = await api.call(MANAGER, 'GET', '/v1/feeds/no-feed/quarantine');
    expect([noItem.status, noFeed.status]).toEqual([404, 404]);
    for (const login of [OTHER, OFFICER, 'nobody', AUTHORITY.connector]) {
      const looked = await api.call(login, 'GET', `/v1/quarantine/${item.id}`);
      if (login !== AUTHORITY.connector) expect([login, looked.status, looked.text]).toEqual([login, 404, noItem.text]);
      else expect(looked.status).toBe(403);
      for (const [method, path, body] of [
        ['GET', `${records}/quarantine`],
        ['GET', `${records}/submissions`],
        ['GET', `${records}/notices`],
        ['GET', `${records}/heartbeats`],
        ['POST', `${records}/quarantine/${item.id}/discards`, { reason: REASON }],
        ['POST', `${records}/quarantine/${item.id}/releases`, { reason: REASON, document: '{}' }],
      ] as const) {
        const { status, text } = await api.call(login, method, path, body && JSON.stringify(body));
        expect([login, path, status, text]).toEqual([login, path, 404, noFeed.text]);
      }
      const receipt = await api.call(login, 'GET', `/v1/receipts/${item.receipt}`);
      expect([login, receipt.status]).toEqual([login, 404]);
      expect((await get<{ feeds: { organisation: string }[] }>(login, '/v1/feeds')).feeds.map(({ organisation }) => organisation)).not.toContain(POLICE.organisation); // prettier-ignore
    }
    expect(await quarantine(MANAGER, records, '?state=open')).toHaveLength(1);
    // Another feed of the same organisation does not know it.
    const elsewhere = await decide(MANAGER, staff, item.id, 'discards', { reason: REASON });
    expect([elsewhere.status, (elsewhere.json as { type: string }).type]).toEqual([
      404,
      'urn:sightline:problem:no-such-item',
    ]);
  });

  it('is not released by a document that would go there again: nothing changes', async () => {
    const counts = async () =>
      (await hub.sql.query('select (select count(*) from inbox.attempt), (select count(*) from inbox.item), (select count(*) from inbox.place) as places')).rows; // prettier-ignore
    const before = await counts();
    for (const [document, field, reason] of [
      [custodianFile(POLICE, [badRecord('A-1')]), 'records[0].version', item.reason],
      [custodianFile(POLICE, [details('A-1', nhsNumber(1)), badRecord('A-3')]), 'records[1].version', item.reason],
      [custodianFile(POLICE, []), 'document', 'missing'],
      ['{"orgId":', 'document', expect.any(String)],
      [
        { ...custodianFile(POLICE, [details('A-1', nhsNumber(1))]), orgId: SECRET },
        'orgId',
        'organisation-not-registered',
      ],
    ] as const) {
      const text = typeof document === 'string' ? document : JSON.stringify(document);
      const answer = await decide(MANAGER, records, item.id, 'releases', { reason: REASON, document: text });
      expect(answer).toMatchObject({ status: 422, json: { errors: [{ field, reason }] } });
      expect(answer.text).not.toContain(SECRET);
    }
    expect(await counts()).toEqual(before);
    expect(await quarantine(MANAGER, records, '?state=open')).toHaveLength(1);
  });

  it.each<[string, object, string, string]>([
    ['releases', { document: '{}' }, 'reason', 'missing'],
    ['releases', { reason: REASON }, 'document', 'missing'],
    ['releases', { reason: REASON, document: {} }, 'document', 'not-text'],
    ['discards', { reason: ' ' }, 'reason', 'missing'],
    ['discards', { reason: 'x'.repeat(4001) }, 'reason', 'too-long'],
    ['discards', { reason: REASON, colour: 1 }, 'colour', 'unknown-field'],
  ])('is not decided by %s of what is wrong: %#', async (what, body, field, reason) => {
    expect(await decide(MANAGER, records, item.id, what, body)).toMatchObject({
      status: 400,
      json: { errors: [{ field, reason }] },
    });
  });

  it('is closed by a corrected document, which is filed, once', async () => {
    const key = randomUUID();
    const document = JSON.stringify(details('A-1', nhsNumber(1)));
    const send = () => decide(MANAGER, records, item.id, 'releases', { reason: REASON, document }, key);
    const [first, second] = await Promise.all([send(), send()]);
    expect([first.status, first.text]).toEqual([202, second.text]);
    expect((await send()).text).toBe(first.text);
    expect(await decide(MANAGER, records, item.id, 'releases', { reason: 'Other', document }, key)).toMatchObject({
      status: 409,
      json: { type: 'urn:sightline:problem:idempotency-key-used' },
    });
    const items = await settled(MANAGER, first);
    expect(items.map(({ path, state }) => [path, state])).toEqual([
      ['record', 'filed'],
      ['decision', 'filed'],
    ]);
    for (const what of ['releases', 'discards'] as const) {
      const again = await decide(MANAGER, records, item.id, what, { reason: REASON, ...(what === 'releases' ? { document } : {}) }); // prettier-ignore
      expect(again).toMatchObject({ status: 409, json: { type: 'urn:sightline:problem:decided-already' } });
    }
    expect(await quarantine(MANAGER, records, '?state=open')).toEqual([]);
    const [closed] = await quarantine(MANAGER, records, '?state=closed');
    expect(closed).toMatchObject({
      id: item.id,
      state: 'released',
      by: { role: 'data-manager' },
      at: expect.any(String),
    });
    // Its stream tells the whole of it.
    const { rows } = await hub.sql.query(
      `select e.type from store.event e where e.stream = (select 'quarantine-' || subject_key from inbox.item where contribution_id = $1 limit 1) order by e.revision`,
      [item.id],
    );
    expect(rows.map(({ type }: { type: string }) => type)).toEqual(['quarantine-opened', 'quarantine-closed']);
    const { json } = await api.call(MANAGER, 'GET', `/v1/quarantine/${item.id}`);
    expect(json).toMatchObject({ decisions: [{ outcome: 'released', by: { role: 'data-manager' }, reason: REASON }] });
  });

  it('names whoever decided nowhere in the clear', async () => {
    const { rows } = await hub.sql.query(
      `select row_to_json(a)::text as text from inbox.attempt a union all select encode(bytes, 'escape') from inbox.item where bytes is not null`,
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const { text } of rows as { text: string }[]) {
      expect(text).not.toContain(`"${MANAGER}"`);
      expect(text).not.toContain(REASON);
    }
  });

  it('is open again when it is sent again', async () => {
    const again = await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [badRecord('A-1')]));
    expect(again.map(({ state }) => state)).toEqual(['duplicate']);
    const [open] = await quarantine(MANAGER, records, '?state=open');
    expect(open).toMatchObject({ id: item.id, state: 'open', by: null });
    await settled(MANAGER, await decide(MANAGER, records, item.id, 'discards', { reason: REASON }));
    expect(await quarantine(MANAGER, records)).toMatchObject([{ id: item.id, state: 'discarded' }]);
    const { json } = await api.call(MANAGER, 'GET', `/v1/quarantine/${item.id}`);
    expect((json as { decisions: { outcome: string }[] }).decisions.map(({ outcome }) => outcome)).toEqual([
      'released',
      'discarded',
    ]);
  });
});

describe('a connector', () => {
  it('decides about what it sent itself', async () => {
    const [item] = await keep(POLICE, POLICE.records, custodianFile(POLICE, [badRecord('C-1')]));
    await settled(POLICE.connector, await decide(POLICE.connector, records, item!.id, 'discards', { reason: REASON }));
    const list = await quarantine(POLICE.connector, records, '?state=closed');
    expect(list[0]).toMatchObject({ id: item!.id, state: 'discarded', by: { role: 'connector' } });
  });
});

describe('a suspension', () => {
  const relation = (n: number, child: string, changes: Readonly<Record<string, unknown>> = {}) =>
    staffDocument(POLICE, [], [allocation(POLICE, OFFICER, child, n, changes)]);
  const suspend = async (child: string, n = 2): Promise<readonly Item[]> =>
    keep(POLICE, POLICE.staff, relation(n, child, { from: SECRET }));
  const known = async (n: number): Promise<string> => {
    const child = nhsNumber(n);
    await api.filed(
      POLICE.connector,
      POLICE.records,
      custodianFile(POLICE, [details(`S-${n}`, child, { missingEpisodes: [{ date: '2026-01-05' }] })]),
    );
    await api.filed(POLICE.connector, POLICE.staff, relation(1, child));
    expect(await seen(OFFICER, child)).toBeGreaterThan(0);
    return child;
  };

  it('ends with the discard of the item with which it came, once that is filed', async () => {
    const child = await known(21);
    const [item] = await suspend(child);
    expect(await seen(OFFICER, child)).toBe(0);
    const release = await hold(hub.sql, 'projection');
    const discarded = await decide(MANAGER, staff, item!.id, 'discards', { reason: REASON });
    try {
      expect([discarded.status, await seen(OFFICER, child)]).toEqual([202, 0]);
    } finally {
      await release();
    }
    await settled(MANAGER, discarded);
    expect(await seen(OFFICER, child)).toBeGreaterThan(0);
    // The same again suspends again, and can be decided again.
    const [again] = await suspend(child);
    expect([again!.id, await seen(OFFICER, child)]).toEqual([item!.id, 0]);
    await settled(MANAGER, await decide(MANAGER, staff, item!.id, 'discards', { reason: REASON }));
    expect(await seen(OFFICER, child)).toBeGreaterThan(0);
  });

  it('ends with the release of the corrected item by itself', async () => {
    const child = await known(22);
    const [item] = await suspend(child);
    expect(await seen(OFFICER, child)).toBe(0);
    const document = JSON.stringify(allocation(POLICE, OFFICER, child, 2));
    await settled(MANAGER, await decide(MANAGER, staff, item!.id, 'releases', { reason: REASON, document }));
    expect(await seen(OFFICER, child)).toBeGreaterThan(0);
  });

  it('of two items holds until the last of them is decided, in whatever order', async () => {
    const child = await known(23);
    const [first] = await suspend(child, 2);
    const [second] = await suspend(child, 3);
    await settled(MANAGER, await decide(MANAGER, staff, second!.id, 'discards', { reason: REASON }));
    expect(await seen(OFFICER, child)).toBe(0);
    await settled(MANAGER, await decide(MANAGER, staff, first!.id, 'discards', { reason: REASON }));
    expect(await seen(OFFICER, child)).toBeGreaterThan(0);
  });

  it('that came with several items of one document ends with the last of them, also when all are decided at once', async () => {
    const child = nhsNumber(24);
    const record = (changes: object) => ({
      ...details('S-24', child, { missingEpisodes: [{ date: '2026-01-05' }, { date: '2026-01-06' }] }),
      ...changes,
    });
    await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [record({})]));
    await api.filed(POLICE.connector, POLICE.staff, relation(1, child));
    const suspended = async () =>
      (
        await hub.sql.query(
          `select count(*)::integer as ended from inbox.item i join inbox.attempt a using (attempt_id)
            where i.path = 'decision' and a.accepted_no is not null and i.subject_kind = 'child'
              and i.subject_key in (select subject_key from inbox.item where path like 'records[0].payload.missingEpisodes%')`,
        )
      ).rows as { ended: number }[];
    const [before] = await suspended();
    const bad = record({
      version: '2',
      handling: { tier: 'special' },
      payload: { missingEpisodes: [{ date: SECRET }, { date: SECRET, returnedHomeInterviewAttended: 1 }] },
    });
    const items = await keep(POLICE, POLICE.records, custodianFile(POLICE, [bad]));
    expect(items).toHaveLength(2);
    const answers = await Promise.all(
      items.map(({ id }) => decide(MANAGER, records, id, 'discards', { reason: REASON })),
    );
    for (const answer of answers) await settled(MANAGER, answer);
    const [after] = await suspended();
    expect(after!.ended - before!.ended).toBe(1);
  });
});

describe('what was sent', () => {
  it('is listed with exact counts, page by page, to the connector and to whoever keeps the feed', async () => {
    const receipts: string[] = [];
    for (let i = 0; i < 27; i += 1) {
      const document = custodianFile(AUTHORITY, [
        recordOf({
          recordId: `M-${i}`,
          personId: i % 2 === 0 ? nhsNumber(40) : (7 as unknown as string),
          recordType: 'personal.details',
          payload: { firstName: 'Ada' },
        }),
      ]);
      receipts.push(await api.accepted(AUTHORITY.connector, AUTHORITY.records, document));
    }
    const last = custodianFile(AUTHORITY, [{ recordId: 'M-1' }, { recordId: 'M-1' }]);
    receipts.push(await api.accepted(AUTHORITY.connector, AUTHORITY.records, last));
    for (const receipt of receipts) await api.settled(AUTHORITY.connector, receipt);
    const path = `/v1/feeds/${AUTHORITY.records}`;
    for (const login of [AUTHORITY.connector, OTHER, BOTH]) {
      const listed: Submission[] = [];
      const pages: number[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { submissions: Submission[]; cursor: string | null } = await get(login, `${path}/submissions${cursor && `?cursor=${cursor}`}`); // prettier-ignore
        listed.push(...page.submissions);
        pages.push(page.submissions.length);
        cursor = page.cursor;
      }
      expect([login, pages]).toEqual([login, [25, 3]]);
      expect(listed.map(({ receipt }) => receipt)).toEqual([...receipts].reverse());
      for (const submission of listed) {
        const items = await api.items(login, submission.receipt);
        const count = (state: string) => items.filter((item) => item.state === state).length;
        expect(submission).toMatchObject({
          items: items.length,
          filed: count('filed'),
          quarantined: count('quarantined'),
          duplicate: count('duplicate'),
          accepted: 0,
        });
      }
      expect(listed.map(({ quarantined }) => quarantined).reduce((a, b) => a + b, 0)).toBeGreaterThan(13);
    }
    const { feeds } = await get<{ feeds: Record<string, unknown>[] }>(OTHER, '/v1/feeds');
    expect(feeds.map(({ feed }) => feed)).toEqual([AUTHORITY.records, AUTHORITY.staff]);
    const listed = await quarantine(OTHER, path, '?state=open');
    expect(listed).toHaveLength(15);
    expect(feeds[0]).toMatchObject({ organisation: AUTHORITY.organisation, waiting: 0, quarantined: 15 });
    expect(new Set((await get<{ feeds: { organisation: string }[] }>(BOTH, '/v1/feeds')).feeds.map(({ organisation }) => organisation))).toEqual(new Set([AUTHORITY.organisation, POLICE.organisation])); // prettier-ignore
  });

  it('goes to quarantine page by page too; a cursor of another’s is none', async () => {
    const document = { orgId: POLICE.organisation, records: Array.from({ length: 30 }, (_, i) => badRecord(`P-${i}`)) };
    const before = (await quarantine(MANAGER, records, '?state=open')).length;
    await api.filed(POLICE.connector, POLICE.records, document);
    const first: { items: Item[]; cursor: string } = await get(MANAGER, `${records}/quarantine?state=open`);
    const second: { items: Item[]; cursor: null } = await get(
      MANAGER,
      `${records}/quarantine?state=open&cursor=${first.cursor}`,
    );
    expect([first.items.length, second.items.length, second.cursor]).toEqual([25, 5 + before, null]);
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(30 + before);
    for (const path of [
      `${records}/quarantine?cursor=x`,
      `${records}/quarantine?state=new`,
      `${records}/submissions?cursor=${randomUUID()}`,
    ]) {
      expect([path, (await api.call(MANAGER, 'GET', path)).status]).toEqual([path, 400]);
    }
    const foreign = await api.call(OTHER, 'GET', `/v1/feeds/${AUTHORITY.records}/quarantine?cursor=${first.cursor}`);
    expect(foreign.status).toBe(400);
  });

  it('has its signs of life', async () => {
    await api.call(POLICE.connector, 'POST', `${records}/heartbeats`, '{"coversUntil":"2026-03-02T08:00:00Z"}');
    const { heartbeats } = await get<{ heartbeats: unknown[] }>(MANAGER, `${records}/heartbeats`);
    expect(heartbeats).toEqual([
      { organisation: POLICE.organisation, receivedAt: expect.any(String), coversUntil: '2026-03-02T08:00:00.000Z' },
    ]);
    expect(await get(POLICE.connector, `${records}/heartbeats`)).toEqual({ heartbeats });
    expect((await api.call(MANAGER, 'POST', `${records}/heartbeats`, '{}')).status).toBe(403);
  });

  it('has notices for whoever keeps the feed', async () => {
    const version = (payload: object) => custodianFile(POLICE, [details('N-1', nhsNumber(5), payload)]);
    await api.filed(POLICE.connector, POLICE.records, version({ riskRadicalisation: true }));
    await api.filed(POLICE.connector, POLICE.records, version({ riskRadicalisation: false }));
    const { notices } = await get<{ notices: unknown[] }>(MANAGER, `${records}/notices`);
    expect(notices.length).toBeGreaterThan(0);
    expect(await get(POLICE.connector, `${records}/notices`)).toEqual({ notices });
  });
});

describe('a leaver', () => {
  it('keeps nothing from the acknowledgement on', async () => {
    const login = 'leaving-manager';
    await api.filed(POLICE.connector, POLICE.staff, staffDocument(POLICE, [post(POLICE, login, 1, { role: 'data-manager' })], [])); // prettier-ignore
    await until(async () => (await api.call(login, 'GET', `${records}/quarantine`)).status === 200);
    await api.accepted(POLICE.connector, POLICE.staff, staffDocument(POLICE, [{ workerId: `W-${login}`, sequence: 2, removed: true }], [])); // prettier-ignore
    expect((await api.call(login, 'GET', `${records}/quarantine`)).status).toBe(404);
  });
});

describe('all of this', () => {
  it('can be verified and replayed', async () => {
    const { findings, reads } = await verifyHub(hub);
    expect(findings).toEqual([]);
    expect(reads).toMatchObject({ differs: 0, 'other-code': 0 });
    expect(reads.same).toBeGreaterThan(10);
  });
});
