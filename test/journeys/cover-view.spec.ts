import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { hold } from '../support/journeys/brake.js';
import { HubApi, until, type Answer, untilFiled } from '../support/journeys/hub-api.js';
import {
  adoptPolicy,
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  importedPolicy,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  sendSigners,
  staffDocument,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

let hub: TestHub;
let api: HubApi;

const [CHILD, UNKNOWN] = [nhsNumber(1), nhsNumber(77)];
/**
 * A member of police staff is alleged to have abused the child. He has a second number, works in the team of roads and
 * has a colleague there; the officer is another team's, the gaoler of another service, the nurse and the visitor of an
 * organisation that holds nothing of the child.
 */
const [GUARDIAN, SUSPECT, ALIAS, TEAMMATE, OFFICER, GAOLER, NURSE] = ['guardian', 'suspect', 'alias', 'teammate', 'officer', 'gaoler', 'nurse']; // prettier-ignore
const VISITOR = 'visitor';
const POLICE_STAFF = [SUSPECT, ALIAS, TEAMMATE, OFFICER];

const handles = new Map<string, string>();
const handleOf = async (login: string): Promise<string> => {
  const handle = handles.get(login) ?? (await api.search(login, CHILD));
  handles.set(login, handle);
  return handle;
};
const seen = async (login: string) => api.read(login, await handleOf(login));
/** What somebody sees, by owner and day. */
const entriesOf = async (login: string): Promise<string[]> =>
  (await seen(login)).entries.map(({ owner, times }) => `${owner.organisation} ${(times.occurred['from'] as string | undefined) ?? '-'}`).sort(); // prettier-ignore
const take = async (login: string, what: string, body: object): Promise<Answer> =>
  api.call(
    login,
    'POST',
    `/v1/children/${await handleOf(login)}/${what}`,
    JSON.stringify({ purpose: 'SAFEGUARDING', ...body }),
  );
const filed = async (answer: Answer): Promise<string> => {
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  const { id, receipt } = answer.json as { id: string; receipt: string };
  await untilFiled(hub, [receipt]);
  return id;
};
const exclude = (deny: readonly object[], change: object = {}): Promise<Answer> =>
  take(GUARDIAN, 'child-exclusions', { deny, reason: 'The allegation is against a member of staff', ...change });
const lift = async (id: string): Promise<void> => {
  await filed(await take(GUARDIAN, `child-exclusions/${id}/lifts`, {}));
};
const attempts = async (): Promise<
  { exclusion: string; handle: string; reader: { organisation: string; role: string }[] }[]
> => {
  const { json } = await api.call(GUARDIAN, 'GET', '/v1/my/attempts');
  return (json as { attempts: never[] }).attempts;
};
const episodes = (recordId: string, ...days: string[]) =>
  recordOf({
    recordId,
    personId: CHILD,
    recordType: 'crime-justice.details',
    payload: { missingEpisodes: days.map((date) => ({ date, returnedHomeInterviewAttended: false })) },
  });
const details = (recordId: string) =>
  recordOf({ recordId, personId: CHILD, recordType: 'personal.details', payload: { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' } }); // prettier-ignore
const ofPolice = (workerId: string) => ({ organisation: POLICE.organisation, workerId });
/** An answer without what is random in it. */
const bytesOf = async (login: string, identifier: string): Promise<string> => {
  const handle = await api.search(login, identifier);
  const { text } = await api.call(login, 'GET', `/v1/children/${handle}/chronology?purpose=SAFEGUARDING`);
  return text
    .replaceAll(handle, 'HANDLE')
    .replace(/"readId":"[^"]+"/, '"readId":"R"')
    .replace(/"token":"([^"]+)"/, (_, token: string) => `"token":${token.length}`);
};

const OWN = ['2026-01-05', '2026-01-06'].map((day) => `${POLICE.organisation} ${day}`);
let everything: string[];

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [AUTHORITY]);
  await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [details('P-1')]));
  await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [episodes('R-1', '2026-01-05', '2026-01-06')])); // prettier-ignore
  const teamOf = (login: string) => (login === OFFICER ? {} : { team: 'roads' });
  await api.filed(
    POLICE.connector,
    POLICE.staff,
    staffDocument(
      POLICE,
      [
        ...POLICE_STAFF.map((login) =>
          post(POLICE, login, 1, login === SUSPECT || login === ALIAS ? {} : teamOf(login)),
        ),
        post(POLICE, GAOLER, 1, { service: 'custody' }),
      ],
      [
        ...POLICE_STAFF.map((login) => allocation(POLICE, login, CHILD, 1)),
        allocation(POLICE, GAOLER, CHILD, 1, { service: 'custody' }),
      ],
    ),
  );
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [post(AUTHORITY, GUARDIAN, 1, { role: 'hub-guardian' })],
      [allocation(AUTHORITY, GUARDIAN, CHILD, 1)],
    ),
  );
  await api.filed(
    HEALTH.connector,
    HEALTH.staff,
    staffDocument(HEALTH, [post(HEALTH, NURSE, 1), post(HEALTH, VISITOR, 1, { team: 'outreach' })], []),
  );
  await adoptPolicy(api, AUTHORITY, importedPolicy(AUTHORITY, 'LOCAL_AUTHORITY', ['personal.details'], ['POLICE']));
  everything = await entriesOf(OFFICER);
});
afterAll(() => hub.close());

describe('before anything is closed', () => {
  it('all police staff see what the authority shares, so that what follows can fail', async () => {
    expect(everything).toEqual(expect.arrayContaining(OWN));
    expect(everything.some((entry) => entry.startsWith(AUTHORITY.organisation))).toBe(true);
    for (const login of POLICE_STAFF) {
      expect([login, await entriesOf(login)]).toEqual([login, everything]);
      expect((await seen(login)).notices).toEqual([
        { partyKind: 'LOCAL_AUTHORITY', desk: expect.any(String) as string },
      ]);
    }
    expect((await seen(GAOLER)).entries.map(({ owner }) => owner.organisation)).toEqual([AUTHORITY.organisation]);
  });
});

describe('a child closed to a person, his other sign-in and his team', () => {
  let id: string;
  let own: string[];

  it('leaves them what their own service recorded, at once, and everybody else everything', async () => {
    own = everything.filter((entry) => entry.startsWith(POLICE.organisation));
    const release = await hold(hub.sql, 'projection');
    let answer: Answer;
    try {
      answer = await exclude([ofPolice(`W-${SUSPECT}`), ofPolice(`W-${ALIAS}`), { organisation: POLICE.organisation, team: 'roads' }]); // prettier-ignore
      expect(answer.status).toBe(202);
      for (const login of [SUSPECT, ALIAS, TEAMMATE]) {
        expect([login, await entriesOf(login)]).toEqual([login, own]);
        expect((await seen(login)).notices).toEqual([]);
      }
      expect(await entriesOf(OFFICER)).toEqual(everything);
    } finally {
      await release();
    }
    id = await filed(answer);
    for (const login of [SUSPECT, ALIAS, TEAMMATE]) {
      expect([login, await entriesOf(login)]).toEqual([login, own]);
      expect(await seen(login)).toMatchObject({
        notices: [],
        linkBeingChecked: false,
        child: { name: null, birthDate: null },
      });
    }
  });

  it('shows them nothing of what anybody records from then on, their own service included', async () => {
    await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [episodes('R-2', '2026-02-01')]));
    expect(await entriesOf(OFFICER)).toContain(`${POLICE.organisation} 2026-02-01`);
    expect(await entriesOf(SUSPECT)).toEqual(own);
    expect((await api.call(SUSPECT, 'GET', '/v1/my/children')).text).not.toContain('Ada');
  });

  it('is told to none of them, and undone by none', async () => {
    expect((await take(SUSPECT, `child-exclusions/${id}/lifts`, {})).status).toBe(403);
    expect((await api.call(SUSPECT, 'GET', '/v1/my/attempts')).status).toBe(403);
    const { json } = await api.call(SUSPECT, 'GET', `/v1/children/${await handleOf(SUSPECT)}/restrictions?purpose=SAFEGUARDING`); // prettier-ignore
    expect(json).toEqual({ restrictions: [] });
  });

  it('is listed to guardians, with whom it excludes, and their attempts to them alone', async () => {
    const { json } = await api.call(GUARDIAN, 'GET', `/v1/children/${await handleOf(GUARDIAN)}/child-exclusions?purpose=SAFEGUARDING`); // prettier-ignore
    expect(json).toMatchObject({ exclusions: [{ id, view: 'cover', who: [{ person: true }, { person: true }, { team: 'roads', person: false }] }] }); // prettier-ignore
    await until(async () => (await attempts()).length > 0);
    const before = (await attempts()).length;
    await api.read(OFFICER, await handleOf(OFFICER));
    await api.read(SUSPECT, await handleOf(SUSPECT));
    await until(async () => (await attempts()).length > before);
    const [last] = await attempts();
    expect(last).toMatchObject({ exclusion: id, reader: [{ organisation: POLICE.organisation, role: POLICE.role }] });
    expect(await attempts()).toHaveLength(before + 1);
    expect((await api.read(GUARDIAN, last!.handle)).entries.length).toBeGreaterThan(0);
  });

  it('ends where a guardian lifts it', async () => {
    await lift(id);
    for (const login of [SUSPECT, ALIAS, TEAMMATE]) expect(await entriesOf(login)).toEqual(await entriesOf(OFFICER));
  });
});

describe('where their own service holds nothing', () => {
  it('the child reads as one that nobody knows, byte for byte, and an exact search trips the notice', async () => {
    const unknown = await bytesOf(GAOLER, UNKNOWN);
    expect(await bytesOf(GAOLER, CHILD)).not.toBe(unknown);
    const ofHealth = (who: object) => ({ organisation: HEALTH.organisation, ...who });
    const deny = [ofPolice(`W-${GAOLER}`), ofHealth({ workerId: `W-${NURSE}` }), ofHealth({ team: 'Outreach' })];
    const id = await filed(await exclude(deny));
    expect(await bytesOf(GAOLER, CHILD)).toBe(unknown);
    await api.read(NURSE, await api.search(NURSE, CHILD));
    await api.read(NURSE, await api.search(NURSE, UNKNOWN));
    await api.read(VISITOR, await api.search(VISITOR, UNKNOWN));
    await api.read(VISITOR, await api.search(VISITOR, CHILD));
    const triedOfHealth = async () =>
      (await attempts()).filter(({ reader }) => reader[0]?.organisation === HEALTH.organisation);
    await until(async () => (await triedOfHealth()).length === 2);
    expect(await triedOfHealth()).toHaveLength(2);
    await lift(id);
  });
});

describe('what his own service decided', () => {
  const consent = (person: string, by: string) => ({ decision: 'given', by, person, standing: 'By an order of court', courtLimits: 'No contact', scope: 'Visits', told: true }); // prettier-ignore
  const listOf = async (login: string, what: string): Promise<string> =>
    (await api.call(login, 'GET', `/v1/children/${await handleOf(login)}/${what}?purpose=SAFEGUARDING`)).text;
  const toldOf = async (login: string): Promise<string[]> =>
    (await seen(login)).entries
      .filter(({ owner }) => owner.organisation === POLICE.organisation)
      .flatMap(({ handling }) => (handling ?? []) as string[]);

  it('is not told to him where it is about whom a guardian withholds, nor whom not to tell since then', async () => {
    await filed(await take(OFFICER, 'processing-consents', consent('Mother', 'parental-responsibility')));
    await filed(await take(OFFICER, 'do-not-inform', { agency: HEALTH.organisation, reason: 'Asked by the family' }));
    expect(await listOf(SUSPECT, 'consent')).toContain('No contact');
    const id = await filed(await exclude([ofPolice(`W-${SUSPECT}`)], { withhold: ['carer'] }));
    await filed(await take(OFFICER, 'do-not-inform', { adult: 'Dane Kessler', reason: 'The allegation' }));

    expect(await listOf(OFFICER, 'consent')).toContain('No contact');
    expect(await listOf(SUSPECT, 'consent')).toBe('{"consents":[],"youngPersonDecisions":[],"significantHarm":[]}');
    expect(await toldOf(OFFICER)).toContain('do-not-inform:Dane Kessler');
    expect(await toldOf(SUSPECT)).toContain(`do-not-inform:${HEALTH.organisation}`);
    expect((await toldOf(SUSPECT)).join()).not.toContain('Kessler');
    expect(await listOf(SUSPECT, 'do-not-inform')).not.toContain('Kessler');
    await lift(id);
    expect(await toldOf(SUSPECT)).toContain('do-not-inform:Dane Kessler');
  });

  it('leaves to whom it closed everything a child as unknown as one that nobody holds, whatever he asks', async () => {
    const deny = [ofPolice(`W-${TEAMMATE}`)];
    const id = await filed(await take(OFFICER, 'exclusions', { deny, reason: 'Knows the family' }));
    const unknown = await api.search(TEAMMATE, UNKNOWN);
    const confirmation = { organisation: POLICE.organisation, relation: 'on-roll', reason: 'x' };
    for (const [what, body] of [['consent'], ['relation-confirmations', confirmation]] as const) {
      const [held, nobody] = await Promise.all(
        [await handleOf(TEAMMATE), unknown].map((handle) =>
          body === undefined
            ? api.call(TEAMMATE, 'GET', `/v1/children/${handle}/${what}?purpose=SAFEGUARDING`)
            : api.call(TEAMMATE, 'POST', `/v1/children/${handle}/${what}`, JSON.stringify(body)),
        ),
      );
      expect([what, held!.status, held!.text]).toEqual([what, 404, nobody!.text]);
    }
    const lifted = await take(OFFICER, `restrictions/${id}/lifts`, {});
    await untilFiled(hub, [(lifted.json as { receipt: string }).receipt]);
  });
});

describe('a child frozen to somebody', () => {
  it('leaves him what his service had recorded when he last looked, and nothing where he never did', async () => {
    const { readId } = (await seen(TEAMMATE)) as unknown as { readId: string };
    const opened = (await entriesOf(TEAMMATE)).filter((entry) => entry.startsWith(POLICE.organisation));
    await until(async () => {
      const { rows } = await hub.sql.query('select from projection.read where read_id = $1', [readId]);
      return rows.length > 0;
    });
    const late = post(POLICE, 'latecomer', 1);
    await api.filed(POLICE.connector, POLICE.staff, staffDocument(POLICE, [late], [allocation(POLICE, 'latecomer', CHILD, 1)])); // prettier-ignore
    await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [episodes('R-3', '2026-02-20')]));
    const deny = [ofPolice(`W-${TEAMMATE}`), ofPolice('W-latecomer')];
    const frozen = await filed(await exclude(deny, { view: 'frozen' }));
    expect(await entriesOf(TEAMMATE)).toEqual(opened);
    expect(await entriesOf('latecomer')).toEqual([]);
    await lift(frozen);
    const cover = await filed(await exclude(deny));
    expect(await entriesOf(TEAMMATE)).toContain(`${POLICE.organisation} 2026-02-20`);
    expect(await entriesOf('latecomer')).toEqual(await entriesOf(TEAMMATE));
    await lift(cover);
  });
});

describe('who may close a child', () => {
  it('is a guardian alone', async () => {
    expect((await take(OFFICER, 'child-exclusions', { deny: [ofPolice('W-x')], reason: 'x' })).status).toBe(403);
  });

  it('who may name entries that he sees, and no others', async () => {
    const missing = await exclude([ofPolice('W-x')], { entryIds: ['2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41'] });
    expect([missing.status, missing.json]).toMatchObject([404, { errors: [{ field: 'entryIds[0]' }] }]);
  });

  it.each<[object, string, string]>([
    [{ deny: [] }, 'deny', 'missing'],
    [{ deny: [{ organisation: 'NOBODY' }] }, 'deny[0].organisation', 'not-allowed'],
    [{ view: 'half' }, 'view', 'not-allowed'],
    [{ withhold: ['friend'] }, 'withhold[0]', 'not-allowed'],
    [{ entryIds: ['x'] }, 'entryIds[0]', 'not-allowed'],
    [{ until: 'soon' }, 'until', 'not-an-instant'],
    [{ until: '2020-01-01T00:00:00Z' }, 'until', 'past'],
    [{ reason: '' }, 'reason', 'missing'],
  ])('with %j it is refused, naming %s', async (change, field, reason) => {
    const { status, json } = await exclude([ofPolice('W-x')], change);
    expect({ status, json }).toMatchObject({ status: 400, json: { errors: [{ field, reason }] } });
  });
});

describe('an auditor’s replay', () => {
  it('decides every read again as it was', async () => {
    expect((await verifyHub(hub)).findings).toEqual([]);
  });
});
