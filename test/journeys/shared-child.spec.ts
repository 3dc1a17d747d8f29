import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findFiles } from '../../apps/hub/src/demo/find-files.js';
import { loadStory, type StoryReport } from '../../apps/hub/src/demo/load-story.js';
import { LOADING_TIME, READING_TIME } from '../../apps/hub/src/demo/story.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';

const PUBLIC_DATA = join(import.meta.dirname, '../../../shared/data');
const describePublic = existsSync(PUBLIC_DATA) ? describe : describe.skip;
if (!existsSync(PUBLIC_DATA)) process.stderr.write('SKIPPED: the public data folder is absent (../shared/data)\n');

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

describePublic('the shared child of the public records', () => {
  let hub: TestHub;
  let report: StoryReport;

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: LOADING_TIME });
    const files = await findFiles(PUBLIC_DATA, hub.hub.registry);
    report = await loadStory(hub.hub, hub.client, hub.configuration, files, READING_TIME, () => undefined);
  });
  afterAll(() => hub.close());

  it('is one child over five organisations, and nothing else is joined but one', () => {
    expect(report.children).toEqual({ 1: 333, 2: 1, 5: 1 });
    expect(report.questions).toBe(0);
  });

  it('shows every reader exactly the table', () => {
    expect(seenBy(report, 'social-worker')).toEqual({
      entries: [...EDUCATION, ...HEALTH, ...LA, ...POLICE].sort(),
      notices: ['EDUCATION-01', 'HEALTH-01', 'POLICE-01'],
    });
    expect(seenBy(report, 'dsl')).toEqual({
      entries: [...EDUCATION, ...HEALTH, ...LA].sort(),
      notices: ['HEALTH-01', 'LOCAL-AUTHORITY-01'],
    });
    expect(seenBy(report, 'health-visitor')).toEqual({
      entries: [...HEALTH, ...LA].sort(),
      notices: ['EDUCATION-01', 'LOCAL-AUTHORITY-01'],
    });
    expect(seenBy(report, 'police-officer')).toEqual({
      entries: [...LA, ...POLICE].sort(),
      notices: ['EDUCATION-01', 'HEALTH-01', 'LOCAL-AUTHORITY-01'],
    });
    expect(seenBy(report, 'neighbour-social-worker')).toEqual({
      entries: [...EDUCATION, ...HEALTH, ...LA, 'LOCAL-AUTHORITY-02 childrens-services.details'].sort(),
      notices: ['EDUCATION-01', 'HEALTH-01', 'LOCAL-AUTHORITY-01'],
    });
    expect(seenBy(report, 'stranger')).toEqual({ entries: [], notices: [] });
  });
});
