import {
  countBy,
  describeWithPublicData,
  draftsOf,
  misfits,
  publicFile,
  quarantinedOf,
  readFeed,
} from '../../../test/support/read-feed.js';
import { feeds } from './index.js';

const records = feeds.find(({ name }) => name === 'police-records')!;

const record = (payload: Record<string, unknown>) => ({
  recordId: 'POL-1',
  personId: '9990000018',
  recordType: 'crime-justice.details',
  version: '1',
  payload,
});

describe('police records', () => {
  it('are the feeds of a police force', () => {
    expect(feeds.map(({ name }) => name)).toEqual(['police-records', 'police-staff']);
  });

  it('keep a risk that is not known apart from one that is absent', async () => {
    const payload = { riskRadicalisation: null, riskSexualExploitation: false, riskGangsAndYouthViolence: true };
    const [status] = draftsOf(await readFeed(records, record(payload)));
    expect(status?.body).toMatchObject(payload);
    expect(status?.body).not.toHaveProperty('riskCriminalExploitation');
    expect(status).toMatchObject({ type: 'crime-justice-status', regime: 'dpa-part3' });
  });

  it('file missing episodes and the last police protection by their dates', async () => {
    const payload = {
      lastPoliceProtectionPowerEvent: '2025-10-30',
      missingEpisodes: [{ date: '2024-10', returnedHomeInterviewAttended: null }],
    };
    const drafts = draftsOf(await readFeed(records, record(payload)));
    expect(drafts.slice(1)).toMatchObject([
      {
        type: 'missing-episode',
        recordKey: 'POL-1/missingEpisodes/2024-10',
        occurred: { from: '2024-10', precision: 'month' },
        body: { returnHomeInterviewAttended: null },
      },
      {
        type: 'police-protection',
        recordKey: 'POL-1/lastPoliceProtectionPowerEvent/2025-10-30',
        occurred: { from: '2025-10-30', precision: 'day' },
      },
    ]);
    expect(misfits(drafts)).toEqual([]);
  });

  it('keep back a police protection that is no date, and that alone', async () => {
    const items = await readFeed(
      records,
      record({ lastPoliceProtectionPowerEvent: 'last autumn', missingEpisodes: null }),
    );
    expect(quarantinedOf(items)).toEqual(['record.payload.lastPoliceProtectionPowerEvent: not-a-date']);
    expect(draftsOf(items)).toHaveLength(1);
  });
});

describeWithPublicData('police records of the prototype', () => {
  it('are filed in full, two systems with one child each', async () => {
    const items = await readFeed(records, publicFile('12-dfe-sui/custodians/police-01.custodian.json'), {
      codes: ['POLICE-01'],
    });
    const drafts = draftsOf(items);
    expect(quarantinedOf(items)).toEqual([]);
    expect(countBy(drafts.map(({ type }) => type))).toEqual({ 'crime-justice-status': 2, 'missing-episode': 1 });
    expect(new Set(drafts.map(({ subject }) => subject.system))).toEqual(
      new Set(['POLICE-SYSTEM-01', 'POLICE-SYSTEM-02']),
    );
    expect(drafts.every(({ body }) => JSON.stringify(body['identifiers']).includes('"traced"'))).toBe(true);
    expect(misfits(drafts)).toEqual([]);
  });

  it('name nobody in a bare payload', async () => {
    const bare = publicFile('12-dfe-sui/sample-records/MockCrimeDataProvider__9449303223_CrimeDataRecordV1.json');
    await expect(readFeed(records, bare)).rejects.toMatchObject({ field: 'personId', reason: 'missing' });
  });
});
