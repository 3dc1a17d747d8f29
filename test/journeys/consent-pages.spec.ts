import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { sendConsentScene } from '../support/journeys/consent-scene.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import {
  AUTHORITY,
  custodianFile,
  HEALTH,
  nhsNumber,
  POLICE,
  recordOf,
  SCENE_BEGINS,
} from '../support/journeys/scene.js';
import { WebClient } from '../support/journeys/web-client.js';

let hub: TestHub;
let api: HubApi;

const [CHILD, UNKNOWN] = [nhsNumber(1), nhsNumber(77)];

const signedIn = async (login: string): Promise<WebClient> => {
  const client = new WebClient(hub.url);
  await client.signIn(login);
  return client;
};
const childOf = async (client: WebClient, number = CHILD): Promise<string> => {
  const csrf = await client.csrf('/find');
  const { headers } = await client.send('/find', { csrf, identifier: number, purpose: 'SAFEGUARDING' });
  return /\/children\/[0-9a-f-]{36}/.exec(headers.get('location') ?? '')![0];
};
/** Somebody at the child's pages. */
const at = async (login: string, number = CHILD) => {
  const client = await signedIn(login);
  const child = await childOf(client, number);
  const csrf = await client.csrf();
  return {
    child,
    page: async (path: string) => client.ask(`${child}${path}`),
    send: (path: string, fields: Readonly<Record<string, string>> = {}) =>
      client.send(`${child}${path}`, { csrf, ...fields }),
    client,
  };
};
type Somebody = Awaited<ReturnType<typeof at>>;

/** Whose entries the worker sees. */
const seen = async (): Promise<string[]> =>
  [...new Set((await api.seen('worker', CHILD)).entries.map(({ owner }) => owner.organisation))].sort();
const untilSeen = (...owners: string[]): Promise<void> =>
  until(async () => JSON.stringify(await seen()) === JSON.stringify([...owners].sort()));
const decision = (agreed: string) => ({
  agreed,
  competent: 'yes',
  assessment: 'Understands who reads it',
  assessedBy: 'School nurse',
});
const actionOf = (html: string, route: string): string =>
  new RegExp(`action="[^"]+/(${route}/[0-9a-f-]{36}/lift)"`).exec(html)![1]!;

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendConsentScene(api, CHILD);
});
afterAll(() => hub.close());

describe('what one’s own service records of consent, on pages', () => {
  let nurse: Somebody;
  const [ALL, OTHERS] = [[HEALTH, AUTHORITY, POLICE], [AUTHORITY, POLICE]].map((of) => of.map((one) => one.organisation)) as [string[], string[]]; // prettier-ignore

  beforeAll(async () => {
    nurse = await at('nurse');
  });

  it('is reached from the chronology, and begins empty', async () => {
    expect((await nurse.page('')).html).toContain(`href="${nurse.child}/consent"`);
    const { status, html } = await nurse.page('/consent');
    expect(status).toBe(200);
    expect(html.match(/Nothing is recorded/g)).toHaveLength(3);
  });

  it('a young person’s decision opens and closes exactly their own service, and harm reopens it', async () => {
    expect(await seen()).toEqual(OTHERS);
    expect((await nurse.send('/young-person', decision('yes'))).status).toBe(303);
    await untilSeen(...ALL);
    expect((await nurse.send('/young-person', decision('no'))).status).toBe(303);
    expect(await seen()).toEqual(OTHERS);
    expect((await nurse.page('/consent')).html).toContain('They do not agree that your service shares');

    const harm = await nurse.send('/consent/significant-harm', { stands: 'yes', reason: 'Told of an <injury>' });
    expect([harm.status, harm.headers.get('location')]).toEqual([303, `${nurse.child}/consent`]);
    await untilSeen(...ALL);
    const { html } = await nurse.page('/consent');
    for (const text of ['Your service suspects significant harm', 'Told of an &lt;injury&gt;', 'by a health visitor']) {
      expect(html).toContain(text);
    }
  });

  it('consent and agreement to work with services are recorded, and named wrong at the field', async () => {
    const given = {
      decision: 'given',
      by: 'parental-responsibility',
      person: 'Mother',
      standing: 'By birth',
      scope: 'Visits',
      told: 'yes',
    };
    const empty = await nurse.send('/consent/processing');
    expect(empty.status).toBe(400);
    for (const field of ['decision', 'by', 'person', 'standing', 'scope', 'told']) {
      expect(empty.html).toContain(`href="#${field}"`);
    }
    const wrong: [object, string][] = [
      [{ until: 'secret-word' }, 'until'],
      [{ decision: 'secret-word' }, 'decision'],
      [{ scope: 'x'.repeat(4001) }, 'scope'],
    ];
    for (const [change, field] of wrong) {
      const { status, html } = await nurse.send('/consent/processing', { ...given, ...change });
      expect([field, status, /<ul class="govuk-list govuk-error-summary__list">[^]*?<\/ul>/.exec(html)![0]]).toEqual([
        field,
        400,
        expect.stringContaining(`href="#${field}"`),
      ]);
      expect(html).toContain('value="Mother"');
    }
    expect((await nurse.send('/consent/processing', given)).status).toBe(303);
    expect((await nurse.page('/consent')).html).toContain('Given by somebody with parental responsibility');
    expect((await nurse.send('/consent/working-agreement', { agrees: 'no', decidedBy: 'Father' })).status).toBe(303);
    await until(async () => (await nurse.page('')).html.includes('Father'));
    expect(await seen()).toEqual(ALL);
    expect((await nurse.page('/consent/nothing')).status).toBe(404);
  });

  it('a mark of whom not to inform shows to every reader, until it is lifted', async () => {
    const empty = await nurse.send('/do-not-inform');
    expect([empty.status, empty.html]).toEqual([400, expect.stringContaining('href="#allCarers"')]);
    const unknown = await nurse.send('/do-not-inform', { agency: 'NOBODY-01', reason: 'Why' });
    expect([unknown.status, unknown.html]).toEqual([400, expect.stringContaining('href="#agency"')]);
    const sent = { allCarers: 'yes', adult: 'Uncle <Bo>', reason: 'They may harm' };
    expect((await nurse.send('/do-not-inform', sent)).status).toBe(303);
    const { html } = await nurse.page('/do-not-inform');
    for (const text of ['Do not inform any carer', 'Do not inform Uncle &lt;Bo&gt;', 'They may harm']) {
      expect(html).toContain(text);
    }
    const worker = await at('worker');
    await until(async () => (await worker.page('')).html.includes('Do not inform any carer'));
    expect((await worker.page('/do-not-inform')).html).toContain('No mark holds now');
    expect((await nurse.send(`/${actionOf(html, 'do-not-inform')}`)).status).toBe(303);
    await until(async () => !(await worker.page('')).html.includes('Do not inform any carer'));
  });

  it('an allegation and what came of it are entries beside each other', async () => {
    const empty = await nurse.send('/allegations', { allegation: 'Was seen to be struck' });
    expect([empty.status, empty.html]).toEqual([400, expect.stringContaining('href="#against"')]);
    const sent = { allegation: 'Was seen to be struck', against: 'A member of staff' };
    expect((await nurse.send('/allegations', sent)).status).toBe(303);
    let link: string | undefined;
    await until(async () => {
      link = /href="[^"]+(\/entries\/[0-9a-f-]{36}\/outcome)"/.exec((await nurse.page('')).html)?.[1];
      return link !== undefined;
    });
    expect((await nurse.page(link!)).status).toBe(200);
    expect((await nurse.send(link!, { outcome: 'unfounded', withdrawn: 'no' })).status).toBe(400);
    const outcome = await nurse.send(link!, { outcome: 'unfounded', withdrawn: 'no', reason: 'A camera shows it' });
    expect(outcome.status).toBe(303);
    await until(async () => (await nurse.page('')).html.includes('A camera shows it'));
    expect((await nurse.page('')).html).toContain('Was seen to be struck');
  });
});

describe('a guardian', () => {
  const closing = { organisation: HEALTH.organisation, workerId: 'W-suspect', view: 'cover', withhold: 'carer', reason: 'An allegation against them' }; // prettier-ignore

  it('closes a child to somebody, sees who tries, and lifts it', async () => {
    const [guardian, suspect, nurse] = [await at('guardian'), await at('suspect'), await at('nurse')];
    expect((await guardian.page('')).html).toContain(`href="${guardian.child}/child-exclusions"`);
    expect((await nurse.page('')).html).not.toContain('child-exclusions');
    const entries = async ({ page }: Somebody) => (await page('')).html.match(/moj-timeline__title/g)?.length ?? 0;
    const before = await entries(nurse);
    expect(await entries(suspect)).toBe(before);
    const empty = await guardian.send('/child-exclusions');
    expect(empty.status).toBe(400);
    for (const field of ['organisation', 'view', 'reason']) expect(empty.html).toContain(`href="#${field}"`);
    const unknown = await guardian.send('/child-exclusions', { ...closing, organisation: 'NOBODY-01' });
    expect([unknown.status, unknown.html]).toEqual([400, expect.stringContaining('href="#organisation"')]);

    expect((await guardian.send('/child-exclusions', closing)).status).toBe(303);
    const { html } = await guardian.page('/child-exclusions');
    for (const text of [
      'One person, HEALTH-01',
      'An allegation against them',
      'Nothing about: a carer, an alleged perpetrator',
    ]) {
      expect(html).toContain(text);
    }
    expect(html).not.toContain('W-suspect');
    const later = recordOf({ recordId: 'LATER', personId: CHILD, recordType: 'health.details', payload: {} });
    await api.filed(HEALTH.connector, HEALTH.records, custodianFile(HEALTH, [later]));
    await until(async () => (await entries(nurse)) === before + 1);
    expect(await entries(suspect)).toBeLessThan(before);

    await until(async () =>
      (await guardian.client.ask('/attempts')).html.includes(
        'Health visitor, health visiting and school nursing (hv-sn)',
      ),
    );
    const attempts = (await guardian.client.ask('/attempts')).html;
    expect(attempts).toContain('href="/attempts"');
    expect((await guardian.client.ask(/href="([^"]+\/child-exclusions)"/.exec(attempts)![1]!)).status).toBe(200);

    expect((await suspect.client.ask('/attempts')).status).toBe(403);
    expect((await suspect.send(`/${actionOf(html, 'child-exclusions')}`)).status).toBe(403);
    expect((await guardian.send(`/${actionOf(html, 'child-exclusions')}`)).status).toBe(303);
    await until(async () => (await guardian.page('/child-exclusions')).html.includes('It is closed to nobody now'));
    await until(async () => (await entries(suspect)) === before + 1);
  });

  it('closes nothing to a service by its name, which the page says', async () => {
    const [guardian, nurse] = [await at('guardian'), await at('nurse')];
    const name = 'health visiting and school nursing';
    const { html: form } = await guardian.page('/child-exclusions');
    for (const text of ['Its code, not its name, for example ppu', 'does not match exactly closes nothing']) {
      expect(form).toContain(text);
    }
    const sent = { ...closing, workerId: '', service: name, view: 'frozen' };
    expect((await guardian.send('/child-exclusions', sent)).status).toBe(303);
    const { html } = await guardian.page('/child-exclusions');
    expect(html).toMatch(new RegExp(`HEALTH-01, ${name} \\(${name}\\)</th>\\s*<td [^>]*>Nothing</td>`, 'i'));
    expect((await nurse.page('')).html).toContain('moj-timeline__title');
    expect((await guardian.send(`/${actionOf(html, 'child-exclusions')}`)).status).toBe(303);
  });
});

describe('whoever has no relation to the child', () => {
  it('gets the same bytes as for a child of whom nobody has heard, on every page and for every form', async () => {
    const stranger = await signedIn('stranger');
    const [known, unknown] = [await childOf(stranger), await childOf(stranger, UNKNOWN)];
    const csrf = await stranger.csrf();
    const other = (html: string) => html.replaceAll(unknown, known);
    const harm = { stands: 'yes', reason: 'Why' };
    const asked: [string, Readonly<Record<string, string>>?][] = [
      ['/consent'],
      ['/consent/processing'],
      ['/consent/significant-harm'],
      ['/consent/significant-harm', harm],
      ['/consent/significant-harm', {}],
      ['/do-not-inform'],
      ['/do-not-inform', { allCarers: 'yes', reason: 'Why' }],
      ['/do-not-inform', {}],
      ['/child-exclusions'],
      ['/child-exclusions', { organisation: HEALTH.organisation, view: 'cover', reason: 'Why' }],
      ['/allegations'],
      ['/allegations', { allegation: 'Was struck', against: 'Somebody' }],
    ];
    for (const [path, fields] of asked) {
      const answers = await Promise.all(
        [known, unknown].map((child) =>
          fields ? stranger.send(`${child}${path}`, { csrf, ...fields }) : stranger.ask(`${child}${path}`),
        ),
      );
      const [one, two] = answers.map(({ status, html }) => ({ path, status, html: other(html) }));
      expect(two).toEqual(one);
      expect([200, 400, 404]).toContain(one!.status);
    }
    expect((await stranger.ask(`${known}/consent`)).status).toBe(404);
  });
});

describe('a form that comes without its token', () => {
  it('is refused, and changes nothing', async () => {
    const nurse = await at('nurse');
    const { status } = await nurse.client.send(`${nurse.child}/consent/significant-harm`, {
      stands: 'no',
      reason: 'x',
    });
    expect(status).toBe(403);
    expect((await nurse.page('/consent')).html).toContain('Your service suspects significant harm');
  });
});
