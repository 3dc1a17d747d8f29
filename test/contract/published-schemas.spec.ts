import { readFileSync } from 'node:fs';
import { feeds as educationFeeds } from '#apps/education-adapter';
import { feeds as healthFeeds } from '#apps/health-adapter';
import { feeds as policeFeeds } from '#apps/police-adapter';
import { feeds as socialCareFeeds } from '#apps/social-care-adapter';
import { fitsPublished as fits } from '../support/published.js';
import { quarantinedOf, readFeed } from '../support/read-feed.js';

const feeds = [...policeFeeds, ...healthFeeds, ...educationFeeds, ...socialCareFeeds];
const feedOf = (name: string) => feeds.find((feed) => feed.name === name)!;

/** Whether a feed takes all of a document, nothing kept back. */
const isTaken = async (feed: string, document: unknown, codes: readonly string[]): Promise<boolean> => {
  try {
    return quarantinedOf(await readFeed(feedOf(feed), document, { codes })).length === 0;
  } catch {
    return false;
  }
};

type Json = Record<string, unknown>;
const demoFile = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`../../apps/hub/demo/custodians/${name}`, import.meta.url), 'utf8')) as Json;

const RECORDS = [
  ['police-records', 'PoliceRecordsDocument', 'police-01.custodian.json'],
  ['health-records', 'HealthRecordsDocument', 'health-01.custodian.json'],
  ['education-records', 'EducationRecordsDocument', 'education-01.custodian.json'],
  ['social-care-records', 'SocialCareRecordsDocument', 'local-authority-01.custodian.json'],
] as const;

const record = (change: Json): Json => ({
  recordId: 'POL-1',
  personId: '9990000018',
  recordType: 'crime-justice.details',
  version: '1',
  payload: {},
  ...change,
});

/** What is said of a record of the police, and whether it can be taken in full. */
const POLICE: readonly (readonly [string, Json, boolean])[] = [
  ['the least there is', {}, true],
  ['a whole number for a version', { version: 2 }, true],
  ['no version', { version: null }, true],
  ['a version below nought', { version: -1 }, false],
  ['stricter handling', { handling: { tier: 'originator', facts: ['address-protected'] } }, true],
  ['a tier that is not there', { handling: { tier: 'secret' } }, false],
  ['a fact that is not there', { handling: { facts: ['rumour'] } }, false],
  ['a withdrawal', { purge: true, payload: undefined }, true],
  ['a withdrawal with the rest of the record', { purge: true, payload: { riskRadicalisation: true } }, true],
  ['no withdrawal', { purge: false }, true],
  ['a withdrawal in words', { purge: 'yes' }, false],
  ['no person', { personId: null }, false],
  ['a blank record id', { recordId: '  ' }, false],
  ['a record id that is too long', { recordId: 'x'.repeat(257) }, false],
  ['no payload', { payload: null }, false],
  ['a field that nobody knows', { secret: 1 }, false],
  ['a field in the payload that nobody knows', { payload: { secret: 1 } }, false],
  ['a kind of record of another agency', { recordType: 'health.details' }, false],
  ['a risk that is not known', { payload: { riskRadicalisation: null } }, true],
  ['a risk in words', { payload: { riskRadicalisation: 'no' } }, false],
  ['services', { payload: { servicesKnownTo: ['Police'] } }, true],
  ['a service that is no text', { payload: { servicesKnownTo: [1] } }, false],
  ['an episode', { payload: { missingEpisodes: [{ date: '2024-10', returnedHomeInterviewAttended: null }] } }, true],
  ['an episode at an instant', { payload: { missingEpisodes: [{ date: '2024-10-30T10:00:00+01:00' }] } }, true],
  ['an episode some time', { payload: { missingEpisodes: [{ date: 'in autumn' }] } }, false],
  ['episodes that are no list', { payload: { missingEpisodes: { date: '2024-10' } } }, false],
  ['a police protection', { payload: { lastPoliceProtectionPowerEvent: '2025-10-30' } }, true],
  ['a police protection some time', { payload: { lastPoliceProtectionPowerEvent: 'autumn' } }, false],
  ['a desk', { contactDetails: [{ name: 'Records team', telephone: null }] }, true],
  ['a desk with a number that is no text', { contactDetails: [{ telephone: 1234 }] }, false],
];

const post = (change: Json): Json => ({
  organisation: 'POLICE-01',
  extractedAt: '2025-11-28T09:00:00Z',
  staff: [
    { workerId: 'w1', login: 'pc', service: 'public-protection', role: 'officer', from: '2025-09-01', ...change },
  ],
});
const relation = (change: Json): Json => ({
  organisation: 'POLICE-01',
  relations: [
    {
      relationId: 'r1',
      sequence: 1,
      child: { nhsNumber: '9990000018' },
      relation: 'allocated',
      workerId: 'w1',
      service: 'public-protection',
      from: '2025-09-01T00:00:00Z',
      ...change,
    },
  ],
});

const STAFF: readonly (readonly [string, Json, boolean])[] = [
  ['a post', post({}), true],
  ['a post with an end and a team', post({ to: '2025-12-01', team: 'night' }), true],
  ['a post of nobody', post({ workerId: undefined }), false],
  ['a post without a role', post({ role: ' ' }), false],
  ['a post taken away', post({ removed: true, login: undefined, role: 7 }), true],
  ['a post not taken away', post({ removed: false }), true],
  ['a post with a field that nobody knows', post({ grade: 1 }), false],
  ['a relation', relation({}), true],
  ['a relation of a kind that is not there', relation({ relation: 'friend' }), false],
  ['a relation to nobody', relation({ child: undefined }), false],
  ['a relation with a place in words', relation({ sequence: 'first' }), false],
  ['a relation of a blank team', relation({ team: ' ' }), false],
  ['a relation taken away', relation({ removed: true, relation: undefined, from: undefined }), true],
  ['neither posts nor relations', { organisation: 'POLICE-01' }, false],
  ['no organisation', { ...post({}), organisation: null }, false],
];

describe('the published schemas say what the feeds do', () => {
  it.each(RECORDS)('of %s: a file of the demonstration fits and is taken', async (feed, component, name) => {
    const file = demoFile(name);
    expect(fits(component, file)).toBe(true);
    expect(await isTaken(feed, file, [file['orgId'] as string])).toBe(true);
    const records = file['records'] as Json[];
    expect(fits(component, records)).toBe(true);
    expect(records.every((one) => fits(component, one))).toBe(true);
  });

  it.each(RECORDS)('of %s: the others’ files do not fit, nor are they taken', async (feed, component, own) => {
    for (const [, , name] of RECORDS.filter(([, , other]) => other !== own)) {
      const file = demoFile(name);
      expect(fits(component, file)).toBe(false);
      expect(await isTaken(feed, file, [file['orgId'] as string])).toBe(false);
    }
  });

  it.each(POLICE)('of a record with %s', async (_, change, good) => {
    const document = JSON.parse(JSON.stringify({ orgId: 'POLICE-01', records: [record(change)] })) as Json;
    expect(fits('PoliceRecordsDocument', document)).toBe(good);
    expect(await isTaken('police-records', document, ['POLICE-01'])).toBe(good);
  });

  it.each(STAFF)('of a staff document with %s', async (_, given, good) => {
    const document = JSON.parse(JSON.stringify(given)) as Json;
    expect(fits('StaffDocument', document)).toBe(good);
    expect(await isTaken('police-staff', document, ['POLICE-01'])).toBe(good);
  });
});
