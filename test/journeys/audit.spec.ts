import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { verifyHub } from '../support/journeys/verify-hub.js';
import { AuditApi, AUDITOR, PARTNERSHIP, sendAuditor } from '../support/journeys/auditors.js';
import { hold } from '../support/journeys/brake.js';
import { HubApi, until, type Chronology, type Entry } from '../support/journeys/hub-api.js';
import {
  adoptLocationAgreement,
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  LONG_AGO,
  nhsNumber,
  post,
  recordOf,
  SCENE_BEGINS,
  sendSigners,
  signersOf,
  staffDocument,
} from '../support/journeys/scene.js';

let hub: TestHub;
let api: HubApi;
let audit: AuditApi;

const CHILD = nhsNumber(1);
const VISITOR = 'visitor';
const WORKER = 'worker';

/** Recorded time now. */
const now = async (): Promise<Date> =>
  ((await hub.sql.query('select platform.recorded_now() as now')).rows[0] as { now: Date }).now;

/** Lets what happens next happen at another instant than what happened before. */
const nextInstant = () => delay(5);

/** Until the projection holds everything that is in the store. */
const projected = async (): Promise<void> => {
  for (;;) {
    const { rows } = await hub.sql.query(
      `select g.position >= h.position as done from projection.generation g, store.head h where g.state = 'live'`,
    );
    if ((rows[0] as { done: boolean }).done) return;
    await delay(10);
  }
};

const details = (version: string, street: string, facts: readonly string[] = []) =>
  recordOf({
    recordId: 'P-1',
    personId: CHILD,
    version,
    recordType: 'personal.details',
    payload: { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12', address: { line1: street } },
    ...(facts.length > 0 ? { handling: { facts } } : {}),
  });
const send = (...records: unknown[]) =>
  api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, records));

interface Recorded extends Chronology {
  readonly readId: string;
}
const read = async (login: string): Promise<Recorded & { at: string }> => {
  await projected();
  const answer = (await api.seen(login, CHILD)) as Recorded;
  const { rows } = await hub.sql.query(
    `select convert_from(data, 'UTF8')::json ->> 'at' as at from store.event
      where type = 'chronology-opened' and convert_from(data, 'UTF8')::json ->> 'readId' = $1`,
    [answer.readId],
  );
  await nextInstant();
  return { ...answer, at: (rows[0] as { at: string }).at };
};

/** What is shown of each entry, without the reader's own time. */
const lines = (entries: readonly Entry[]): unknown[] =>
  entries.map(({ times, ...entry }) => ({ ...entry, record: undefined, times: { ...times, read: undefined } }));
const street = ({ entries }: { readonly entries: readonly Entry[] }): unknown[] =>
  entries.flatMap(({ owner, location }) => (owner?.organisation === AUTHORITY.organisation ? [location] : []));

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  audit = new AuditApi(api);
  await sendAuditor(api);
  await sendSigners(api, [AUTHORITY]);
  await send(details('1', '1 Long Lane'));
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(AUTHORITY, [post(AUTHORITY, WORKER, 1)], [allocation(AUTHORITY, WORKER, CHILD, 1)]),
  );
  await api.filed(
    HEALTH.connector,
    HEALTH.records,
    custodianFile(HEALTH, [
      recordOf({
        recordId: 'H-1',
        personId: CHILD,
        recordType: 'health.details',
        payload: { registeredGPName: 'Dr Example', missedAppointments: [{ date: '2026-01-05', setting: 'Clinic' }] },
      }),
    ]),
  );
  await api.filed(
    HEALTH.connector,
    HEALTH.staff,
    staffDocument(HEALTH, [post(HEALTH, VISITOR, 1)], [allocation(HEALTH, VISITOR, CHILD, 1)]),
  );
  await projected();
});
afterAll(() => hub.close());

describe('who may ask', () => {
  const QUESTIONS: readonly (readonly [string, string, unknown])[] = [
    [
      'POST',
      '/v1/audit/replays',
      { nhsNumber: CHILD, at: LONG_AGO, viewer: { login: VISITOR }, purpose: 'SAFEGUARDING' },
    ],
    ['POST', '/v1/audit/replays', 'no question'],
    ['POST', '/v1/audit/read-searches', { child: { nhsNumber: CHILD } }],
    ['POST', '/v1/audit/read-searches', {}],
    ['GET', `/v1/audit/reads/${randomUUID()}`, undefined],
    ['GET', '/v1/audit/reads/none', undefined],
  ];
  const askAll = (login: string) =>
    Promise.all(
      QUESTIONS.map(async ([method, path, body]) => {
        const { status, text } = await api.call(login, method, path, body === undefined ? body : JSON.stringify(body));
        return { status, text };
      }),
    );

  it('is an auditor of the partnership; everybody else gets one refusal, whatever is asked', async () => {
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [post(AUTHORITY, 'own-auditor', 1, { role: 'auditor' })], []),
    );
    await sendAuditor(api, 'clerk', { role: 'clerk' });
    await sendAuditor(api, 'former', { to: '2026-03-01T00:00:00.000Z' });
    const refused = (await askAll('nobody'))[0]!;
    expect(refused.status).toBe(403);
    for (const login of ['nobody', WORKER, 'own-auditor', 'clerk', 'former', signersOf(AUTHORITY)[0]]) {
      expect([login, await askAll(login)]).toEqual([login, QUESTIONS.map(() => refused)]);
    }
    expect((await askAll(AUDITOR)).map(({ status }) => status)).toEqual([200, 400, 200, 400, 404, 404]);
  });

  it('ends with the acknowledgement of whoever leaves, also while nothing is filed', async () => {
    await sendAuditor(api, 'leaver');
    const leaver = new AuditApi(api, 'leaver');
    await leaver.reads({ child: { nhsNumber: CHILD } });
    const release = await hold(hub.sql, 'timeline');
    try {
      const gone = post(PARTNERSHIP, 'leaver', 2, { removed: true });
      await api.accepted(PARTNERSHIP.connector, PARTNERSHIP.staff, staffDocument(PARTNERSHIP, [gone], []));
      expect((await leaver.call('read-searches', { child: { nhsNumber: CHILD } })).status).toBe(403);
    } finally {
      await release();
    }
    await projected();
    expect((await leaver.call('read-searches', { child: { nhsNumber: CHILD } })).status).toBe(403);
  });

  it('names what is wrong with a question and repeats nothing of it', async () => {
    const question = { nhsNumber: CHILD, at: LONG_AGO, viewer: { login: VISITOR }, purpose: 'SAFEGUARDING' };
    const wrong: readonly (readonly [string, string, object])[] = [
      ['nhsNumber', 'missing', { nhsNumber: undefined }],
      ['nhsNumber', 'wrong-check-digit', { nhsNumber: '9990000011' }],
      ['reference', 'one-too-many', { reference: { organisation: 'X', system: 'y', localId: 'z' } }],
      ['at', 'not-an-instant', { at: '2026-02-30T00:00:00Z' }],
      ['at', 'in-the-future', { at: '2099-01-01T00:00:00Z' }],
      ['viewer', 'missing', { viewer: undefined }],
      ['purpose', 'not-allowed', { purpose: 'to look' }],
      [
        'organisation',
        'not-known',
        { nhsNumber: undefined, reference: { organisation: 'X', system: 'y', localId: 'z' } },
      ],
    ];
    for (const [field, reason, change] of wrong) {
      const { status, json } = await audit.call('replays', { ...question, ...change });
      expect([field, status, (json as { errors: unknown }).errors]).toEqual([field, 400, [{ field, reason }]]);
    }
  });
});

describe('a replay', () => {
  let before: Recorded & { at: string };
  let corrected: Recorded & { at: string };
  let shielded: Recorded & { at: string };

  beforeAll(async () => {
    await adoptLocationAgreement(api, [AUTHORITY]);
    before = await read(VISITOR);
    await send(details('2', '2 Long Lane'));
    corrected = await read(VISITOR);
    await send(details('3', '2 Long Lane', ['address-protected']));
    shielded = await read(VISITOR);
  });

  it('has something to show at each of these times, so that what follows can fail', () => {
    expect(street(before)).toEqual([{ homeAddress: { line1: '1 Long Lane' } }]);
    expect(street(corrected)).toEqual([{ homeAddress: { line1: '2 Long Lane' } }]);
    expect(street(shielded)).toEqual([{}]);
  });

  it('shows what the read at that instant showed, its entries as they were worded then', async () => {
    for (const recorded of [before, corrected, shielded]) {
      const replay = await audit.replay(CHILD, VISITOR, recorded.at);
      expect(lines(replay.entries)).toEqual(lines(recorded.entries));
      expect(replay.notices).toEqual(recorded.notices);
    }
  });

  it('does not change at an instant when an address is protected later, and does from then on', async () => {
    expect(street(await audit.replay(CHILD, VISITOR, corrected.at))).toEqual([
      { homeAddress: { line1: '2 Long Lane' } },
    ]);
    expect(street(await audit.replay(CHILD, VISITOR, await now()))).toEqual([{}]);
  });

  it('is the same by the viewer’s own reference, by another organisation’s and by a handle', async () => {
    const { entries } = await audit.replay(CHILD, VISITOR, corrected.at);
    const handle = ((await audit.reads({ person: { login: VISITOR } })).at(-1) as unknown as { handle: string }).handle;
    for (const child of [
      { reference: { organisation: HEALTH.organisation, system: HEALTH.records, localId: CHILD } },
      { reference: { organisation: AUTHORITY.organisation, system: AUTHORITY.records, localId: CHILD } },
      { handle },
    ]) {
      expect((await audit.replayOf(child, VISITOR, corrected.at)).entries).toEqual(entries);
    }
    expect(entries.length).toBeGreaterThan(2);
  });

  it('is of that viewer alone: another sees his own, a stranger nothing', async () => {
    const own = await audit.replay(CHILD, WORKER, corrected.at);
    expect(own.entries.map(({ owner }) => owner.organisation)).toEqual([AUTHORITY.organisation]);
    expect((await audit.replay(CHILD, 'stranger', corrected.at)).entries).toEqual([]);
    expect((await audit.replay(CHILD, VISITOR, LONG_AGO)).entries).toEqual([]);
  });

  it('counts what was accepted and not filed where it narrows, and not where it widens', async () => {
    const team = (n: number) =>
      recordOf({
        recordId: `C-${n}`,
        personId: CHILD,
        recordType: 'childrens-services.details',
        payload: { teamInvolvement: ['A team'] },
      });
    // The instant of the acceptance, where the filing did not come within the same millisecond.
    const accepted = async (n: number): Promise<string> => {
      await send(details(`${2 * n}`, '4 Long Lane'));
      const protect = details(`${2 * n + 1}`, '4 Long Lane', ['address-protected']);
      const items = await send(protect, team(n));
      await projected();
      const { rows } = await hub.sql.query(
        `select max(a.accepted_at) as accepted, min(convert_from(e.metadata, 'UTF8')::json ->> 'hubAt') as filed
           from inbox.item i join inbox.attempt a using (attempt_id)
           join store.event e on e.stream = 'child-' || i.subject_key
            and convert_from(e.data, 'UTF8')::json #>> '{envelope,contributionId}' = i.contribution_id::text
          where i.contribution_id = any ($1::uuid[])`,
        [items.map(({ contribution }) => contribution)],
      );
      const { accepted: at, filed } = rows[0] as { accepted: Date; filed: string };
      return at.getTime() < Date.parse(filed) ? at.toISOString() : accepted(n + 1);
    };
    const at = await accepted(2);
    const before = new Date(Date.parse(at) - 1).toISOString();
    expect(street(await audit.replay(CHILD, VISITOR, before))).toContainEqual({
      homeAddress: { line1: '4 Long Lane' },
    });
    const shown = (await audit.replay(CHILD, VISITOR, at)).entries.length;
    expect(street(await audit.replay(CHILD, VISITOR, at))).not.toContainEqual({
      homeAddress: { line1: '4 Long Lane' },
    });
    expect((await audit.replay(CHILD, VISITOR, before)).entries).toHaveLength(shown);
    expect((await audit.replay(CHILD, VISITOR, await now())).entries).toHaveLength(shown + 1);
  });
});

describe('an agreement', () => {
  it('opens from its very instant on, to the millisecond', async () => {
    const from = '2026-03-09T10:00:00.000Z';
    await sendSigners(api, [HEALTH]);
    const policy = {
      orgId: HEALTH.organisation,
      orgName: 'Health',
      orgType: 'HEALTH',
      recordTypes: ['health.details'],
      dsaPolicy: {
        version: '1',
        defaults: ['EXISTENCE', 'CONTENT'].map((mode) => ({
          effect: 'allow',
          modes: [mode],
          recordTypes: ['health.details'],
          destOrgTypes: ['LOCAL_AUTHORITY'],
          purposes: ['SAFEGUARDING'],
          validFrom: LONG_AGO,
        })),
        exceptions: [],
      },
    };
    const path = `/v1/agreements/${HEALTH.organisation}/versions/1`;
    const [first] = signersOf(HEALTH);
    await api.call(first, 'PUT', path, JSON.stringify({ document: policy }));
    for (const signer of signersOf(HEALTH)) {
      await until(
        async () =>
          (await api.call(signer, 'POST', `${path}/adoptions`, JSON.stringify({ inForceFrom: from }))).status === 202,
      );
    }
    await hub.moveClock('2026-03-09T12:00:00Z');
    await projected();
    const ofHealth = async (at: string) =>
      (await audit.replay(CHILD, WORKER, at)).entries.filter(({ owner }) => owner.organisation === HEALTH.organisation);
    expect(await ofHealth('2026-03-09T09:59:59.999Z')).toEqual([]);
    expect(await ofHealth(from)).toHaveLength(2);
  });
});

describe('reads', () => {
  it('are found by child and by person, all of them, newest first, each with its outcome', async () => {
    await projected();
    const { rows } = await hub.sql.query(
      `select convert_from(data, 'UTF8')::json as record from store.event where type = 'chronology-opened' order by position desc`,
    );
    const records = (rows as { record: { readId: string; references: string[]; viewer: { staff: string[] } } }[]).map(
      ({ record }) => record,
    );
    for (let i = 0; i < 30; i += 1) await api.seen(WORKER, CHILD);
    await api.call(WORKER, 'GET', '/v1/my/children');
    const all = await audit.reads({ child: { nhsNumber: CHILD } });
    const ofVisitor = await audit.reads({ person: { login: VISITOR } });
    const byId = await audit.reads({ person: { organisation: HEALTH.organisation, workerId: `W-${VISITOR}` } });
    expect(byId).toEqual(ofVisitor);
    // Auditors are found by who they are.
    const own = await audit.looks({ person: { login: AUDITOR } });
    expect(own.some(({ what }) => what === 'audit-looked')).toBe(true);
    expect(ofVisitor.map(({ readId }) => readId)).toEqual(
      records.filter(({ viewer }) => viewer.staff.length > 0).map(({ readId }) => readId),
    );
    expect(ofVisitor.every(({ reader }) => reader.login === VISITOR)).toBe(true);
    expect(all.filter(({ kind }) => kind === 'chronology')).toHaveLength(
      30 + records.filter(({ references }) => references.length > 0).length,
    );
    expect(all.filter(({ kind }) => kind === 'list')).toHaveLength(1);
    expect(all.map(({ outcome }) => outcome)).toEqual(all.map(() => 'same'));
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
    const [newest] = all;
    expect(await audit.reads({ child: { nhsNumber: CHILD }, from: newest!.at })).toEqual([newest]);
    expect((await audit.reads({ child: { nhsNumber: CHILD }, to: newest!.at }))[0]).toEqual(all[1]);
  }, 60_000);

  it('come with what they showed', async () => {
    const shown = await read(VISITOR);
    const { outcome, entries, recorded } = await audit.read(shown.readId);
    expect(outcome).toBe('same');
    expect(lines(entries!)).toEqual(lines(shown.entries));
    expect(recorded.map(({ entryId }) => entryId)).toEqual(shown.entries.map(({ entryId }) => entryId));
  });
});

describe('looking', () => {
  const looks = async () => {
    const { rows } = await hub.sql.query(
      `select stream, convert_from(data, 'UTF8') as text from store.event where type = 'audit-looked' order by position`,
    );
    return rows as { stream: string; text: string }[];
  };

  it('leaves a record that names nobody but by the hub’s keys', async () => {
    const before = (await looks()).length;
    const { replayId } = await audit.replay(CHILD, VISITOR, await now());
    await audit.reads({ person: { login: VISITOR }, from: '2099-01-01T00:00:00Z' });
    const after = (await looks()).slice(before);
    expect(after.map(({ text }) => (JSON.parse(text) as { what: string }).what)).toEqual(['replay', 'read-search']);
    expect(JSON.parse(after[0]!.text)).toMatchObject({ v: 1, lookId: replayId, asked: { purpose: 'SAFEGUARDING' } });
    for (const { text, stream } of after) {
      expect(stream).toMatch(/^reads-.+-audit$/);
      for (const name of [CHILD, VISITOR, 'Ada']) expect(text).not.toContain(name);
    }
    const { findings, looks: counted, reads, lists } = await verifyHub(hub);
    expect(findings).toEqual([]);
    expect([counted, reads.differs, lists.differs]).toEqual([(await looks()).length, 0, 0]);
    expect(lists.same).toBeGreaterThan(0);
  });

  it('that cannot be recorded is refused, and shows nothing', async () => {
    const { readId } = await read(VISITOR);
    const release = await hold(hub.sql, 'timeline');
    try {
      const answers = await Promise.all([
        audit.call('replays', { nhsNumber: CHILD, at: LONG_AGO, viewer: { login: VISITOR }, purpose: 'SAFEGUARDING' }),
        audit.call('read-searches', { child: { nhsNumber: CHILD } }),
        api.call(AUDITOR, 'GET', `/v1/audit/reads/${readId}`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
      for (const { text } of answers) expect(text).not.toContain(readId);
    } finally {
      await release();
    }
  }, 30_000);
});

describe('what is erased', () => {
  it('leaves the record of what was shown, and a replay says that it rests on something erased', async () => {
    await projected();
    const shown = await read(VISITOR);
    const entry = shown.entries.find(({ type }) => type === 'personal-details')!;
    await hub.sql.query('delete from sealing.data_key where contribution_id = $1', [entry.entryId]);
    const { outcome, entries, recorded } = await audit.read(shown.readId);
    expect([outcome, entries]).toEqual(['erased', null]);
    expect(recorded.map(({ entryId }) => entryId)).toContain(entry.entryId);
    const replay = await audit.replay(CHILD, VISITOR, shown.at);
    const left = await api.seen(VISITOR, CHILD);
    expect(lines(replay.entries)).toEqual(lines(left.entries));
    expect(left.entries.length).toBeLessThan(shown.entries.length);
    expect(replay.erasedParts).toBeGreaterThan(0);
  });
});
