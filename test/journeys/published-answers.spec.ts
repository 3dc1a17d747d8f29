import { randomUUID } from 'node:crypto';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { AuditApi, PARTNERSHIP, sendAuditor } from '../support/journeys/auditors.js';
import { HubApi, until, untilFiled, type Answer } from '../support/journeys/hub-api.js';
import {
  adoptPolicy,
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  importedPolicy,
  LONG_AGO,
  nhsNumber,
  NEIGHBOUR,
  POLICE,
  post,
  recordOf,
  releasingAgreement,
  SCENE_BEGINS,
  SCHOOL,
  sendSigners,
  signersOf,
  staffDocument,
} from '../support/journeys/scene.js';
import { PUBLISHED_ROUTES, publishedRouteOf, unpublishedIn } from '../support/published.js';

/** Compares every answer with what is published, and keeps which answers there were. */
class ComparingApi extends HubApi {
  readonly answered = new Set<string>();
  readonly problems: string[] = [];

  override async call(...request: Parameters<HubApi['call']>): Promise<Answer> {
    const answer = await super.call(...request);
    const [, method, path] = request;
    const route = publishedRouteOf(method, path);
    if (route === undefined) throw new Error(`${method} ${path} is not published`);
    this.answered.add(`${route} ${answer.status}`);
    this.problems.push(...unpublishedIn(route, answer));
    return answer;
  }
}

const CHILD = nhsNumber(4711);
const READER = 'published-reader';

const policeRecord = (version: string, riskRadicalisation: boolean | null) =>
  recordOf({
    recordId: 'PUBLISHED-1',
    personId: CHILD,
    recordType: 'crime-justice.details',
    version,
    payload: { riskRadicalisation, missingEpisodes: [{ date: '2025-10' }], lastPoliceProtectionPowerEvent: null },
  });

/** Two parties of which one shows the other something that no case asks for. */
const PARTIES = {
  police: { kind: 'POLICE', orgs: [POLICE.organisation], desk: 'Desk', services: { ppu: 'open' } },
  la: { kind: 'LOCAL_AUTHORITY', orgs: [AUTHORITY.organisation], desk: 'Door', services: { csc: 'open' } },
};
const UNTESTED = { id: 'p', readerText: 'x', from: ['police.ppu'], to: ['la.csc'], show: { summary: true } };

describe('the answers of the hub', () => {
  let hub: TestHub;
  let api: ComparingApi;

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    api = new ComparingApi(hub);
  });
  afterAll(() => hub.close());

  it('are as published where they are what was asked for', async () => {
    await api.call(null, 'GET', '/health/live');
    await api.call(null, 'GET', '/health/ready');
    await sendSigners(api, [POLICE]);
    await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [policeRecord('1', true)]));
    await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [policeRecord('1', false), { no: 1 }]));
    const own = recordOf({
      recordId: 'PUBLISHED-2',
      personId: CHILD,
      recordType: 'personal.details',
      payload: { firstName: 'Kit', lastName: 'Lane', address: { line1: '1 Long Lane' } },
    });
    await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [own]));
    const staff = staffDocument(AUTHORITY, [post(AUTHORITY, READER, 1)], [allocation(AUTHORITY, READER, CHILD, 1)]);
    const receipt = await api.accepted(AUTHORITY.connector, AUTHORITY.staff, staff);
    await adoptPolicy(api, POLICE, importedPolicy(POLICE, 'POLICE', ['crime-justice.details'], ['LOCAL_AUTHORITY']));

    for (const coversUntil of ['2026-03-02T09:00:00+00:00', null]) {
      const beat = JSON.stringify({ coversUntil });
      await api.call(POLICE.connector, 'POST', `/v1/feeds/${POLICE.records}/heartbeats`, beat);
    }
    const notices = await api.call(POLICE.connector, 'GET', `/v1/feeds/${POLICE.records}/notices`);
    expect((notices.json as { notices: unknown[] }).notices).not.toEqual([]);
    await api.settled(AUTHORITY.connector, receipt);
    const handle = await api.search(READER, CHILD);
    const seen = await api.read(READER, handle, { receipt, limit: '1' });
    expect(seen.entries).toHaveLength(1);
    expect((await api.seen(READER, CHILD)).entries.length).toBeGreaterThan(2);
    expect((await api.seen('published-stranger', CHILD)).entries).toEqual([]);
    expect(api.problems).toEqual([]);
  });

  it('are as published where governance people test, read and revoke', async () => {
    const [signer] = signersOf(POLICE);
    const policy = importedPolicy(POLICE, 'POLICE', ['crime-justice.details'], ['LOCAL_AUTHORITY']);
    const next = { ...policy, dsaPolicy: { ...policy.dsaPolicy, version: 'next' } };
    const at = `/v1/agreements/${POLICE.organisation}/versions/next`;
    const say = (what: string, body: object) => api.call(signer, 'POST', `${at}/${what}`, JSON.stringify(body));
    await api.call(signer, 'PUT', at, JSON.stringify({ document: JSON.stringify(next, null, 2) }));
    await until(async () => (await api.call(signer, 'GET', at)).status === 200);
    await api.call(READER, 'GET', at);
    await say('tests', {});
    await say('revocations', {});
    await say('revocations', { reason: 'Nobody signed it' });
    await say('adoptions', { inForceFrom: '2027-03-02T09:00:00Z' });
    await api.call(signer, 'GET', at);
    await api.call(signer, 'GET', '/v1/agreements');
    await say('revocations', { reason: 'Signed by mistake', from: '2027-04-01T00:00:00Z' });
    const untested = { schema: 'agreement/1', id: 'untested', version: '1', parties: PARTIES, permits: [UNTESTED] };
    const other = '/v1/agreements/untested/versions/1';
    await api.call(signer, 'PUT', other, JSON.stringify({ document: untested }));
    await until(async () => (await api.call(signer, 'GET', other)).status === 200);
    await api.call(signer, 'POST', `${other}/tests`, '{}');
    await api.call(signer, 'POST', `${other}/adoptions`, JSON.stringify({ inForceFrom: '2027-03-02T09:00:00Z' }));
    await api.call(READER, 'POST', `${other}/tests`, '{}');
    await api.call(READER, 'POST', `${other}/revocations`, JSON.stringify({ reason: 'x' }));
    expect(api.problems).toEqual([]);
  });

  it('are as published where data managers decide about what could not be read', async () => {
    const manager = 'published-manager';
    await api.filed(
      POLICE.connector,
      POLICE.staff,
      staffDocument(POLICE, [post(POLICE, manager, 1, { role: 'data-manager' })], []),
    );
    const feed = `/v1/feeds/${POLICE.records}`;
    const decide = (id: string, what: string, body: object, key: string = randomUUID()) =>
      api.call(manager, 'POST', `${feed}/quarantine/${id}/${what}`, JSON.stringify(body), { 'idempotency-key': key });
    const bad = [1, 2].map((n) => ({ ...policeRecord('3', null), recordId: `PUBLISHED-BAD-${n}`, version: [n] }));
    const items = await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, bad));
    const [first, second] = items.map(({ contribution }) => contribution) as [string, string];
    const reason = 'Mended with the station';
    const document = JSON.stringify(custodianFile(POLICE, [policeRecord('3', null)]));
    await api.call(manager, 'GET', '/v1/feeds');
    await decide(first, 'releases', { reason, document: JSON.stringify(custodianFile(POLICE, bad)) });
    await decide(first, 'releases', { document });
    const key = randomUUID();
    const released = await decide(first, 'releases', { reason, document }, key);
    await decide(first, 'releases', { reason: 'Another', document }, key);
    await decide(first, 'discards', { reason });
    await decide(second, 'discards', {});
    await decide(second, 'discards', { reason });
    await decide(randomUUID(), 'discards', { reason });
    await api.settled(manager, (released.json as { receipt: string }).receipt);
    for (const path of [
      'submissions',
      'heartbeats',
      'notices',
      'quarantine',
      'quarantine?state=new',
      `quarantine/${first}`,
    ]) {
      await api.call(manager, 'GET', `${feed}/${path}`);
      await api.call(READER, 'GET', `${feed}/${path}`);
    }
    await api.call(manager, 'GET', `/v1/quarantine/${first}`);
    await api.call(READER, 'GET', `/v1/quarantine/${first}`);
    expect(api.problems).toEqual([]);
  });

  it('are as published where people look at their own children and decide about what they recorded', async () => {
    await api.call(READER, 'GET', '/v1/my/profile');
    await api.call('published-stranger', 'GET', '/v1/my/profile');
    const own = await api.call(READER, 'GET', '/v1/my/children');
    await api.call(READER, 'GET', '/v1/my/children?cursor=x');
    await api.call(READER, 'GET', '/v1/my/crossings');
    await api.call(READER, 'GET', '/v1/my/crossings?cursor=x');
    const [child] = (own.json as { children: { handle: string }[] }).children;
    const at = (path: string) => `/v1/children/${child!.handle}/${path}`;
    const { entries } = await api.read(READER, child!.handle);
    const { entryId } = entries.find(({ owner }) => owner.organisation === AUTHORITY.organisation)!;
    const decide = async (path: string, body: object) =>
      (await api.call(READER, 'POST', at(path), JSON.stringify({ purpose: 'SAFEGUARDING', reason: 'Why', ...body })))
        .json as { id: string };
    await decide('restrictions', { allow: [{ organisation: HEALTH.organisation }], until: '2026-04-01T00:00:00Z' });
    await decide('exclusions', { deny: [{ organisation: HEALTH.organisation, workerId: 'W-1' }] });
    await decide('exclusions', {});
    const { id } = await decide('withdrawals', { entryId });
    await decide('withdrawals', { entryId });
    const say = async (path: string, body: object) =>
      (await api.call(READER, 'POST', at(path), JSON.stringify(body))).json as { id: string };
    const onRoll = { organisation: 'EDUCATION-01', relation: 'on-roll', reason: 'Spoke with the school' };
    const { id: confirmation } = await say('relation-confirmations', onRoll);
    await say('relation-confirmations', { ...onRoll, organisation: AUTHORITY.organisation });
    await api.call(READER, 'GET', at('relations?purpose=SAFEGUARDING'));
    await api.call(READER, 'GET', at('relations'));
    await say(`relation-confirmations/${confirmation}/lifts`, {});
    await say(`relation-confirmations/${randomUUID()}/lifts`, {});
    const span = { from: '2026-03-02T09:00:00Z', until: '2026-03-03T09:00:00Z' };
    const meeting = { organisation: HEALTH.organisation, workerId: 'W-1', meeting: 'core-group' };
    await say('invitations', { ...meeting, ...span });
    await say('invitations', meeting);
    await say('assertions', { reason: 'The child rang the front door' });
    await say('assertions', {});
    expect((await api.call(READER, 'POST', at('triage'), JSON.stringify({ reason: 'None' }))).status).toBe(403);
    const doors = [
      [AUTHORITY, 'published-door', 'mash'],
      [HEALTH, 'published-nurse', 'unscheduled'],
    ] as const;
    for (const [of, login, service] of doors) {
      await api.filed(of.connector, of.staff, staffDocument(of, [post(of, login, 1, { service })], []));
    }
    const byDoor = async (login: string, path: string, body: object) => {
      const handle = await api.search(login, CHILD);
      const { json } = await api.call(login, 'POST', `/v1/children/${handle}/${path}`, JSON.stringify(body));
      return { handle, ...(json as { id: string }) };
    };
    const contact = await byDoor('published-door', 'triage', { reason: 'A call from a neighbour' });
    const outcome = `/v1/children/${contact.handle}/triage/${contact.id}/outcome`;
    for (;;) {
      const closing = JSON.stringify({ outcome: 'Passed on to the team' });
      if ((await api.call('published-door', 'POST', outcome, closing)).status === 202) break;
    }
    await byDoor('published-nurse', 'encounters', { reason: 'A fall' });
    await api.call(READER, 'GET', at('restrictions?purpose=SAFEGUARDING'));
    await api.call(READER, 'POST', at(`restrictions/${id}/lifts`), JSON.stringify({ purpose: 'SAFEGUARDING' }));
    expect(api.problems).toEqual([]);
  });

  it('are as published where people record consent, mark, release and close a child', async () => {
    const guardian = 'published-guardian';
    const staff = [post(AUTHORITY, guardian, 1, { role: 'hub-guardian' })];
    const relations = [allocation(AUTHORITY, guardian, CHILD, 1)];
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, staff, relations));
    const handle = await api.search(READER, CHILD);
    const guarded = await api.search(guardian, CHILD);
    const take = async (login: string, path: string, body: object) => {
      const of = login === guardian ? guarded : handle;
      const whole = JSON.stringify({ purpose: 'SAFEGUARDING', reason: 'Why', ...body });
      return (await api.call(login, 'POST', `/v1/children/${of}/${path}`, whole)).json as { id: string };
    };
    const look = (login: string, path: string) =>
      api.call(login, 'GET', `/v1/children/${login === guardian ? guarded : handle}/${path}?purpose=SAFEGUARDING`);
    const consent = {
      decision: 'given',
      by: 'young-person',
      person: 'Kit',
      standing: 'Competent',
      scope: 'Reading help',
    };
    await take(READER, 'processing-consents', { ...consent, told: true, reason: undefined });
    await take(READER, 'processing-consents', consent);
    const assessed = {
      agreed: true,
      competent: true,
      assessment: 'Understands',
      assessedBy: 'Nurse',
      reason: undefined,
    };
    await take(READER, 'young-person-decisions', assessed);
    await take(READER, 'significant-harm', { stands: true });
    await take(READER, 'working-agreements', { agrees: false, decidedBy: 'Father' });
    await look(READER, 'consent');
    await take(READER, 'allegations', { allegation: 'Struck the child', against: 'Step-father', reason: undefined });
    await until(async () =>
      (await api.read(READER, handle)).entries.some(({ type }) => type === 'allegation-recorded'),
    );
    const alleged = (await api.read(READER, handle)).entries.find(({ type }) => type === 'allegation-recorded')!;
    await take(READER, 'allegation-outcomes', { entryId: alleged.entryId, outcome: 'unfounded', withdrawn: true });
    const mark = await take(READER, 'do-not-inform', { allCarers: true });
    await take(READER, 'do-not-inform', {});
    await look(READER, 'do-not-inform');
    await take(READER, `do-not-inform/${mark.id}/lifts`, { reason: undefined });
    const { entries } = await api.read(READER, handle);
    const { entryId } = entries.find(({ owner }) => owner.organisation === AUTHORITY.organisation)!;
    const to = { organisation: HEALTH.organisation, workerId: 'W-1' };
    const ends = '2026-04-01T00:00:00Z';
    await take(READER, 'releases', { entryId, to, until: ends, sanitisedText: 'Nobody may release yet' });
    await sendSigners(api, [AUTHORITY]);
    const [signers, agreement] = [signersOf(AUTHORITY), releasingAgreement(AUTHORITY, HEALTH)];
    await api.adopt(AUTHORITY.organisation, signers, agreement.id, agreement.version, agreement, LONG_AGO);
    const release = await take(READER, 'releases', { entryId, to, until: ends, sanitisedText: 'Visit in pairs' });
    await take(READER, 'releases', { entryId, to, until: ends });
    await look(READER, 'releases');
    await take(READER, `releases/${release.id}/lifts`, { reason: undefined });
    await take(READER, 'child-exclusions', { deny: [{ organisation: POLICE.organisation }] });
    const { id } = await take(guardian, 'child-exclusions', { deny: [{ organisation: POLICE.organisation }] });
    await look(guardian, 'child-exclusions');
    await take(guardian, `child-exclusions/${id}/lifts`, { reason: undefined });
    await api.call(guardian, 'GET', '/v1/my/attempts');
    await api.call(READER, 'GET', '/v1/my/attempts');
  });

  it('are as published where a family moves to another authority', async () => {
    const [child, second] = [nhsNumber(41), 'published-second'];
    const payload = { firstName: 'Mo', lastName: 'Lane', dateOfBirth: '2015-06-12' };
    const record = recordOf({ recordId: 'M', personId: child, recordType: 'personal.details', payload });
    await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [record]));
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [], [allocation(AUTHORITY, READER, child, 1)])); // prettier-ignore
    await api.filed(NEIGHBOUR.connector, NEIGHBOUR.staff, staffDocument(NEIGHBOUR, [post(NEIGHBOUR, second, 1, { service: 'mash' })], [])); // prettier-ignore
    const handles = new Map<string, string>();
    for (const login of [READER, second]) handles.set(login, await api.search(login, child));
    const say = (login: string, path: string, body: object) =>
      api.call(login, 'POST', `/v1/children/${handles.get(login)!}/${path}`, JSON.stringify(body));
    const move = async () => {
      const { json } = await say(READER, 'moves', { organisation: NEIGHBOUR.organisation, reason: 'A flat there' });
      const { id, receipt } = json as { id: string; receipt: string };
      await untilFiled(hub, [receipt]);
      return id;
    };
    const id = await move();
    await say(READER, 'moves', { organisation: AUTHORITY.organisation, reason: 'None' });
    await api.call(second, 'GET', `/v1/children/${handles.get(second)!}/relations?purpose=SAFEGUARDING`);
    await say(second, `moves/${id}/acceptances`, { statement: 'Accepted' });
    await say(second, `moves/${id}/acceptances`, {});
    await api.filed(NEIGHBOUR.connector, NEIGHBOUR.records, custodianFile(NEIGHBOUR, [record]));
    for (let i = 0; i < 2; i += 1) await say(second, `moves/${id}/acceptances`, { statement: 'Accepted' });
    const back = await move();
    for (let i = 0; i < 2; i += 1) await say(READER, `moves/${back}/lifts`, {});
  });

  it('are as published where something is opened in an emergency, and reviewed', async () => {
    for (const [of, login, role] of [
      [AUTHORITY, 'published-reviewer', 'override-reviewer'],
      [PARTNERSHIP, 'published-guardian', 'hub-guardian'],
    ] as const) {
      await api.filed(of.connector, of.staff, staffDocument(of, [post(of, login, 1, { role })], []));
    }
    const handle = await api.search(READER, CHILD);
    const at = `/v1/children/${handle}/emergency-access`;
    const why = JSON.stringify({ reason: 'injury', text: 'A fracture' });
    const opened = await api.call(READER, 'POST', at, why);
    const { accessId, receipt } = opened.json as { accessId: string; receipt: string };
    await api.call(READER, 'POST', at, why);
    await api.call(READER, 'POST', at, '{}');
    await api.call('published-guardian', 'POST', at, why);
    const read = await api.read(READER, handle, { purpose: 'EMERGENCY', receipt });
    expect(read).toHaveProperty('emergency.accessId', accessId);
    const reviews = async (query = '') => {
      const { json } = await api.call('published-reviewer', 'GET', `/v1/emergency-access/reviews${query}`);
      return (json as { reviews?: { accessId: string }[] }).reviews;
    };
    while ((await reviews())!.length === 0);
    const review = (outcome: string) =>
      api.call('published-reviewer', 'POST', `/v1/emergency-access/${accessId}/reviews`, JSON.stringify({ outcome, note: 'Seen' })); // prettier-ignore
    for (const outcome of ['more-needed', 'so-so', 'justified', 'justified']) await review(outcome);
    const relations = async (query = '') => {
      const { json } = await api.call('published-reviewer', 'GET', `/v1/relation-reviews${query}`);
      return (json as { reviews?: { reviewId: string }[] }).reviews;
    };
    while ((await relations())!.length === 0);
    const [relation] = (await relations())!;
    const said = (id: string, outcome: string, login = 'published-reviewer') =>
      api.call(login, 'POST', `/v1/relation-reviews/${id}/reviews`, JSON.stringify({ outcome, note: 'Seen' }));
    for (const outcome of ['more-needed', 'so-so', 'genuine', 'genuine']) await said(relation!.reviewId, outcome);
    while ((await relations('?state=decided'))!.length === 0);
    await said(randomUUID(), 'genuine');
    await said(randomUUID(), 'genuine', READER);
    await relations('?state=some');
    await api.call(READER, 'GET', '/v1/relation-reviews');
    while ((await reviews('?state=decided'))!.length === 0);
    await reviews('?state=some');
    await api.call(READER, 'GET', '/v1/emergency-access/reviews');
    await api.call(READER, 'POST', `/v1/emergency-access/${accessId}/reviews`, JSON.stringify({ outcome: 'justified', note: 'Mine' })); // prettier-ignore
    await api.call('published-guardian', 'GET', '/v1/emergency-access');
    await api.call('published-guardian', 'GET', '/v1/emergency-access?cursor=x');
    for (const id of [accessId, accessId, randomUUID()]) await api.call(READER, 'POST', `${at}/${id}/end`, '{}');
  });

  it('are as published where an organisation provisions its staff', async () => {
    const scim = (method: string, path: string, body?: object) =>
      api.call(SCHOOL.connector, method, `/scim/v2/${path}`, body && JSON.stringify(body));
    const idOf = ({ json }: Answer) => (json as { id: string }).id;
    const user = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'published-teacher',
      externalId: 'W-published-teacher',
      displayName: 'Tess Reed',
      roles: [{ value: 'dsl' }],
      'urn:sightline:params:scim:schemas:extension:post:2.0:User': { service: 'dsl', from: '2026-01-01T00:00:00Z' },
    };
    const id = idOf(await scim('POST', 'Users', user));
    await scim('POST', 'Users', user);
    await scim('POST', 'Users', {});
    await scim('GET', 'Users?filter=userName%20eq%20%22published-teacher%22');
    await scim('GET', 'Users?filter=x');
    await scim('GET', `Users/${id}`);
    await scim('GET', `Users/${randomUUID()}`);
    await scim('PUT', `Users/${id}`, user);
    await api.call(READER, 'GET', '/scim/v2/Users');
    const group = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Pastoral',
      members: [{ value: id }],
    };
    const team = idOf(await scim('POST', 'Groups', group));
    await scim('GET', 'Groups');
    await scim('GET', `Groups/${team}`);
    await scim('PUT', `Groups/${team}`, { ...group, externalId: 'T-1' });
    const patch = (op: string, path: string, value: unknown) => ({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op, path, value }],
    });
    await scim('PATCH', `Groups/${team}`, patch('add', 'members', [{ value: id }]));
    await scim('DELETE', `Groups/${team}`);
    await scim('PATCH', `Users/${id}`, patch('replace', 'active', false));
    await scim('DELETE', `Users/${id}`);
    for (const about of ['ServiceProviderConfig', 'ResourceTypes', 'Schemas']) await scim('GET', about);
    expect(api.problems).toEqual([]);
  });

  it('are as published where data managers answer questions of identity', async () => {
    const manager = 'published-keeper';
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [post(AUTHORITY, manager, 1, { role: 'data-manager' })], []),
    );
    await api.call(manager, 'GET', '/v1/identity/questions');
    await api.call(READER, 'GET', '/v1/identity/questions');
    const handle = await api.search(manager, CHILD);
    const links = await api.call(manager, 'GET', `/v1/identity/links?handle=${handle}`);
    const [{ pair }] = (links.json as { pairs: [{ pair: string }] }).pairs;
    await api.call(manager, 'GET', `/v1/identity/pairs/${pair}`);
    await api.call(manager, 'GET', `/v1/identity/pairs/${pair}/disclosures`);
    const answer = async (body: object) =>
      api.call(manager, 'POST', `/v1/identity/pairs/${pair}/answers`, JSON.stringify(body));
    await answer({});
    const { receipt } = (await answer({ answer: 'different', reason: 'Two children' })).json as { receipt: string };
    await api.settled(manager, receipt).catch(() => undefined);
    for (;;) {
      const { status } = await api.call(manager, 'GET', `/v1/identity/pairs/${pair}/disclosures`);
      if (status === 200) break;
    }
    await api.call(manager, 'GET', `/v1/identity/pairs/${randomUUID()}`);
    expect(api.problems).toEqual([]);
  });

  it('are as published where auditors replay and find reads', async () => {
    await sendAuditor(api);
    const audit = new AuditApi(api);
    const [read] = await audit.reads({ child: { nhsNumber: CHILD } });
    await audit.read(read!.readId);
    await audit.replay(CHILD, READER, read!.at);
    await audit.call('replays', {});
    await audit.call('read-searches', { person: { login: READER }, cursor: 'x' });
    await api.call(READER, 'GET', `/v1/audit/reads/${read!.readId}`);
    expect(api.problems).toEqual([]);
  });

  it('are as published where they are problems', async () => {
    const file = custodianFile(POLICE, [policeRecord('2', null)]);
    const key = randomUUID();
    await api.send(POLICE.connector, POLICE.records, file, { key });
    await api.send(POLICE.connector, POLICE.records, { ...file, orgName: 'Another' }, { key });
    await api.send(POLICE.connector, POLICE.records, file, { mediaType: 'text/csv' });
    await api.send(POLICE.connector, POLICE.records, '{"orgId":');
    await api.send(POLICE.connector, POLICE.records, JSON.stringify({ records: 'x'.repeat(1024 * 1024) }));
    await api.send(POLICE.connector, HEALTH.records, file);
    await api.send(null, POLICE.records, file);
    await api.send(READER, POLICE.records, file);
    await api.call(POLICE.connector, 'GET', `/v1/receipts/${randomUUID()}`);
    await api.call(POLICE.connector, 'GET', `/v1/feeds/${HEALTH.records}/notices`);
    const late = JSON.stringify({ coversUntil: 'late' });
    await api.call(POLICE.connector, 'POST', `/v1/feeds/${POLICE.records}/heartbeats`, late);
    const search = (body: object) => api.call(READER, 'POST', '/v1/child-searches', JSON.stringify(body));
    await search({ purpose: 'SAFEGUARDING' });
    await search({ purpose: 'SAFEGUARDING', nhsNumber: '9990000011' });
    await api.call(READER, 'GET', `/v1/children/${randomUUID()}/chronology?purpose=SAFEGUARDING`);
    await api.call(READER, 'GET', `/v1/children/${randomUUID()}/chronology`);
    const [signer] = signersOf(POLICE);
    const version = '/v1/agreements/not-there/versions/1';
    await api.call(signer, 'PUT', version, JSON.stringify({ document: {} }));
    await api.call(signer, 'POST', `${version}/adoptions`, JSON.stringify({ inForceFrom: 'soon' }));
    await api.call(signer, 'POST', `${version}/adoptions`, JSON.stringify({ inForceFrom: '2026-03-02T09:00:00Z' }));
    await api.call(READER, 'PUT', version, JSON.stringify({ document: {} }));
    expect(api.problems).toEqual([]);
  });

  it('were there for every route, and for every kind of problem that a caller can bring about', () => {
    const statuses = [...api.answered].map((one) => one.slice(one.lastIndexOf(' ') + 1));
    expect(new Set(statuses)).toEqual(new Set('200 201 202 204 400 401 403 404 409 413 415 422'.split(' ')));
    const succeeded = PUBLISHED_ROUTES.filter((route) => [...api.answered].some((one) => one.startsWith(`${route} 2`)));
    expect(succeeded).toEqual(PUBLISHED_ROUTES);
  });
});
