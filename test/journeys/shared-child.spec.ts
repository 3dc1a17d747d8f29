import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findFiles, type DemoFile } from '../../apps/hub/src/demo/find-files.js';
import { HubClient } from '../../apps/hub/src/demo/hub-client.js';
import { loadStory, readAll, type StoryReport } from '../../apps/hub/src/demo/load-story.js';
import { LOADING_TIME, READERS, READING_TIME } from '../../apps/hub/src/demo/story.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

const PUBLIC_DATA = join(import.meta.dirname, '../../../shared/data');
const describePublic = existsSync(PUBLIC_DATA) ? describe : describe.skip;
if (!existsSync(PUBLIC_DATA)) process.stderr.write('SKIPPED: the public data folder is absent (../shared/data)\n');

/** The child whom four agencies of the public records share, one that two share, one that one knows. */
const SHARED = '9691292211';
const OF_TWO = '9449306494';
const OF_ONE = '9449306613';
/** A number with a right check digit of which nobody has heard. */
const UNKNOWN = '9990000018';

const QUIET = () => undefined;

/** Entries by reader: which record types of which owner show, and which parties a notice names. */
const seenBy = (report: StoryReport, login: string) => {
  const reader = report.readers.find((candidate) => candidate.login === login)!;
  return {
    entries: reader.entries.map(({ owner, recordType }) => `${owner} ${recordType}`).sort(),
    notices: reader.notices.map(({ owner }) => owner).sort(),
  };
};

const LA = ['LOCAL-AUTHORITY-01 childrens-services.details', 'LOCAL-AUTHORITY-01 personal.details'];
const EDUCATION = ['EDUCATION-01 education.details', 'EDUCATION-01 personal.details'];
const HEALTH = ['HEALTH-01 health.details'];
const POLICE = ['POLICE-01 crime-justice.details'];

/** Readers over HTTP and what the development set of policies gives each of them for SAFEGUARDING. */
const TABLE: readonly { login: string; entries: string[]; notices: string[] }[] = [
  {
    login: 'social-worker',
    entries: [...EDUCATION, ...HEALTH, ...LA, ...POLICE],
    notices: ['EDUCATION-01', 'HEALTH-01', 'POLICE-01'],
  },
  { login: 'dsl', entries: [...EDUCATION, ...HEALTH, ...LA], notices: ['HEALTH-01', 'LOCAL-AUTHORITY-01'] },
  { login: 'health-visitor', entries: [...HEALTH, ...LA], notices: ['EDUCATION-01', 'LOCAL-AUTHORITY-01'] },
  {
    login: 'police-officer',
    entries: [...LA, ...POLICE],
    notices: ['EDUCATION-01', 'HEALTH-01', 'LOCAL-AUTHORITY-01'],
  },
  {
    login: 'neighbour-social-worker',
    entries: [...EDUCATION, ...HEALTH, ...LA, 'LOCAL-AUTHORITY-02 childrens-services.details'],
    notices: ['EDUCATION-01', 'HEALTH-01', 'LOCAL-AUTHORITY-01'],
  },
  { login: 'stranger', entries: [], notices: [] },
];

/** What each file of the public records gives: contributions sent, filed, quarantined with reasons. */
const FILES: Readonly<Record<string, { sent: number; filed: number; quarantined: unknown[]; notTaken: boolean }>> = {
  '01-social-care/cin/fake_CIN_data.xml': { sent: 1105, filed: 1105, quarantined: [], notTaken: false },
  '12-dfe-sui/custodians/education-01.custodian.json': { sent: 4, filed: 4, quarantined: [], notTaken: false },
  '12-dfe-sui/custodians/health-01.custodian.json': { sent: 10, filed: 10, quarantined: [], notTaken: false },
  '12-dfe-sui/custodians/housing-01.custodian.json': { sent: 0, filed: 0, quarantined: [], notTaken: true },
  '12-dfe-sui/custodians/local-authority-01.custodian.json': { sent: 9, filed: 9, quarantined: [], notTaken: false },
  '12-dfe-sui/custodians/police-01.custodian.json': { sent: 3, filed: 3, quarantined: [], notTaken: false },
  '12-dfe-sui/policy/org-directory-policies.json': { sent: 0, filed: 0, quarantined: [], notTaken: true },
};

/** Sends everything twice, under another key the second time. */
class TwiceClient extends HubClient {
  override async submit(clientId: string, feed: string, key: string, mediaType: string, body: Uint8Array) {
    const receipt = await super.submit(clientId, feed, key, mediaType, body);
    await this.settled(clientId, await super.submit(clientId, feed, `${key}-again`, mediaType, body), QUIET);
    return receipt;
  }
}

/** Everything in an answer that is about the hub's own times and ids, and what is late by them, taken out. */
const withoutHubTimes = (entries: readonly unknown[]): string[] =>
  (entries as { entryId: string; times: object; marks: string[] }[])
    .map(({ entryId: _id, times, marks, ...entry }) => {
      const { hubReceived: _received, read: _read, ...kept } = times as Record<string, unknown>;
      return JSON.stringify({ ...entry, times: kept, marks: marks.filter((mark) => mark !== 'late') });
    })
    .sort();

const chronologies = async (client: HubClient) =>
  Object.fromEntries(
    await Promise.all(
      READERS.flatMap((reader) =>
        [SHARED, OF_TWO, OF_ONE].map(async (number) => {
          const { entries, notices } = await readAll(client, reader, number);
          return [`${reader.login}/${number}`, { entries: withoutHubTimes(entries), notices }] as const;
        }),
      ),
    ),
  );

describePublic('the shared child of the public records', () => {
  let hub: TestHub;
  let files: readonly DemoFile[];
  let report: StoryReport;

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: LOADING_TIME });
    files = await findFiles(PUBLIC_DATA, hub.hub.registry);
    report = await loadStory(hub.hub, hub.client, hub.configuration, files, READING_TIME, QUIET);
  });
  afterAll(() => hub.close());

  it('sends, files and quarantines exactly what the table says', () => {
    const byFile = report.files.map(({ file, sent, filed, quarantined, notTaken }) => [
      file,
      { sent, filed, quarantined, notTaken: notTaken !== null },
    ]);
    expect(Object.fromEntries(byFile)).toEqual(FILES);
    expect(report.files.every(({ duplicates }) => duplicates === 0)).toBe(true);
  });

  it('is one child over five organisations, and nothing else is joined but one', () => {
    expect(report.children).toEqual({ 1: 333, 2: 1, 5: 1 });
    expect(report.questions).toBe(0);
  });

  it.each(TABLE)('shows $login exactly the table', ({ login, entries, notices }) => {
    expect(seenBy(report, login)).toEqual({ entries: [...entries].sort(), notices });
  });

  it('is the same when everything is sent again to the same hub', async () => {
    const before = await chronologies(hub.client);
    const count = async () => (await hub.sql.query('select count(*) from projection.contribution')).rows[0];
    const filed = await count();
    const again = await loadStory(hub.hub, hub.client, hub.configuration, files, READING_TIME, QUIET);
    expect(await chronologies(hub.client)).toEqual(before);
    expect(await count()).toEqual(filed);
    expect({ ...again, recordedTime: '' }).toEqual({ ...report, recordedTime: '' });
  });

  it('is the same on a fresh hub, in another order and doubled', async () => {
    const other = await startTestHub({ firstTime: LOADING_TIME });
    try {
      const twice = new TwiceClient(other.url, other.token, other.hub.connectorSecret);
      await loadStory(other.hub, twice, other.configuration, [...files].reverse(), READING_TIME, QUIET);
      expect(await chronologies(twice)).toEqual(await chronologies(hub.client));
      expect((await verifyHub(other)).findings).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('gives a stranger the bytes of an unknown child', async () => {
    const answers = await Promise.all(
      [SHARED, UNKNOWN].map(async (nhsNumber) => {
        const headers = { authorization: `Bearer ${await hub.token('stranger')}` };
        const search = await fetch(`${hub.url}/v1/child-searches`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ nhsNumber, purpose: 'SAFEGUARDING' }),
        });
        const { handle } = (await search.json()) as { handle: string };
        const read = await fetch(`${hub.url}/v1/children/${handle}/chronology?purpose=SAFEGUARDING`, { headers });
        const text = await read.text();
        const { readId, token } = JSON.parse(text) as { readId: string; token: string };
        const sent = Object.fromEntries([...read.headers].filter(([name]) => name !== 'date'));
        return {
          status: read.status,
          headers: sent,
          body: text.replaceAll(handle, 'HANDLE').replaceAll(readId, 'READ').replaceAll(token, 'TOKEN'),
          lengths: [handle.length, readId.length, token.length],
        };
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]!.status).toBe(200);
  });

  it('replays every recorded read from the store alone', async () => {
    const { findings, reads } = await verifyHub(hub);
    expect(findings).toEqual([]);
    expect(reads.same).toBeGreaterThan(20);
    expect(reads).toMatchObject({ erased: 0, 'other-code': 0, differs: 0 });
  });
});

describePublic('before and after the police agreement begins', () => {
  let hub: TestHub;
  const socialWorker = READERS.find(({ login }) => login === 'social-worker')!;
  const ofPolice = async () =>
    (await readAll(hub.client, socialWorker, SHARED)).entries.filter(({ owner }) => owner.organisation === 'POLICE-01');

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: LOADING_TIME });
    const files = await findFiles(PUBLIC_DATA, hub.hub.registry);
    const withoutCensus = files.filter((file) => !file.file.endsWith('.xml'));
    const until = new Date('2025-11-30T12:00:00Z');
    await loadStory(hub.hub, hub.client, hub.configuration, withoutCensus, until, QUIET);
  });
  afterAll(() => hub.close());

  it('shows nothing of the police on 30 November, and everything from the first instant of December', async () => {
    expect(await ofPolice()).toEqual([]);
    await hub.moveClock('2025-12-01T00:00:00Z');
    expect(await ofPolice()).toHaveLength(3);
    const { findings, reads } = await verifyHub(hub);
    expect(findings).toEqual([]);
    expect(reads.differs).toBe(0);
  });
});
