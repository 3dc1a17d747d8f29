import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlindIndex } from '#apps/sharing';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, untilFiled, type Answer } from '../support/journeys/hub-api.js';
import {
  adoptPolicy,
  AUTHORITY,
  custodianFile,
  HEALTH,
  importedPolicy,
  LONG_AGO,
  nhsNumber,
  post,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  sendSigners,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

interface Review {
  readonly reviewId: string;
  readonly relation: string;
  readonly service: string;
  readonly team: string | null;
  readonly reason: string | null;
  readonly child: { readonly name: string | null; readonly birthDate: string | null };
  readonly readers: readonly { readonly name: string | null; readonly role: string; readonly reads: number }[];
  readonly state: string;
  readonly reviews: readonly { readonly outcome: string; readonly note: string | null }[];
}

let hub: TestHub;
let api: HubApi;
const CHILD = nhsNumber(1);
const [WORKER, COLLEAGUE, STRANGER, SOUTH, REVIEWER, DEPUTY, OF_HEALTH, TEACHER, NURSE, GUARDIAN] = ['worker', 'colleague', 'stranger', 'south', 'reviewer', 'deputy', 'of-health', 'teacher', 'nurse', 'guardian']; // prettier-ignore

const handles = new Map<string, string>();
const handleOf = async (login: string): Promise<string> => {
  const handle = handles.get(login) ?? (await api.search(login, CHILD));
  handles.set(login, handle);
  return handle;
};
const open = async (login: string) => api.read(login, await handleOf(login));
const say = async (login: string, what: string, body: object): Promise<Answer> =>
  api.call(login, 'POST', `/v1/children/${await handleOf(login)}/${what}`, JSON.stringify(body));
const projected = async (): Promise<void> => {
  for (;;) {
    const { rows } = await hub.sql.query(`
      select (select count(*) from inbox.item i join inbox.attempt a using (attempt_id)
               where a.accepted_no is not null and not exists (select 1 from projection.filed f
                 where f.generation = projection.live() and f.contribution_id = i.contribution_id)) = 0
         and (select position from projection.generation where state = 'live') >= (select position from store.head) as level`);
    if ((rows[0] as { level: boolean }).level) return;
  }
};
const ask = async (login: string, query = ''): Promise<Answer> => {
  await projected();
  return api.call(login, 'GET', `/v1/relation-reviews${query}`);
};
const listed = async (login = REVIEWER, query = ''): Promise<readonly Review[]> => {
  const { status, json } = await ask(login, query);
  expect(status).toBe(200);
  return (json as { reviews: Review[] }).reviews;
};
const named = (reviews: readonly Review[]): string[] =>
  reviews.map(({ relation, service }) => `${relation} ${service}`);
const decide = (login: string, id: string, body: object): Promise<Answer> =>
  api.call(login, 'POST', `/v1/relation-reviews/${id}/reviews`, JSON.stringify(body));
const decided = async (login: string, id: string, body: object): Promise<void> => {
  const { status, json, text } = await decide(login, id, body);
  expect([status, text]).toEqual([202, expect.any(String)]);
  await untilFiled(hub, [(json as { receipt: string }).receipt]);
};

const person = (agency: Agency) =>
  api.filed(
    agency.connector,
    agency.records,
    custodianFile(agency, [
      recordOf({
        recordId: `P-${agency.organisation}`,
        personId: CHILD,
        recordType: 'personal.details',
        payload: { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' },
      }),
    ]),
  );
const relation = (agency: Agency, relationId: string, kind: string, changes: object = {}) => ({
  relationId,
  sequence: 1,
  relation: kind,
  service: agency.service,
  child: { system: agency.records, localId: CHILD },
  from: LONG_AGO,
  ...changes,
});

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [AUTHORITY]);
  for (const agency of [AUTHORITY, SCHOOL, HEALTH]) await person(agency);
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [
        post(AUTHORITY, WORKER, 1, { name: 'Wren Worker' }),
        post(AUTHORITY, COLLEAGUE, 1, { service: 'mash', name: 'Col League' }),
        post(AUTHORITY, STRANGER, 1, { service: 'housing' }),
        post(AUTHORITY, SOUTH, 1, { team: 'south', name: 'Sol South' }),
        post(AUTHORITY, REVIEWER, 1, { service: 'governance', role: 'override-reviewer' }),
        post(AUTHORITY, DEPUTY, 1, { service: 'csc', role: 'override-deputy', team: 'south' }),
        post(AUTHORITY, GUARDIAN, 1, { role: 'hub-guardian' }),
      ],
      [
        relation(AUTHORITY, 'ALLOCATED', 'allocated', { workerId: `W-${WORKER}` }),
        relation(AUTHORITY, 'SOUTH', 'team', { team: 'south' }),
        relation(AUTHORITY, 'NORTH', 'team', { team: 'north' }),
        relation(AUTHORITY, 'UNUSED', 'duty', { service: 'unused' }),
      ],
    ),
  );
  await api.filed(
    SCHOOL.connector,
    SCHOOL.staff,
    staffDocument(SCHOOL, [post(SCHOOL, TEACHER, 1)], [relation(SCHOOL, 'ROLL', 'on-roll')]),
  );
  await api.filed(
    HEALTH.connector,
    HEALTH.staff,
    staffDocument(
      HEALTH,
      [
        post(HEALTH, NURSE, 1, { service: 'unscheduled', role: 'ed-clinician', name: 'Nia Nurse' }),
        post(HEALTH, OF_HEALTH, 1, { service: 'governance', role: 'override-reviewer' }),
      ],
      [],
    ),
  );
  await adoptPolicy(api, AUTHORITY, importedPolicy(AUTHORITY, 'LOCAL_AUTHORITY', ['personal.details'], ['EDUCATION', 'HEALTH', 'LOCAL_AUTHORITY'])); // prettier-ignore
});
afterAll(() => hub.close());

describe('relations that nobody outside bears out, and that were used', () => {
  it('are none before anybody used one', async () => {
    expect(await listed()).toEqual([]);
  });

  it('are for the reviewer of whoever gained by them, with the child, the reason and who read by them', async () => {
    await open(WORKER);
    await open(WORKER);
    await open(SOUTH);
    await open(TEACHER);
    expect((await say(COLLEAGUE, 'triage', { reason: 'A call from a neighbour' })).status).toBe(202);
    expect((await say(STRANGER, 'assertions', { reason: 'Met the family on the stairs' })).status).toBe(202);
    expect((await say(NURSE, 'encounters', { reason: 'A fall' })).status).toBe(202);
    await projected();
    for (const login of [COLLEAGUE, STRANGER, NURSE]) expect((await open(login)).entries.length).toBeGreaterThan(0);
    const reviews = await listed();
    expect(named(reviews)).toEqual(['allocated csc', 'team csc', 'triage mash', 'asserted housing']);
    expect(reviews.map(({ child, state }) => [child, state])).toEqual(
      Array(4).fill([{ name: 'Ada Example', birthDate: '2015-06-12' }, 'open']),
    );
    expect(reviews.map(({ readers }) => readers)).toEqual([
      [{ name: 'Wren Worker', role: AUTHORITY.role, reads: 2 }],
      [{ name: 'Sol South', role: AUTHORITY.role, reads: 1 }],
      [{ name: 'Col League', role: AUTHORITY.role, reads: 1 }],
      [{ name: null, role: AUTHORITY.role, reads: 1 }],
    ]);
    expect(reviews.map(({ team, reason }) => [team, reason])).toEqual([
      [null, null],
      ['south', null],
      [null, 'A call from a neighbour'],
      [null, 'Met the family on the stairs'],
    ]);
    // Another organisation's are that one's; what waits for a word from outside is nobody's to review.
    expect((await listed(OF_HEALTH)).map(({ relation: kind, readers }) => [kind, readers[0]!.name])).toEqual([
      ['presenting', 'Nia Nurse'],
    ]);
  });

  it('are nobody else’s', async () => {
    const { reviewId } = (await listed())[0]!;
    for (const login of [WORKER, TEACHER, 'nobody']) {
      expect((await ask(login)).status).toBe(403);
      expect((await decide(login, reviewId, { outcome: 'genuine', note: 'Mine' })).status).toBe(403);
    }
    const foreign = await decide(OF_HEALTH, reviewId, { outcome: 'genuine', note: 'Not mine' });
    const unknown = await decide(REVIEWER, randomUUID(), { outcome: 'genuine', note: 'None' });
    const instance = ({ text }: Answer) => text.replaceAll(/"(trace|instance)":"[^"]*"/g, '');
    expect([foreign.status, instance(foreign)]).toEqual([unknown.status, instance(unknown)]);
    expect(foreign.status).toBe(404);
  });

  it('are never for whoever read by them himself', async () => {
    expect(named(await listed(DEPUTY))).toContain('team csc');
    await open(DEPUTY);
    expect(named(await listed(DEPUTY))).toEqual(['allocated csc', 'triage mash', 'asserted housing']);
    expect(named(await listed())).toContain('team csc');
    const { reviewId } = (await listed()).find(({ relation: kind }) => kind === 'team')!;
    expect((await decide(DEPUTY, reviewId, { outcome: 'genuine', note: 'I know them' })).status).toBe(404);
  });

  it('stay open while more is asked for, and are decided once', async () => {
    const { reviewId } = (await listed()).find(({ relation: kind }) => kind === 'triage')!;
    await decided(REVIEWER, reviewId, { outcome: 'more-needed', note: 'Which call was it' });
    const again = (await listed()).find((one) => one.reviewId === reviewId)!;
    expect([again.state, again.reviews]).toEqual([
      'open',
      [{ outcome: 'more-needed', at: expect.any(String), note: 'Which call was it' }],
    ]);
    const both = await Promise.all(
      ['genuine', 'not-genuine'].map((outcome) => decide(REVIEWER, reviewId, { outcome, note: 'In the log' })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
    // From its acknowledgement on.
    expect((await decide(DEPUTY, reviewId, { outcome: 'genuine', note: 'Late' })).status).toBe(409);
    expect(named(await listed())).not.toContain('triage mash');
    const [done] = await listed(REVIEWER, '?state=decided');
    expect([done!.reviewId, done!.reviews.map(({ outcome }) => outcome)]).toEqual([
      reviewId,
      ['more-needed', expect.stringMatching(/genuine$/)],
    ]);
    expect((await listed(REVIEWER, '?state=decided')).length).toBe(1);
  });

  it('end by nothing that is said of them', async () => {
    const { reviewId } = (await listed()).find(({ relation: kind }) => kind === 'allocated')!;
    await decided(REVIEWER, reviewId, { outcome: 'not-genuine', note: 'Not in the rota' });
    expect((await open(WORKER)).entries.length).toBeGreaterThan(0);
    const done = (await listed(REVIEWER, '?state=decided'))[1]!;
    expect([done.relation, done.state]).toEqual(['allocated', 'not-genuine']);
  });

  it('are still to be reviewed when their sender has taken them away', async () => {
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [], [{ relationId: 'SOUTH', sequence: 2, removed: true, child: { system: AUTHORITY.records, localId: CHILD } }]), // prettier-ignore
    );
    expect(named(await listed())).toEqual(['team csc', 'asserted housing']);
  });

  it('are not for a reviewer to whom a guardian closed the child', async () => {
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [], [relation(AUTHORITY, 'GUARDING', 'allocated', { workerId: `W-${GUARDIAN}` })])); // prettier-ignore
    const deny = [{ organisation: AUTHORITY.organisation, workerId: `W-${REVIEWER}` }];
    const { status, json } = await say(GUARDIAN, 'child-exclusions', {
      purpose: 'SAFEGUARDING',
      deny,
      reason: 'A cousin of the child',
    });
    expect([status, json]).toEqual([202, expect.anything()]);
    expect(named(await listed())).toEqual([]);
    expect(named(await listed(DEPUTY))).toEqual(['asserted housing']);
  });

  it('are those too that name a child by its number alone; a guardian’s word and an adoption hold for them', async () => {
    const [child, reader] = [nhsNumber(9), 'by-number'];
    const payload = { firstName: 'Bo', lastName: 'Example', dateOfBirth: '2016-07-13' };
    const record = recordOf({ recordId: 'P-9', personId: child, recordType: 'personal.details', payload });
    await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [record]));
    const named = { workerId: `W-${reader}`, child: { nhsNumber: child } };
    const guarding = { workerId: `W-${GUARDIAN}`, child: { system: AUTHORITY.records, localId: child } };
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(
        AUTHORITY,
        [post(AUTHORITY, reader, 1)],
        [relation(AUTHORITY, 'NUMBER', 'allocated', named), relation(AUTHORITY, 'GUARDING-9', 'allocated', guarding)],
      ),
    );
    const search = JSON.stringify({ system: AUTHORITY.records, localId: child, purpose: 'SAFEGUARDING' });
    const { json } = await api.call(reader, 'POST', '/v1/child-searches', search);
    expect((await api.read(reader, (json as { handle: string }).handle)).entries.length).toBe(1);
    const { reviewId } = (await listed(DEPUTY)).find((one) => one.child.name === 'Bo Example')!;
    const ofChild = async (login: string) => (await listed(login)).filter((one) => one.reviewId === reviewId).length;
    expect([await ofChild(REVIEWER), await ofChild(DEPUTY)]).toEqual([1, 1]);
    const body = { purpose: 'SAFEGUARDING', deny: [{ organisation: AUTHORITY.organisation, workerId: `W-${REVIEWER}` }], reason: 'A cousin' }; // prettier-ignore
    const handle = await api.search(GUARDIAN, child);
    const closed = await api.call(GUARDIAN, 'POST', `/v1/children/${handle}/child-exclusions`, JSON.stringify(body));
    expect(closed.status).toBe(202);
    expect([await ofChild(REVIEWER), await ofChild(DEPUTY)]).toEqual([0, 1]);
    expect((await listed(REVIEWER)).filter(({ readers }) => readers.length > 0 && readers[0]!.reads > 0).length).toBe(0); // prettier-ignore
    await api.filed(HEALTH.connector, HEALTH.records, custodianFile(HEALTH, [recordOf({ recordId: 'V-9', personId: child, recordType: 'identity.invalidated', payload: { reason: 'adoption' } })])); // prettier-ignore
    expect([await ofChild(REVIEWER), await ofChild(DEPUTY)]).toEqual([0, 0]);
  });

  it('name what is wrong with a word and never repeat it', async () => {
    const { reviewId } = (await listed(DEPUTY))[0]!;
    const wrong = async (body: object) => {
      const { status, json, text } = await decide(DEPUTY, reviewId, body);
      expect([status, text.includes('Nowhere')]).toEqual([400, false]);
      return (json as { errors: object[] }).errors[0];
    };
    expect(await wrong({ note: 'x' })).toEqual({ field: 'outcome', reason: 'missing' });
    expect(await wrong({ outcome: 'Nowhere', note: 'x' })).toEqual({ field: 'outcome', reason: 'not-allowed' });
    expect(await wrong({ outcome: 'genuine', note: ' ' })).toEqual({ field: 'note', reason: 'not-text' });
    for (const query of ['?state=Nowhere', '?cursor=Nowhere']) expect((await ask(REVIEWER, query)).status).toBe(400);
  });

  it('are looked at on the record, which replays', async () => {
    await projected();
    const { rows } = await hub.sql.query(`select count(*)::integer as n from projection.read where kind = 'relation-reviews'`); // prettier-ignore
    expect((rows[0] as { n: number }).n).toBeGreaterThan(10);
    expect((await verifyHub(hub)).findings).toEqual([]);
  });
});

describe('which of them fall to be reviewed', () => {
  const DRAWN = 2000;

  it('is by lot under the hub’s own key: about as many of a hundred as the registry says', () => {
    const [one, other] = [randomUUID(), randomUUID()].map((key) => new BlindIndex(Buffer.from(key)));
    const names = Array.from({ length: DRAWN }, (_, i) => `relation/R-${String(i)}`);
    const drawn = names.filter((name) => one!.draw(name) < 2500);
    // Six standard deviations of a binomial draw of a quarter.
    expect(Math.abs(drawn.length - DRAWN / 4)).toBeLessThan(6 * Math.sqrt((DRAWN * 3) / 16));
    expect(names.filter((name) => one!.draw(name) !== one!.draw(name))).toEqual([]);
    const alike = names.filter((name) => one!.draw(name) === other!.draw(name));
    expect(alike.length).toBeLessThan(20);
  });

  it('is none where an organisation reviews none, and its assertions apart from the rest', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sightline-registry-'));
    const file = join(folder, 'registry.json');
    const registry = JSON.parse(await readFile('deploy/registry/development.json', 'utf8')) as {
      organisations: { id: string; relationReviews?: object }[];
    };
    const authority = registry.organisations.find(({ id }) => id === AUTHORITY.organisation)!;
    authority.relationReviews = { asserted: 100, others: 0 };
    await writeFile(file, JSON.stringify(registry));
    const main = [hub, api] as const;
    hub = await startTestHub({ firstTime: SCENE_BEGINS, registryFile: file });
    api = new HubApi(hub);
    handles.clear();
    try {
      await person(AUTHORITY);
      await api.filed(
        AUTHORITY.connector,
        AUTHORITY.staff,
        staffDocument(
          AUTHORITY,
          [post(AUTHORITY, WORKER, 1), post(AUTHORITY, STRANGER, 1, { service: 'housing' }), post(AUTHORITY, REVIEWER, 1, { service: 'governance', role: 'override-reviewer' })], // prettier-ignore
          [relation(AUTHORITY, 'ALLOCATED', 'allocated', { workerId: `W-${WORKER}` })],
        ),
      );
      expect((await open(WORKER)).entries.length).toBeGreaterThan(0);
      expect((await say(STRANGER, 'assertions', { reason: 'Met the family on the stairs' })).status).toBe(202);
      await projected();
      await open(STRANGER);
      expect(named(await listed())).toEqual(['asserted housing']);
    } finally {
      await hub.close();
      [hub, api] = main;
      await rm(folder, { recursive: true });
    }
  });
});
