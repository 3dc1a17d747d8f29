import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { hold } from '../support/journeys/brake.js';
import { findCanaries, newCanary } from '../support/journeys/canaries.js';
import { censusStream, watchMemory } from '../support/journeys/census-stream.js';
import { HubApi, until, type Answer } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  NEIGHBOUR,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  staffDocument,
} from '../support/journeys/scene.js';

const CENSUS = {
  connector: 'local-authority-975-connector',
  feed: 'children-in-need-census',
  mediaType: 'application/xml',
};
const CENSUS_CHILDREN = Number(process.env['CENSUS_CHILDREN'] || 4000);
const MEBIBYTE = 1024 * 1024;

let hub: TestHub;
let api: HubApi;
let people = 0;

/** A child of one test's own. */
const newPerson = (): string => nhsNumber(500 + (people += 1));

const police = (personId: string, changes: object = {}, payload: object = {}) => ({
  ...recordOf({ recordId: 'POL-1', personId, recordType: 'crime-justice.details', payload: { ...payload } }),
  ...changes,
});
const policeFile = (...records: unknown[]) => custodianFile(POLICE, records);
const send = (document: unknown, options: { key?: string; mediaType?: string } = {}) =>
  api.send(POLICE.connector, POLICE.records, document, options);
const file = (document: unknown) => api.filed(POLICE.connector, POLICE.records, document);

const problemOf = ({ status, headers, json }: Answer) => ({
  status,
  type: headers.get('content-type'),
  slug: (json as { type?: string }).type?.replace('urn:sightline:problem:', ''),
  errors: (json as { errors?: unknown }).errors,
});
const isProblem = (answer: Answer, status: number) => {
  expect(problemOf(answer)).toMatchObject({ status, type: 'application/problem+json' });
  expect((answer.json as { status: number }).status).toBe(status);
  expect(answer.headers.get('cache-control')).toBe('no-store');
};
const refusedFor = (answer: Answer, status: number, field: string, reason: string) => {
  isProblem(answer, status);
  expect(problemOf(answer).errors).toEqual([{ field, reason }]);
};

/** A police officer who has to do with this child. */
const officerOf = async (personId: string): Promise<string> => {
  const login = `officer-${personId}`;
  const staff = staffDocument(POLICE, [post(POLICE, login, 1)], [allocation(POLICE, login, personId, 1)]);
  await api.filed(POLICE.connector, POLICE.staff, staff);
  return login;
};

const filedTimes = async (contribution: string): Promise<number> => {
  const { rows } = await hub.sql.query(
    `select count(*)::int as n from projection.filed
      where contribution_id = $1 and generation = (select generation from projection.generation where state = 'live')`,
    [contribution],
  );
  const stored = await hub.sql.query(
    `select count(*)::int as n from store.event where position('"contributionId":"${contribution}"' in convert_from(data, 'UTF8')) > 0`,
  );
  expect((stored.rows[0] as { n: number }).n).toBe((rows[0] as { n: number }).n);
  return (rows[0] as { n: number }).n;
};

const receiptOf = ({ json, status, text }: Answer): string => {
  if (status !== 202) throw new Error(`${status}: ${text}`);
  return (json as { receipt: string }).receipt;
};

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
});
afterAll(() => hub.close());

describe('the door', () => {
  it('lets connectors in with a token of the issuer, by id and secret', async () => {
    const basic = Buffer.from(`${POLICE.connector}:${hub.hub.connectorSecret(POLICE.connector)}`).toString('base64');
    const ask = (authorization: string, scope = 'submit') =>
      api.call(null, 'POST', '/issuer/token', `grant_type=client_credentials&scope=${scope}`, {
        authorization,
        'content-type': 'application/x-www-form-urlencoded',
      });
    const { access_token } = (await ask(`Basic ${basic}`)).json as { access_token: string };
    const headers = { authorization: `Bearer ${access_token}`, 'idempotency-key': randomUUID() };
    const path = `/v1/feeds/${POLICE.records}/submissions`;
    const body = JSON.stringify(policeFile(police(newPerson())));
    expect((await api.call(null, 'POST', path, body, headers)).status).toBe(202);
    expect((await ask(`Basic ${Buffer.from(`${POLICE.connector}:guess`).toString('base64')}`)).status).toBe(401);
    const reading = ((await ask(`Basic ${basic}`, 'read')).json as { access_token?: string }).access_token ?? 'none';
    const read = await api.call(null, 'GET', '/v1/agreements', undefined, { authorization: `Bearer ${reading}` });
    expect([401, 403]).toContain(read.status);
  });

  it.each([
    ['POST', '/v1/feeds/police-records/submissions'],
    ['POST', '/v1/feeds/police-records/heartbeats'],
    ['GET', '/v1/feeds/police-records/notices'],
    ['GET', `/v1/receipts/${randomUUID()}`],
  ])('answers %s %s without a valid token with 401, and with another scope with 403', async (method, path) => {
    const body = method === 'POST' ? '{}' : undefined;
    const none = await api.call(null, method, path, body);
    isProblem(none, 401);
    for (const authorization of ['Bearer nonsense', 'Basic cG9saWNlOng=', `Bearer ${'x'.repeat(4000)}`]) {
      const answer = await api.call(null, method, path, body, { authorization });
      expect([answer.status, answer.text]).toEqual([401, none.text]);
    }
    // People may ask too: one who keeps no feed is answered as for one that is not there.
    isProblem(await api.call('a-reader', method, path, body), method === 'GET' ? 404 : 403);
  });

  it('answers for another connector’s feed as for one that is not there', async () => {
    for (const [method, tail] of [
      ['POST', 'submissions'],
      ['POST', 'heartbeats'],
      ['GET', 'notices'],
    ] as const) {
      const ask = (feed: string) =>
        api.call(POLICE.connector, method, `/v1/feeds/${feed}/${tail}`, method === 'POST' ? '{}' : undefined, {
          'idempotency-key': 'k',
        });
      const unknown = await ask('no-such-feed');
      isProblem(unknown, 404);
      for (const feed of [HEALTH.records, AUTHORITY.staff, 'constructor', '__proto__', 'police-records%00']) {
        const answer = await ask(feed);
        expect([feed, answer.status, answer.text]).toEqual([feed, 404, unknown.text]);
      }
    }
  });

  it('wants an Idempotency-Key of 1 to 255 visible characters', async () => {
    const path = `/v1/feeds/${POLICE.records}/submissions`;
    const body = JSON.stringify(policeFile(police(newPerson())));
    refusedFor(await api.call(POLICE.connector, 'POST', path, body), 400, 'Idempotency-Key', 'missing');
    for (const key of ['x'.repeat(256), 'with space', '', 'caf\u00e9']) {
      const answer = await api.call(POLICE.connector, 'POST', path, body, { 'idempotency-key': key });
      isProblem(answer, 400);
      expect(problemOf(answer).slug).toBe('idempotency-key');
    }
    const longest = await api.call(POLICE.connector, 'POST', path, body, { 'idempotency-key': 'x'.repeat(255) });
    expect(longest.status).toBe(202);
  });

  it('takes the feed’s own media type, whatever its parameters', async () => {
    for (const mediaType of ['application/xml', 'text/plain', 'multipart/form-data', 'application/jsonx']) {
      isProblem(await send(policeFile(police(newPerson())), { mediaType }), 415);
    }
    const answer = await send(policeFile(police(newPerson())), { mediaType: 'Application/JSON; charset=utf-8' });
    expect(answer.status).toBe(202);
    isProblem(await api.send(CENSUS.connector, CENSUS.feed, '<Message/>'), 415);
  });

  it('takes a document of 1 MiB and none above', async () => {
    const fill = (bytes: number) => {
      const text = JSON.stringify(policeFile(police(newPerson())));
      return text + ' '.repeat(bytes - text.length);
    };
    expect((await send(fill(MEBIBYTE))).status).toBe(202);
  });

  it('answers a route that is not there, and a broken request, in the one form', async () => {
    for (const path of ['/v1', '/v1/feeds/police-records', '/v2/receipts/x', '/v1/receipts/', '/%zz']) {
      const answer = await api.call(POLICE.connector, 'GET', path);
      isProblem(answer, path === '/%zz' ? 400 : 404);
    }
    isProblem(await api.call(POLICE.connector, 'DELETE', `/v1/feeds/${POLICE.records}/submissions`), 404);
  });
});

describe('a document that cannot be taken', () => {
  it.each([
    ['broken', '{"orgId": "POLICE-01", "records": ['],
    ['empty', ''],
    ['no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['half a surrogate pair', '{"orgId": "\\ud83d", "records": []}'],
    ['a name twice', '{"orgId": "POLICE-01", "orgId": "POLICE-01", "records": []}'],
    ['nested too deeply', '['.repeat(100_000)],
    ['a text', '"police"'],
    ['records that are no list', '{"orgId": "POLICE-01", "records": {}}'],
  ])('(%s) is refused and leaves the key free', async (_what, body) => {
    const key = randomUUID();
    isProblem(await send(body, { key }), 400);
    isProblem(await send(body, { key }), 400);
    expect((await send(policeFile(police(newPerson())), { key })).status).toBe(202);
  });

  it('is cut off, and leaves the key free', async () => {
    const key = randomUUID();
    const token = await api.tokenOf(POLICE.connector);
    await new Promise<void>((resolve) => {
      const cut = request(`${hub.url}/v1/feeds/${POLICE.records}/submissions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-length': '1000',
          'idempotency-key': key,
        },
      });
      cut.on('error', () => resolve());
      cut.write('{"orgId": "POLICE-01", "records": [');
      setTimeout(() => cut.destroy(new Error('cut')), 50);
    });
    expect((await send(policeFile(police(newPerson())), { key })).status).toBe(202);
  });

  const header = '<Header><Source><LEA>975</LEA><DateTime>2025-07-21T10:12:28Z</DateTime></Source></Header><Children>';
  const bomb = Array.from({ length: 12 }, (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`).join('');
  it.each([
    ['truncated', `<Message>${header}<Child><ChildIdentifiers><LAchildID>1</LAchildID>`],
    ['unclosed', `<Message>${header}<Child/>`],
    ['a DOCTYPE', `<!DOCTYPE Message><Message>${header}</Children></Message>`],
    [
      'an external entity',
      `<!DOCTYPE M [<!ENTITY x SYSTEM "file:///etc/passwd">]><Message>&x;${header}</Children></Message>`,
    ],
    ['an entity bomb', `<!DOCTYPE M [<!ENTITY a0 "ha">${bomb}]><Message>&a12;${header}</Children></Message>`],
    ['an entity of its own', `<Message>${header}<Child>&bomb;</Child></Children></Message>`],
    ['no XML', 'LAchildID,UPN\n1,2'],
  ])('(XML, %s) is refused at once and leaves the key free', async (_what, body) => {
    const key = randomUUID();
    const started = Date.now();
    const [answer] = await api.sendInTurn(CENSUS.connector, CENSUS.feed, [body], { key, mediaType: CENSUS.mediaType });
    isProblem(answer!, 400);
    expect(Date.now() - started).toBeLessThan(2000);
    const good = `<Message>${header}<Child><ChildIdentifiers><LAchildID>${key}</LAchildID></ChildIdentifiers></Child></Children></Message>`;
    expect((await api.send(CENSUS.connector, CENSUS.feed, good, { key, mediaType: CENSUS.mediaType })).status).toBe(
      202,
    );
  });
});

describe('the same key', () => {
  it('with the same body is the same submission', async () => {
    const key = randomUUID();
    const body = policeFile(police(newPerson()));
    const first = receiptOf(await send(body, { key }));
    expect(receiptOf(await send(body, { key }))).toBe(first);
    await api.settled(POLICE.connector, first);
    expect(receiptOf(await send(body, { key }))).toBe(first);
  });

  it('with another body is refused, even one that differs in a space', async () => {
    const key = randomUUID();
    const body = JSON.stringify(policeFile(police(newPerson())));
    receiptOf(await send(body, { key }));
    refusedFor(await send(`${body} `, { key }), 409, 'Idempotency-Key', 'used');
    refusedFor(await send('{broken', { key }), 409, 'Idempotency-Key', 'used');
  });

  it('of another connector or feed is another key', async () => {
    const key = randomUUID();
    receiptOf(await send(policeFile(police(newPerson())), { key }));
    receiptOf(await api.send(POLICE.connector, POLICE.staff, staffDocument(POLICE, [], []), { key }));
    receiptOf(await api.send(HEALTH.connector, HEALTH.staff, staffDocument(HEALTH, [], []), { key }));
  });

  it('fifty times at once gives one receipt, and each contribution is filed once', async () => {
    const key = randomUUID();
    const body = policeFile(
      police(newPerson(), {}, { missingEpisodes: [{ date: '2025-01-02' }, { date: '2025-03' }] }),
      police(newPerson(), { recordId: 'POL-2' }),
    );
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(body, { key })));
    const receipts = new Set(answers.map(receiptOf));
    expect(receipts.size).toBe(1);
    const items = await api.settled(POLICE.connector, [...receipts][0]!);
    expect(items.map(({ state }) => state)).toEqual(['filed', 'filed', 'filed', 'filed']);
    for (const { contribution } of items) expect(await filedTimes(contribution)).toBe(1);
  });

  it('at once with two bodies gives one receipt and one refusal', async () => {
    for (let i = 0; i < 10; i += 1) {
      const key = randomUUID();
      const bodies = [policeFile(police(newPerson())), policeFile(police(newPerson()))];
      const answers = await Promise.all(bodies.map((body) => send(body, { key })));
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    }
  });

  it('is not needed to send a record again: what is there already is a duplicate', async () => {
    const body = policeFile(police(newPerson(), {}, { missingEpisodes: [{ date: '2025-01-02' }] }));
    const first = await file(body);
    const again = await file(body);
    expect(first.map(({ state }) => state)).toEqual(['filed', 'filed']);
    expect(again.map(({ state }) => state)).toEqual(['duplicate', 'duplicate']);
    expect(again.map(({ contribution }) => contribution)).toEqual(first.map(({ contribution }) => contribution));
    for (const { contribution } of first) expect(await filedTimes(contribution)).toBe(1);
  });
});

describe('what is in a document', () => {
  it('is kept back as a whole when its organisation is not one that the connector may carry', async () => {
    for (const organisation of [AUTHORITY.organisation, 'NOBODY', 'police-01', '', null]) {
      const person = newPerson();
      const items = await file({
        orgId: organisation,
        records: [police(person), police(person, { recordId: 'POL-2' })],
      });
      expect(items).toHaveLength(2);
      for (const item of items) expect(item).toMatchObject({ state: 'quarantined', field: 'orgId' });
      const { rows } = await hub.sql.query(
        `select distinct organisation, subject_kind from inbox.item join inbox.attempt using (attempt_id)
          where contribution_id = any ($1::uuid[])`,
        [items.map(({ contribution }) => contribution)],
      );
      expect(rows).toEqual([{ organisation: POLICE.organisation, subject_kind: 'quarantine' }]);
      expect((await api.seen(await officerOf(person), person)).entries).toEqual([]);
    }
    const staff = staffDocument({ ...HEALTH }, [post(POLICE, 'mole', 1)], []);
    expect(await api.filed(POLICE.connector, POLICE.staff, staff)).toMatchObject([
      { state: 'quarantined', field: 'organisation', reason: 'organisation-not-registered' },
    ]);
  });

  it('is refused as a bare payload that names nobody', async () => {
    const { payload } = police(newPerson(), {}, { policeMarkerDetails: 'None known' });
    refusedFor(await send(payload), 400, 'personId', 'missing');
    const { personId: _, ...nameless } = police(newPerson());
    refusedFor(await send(nameless), 400, 'personId', 'missing');
  });

  it('is kept back item by item, and the rest flows', async () => {
    const person = newPerson();
    const { personId: _, ...nameless } = police(person, { recordId: 'POL-2' });
    const items = await file(
      policeFile(
        police(
          person,
          {},
          { missingEpisodes: [{ date: '2025-01-02' }, { date: 'in spring' }, { date: '2025-02-02' }] },
        ),
        nameless,
        { ...nameless, personId: null },
        'no record',
        police(person, { recordId: 'POL-3' }),
      ),
    );
    expect(items.map(({ state, path, field, reason }) => [path, state, field, reason])).toEqual([
      ['records[0]', 'filed', undefined, undefined],
      ['records[0].payload.missingEpisodes[0]', 'filed', undefined, undefined],
      [
        'records[0].payload.missingEpisodes[1].date',
        'quarantined',
        'records[0].payload.missingEpisodes[1].date',
        'not-a-date',
      ],
      ['records[0].payload.missingEpisodes[2]', 'filed', undefined, undefined],
      ['records[1].personId', 'quarantined', 'records[1].personId', 'missing'],
      ['records[2].personId', 'quarantined', 'records[2].personId', 'missing'],
      ['records[3]', 'quarantined', 'records[3]', 'not-an-object'],
      ['records[4]', 'filed', undefined, undefined],
    ]);
  });

  it('keeps null apart from false, and dates as partial as they came', async () => {
    const person = newPerson();
    const login = await officerOf(person);
    const risks = {
      riskSexualExploitation: null,
      riskCriminalExploitation: false,
      riskRadicalisation: true,
      riskGangsAndYouthViolence: null,
    };
    await file(
      policeFile(
        police(
          person,
          {},
          {
            ...risks,
            missingEpisodes: [{ date: '2025-03' }, { date: null }, { date: '2024' }, { date: '2025-04-05' }],
          },
        ),
      ),
    );
    await until(async () => (await api.seen(login, person)).entries.length === 5);
    const { entries } = await api.seen(login, person);
    const status = entries.find(({ type }) => type === 'crime-justice-status')!;
    expect(status.content).toMatchObject(risks);
    expect(status.content).not.toHaveProperty('riskModernSlaveryAndTrafficking');
    const occurred = entries.filter(({ type }) => type === 'missing-episode').map(({ times }) => times.occurred);
    expect(new Set(occurred.map((one) => JSON.stringify(one)))).toEqual(
      new Set(
        [
          { from: '2025-03', precision: 'month' },
          { precision: 'unknown' },
          { from: '2024', precision: 'range', to: '2024' },
          { from: '2025-04-05', precision: 'day' },
        ].map((one) => JSON.stringify(one)),
      ),
    );
  });

  it('does no harm by names that JavaScript knows', async () => {
    const person = newPerson();
    const poison = { polluted: 'yes' };
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      const hostile = JSON.stringify(policeFile(police(person, { recordId: `POL-${name}` }))).replace(
        '"payload":{',
        `"payload":{${JSON.stringify(name)}:${JSON.stringify(poison)}`,
      );
      expect(await file(hostile)).toMatchObject([{ state: 'quarantined', reason: 'unknown-field' }]);
      const head = `{${JSON.stringify(name)}:${JSON.stringify(poison)},${JSON.stringify(policeFile(police(person))).slice(1)}`;
      expect((await file(head))[0]).toMatchObject({ state: 'quarantined', reason: 'unknown-field' });
      isProblem(await send(`{${JSON.stringify(name)}:${JSON.stringify(poison)}}`), 400);
      isProblem(
        await api.call('a-reader', 'POST', '/v1/child-searches', `{${JSON.stringify(name)}:{"purpose":"X"}}`),
        400,
      );
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('is never repeated in an answer', async () => {
    const canary = newCanary();
    const said = `${canary} 9990000018`;
    const answers = [
      await send(`{"orgId": "${said}", "records": [`),
      await send({ [said]: said }),
      await send({ orgId: said, records: said }),
      await send({ personId: null, [said]: said }),
      await send(policeFile(police(newPerson())), { mediaType: `application/${canary}` }),
      await send(policeFile(police(newPerson())), { key: said }),
      await api.send(POLICE.connector, canary, {}),
      await api.send(POLICE.connector, POLICE.staff, { organisation: said, staff: said }),
      await api.call(POLICE.connector, 'GET', `/v1/receipts/${canary}`),
      await api.call(POLICE.connector, 'GET', `/${canary}?${canary}=${canary}`),
      await api.call(
        POLICE.connector,
        'POST',
        `/v1/feeds/${POLICE.records}/heartbeats`,
        JSON.stringify({ coversUntil: said }),
      ),
      await api.call(POLICE.connector, 'POST', `/v1/feeds/${POLICE.records}/heartbeats`, `{"${said}`),
      await api.call(
        'a-reader',
        'POST',
        '/v1/child-searches',
        JSON.stringify({ nhsNumber: said, purpose: 'SAFEGUARDING' }),
      ),
      await api.call('a-reader', 'GET', `/v1/children/${canary}/chronology?purpose=${canary}&cursor=${canary}`),
    ];
    for (const answer of answers) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      isProblem(answer, answer.status);
      expect(findCanaries(Buffer.from(answer.text + JSON.stringify([...answer.headers])), { canary })).toEqual([]);
    }
    const receipt = await api.accepted(POLICE.connector, POLICE.records, {
      ...policeFile(
        police(said, { recordType: said }),
        police(newPerson(), {}, { [said]: said, missingEpisodes: said }),
      ),
      [said]: said,
    });
    await api.settled(POLICE.connector, receipt);
    const { text } = await api.call(POLICE.connector, 'GET', `/v1/receipts/${receipt}`);
    expect(text).toContain('quarantined');
    expect(findCanaries(Buffer.from(text), { canary })).toEqual([]);
  });
});

describe('a search', () => {
  it('does not repeat what stands where a field’s name should', async () => {
    const canary = newCanary();
    const answer = await api.call('a-reader', 'POST', '/v1/child-searches', JSON.stringify({ [canary]: 'x' }));
    isProblem(answer, 400);
    expect(findCanaries(Buffer.from(answer.text), { canary })).toEqual([]);
  });
});

describe('receipts, notices and heartbeats', () => {
  it('are a connector’s own', async () => {
    const receipt = await api.accepted(POLICE.connector, POLICE.records, policeFile(police(newPerson())));
    const unknown = await api.call(HEALTH.connector, 'GET', `/v1/receipts/${randomUUID()}`);
    isProblem(unknown, 404);
    for (const path of [receipt, 'nonsense', receipt.toUpperCase().slice(1)]) {
      const answer = await api.call(HEALTH.connector, 'GET', `/v1/receipts/${path}`);
      expect([answer.status, answer.text]).toEqual([404, unknown.text]);
    }
    expect((await api.call(POLICE.connector, 'GET', `/v1/receipts/${receipt}`)).status).toBe(200);
  });

  it('say a receipt page by page, and the same for ever', async () => {
    const records = Array.from({ length: 25 }, (_, i) => police(newPerson(), { recordId: `PAGE-${i}` }));
    const receipt = await api.accepted(POLICE.connector, POLICE.records, policeFile(...records));
    const all = await api.settled(POLICE.connector, receipt);
    const paged: unknown[] = [];
    for (let after: number | null = 0; after !== null;) {
      const { json } = await api.call(POLICE.connector, 'GET', `/v1/receipts/${receipt}?after=${after}&limit=10`);
      const page = json as { items: unknown[]; next: number | null; total: number };
      expect(page.total).toBe(25);
      paged.push(...page.items);
      after = page.next;
    }
    expect(paged).toEqual(all);
  });

  it('tell a sender of versions that conflict, and readers see both, marked', async () => {
    const person = newPerson();
    const login = await officerOf(person);
    const version = (marker: string) => police(person, { recordId: 'CONFLICT' }, { policeMarkerDetails: marker });
    const first = await api.accepted(POLICE.connector, POLICE.records, policeFile(version('one')));
    const second = await api.accepted(POLICE.connector, POLICE.records, policeFile(version('another')));
    for (const receipt of [first, second]) await api.settled(POLICE.connector, receipt);
    const { json } = await api.call(POLICE.connector, 'GET', `/v1/feeds/${POLICE.records}/notices`);
    const { notices } = json as { notices: { kind: string; receipt: string; path: string }[] };
    expect(notices.filter(({ receipt }) => [first, second].includes(receipt))).toMatchObject(
      [first, second].map((receipt) => ({ kind: 'conflicting-versions', receipt, path: 'records[0]' })),
    );
    const others = await api.call(HEALTH.connector, 'GET', `/v1/feeds/${HEALTH.records}/notices`);
    expect(others.text).not.toContain(first);
    const { entries } = await api.seen(login, person);
    expect(
      entries.map(({ marks, content }) => [marks.includes('conflicting'), content['policeMarkerDetails']]).sort(),
    ).toEqual([
      [true, 'another'],
      [true, 'one'],
    ]);
    await file(policeFile({ ...version('settled'), version: '2' }));
    expect((await api.seen(login, person)).entries.map(({ content }) => content['policeMarkerDetails'])).toEqual([
      'settled',
    ]);
    const later = await api.call(POLICE.connector, 'GET', `/v1/feeds/${POLICE.records}/notices`);
    expect(later.status).toBe(200);
  });

  it('tell a sender what a later extract left out, and take nothing away', async () => {
    const extract = (at: string, children: readonly string[]) =>
      `<Message><Header><Source><LEA>975</LEA><DateTime>${at}</DateTime></Source></Header><Children>${children
        .map(
          (id) =>
            `<Child><ChildIdentifiers><LAchildID>${id}</LAchildID></ChildIdentifiers>` +
            `<CINdetails><CINreferralDate>2024-03-12</CINreferralDate></CINdetails></Child>`,
        )
        .join('')}</Children></Message>`;
    const options = { mediaType: CENSUS.mediaType };
    // The one that is left out is sent alone, so that the notice names its receipt.
    const left = await api.accepted(
      CENSUS.connector,
      CENSUS.feed,
      extract('2025-12-01T00:00:00Z', ['LEFT-OUT']),
      options,
    );
    await api.settled(CENSUS.connector, left);
    const kept = await api.accepted(CENSUS.connector, CENSUS.feed, extract('2025-12-02T00:00:00Z', ['KEPT']), options);
    await api.settled(CENSUS.connector, kept);
    const { json } = await api.call(CENSUS.connector, 'GET', `/v1/feeds/${CENSUS.feed}/notices`);
    const { notices } = json as { notices: { kind: string; receipt: string }[] };
    const of = (receipt: string) => notices.filter((one) => one.receipt === receipt).map(({ kind }) => kind);
    expect(new Set(of(left))).toEqual(new Set(['absent-from-later-extract']));
    expect(of(kept)).toEqual([]);
    expect((await api.items(CENSUS.connector, left)).map(({ state }) => state)).toEqual(['filed', 'filed']);
  });

  it('take a sign of life, and how far it reaches', async () => {
    const beat = (body: string) => api.call(SCHOOL.connector, 'POST', `/v1/feeds/${SCHOOL.records}/heartbeats`, body);
    const answer = await beat('{"coversUntil": "2026-03-01T00:00:00Z"}');
    expect(answer.status).toBe(202);
    expect((answer.json as { receivedAt: string }).receivedAt).toMatch(/^2026-03-02T09:/);
    expect((await beat('{}')).status).toBe(202);
    for (const coversUntil of ['yesterday', 20260301, '2026-02-30T00:00:00', []]) {
      refusedFor(await beat(JSON.stringify({ coversUntil })), 400, 'coversUntil', 'not-an-instant');
    }
    isProblem(await beat('{"coversUntil":'), 400);
  });
});

describe('a reader who names a receipt', () => {
  it('sees what was in it, if it is his organisation’s', async () => {
    const person = newPerson();
    const login = await officerOf(person);
    const handle = await api.search(login, person);
    for (let version = 1; version <= 10; version += 1) {
      const receipt = await api.accepted(
        POLICE.connector,
        POLICE.records,
        policeFile(police(person, { version: String(version) }, { policeMarkerDetails: `version ${version}` })),
      );
      const { entries } = await api.read(login, handle, { receipt });
      expect(entries.map(({ content }) => content['policeMarkerDetails'])).toEqual([`version ${version}`]);
    }
  });

  it('is refused another’s as one that is not there', async () => {
    const person = newPerson();
    const login = await officerOf(person);
    const handle = await api.search(login, person);
    const theirs = await api.accepted(
      HEALTH.connector,
      HEALTH.staff,
      staffDocument(HEALTH, [post(HEALTH, 'nurse', 1)], []),
    );
    const ask = (receipt: string) =>
      api.call(login, 'GET', `/v1/children/${handle}/chronology?purpose=SAFEGUARDING&receipt=${receipt}`);
    const unknown = await ask(randomUUID());
    refusedFor(unknown, 400, 'receipt', 'not-allowed');
    for (const receipt of [theirs, 'nonsense']) expect((await ask(receipt)).text).toBe(unknown.text);
  });
});

describe('an inbox that is full', () => {
  let small: TestHub;
  let smallApi: HubApi;
  beforeAll(async () => {
    small = await startTestHub({ firstTime: SCENE_BEGINS, settings: { INBOX_LIMIT: '20' } });
    smallApi = new HubApi(small);
  });
  afterAll(() => small.close());

  it('says when to come again, loses nothing, and takes the same key then', async () => {
    const release = await hold(small.sql, 'projection');
    const parcels = Array.from({ length: 60 }, (_, i) => ({
      key: `parcel-${i}`,
      document: policeFile(police(newPerson(), { recordId: `FULL-${i}` })),
    }));
    const taken = new Map<string, string>();
    let full = 0;
    const offer = async ({ key, document }: (typeof parcels)[number]) => {
      const answer = await smallApi.send(POLICE.connector, POLICE.records, document, { key });
      if (answer.status === 202) taken.set(key, receiptOf(answer));
      else {
        isProblem(answer, 503);
        expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
        full += 1;
      }
    };
    for (const parcel of parcels) {
      await offer(parcel);
      await delay(40);
    }
    expect(full).toBeGreaterThan(0);
    expect(taken.size).toBeGreaterThanOrEqual(20);
    await release();
    await until(async () => {
      for (const parcel of parcels) if (!taken.has(parcel.key)) await offer(parcel);
      return taken.size === parcels.length;
    }, 30_000);
    expect(new Set(taken.values()).size).toBe(parcels.length);
    for (const receipt of taken.values()) {
      expect((await smallApi.settled(POLICE.connector, receipt)).map(({ state }) => state)).toEqual(['filed']);
    }
  }, 90_000);
});

describe('authorities that share a feed', () => {
  it('each carry their own code and no other', async () => {
    const record = recordOf({
      recordId: 'CS-1',
      personId: newPerson(),
      recordType: 'childrens-services.details',
      payload: { teamInvolvement: ['Family help'] },
    });
    for (const sender of [AUTHORITY, NEIGHBOUR]) {
      for (const named of [AUTHORITY, NEIGHBOUR]) {
        const [item] = await api.filed(sender.connector, sender.records, custodianFile(named, [record]));
        expect([sender.organisation, named.organisation, item!.state]).toEqual([
          sender.organisation,
          named.organisation,
          sender === named ? 'filed' : 'quarantined',
        ]);
      }
    }
  });
});

describe('a document that is refused before its end', () => {
  const header =
    '<Message><Header><Source><LEA>975</LEA><DateTime>2025-07-21T10:12:28Z</DateTime></Source></Header><Children>';
  let refusing: TestHub;
  let refusingApi: HubApi;
  beforeAll(async () => {
    refusing = await startTestHub({ firstTime: SCENE_BEGINS });
    refusingApi = new HubApi(refusing);
  });
  // A connection that nobody reads to its end would keep the hub from stopping.
  afterAll(() => refusing.close(), 10_000);

  it.each([
    ['a little above 1 MiB', JSON.stringify(policeFile()) + ' '.repeat(MEBIBYTE)],
    ['text above 1 MiB', 'x'.repeat(2 * MEBIBYTE)],
    ['far above 1 MiB', ' '.repeat(20 * MEBIBYTE)],
  ])('(%s) is too large, and the connection takes the next', async (_what, large) => {
    const good = JSON.stringify(policeFile(police(newPerson())));
    const answers = await refusingApi.sendInTurn(POLICE.connector, POLICE.records, [large, good]);
    expect(answers.map(({ status }) => status)).toEqual([413, 202]);
    isProblem(answers[0]!, 413);
  });

  it.each([
    ['nested too deeply', `${header}${'<a>'.repeat(50_000)}`],
    ['a tag without end', `${header}<Child ${'x="y" '.repeat(100_000)}`],
    ['an endless text', `${header}<Child>${'x'.repeat(2_000_000)}`],
  ])('(XML, %s) is refused at once, and connection and key take the next', async (_what, bad) => {
    const good = `${header}<Child><ChildIdentifiers><LAchildID>1</LAchildID></ChildIdentifiers></Child></Children></Message>`;
    const { mediaType } = CENSUS;
    const started = Date.now();
    const answers = await refusingApi.sendInTurn(CENSUS.connector, CENSUS.feed, [bad, good], { mediaType });
    expect(answers.map(({ status }) => status)).toEqual([400, 202]);
    expect(Date.now() - started).toBeLessThan(2000);
  });

  it('is answered when nothing of it is read at all', async () => {
    for (const [feed, mediaType, status] of [
      ['no-such-feed', 'application/json', 404],
      [POLICE.records, 'application/xml', 415],
    ] as const) {
      const answers = await refusingApi.sendInTurn(
        POLICE.connector,
        feed,
        [' '.repeat(2 * MEBIBYTE), ' '.repeat(2 * MEBIBYTE)],
        { mediaType },
      );
      expect(answers.map((answer) => answer.status)).toEqual([status, status]);
    }
  });
});

describe('a census that is streamed', () => {
  it(`of ${CENSUS_CHILDREN} children is taken in constant memory`, async () => {
    // What the code itself takes when it runs for the first time is no growth.
    await api.send(CENSUS.connector, CENSUS.feed, censusStream(2000, 'WARM'), { mediaType: CENSUS.mediaType });
    const grown = watchMemory();
    const started = Date.now();
    const answer = await api.send(CENSUS.connector, CENSUS.feed, censusStream(CENSUS_CHILDREN), {
      mediaType: CENSUS.mediaType,
    });
    const growth = grown() / MEBIBYTE;
    const seconds = (Date.now() - started) / 1000;
    process.stderr.write(`${CENSUS_CHILDREN} children: ${seconds.toFixed(1)} s, ${growth.toFixed(0)} MiB more\n`);
    const receipt = receiptOf(answer);
    const { json } = await api.call(CENSUS.connector, 'GET', `/v1/receipts/${receipt}?limit=1`);
    expect((json as { total: number }).total).toBe(CENSUS_CHILDREN * 2);
    expect(growth).toBeLessThan(150);
  }, 600_000);
});
