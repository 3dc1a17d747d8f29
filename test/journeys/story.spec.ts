import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkNhsNumber } from '#identity';
import { findFiles } from '../../apps/hub/src/demo/find-files.js';
import { loadStory, type StoryReport } from '../../apps/hub/src/demo/load-story.js';
import { LOADING_TIME, READING_TIME } from '../../apps/hub/src/demo/story.js';
import { STORY_PEOPLE } from '../../apps/hub/src/demo/story-people.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { AuditApi } from '../support/journeys/auditors.js';
import { EmergencyApi } from '../support/journeys/emergency-scene.js';
import { HubApi, until, type Chronology, type Entry } from '../support/journeys/hub-api.js';
import { nhsNumber } from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

const OWN_DATA = join(import.meta.dirname, '../../apps/hub/demo');
const STORY = join(OWN_DATA, 'story');

const readStory = (folder: string) =>
  readdirSync(join(STORY, folder)).map(
    (name) => JSON.parse(readFileSync(join(STORY, folder, name), 'utf8')) as unknown,
  );
const RECORDS = (
  readStory('records') as {
    orgId: string;
    records: { personId: string; recordType: string; payload: { firstName?: string; lastName?: string } }[];
  }[]
).flatMap(({ orgId, records }) => records.map((record) => ({ ...record, orgId })));
const STAFF = readStory('staff') as {
  organisation: string;
  staff: { login: string; name: string; role: string; to: string | null }[];
  relations: { workerId: string; child: { localId: string } }[];
}[];

/** The number under which the authorities' files name a child. */
const numberOf = (name: string): string =>
  RECORDS.find(
    ({ orgId, recordType, payload: { firstName, lastName } }) =>
      orgId.startsWith('LOCAL-AUTHORITY') && recordType === 'personal.details' && `${firstName} ${lastName}` === name,
  )!.personId;
const [WREN, JONAH, BEA, ELSIE] = ['Wren Halloran', 'Jonah Pell', 'Bea Norcott', 'Elsie Garrick'].map(numberOf) as [string, string, string, string]; // prettier-ignore
const [MIRA, NORA, LEO, SAFFI] = ['Mira Vance', 'Nora Vance', 'Leo Brannock', 'Saffi Udall'].map(numberOf) as [string, string, string, string]; // prettier-ignore
const [OTIS, TAM, BEFORE, ADOPTED] = ['Otis Fairley', 'Tam Oakley', 'Robin Lunt', 'Robin Arden'].map(numberOf) as [string, string, string, string]; // prettier-ignore
const NOBODY = nhsNumber(77);
/** What the records of the refuge's address hold. */
const REFUGE = /Lindens|Orchard Rise|Saltby|WX9/;

let hub: TestHub;
let api: HubApi;
let early: StoryReport;
let report: StoryReport;

const seen = (login: string, child: string, purpose = 'SAFEGUARDING'): Promise<Chronology> =>
  api.search(login, child).then((handle) => api.read(login, handle, { purpose }));
const ofType = ({ entries }: Chronology, type: string): Entry[] => entries.filter((entry) => entry.type === type);
const ownersIn = ({ entries }: Chronology): string[] => [
  ...new Set(entries.map(({ owner }) => owner.organisation)),
].sort(); // prettier-ignore
const dayOf = ({ times }: Entry) => times.occurred['from'];
const locationsIn = ({ entries }: Chronology): unknown[] =>
  entries.flatMap(({ location }) => Object.values(location)).filter((value) => value !== null);
const own = async (login: string) => {
  const { json } = await api.call(login, 'GET', '/v1/my/children');
  return (json as { children: { child: { name: string | null } }[] }).children;
};
const namesOf = async (login: string) => (await own(login)).map(({ child }) => child.name).sort();
/** A page as its reader has it, without what is drawn anew for every read. */
const pageOf = async (login: string, child: string): Promise<string> =>
  JSON.stringify({ ...(await seen(login, child)), readId: '', handle: '', token: '' });
const postOf = async (login: string): Promise<{ organisation: string; service: string }> => {
  const { json } = await api.call(login, 'GET', '/v1/my/profile');
  return (json as { posts: { organisation: string; service: string }[] }).posts[0]!;
};

/** Between two chapters: what is told until then is not told again when the rest is. */
const EARLY = new Date('2025-12-04T09:00:00Z');
const tell = async (readAt: Date): Promise<StoryReport> => {
  const files = await findFiles(OWN_DATA, hub.hub.registry);
  return loadStory(hub.hub, hub.client, hub.configuration, files, readAt, () => undefined);
};

beforeAll(async () => {
  hub = await startTestHub({ firstTime: LOADING_TIME });
  api = new HubApi(hub);
  early = await tell(EARLY);
  report = await tell(READING_TIME);
}, 120_000);
afterAll(() => hub.close());

describe('the story', () => {
  it('comes in by the feeds, and nothing of it is kept back', () => {
    const files = report.files.filter(({ file, feed }) => file.startsWith('story/') && feed !== null);
    expect(files.length).toBeGreaterThan(10);
    for (const { file, sent, filed, quarantined, notTaken } of files)
      expect([file, filed, quarantined, notTaken]).toEqual([file, sent, [], null]);
  });

  it('is told as far as it lies before the time of reading, and the rest of it later', () => {
    const later = ({ files }: StoryReport) => files.flatMap(({ file, notTaken }) => (notTaken?.includes('after the time') ? [[file, notTaken]] : [])); // prettier-ignore
    expect(later(early)).toEqual([['story/records/police-01-after.json', 'belongs to 2025-12-10, after the time of reading']]); // prettier-ignore
    expect(later(report)).toEqual([]);
  });

  it('is of thirty children, under numbers that are never issued', () => {
    const numbers = [...new Set(RECORDS.map(({ personId }) => personId))];
    for (const number of numbers)
      expect([number, checkNhsNumber(number).valid, number.startsWith('999')]).toEqual([number, true, true]);
    // The adopted child has two.
    expect(numbers).toHaveLength(30 + 1);
  });

  it('has a sentence for everybody whom it sends, under the name and role that the feeds give', () => {
    const posts = STAFF.flatMap(({ organisation, staff }) => staff.map((post) => ({ ...post, organisation })));
    const standing = posts.filter(({ to }) => to === null);
    const listed = STORY_PEOPLE.map(({ login, name, organisation, role }) => [login, name, organisation, role].join()).sort(); // prettier-ignore
    expect(listed).toEqual(standing.map(({ login, name, organisation, role }) => [login, name, organisation, role].join()).sort()); // prettier-ignore
    for (const { look } of STORY_PEOPLE) expect(look.length).toBeGreaterThan(30);
  });

  it('leaves every owner of the shipped agreement with two signatures, in force', async () => {
    const { json } = await api.call('governance-police-01-a', 'GET', '/v1/agreements');
    const { agreements } = json as { agreements: { id: string; state: string; owners: string[] }[] };
    expect(agreements).toContainEqual(expect.objectContaining({ id: 'example-partnership', state: 'in-force', owners: ['EDUCATION-01', 'HEALTH-01', 'LOCAL-AUTHORITY-01', 'POLICE-01'] })); // prettier-ignore
  });
});

describe('Rosa Lindqvist and Ned Harrow, of two authorities', () => {
  it('both see, for child protection, what either recorded of the family that moved', async () => {
    for (const login of ['rosa-lindqvist', 'ned-harrow']) {
      const view = await seen(login, ELSIE, 'CHILD_PROTECTION');
      expect([login, ownersIn(view)]).toEqual([login, expect.arrayContaining(['LOCAL-AUTHORITY-01', 'LOCAL-AUTHORITY-02'])]); // prettier-ignore
      const plans = JSON.stringify(ofType(view, 'childrens-services-status').map(({ content }) => content));
      expect(plans).toMatch(/Temporary child protection plan/);
      expect(plans).toMatch(/emotional abuse/);
    }
    expect(ownersIn(await seen('rosa-lindqvist', ELSIE))).not.toContain('LOCAL-AUTHORITY-02');
  });

  it('are told apart by a release of the police, which names one of them', async () => {
    const texts = async (login: string) =>
      ofType(await seen(login, ELSIE, 'CHILD_PROTECTION'), 'crime-justice-status').flatMap(
        ({ content }) => content['sanitisedText'] ?? [],
      );
    expect(await texts('rosa-lindqvist')).toEqual([expect.stringMatching(/Visit in pairs/)]);
    expect(await texts('ned-harrow')).toEqual([]);
    for (const login of ['rosa-lindqvist', 'ned-harrow'])
      expect(JSON.stringify(await seen(login, ELSIE, 'CHILD_PROTECTION'))).not.toContain('multi-agency meeting');
  });
});

describe('Priya Dunmore, social worker', () => {
  it('sees five referrals called malicious as five entries, and five allegations with what was made of them', async () => {
    const view = await seen('priya-dunmore', WREN);
    expect(ofType(view, 'referral')).toHaveLength(5);
    const allegations = ofType(view, 'allegation-recorded');
    const outcomes = ofType(view, 'allegation-outcome-recorded');
    expect(allegations).toHaveLength(5);
    expect(new Set(allegations.flatMap(({ closedBy }) => closedBy))).toEqual(
      new Set(outcomes.map(({ entryId }) => entryId)),
    );
    expect(outcomes.map(({ content }) => content['outcome'])).toEqual(Array(5).fill('malicious'));
    expect(JSON.stringify(ofType(view, 'crime-justice-status'))).toContain('cautioned');
  });
});

describe('Amy Reed, health visitor', () => {
  it('sees three appointments that the same child missed in another town', async () => {
    const missed = ofType(await seen('amy-reed', JONAH), 'missed-appointment');
    expect(missed.map(dayOf).sort()).toEqual(['2025-03-12', '2025-04-16', '2025-05-21']);
    for (const { content } of missed) expect(content['setting']).toMatch(/Saltby$/);
  });
});

describe('Gwen Abara, safeguarding lead', () => {
  it('sees the twins as two children, each with a record of her own', async () => {
    const names = await namesOf('gwen-abara');
    expect(names).toEqual(expect.arrayContaining(['Mira Vance', 'Nora Vance']));
    const attendance = async (child: string) =>
      ofType(await seen('gwen-abara', child), 'attendance-year').map(({ content }) => content['attendancePercentage']);
    expect(await attendance(MIRA)).toEqual(['96.1']);
    expect(await attendance(NORA)).toEqual(['71.4']);
  });

  it('has them kept apart where the police named one by the other’s number: people are asked', async () => {
    // The police's record against that of each of three agencies.
    expect(report.questions).toBe(3);
    const { json } = await api.call('data-manager', 'GET', '/v1/identity/questions');
    expect((json as { questions: unknown[] }).questions).toHaveLength(1);
    for (const child of [MIRA, NORA]) {
      const names = (await seen('rosa-lindqvist', child)).entries.flatMap(
        ({ content }) => content['recordedName'] ?? [],
      );
      expect(new Set(names)).toEqual(new Set([child === MIRA ? 'Mira Vance' : 'Nora Vance']));
    }
  });
});

describe('the refuge', () => {
  it('shows to Hester Quill of the police, who sees where another child lives, in everything but where', async () => {
    expect(locationsIn(await seen('hester-quill', JONAH)).length).toBeGreaterThan(0);
    const view = await seen('hester-quill', BEA);
    expect(ownersIn(view)).toContain('LOCAL-AUTHORITY-01');
    expect(locationsIn(view)).toEqual([]);
  });

  it('has no address in what any other service shows, to anybody', async () => {
    const everybody = STORY_PEOPLE.map(({ login }) => login);
    let foreign = 0;
    for (const login of everybody) {
      const { organisation, service } = await postOf(login);
      for (const purpose of ['SAFEGUARDING', 'CHILD_PROTECTION']) {
        const { entries } = await seen(login, BEA, purpose);
        const others = entries.filter(({ owner }) => owner.organisation !== organisation || owner.service !== service);
        foreign += others.length;
        expect([login, purpose, JSON.stringify(others)]).toEqual([login, purpose, expect.not.stringMatching(REFUGE)]);
      }
    }
    expect(foreign).toBeGreaterThan(5);
  });
});

describe('the refuge, in an emergency', () => {
  it('stays hidden from the police, who then see where another child lives', async () => {
    const emergency = new EmergencyApi(hub, api);
    const shown = async (login: string, child: string) => {
      const handle = await api.search(login, child);
      await emergency.open(login, handle);
      return emergency.read(login, handle);
    };
    expect(locationsIn(await shown('dane-kessler', JONAH)).length).toBeGreaterThan(0);
    const refuge = await shown('hester-quill', BEA);
    expect(ownersIn(refuge)).toContain('LOCAL-AUTHORITY-01');
    expect(JSON.stringify(refuge)).not.toMatch(REFUGE);
  });
});

describe('an adoption', () => {
  it('leaves June Farrow the child as he is called now, and nothing from before', async () => {
    const view = JSON.stringify(await seen('june-farrow', ADOPTED));
    expect(view).toContain('Robin Arden');
    expect(view).not.toMatch(/Lunt|Dyers Yard|Placement/);
    expect(await namesOf('june-farrow')).toContain('Robin Arden');
  });

  it('leads Cal Osei nowhere from the former number, as it leads everybody', async () => {
    for (const { login } of STORY_PEOPLE)
      expect([login, await pageOf(login, BEFORE)]).toEqual([login, await pageOf(login, NOBODY)]);
    expect((await namesOf('cal-osei')).filter((name) => name?.startsWith('Robin') ?? true)).toEqual([]);
  });
});

describe('Dane Kessler, excluded', () => {
  it('sees what his own service had recorded until then, as if there were nothing else', async () => {
    const view = await seen('dane-kessler', LEO);
    expect(view.entries.map(({ owner, type }) => `${owner.organisation} ${type}`).sort()).toEqual([
      'POLICE-01 crime-justice-status',
      'POLICE-01 missing-episode',
      'POLICE-01 personal-details',
    ]);
    expect(ofType(view, 'missing-episode').map(dayOf)).toEqual(['2025-09-20']);
    expect(view.notices).toEqual([]);
    expect(JSON.stringify(view)).not.toMatch(/coach|LOCAL-AUTHORITY|interviewed/i);
  });

  it('is no obstacle to Freya Stanton, to whom nothing tells of it', async () => {
    const view = await seen('freya-stanton', LEO);
    expect(ofType(view, 'missing-episode').map(dayOf).sort()).toEqual(['2025-09-20', '2025-12-08']);
    expect(ownersIn(view)).toContain('LOCAL-AUTHORITY-01');
    expect(ofType(view, 'allegation-recorded')).toEqual([]);
    expect(JSON.stringify(view)).not.toMatch(/exclu|Kessler/i);
  });

  it('is told to Maud Ellison when he tries', async () => {
    const attempts = async () =>
      ((await api.call('maud-ellison', 'GET', '/v1/my/attempts')).json as { attempts: unknown[] }).attempts.length;
    await until(async () => (await attempts()) > 0);
    expect(ofType(await seen('maud-ellison', LEO), 'allegation-recorded')).toHaveLength(1);
  });
});

describe('Jay Shah, who left the school', () => {
  it('saw the child there until he left, and sees nothing any more', async () => {
    const audit = new AuditApi(api, 'auditor');
    const at = (day: string) => audit.replay(SAFFI, 'jay-shah', new Date(day), 'SAFEGUARDING');
    expect((await at('2025-12-12T12:00:00Z')).entries.length).toBeGreaterThan(3);
    expect((await at('2025-12-13T00:00:00Z')).entries).toEqual([]);
    expect(await pageOf('jay-shah', SAFFI)).toBe(await pageOf('jay-shah', NOBODY));
    expect(await own('jay-shah')).toEqual([]);
    expect((await seen('gwen-abara', SAFFI)).entries.length).toBeGreaterThan(3);
  });
});

describe('a night in casualty', () => {
  it('left Ivo Brandreth with nothing once the two hours were over', async () => {
    for (const purpose of ['EMERGENCY', 'SAFEGUARDING'])
      expect([purpose, (await seen('ivo-brandreth', OTIS, purpose)).entries]).toEqual([purpose, []]);
    expect(await own('ivo-brandreth')).toEqual([]);
  });

  it('waits for the review of Greta Holm, by the end of the next working day', async () => {
    const { json } = await api.call('greta-holm', 'GET', '/v1/emergency-access/reviews');
    const { reviews } = json as { reviews: { by: { name: string }; state: string; late: boolean; reviewBy: string }[] };
    expect(reviews.filter(({ by }) => by.name === 'Ivo Brandreth')).toEqual([expect.objectContaining({ state: 'open', late: false, reviewBy: '2025-12-20T00:00:00.000Z', mayReview: true })]); // prettier-ignore
  });
});

describe('Lou Penhale, school nurse', () => {
  it('finds what the young person decided, with who assessed it', async () => {
    const handle = await api.search('lou-penhale', TAM);
    const { json } = await api.call('lou-penhale', 'GET', `/v1/children/${handle}/consent?purpose=SAFEGUARDING`);
    expect(json).toMatchObject({ youngPersonDecisions: [{ agreed: true, competent: true, assessedBy: 'Lou Penhale, school nurse' }] }); // prettier-ignore
  });
});

describe('Tess Moreland, social worker', () => {
  it('has seven children, by name', async () => {
    const names = await namesOf('tess-moreland');
    expect(names).toHaveLength(7);
    expect(names).not.toContain(null);
  });

  it('is one of many whose children all have names', async () => {
    for (const { login } of STORY_PEOPLE) {
      const { service } = await postOf(login);
      // Of the shared child, with whom that whole service has a relation, it holds no name.
      const unnamed = service === 'hv-sn' ? [null] : [];
      expect([login, (await namesOf(login)).filter((name) => name === null)]).toEqual([login, unnamed]);
    }
  });
});

describe('told again', () => {
  it('is the same story: nobody does anything twice', async () => {
    const count = async () =>
      (await hub.sql.query("select count(*) as n from projection.contribution where subject_kind = 'child'")).rows[0];
    const before = await count();
    const again = await tell(READING_TIME);
    expect(await count()).toEqual(before);
    expect({ ...again, recordedTime: '' }).toEqual({ ...report, recordedTime: '' });
  });
});

describe('an auditor’s replay', () => {
  it('decides every read again as it was', async () => {
    const { findings, reads } = await verifyHub(hub);
    expect(findings).toEqual([]);
    expect(reads).toMatchObject({ erased: 0, 'other-code': 0, differs: 0 });
  });
});
