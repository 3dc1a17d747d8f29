import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { AuditApi, sendAuditor } from '../support/journeys/auditors.js';
import { hold } from '../support/journeys/brake.js';
import { HubApi, until, type Answer } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCHOOL,
  sendSigners,
  signersOf,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';
import { waived } from '../support/journeys/waived.js';

let hub: TestHub;
let api: HubApi;
let audit: AuditApi;
let folder: string;

const BEGINS = new Date('2026-04-01T08:00:00Z');
const [CHILD, ALONE] = [1, 2].map(nhsNumber) as [string, string];
const [WORKER, OFFICER, HOUSER] = ['worker', 'officer', 'houser'];

/** A landlord that the partnership's registry does not know. */
const HOUSING: Agency = {
  organisation: 'HOUSING-01',
  connector: 'housing-01-connector',
  records: 'social-care-records',
  staff: 'social-care-staff',
  service: 'homes',
  role: 'housing-officer',
};

const registryWithHousing = async (): Promise<string> => {
  const registry = JSON.parse(await readFile(resolve('deploy/registry/development.json'), 'utf8'));
  registry.organisations.push({ id: HOUSING.organisation, kind: 'HOUSING', name: 'Example Homes', desk: 'Homes' });
  registry.connectors.push({
    clientId: HOUSING.connector,
    organisation: HOUSING.organisation,
    feeds: [HOUSING.records, HOUSING.staff].map((feed) => ({
      feed,
      service: HOUSING.service,
      codes: [HOUSING.organisation],
      authoritativeFor: feed === HOUSING.records ? ['nhs-number'] : [],
    })),
  });
  const path = join(folder, 'registry.json');
  await writeFile(path, JSON.stringify(registry));
  return path;
};

const details = (of: Agency, personId: string) =>
  recordOf({
    recordId: `D-${of.organisation}-${personId}`,
    personId,
    recordType: 'personal.details',
    payload: { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' },
  });
const sends = (of: Agency, ...records: unknown[]) => api.filed(of.connector, of.records, custodianFile(of, records));

/** The authority shows housing who works with the child. */
const HOMES = waived({
  schema: 'agreement/1',
  id: 'homes',
  version: '1',
  parties: {
    la: { kind: 'LOCAL_AUTHORITY', orgs: [AUTHORITY.organisation], desk: 'Front door', services: { csc: 'open' } },
    homes: { kind: 'HOUSING', orgs: [HOUSING.organisation], desk: 'Homes', services: { homes: 'open' } },
  },
  existence: [{ id: 'involved', of: ['la.csc'], to: ['homes.homes'] }],
  permits: [
    {
      id: 'teams-to-homes',
      readerText: 'The authority shares who works with the family',
      from: ['la.csc'],
      records: { types: ['childrens-services.details'] },
      to: ['homes.homes'],
      show: { summary: true, content: ['teams'] },
    },
  ],
});

const pathOf = (id: string, version: string) => `/v1/agreements/${id}/versions/${version}`;
const bring = (login: string, document: { id: string; version: string }, as: unknown = document): Promise<Answer> =>
  api.call(login, 'PUT', pathOf(document.id, document.version), JSON.stringify({ document: as }));
const act = (login: string, id: string, version: string, what: string, body: object): Promise<Answer> =>
  api.call(login, 'POST', `${pathOf(id, version)}/${what}`, JSON.stringify(body));
const open = async (login: string, id: string, version: string) => {
  const { status, json } = await api.call(login, 'GET', pathOf(id, version));
  return { status, version: json as any };
};
const stateOf = async (login: string, id: string, version: string): Promise<string> =>
  (await open(login, id, version)).version.life?.state;
const held = (login: string, id: string, version: string) =>
  until(async () => (await open(login, id, version)).status === 200);
const adopt = async (owner: Agency, id: string, version: string, inForceFrom: string): Promise<void> => {
  for (const signer of signersOf(owner)) {
    const { status, text } = await act(signer, id, version, 'adoptions', { inForceFrom });
    expect([status, text]).toEqual([202, expect.any(String)]);
  }
  await until(async () => {
    const { version: one } = await open(signersOf(owner)[0], id, version);
    return one.life.owners.some((each: any) => each.organisation === owner.organisation && each.state === 'in-force');
  });
};
const organisations = async (login: string, child = CHILD): Promise<string[]> => [
  ...new Set((await api.seen(login, child)).entries.map(({ owner }) => owner.organisation).sort()),
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agreements-'));
  hub = await startTestHub({ firstTime: BEGINS, registryFile: await registryWithHousing() });
  api = new HubApi(hub);
  audit = new AuditApi(api);
  await sendAuditor(api);
  await sendSigners(api, [AUTHORITY, POLICE, SCHOOL, HOUSING]);
  await sends(
    AUTHORITY,
    details(AUTHORITY, CHILD),
    recordOf({
      recordId: 'T-1',
      personId: CHILD,
      recordType: 'childrens-services.details',
      payload: { teamInvolvement: ['Family help'] },
    }),
  );
  await sends(HOUSING, details(HOUSING, CHILD), details(HOUSING, ALONE));
  await sends(
    POLICE,
    recordOf({
      recordId: 'M-1',
      personId: CHILD,
      recordType: 'crime-justice.details',
      payload: { missingEpisodes: [{ date: '2026-01-05', returnedHomeInterviewAttended: false }] },
    }),
  );
  for (const [of, login, ...children] of [
    [AUTHORITY, WORKER, CHILD],
    [POLICE, OFFICER, CHILD],
    [HOUSING, HOUSER, CHILD, ALONE],
  ] as const)
    await api.filed(
      of.connector,
      of.staff,
      staffDocument(
        of,
        [post(of, login, 1)],
        children.map((child) => allocation(of, login, child, 1)),
      ),
    );
});
afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the agreement of the example partnership', () => {
  const [first, second] = signersOf(AUTHORITY);
  const ID = 'example-partnership';
  const VERSION = '2026-1';
  let text: string;

  it('is brought in as its text, is a draft, and changes nothing', async () => {
    text = await readFile(resolve('deploy/agreements/example-partnership.json'), 'utf8');
    const { status, json } = await bring(first, { id: ID, version: VERSION }, text);
    expect([status, json]).toEqual([
      202,
      { agreement: ID, version: VERSION, receipt: expect.any(String), refusals: [] },
    ]);
    await held(first, ID, VERSION);
    expect(await stateOf(first, ID, VERSION)).toBe('draft');
    expect(await organisations(WORKER)).toEqual([AUTHORITY.organisation]);
    // The same again is the same; another document of this version is refused.
    expect((await bring(first, { id: ID, version: VERSION }, text)).json).toMatchObject({ receipt: null });
    expect((await bring(first, { id: ID, version: VERSION }, JSON.parse(text))).status).toBe(409);
  });

  it('is read in plain English beside its text by governance people of a party alone', async () => {
    const { status, version } = await open(signersOf(SCHOOL)[0], ID, VERSION);
    expect([status, version.document, version.organisation]).toEqual([200, text, SCHOOL.organisation]);
    const sentences = version.explanation.flatMap((section: any) => section.sentences);
    const ofPolice = sentences.find(({ clause }: any) => clause === 'police-to-csc');
    expect(ofPolice.text).toContain('may see the summary');
    expect(text.split('\n')[ofPolice.line - 1]).toContain('{');
    expect(text.split('\n')[ofPolice.line]).toContain('"police-to-csc"');
    const nobody = await open(signersOf(HOUSING)[0], ID, VERSION);
    const unknown = await open(first, ID, 'unknown');
    expect([nobody.status, nobody.version]).toEqual([404, unknown.version]);
    expect((await open(WORKER, ID, VERSION)).version).toEqual(unknown.version);
    const listed = async (login: string) =>
      ((await api.call(login, 'GET', '/v1/agreements')).json as any).agreements.map(({ id, state }: any) => [
        id,
        state,
      ]);
    expect(await listed(first)).toEqual([[ID, 'draft']]);
    expect(await listed(signersOf(HOUSING)[0])).toEqual([]);
    expect(await listed(WORKER)).toEqual([]);
  });

  it('is tested, and signed by two different people', async () => {
    const tested = await act(first, ID, VERSION, 'tests', {});
    expect([tested.status, tested.json]).toEqual([202, expect.objectContaining({ cases: expect.any(Number) })]);
    await until(async () => (await stateOf(first, ID, VERSION)) === 'tested');
    const inForceFrom = '2026-04-01T09:00:00Z';
    expect((await act(WORKER, ID, VERSION, 'adoptions', { inForceFrom })).status).toBe(403);
    expect((await act(signersOf(HOUSING)[0], ID, VERSION, 'adoptions', { inForceFrom })).status).toBe(404);
    expect((await act(first, ID, VERSION, 'adoptions', { inForceFrom })).json).toMatchObject({
      signatures: 1,
      needed: 2,
    });
    expect((await act(first, ID, VERSION, 'adoptions', { inForceFrom })).json).toMatchObject({ signatures: 1 });
    expect((await act(second, ID, VERSION, 'adoptions', { inForceFrom })).json).toMatchObject({ signatures: 2 });
    await until(async () => (await stateOf(first, ID, VERSION)) === 'adopted');
    await hub.moveClock('2026-04-01T09:00:00Z');
    await until(async () => (await stateOf(first, ID, VERSION)) === 'in-force');
  });

  it('opens none of the police’s records while the police has not adopted it, whoever else has', async () => {
    expect(await organisations(OFFICER)).toEqual([AUTHORITY.organisation, POLICE.organisation].sort());
    await adopt(SCHOOL, ID, VERSION, '2026-04-01T08:30:00Z');
    expect(await organisations(WORKER)).toEqual([AUTHORITY.organisation]);
    expect((await api.seen(WORKER, CHILD)).notices).toEqual([]);
  });

  it('opens them when the police adopts it, with no change of code', async () => {
    await adopt(POLICE, ID, VERSION, '2026-04-01T08:30:00Z');
    expect(await organisations(WORKER)).toEqual([AUTHORITY.organisation, POLICE.organisation].sort());
    const { notices } = await api.seen(WORKER, CHILD);
    expect(notices.map(({ partyKind }) => partyKind)).toEqual(['POLICE']);
  });

  it('closes them again by the word of one of its people, from the acknowledgement on', async () => {
    const release = await hold(hub.sql, 'projection');
    try {
      const revoked = await act(signersOf(POLICE)[1], ID, VERSION, 'revocations', { reason: 'A mistake' });
      expect([revoked.status, revoked.json]).toEqual([202, expect.objectContaining({ from: expect.any(String) })]);
      // Nothing of it is projected yet.
      expect(await organisations(WORKER)).toEqual([AUTHORITY.organisation]);
      expect((await api.seen(WORKER, CHILD)).notices).toEqual([]);
    } finally {
      await release();
    }
    await until(async () => {
      const { version } = await open(first, ID, VERSION);
      return version.life.owners.some(
        (one: any) => one.organisation === POLICE.organisation && one.state === 'revoked',
      );
    });
    expect(await organisations(WORKER)).toEqual([AUTHORITY.organisation]);
    // The authority's adoption is its own.
    expect(await stateOf(first, ID, VERSION)).toBe('in-force');
    expect(await organisations(OFFICER)).toEqual([AUTHORITY.organisation, POLICE.organisation].sort());
  });

  it('opens them again by two new signatures alone, with the old date too', async () => {
    const [one, other] = signersOf(POLICE);
    const inForceFrom = '2026-04-01T08:30:00Z';
    expect((await act(one, ID, VERSION, 'adoptions', { inForceFrom })).json).toMatchObject({ signatures: 1 });
    await until(async () => {
      const { version } = await open(one, ID, VERSION);
      return version.life.owners.some(
        (each: any) => each.organisation === POLICE.organisation && each.state === 'signed',
      );
    });
    expect(await organisations(WORKER)).toEqual([AUTHORITY.organisation]);
    expect((await act(other, ID, VERSION, 'adoptions', { inForceFrom })).json).toMatchObject({ signatures: 2 });
    await until(async () => (await organisations(WORKER)).includes(POLICE.organisation));
  });
});

describe('a disclosure that is revoked', () => {
  /** An answer without what differs between any two: random ids, times, and the children's own numbers. */
  const blurred = (answer: unknown): unknown =>
    JSON.parse(
      JSON.stringify(answer)
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'id')
        .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'time')
        // Sealed with a fresh nonce: nothing but its length could tell.
        .replace(/"token":"([^"]*)"/g, (_, token: string) => `"token":"${token.length} characters"`)
        .replaceAll(CHILD, 'child')
        .replaceAll(ALONE, 'child'),
    );
  const seenAs = async (child: string) => blurred(await api.seen(HOUSER, child));

  it('was granted: housing sees what the authority shares, from 1 April', async () => {
    const before = await seenAs(CHILD);
    expect(before).toEqual(await seenAs(ALONE));
    await bring(signersOf(AUTHORITY)[0], HOMES);
    await held(signersOf(AUTHORITY)[0], 'homes', '1');
    await adopt(AUTHORITY, 'homes', '1', '2026-04-01T00:00:00Z');
    await hub.moveClock('2026-04-05T12:00:00Z');
    expect(await organisations(HOUSER)).toEqual([HOUSING.organisation, AUTHORITY.organisation].sort());
    expect(await seenAs(CHILD)).not.toEqual(await seenAs(ALONE));
  });

  it('is denied one minute after it was revoked at ten, and looks as if nothing were held', async () => {
    await hub.moveClock('2026-04-09T10:00:00Z');
    const revoked = await act(signersOf(AUTHORITY)[0], 'homes', '1', 'revocations', {
      reason: 'The project has ended',
    });
    expect([revoked.status, (revoked.json as any).from]).toEqual([202, expect.stringMatching(/^2026-04-09T10:00:/)]);
    await hub.moveClock('2026-04-09T10:01:00Z');
    const [denied, nothing] = [await seenAs(CHILD), await seenAs(ALONE)];
    expect(denied).toEqual(nothing);
    expect(JSON.stringify(denied)).not.toContain('Family help');
    await until(async () => (await stateOf(signersOf(AUTHORITY)[0], 'homes', '1')) === 'revoked');
    expect(await seenAs(CHILD)).toEqual(await seenAs(ALONE));
  });

  it('leaves a log that proves what was seen while it held', async () => {
    const ofAuthority = async (at: string) =>
      (await audit.replay(CHILD, HOUSER, at)).entries.filter(
        ({ owner }) => owner.organisation === AUTHORITY.organisation,
      );
    expect(await ofAuthority('2026-04-05T12:30:00Z')).toHaveLength(1);
    expect(await ofAuthority('2026-04-09T09:59:59Z')).toHaveLength(1);
    expect(await ofAuthority('2026-04-09T10:01:00Z')).toEqual([]);
    const reads = await audit.reads({ person: { login: HOUSER } });
    expect(reads.filter(({ at }) => at.startsWith('2026-04-05')).some(({ shown }) => shown.entries === 2)).toBe(true);
    const after = reads.filter(({ at }) => at.startsWith('2026-04-09'));
    expect(after.length).toBeGreaterThan(0);
    expect(after.every(({ shown }) => shown.entries === 1)).toBe(true);
    expect(reads.map(({ outcome }) => outcome)).not.toContain('differs');
  });

  it('stays denied where its document cannot be loaded', async () => {
    const next = { ...HOMES, version: '2' };
    await bring(signersOf(AUTHORITY)[0], next);
    await held(signersOf(AUTHORITY)[0], 'homes', '2');
    await adopt(AUTHORITY, 'homes', '2', '2026-04-09T09:00:00Z');
    expect(await organisations(HOUSER)).toContain(AUTHORITY.organisation);
    // What the text was sealed with is gone.
    const { rowCount } = await hub.sql.query(
      `delete from sealing.data_key where contribution_id in (
         select contribution_id from projection.contribution
          where convert_from(bytes, 'UTF8')::json #>> '{envelope,type}' = 'agreement-document'
          order by position desc limit 1)`,
    );
    expect(rowCount).toBeGreaterThan(0);
    await hub.restart();
    expect(await seenAs(CHILD)).toEqual(await seenAs(ALONE));
    // Nothing of that owner opens by another agreement either: it might have closed what this one would open.
    expect(await organisations(OFFICER)).toEqual([POLICE.organisation]);
  });
});

describe('what may not be adopted', () => {
  const [signer] = signersOf(POLICE);
  const inForceFrom = '2026-04-09T10:00:00Z';
  /** The police shows missing episodes to the school on roll. */
  const document = (version: string, permit: object = {}, rest: object = {}) => ({
    schema: 'agreement/1',
    id: 'refused',
    version,
    zone: 'Europe/London',
    parties: {
      police: { kind: 'POLICE', orgs: [POLICE.organisation], desk: 'Desk', services: { ppu: 'open' } },
      school: { kind: 'EDUCATION', orgs: [SCHOOL.organisation], desk: 'Office', services: { dsl: 'open' } },
    },
    permits: [
      {
        id: 'missing-to-school',
        readerText: 'The police shares that a child was missing',
        from: ['police.ppu'],
        records: { types: ['missing-episode'] },
        to: ['school.dsl'],
        relation: ['on-roll'],
        purposes: ['SAFEGUARDING'],
        show: { summary: true },
        ...permit,
      },
    ],
    ...rest,
  });
  const refused = async (one: ReturnType<typeof document>) => {
    // As a person would write it: with lines.
    const text = JSON.stringify(one, null, 2);
    const brought = await bring(signer, one, text);
    expect(brought.status).toBe(202);
    await held(signer, one.id, one.version);
    for (const [what, body] of [
      ['tests', {}],
      ['adoptions', { inForceFrom }],
    ] as const) {
      const { status, json } = await act(signer, one.id, one.version, what, body);
      const { errors } = json as { errors: { field: string; reason: string; line: number; column: number }[] };
      expect([status, errors]).toEqual([422, (brought.json as any).refusals]);
    }
    expect(await stateOf(signer, one.id, one.version)).toBe('draft');
    const { refusals } = brought.json as { refusals: { field: string; reason: string; line: number }[] };
    return refusals.map(({ field, reason, line }) => ({
      field,
      reason,
      line,
      text: text.split('\n')[line - 1]!.trim(),
    }));
  };
  const CASE = {
    name: 'A missing episode shows to the school',
    viewer: { service: 'school.dsl', role: 'dsl', relation: { 'on-roll': [null, null] } },
    purpose: 'SAFEGUARDING',
    born: '2015-06-12',
    entry: { from: 'police.ppu', type: 'missing-episode', occurred: '2026-01-05' },
    expect: [{ at: '2026-04-01', by: ['missing-to-school'], summary: true }],
  };

  it('has a case that fails', async () => {
    const found = await refused(document('1', {}, { cases: [{ ...CASE, expect: [{ at: '2026-04-01', by: [] }] }] }));
    expect(found).toEqual([
      { field: 'document.cases[0].expect[0]', reason: 'other clauses decide', line: expect.any(Number), text: '{' },
    ]);
  });

  it('can be loosened unseen, each value by its line', async () => {
    const found = await refused(document('2', {}, { cases: [CASE] }));
    expect(found.map(({ field, text }) => [field, text])).toEqual([
      ['document.permits[0].relation', '"relation": ['],
      ['document.permits[0].records.types', '"types": ['],
      ['document.permits[0].records.about', '"records": {'],
      ['document.permits[0].childAge', '{'],
    ]);
    expect(found[0]!.reason).toContain('relation allocated');
    expect(found[0]!.reason).toContain('waived by name as clause missing-to-school, change relation');
  });

  it('can be loosened unseen unless that is waived by name with a reason', async () => {
    const waivers = ['relation', 'types', 'about', 'childAge'].map((change) => ({
      clause: 'missing-to-school',
      change,
      reason: 'Agreed by both',
    }));
    const one = document('3', {}, { cases: [CASE], waivers });
    expect((await bring(signer, one)).json).toMatchObject({ refusals: [] });
    await held(signer, one.id, one.version);
    expect((await act(signer, one.id, one.version, 'adoptions', { inForceFrom })).status).toBe(202);
    await until(async () => (await open(signer, one.id, one.version)).version.life.testedAt !== null);
    // A waiver without a reason is none.
    const bare = { ...document('4'), cases: [CASE], waivers: [{ clause: 'missing-to-school', change: 'relation' }] };
    expect((await bring(signer, bare)).status).toBe(400);
  });

  it('tells a fact that its reader may not see', async () => {
    const found = await refused(document('5', { when: ['owner-recorded-significant-harm'] }));
    expect(found).toContainEqual({
      field: 'document.permits[0].when[0]',
      reason: 'is a fact that whoever is shown this may not see',
      line: expect.any(Number),
      text: '"owner-recorded-significant-harm"',
    });
  });

  it('does not even come in where it is no agreement, with the lines of what was sent', async () => {
    const text = JSON.stringify(document('6', { to: ['church.office'], untill: 'x' }), null, 2);
    const asText = await bring(signer, { id: 'refused', version: '6' }, text);
    const [unknown] = (asText.json as any).errors;
    expect([asText.status, unknown.field]).toEqual([400, 'document.permits[0].untill']);
    expect(text.split('\n')[unknown.line - 1]).toContain('untill');
    const broken = await bring(signer, { id: 'refused', version: '6' }, text.replace('"POLICE"', '"POLICE'));
    expect((broken.json as any).errors).toEqual([
      { field: 'document', reason: 'not-json', line: expect.any(Number), column: expect.any(Number) },
    ]);
    const body = `{\n"document": ${JSON.stringify(document('6', { to: ['church.office'] }), null, 1)}}`;
    const inBody = await api.call(signer, 'PUT', pathOf('refused', '6'), body);
    const [place] = (inBody.json as any).errors;
    expect([place.field, body.split('\n')[place.line - 1]!.trim()]).toEqual([
      'document.permits[0].to[0]',
      '"church.office"',
    ]);
  });

  it('is not revoked by whoever never signed it, nor without a reason', async () => {
    const none = await act(signersOf(SCHOOL)[0], 'refused', '3', 'revocations', { reason: 'x' });
    expect([none.status, (none.json as any).type]).toEqual([409, 'urn:sightline:problem:not-adopted']);
    for (const [body, field] of [
      [{}, 'reason'],
      [{ reason: ' ' }, 'reason'],
      [{ reason: 'x'.repeat(2001) }, 'reason'],
      [{ reason: 'x', from: 'soon' }, 'from'],
    ] as const) {
      const { status, json } = await act(signer, 'refused', '3', 'revocations', body);
      expect([status, (json as any).errors[0].field]).toEqual([400, field]);
    }
    expect((await act(signersOf(HOUSING)[0], 'refused', '3', 'revocations', { reason: 'x' })).status).toBe(404);
  });
});
