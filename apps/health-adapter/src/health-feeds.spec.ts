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

const records = feeds.find(({ name }) => name === 'health-records')!;

const record = (payload: Record<string, unknown>) => ({
  recordId: 'MHR-1',
  personId: '9990000018',
  recordType: 'health.details',
  payload,
});

describe('health records', () => {
  it('are the feeds of a health organisation', () => {
    expect(feeds.map(({ name }) => name)).toEqual(['health-records', 'health-staff']);
  });

  it.each(['RegisteredGPSurgery', 'registeredGPSurgery'])('know the surgery as %s', async (name) => {
    const [status] = draftsOf(await readFeed(records, record({ [name]: 'Wexton Medical Centre' })));
    expect(status?.body).toMatchObject({ gpSurgery: 'Wexton Medical Centre' });
  });

  it('tell two appointments of one day apart by their setting', async () => {
    const missedAppointments = [
      { date: '2025-10-29', setting: 'GP', reason: null },
      { date: '2025-10-29', setting: 'Hospital/ward 3', reason: null },
      { date: '2025-10-29', setting: null },
    ];
    const drafts = draftsOf(await readFeed(records, record({ missedAppointments })));
    expect(drafts.slice(1).map(({ recordKey }) => recordKey)).toEqual([
      'MHR-1/missedAppointments/2025-10-29|GP',
      'MHR-1/missedAppointments/2025-10-29|Hospital%2Fward 3',
      'MHR-1/missedAppointments/2025-10-29|',
    ]);
    expect(misfits(drafts)).toEqual([]);
  });

  it('file an attendance that nobody dated', async () => {
    const items = await readFeed(records, record({ emergencyDepartmentAttendances: [{ date: null, reason: 'Fall' }] }));
    expect(quarantinedOf(items)).toEqual([]);
    expect(draftsOf(items)[1]).toMatchObject({ type: 'emergency-attendance', occurred: { precision: 'unknown' } });
  });
});

describeWithPublicData('health records of the prototype', () => {
  it('are filed in full', async () => {
    const items = await readFeed(records, publicFile('12-dfe-sui/custodians/health-01.custodian.json'), {
      codes: ['HEALTH-01'],
    });
    expect(quarantinedOf(items)).toEqual([]);
    expect(countBy(draftsOf(items).map(({ type }) => type))).toEqual({
      'health-status': 2,
      'missed-appointment': 4,
      'emergency-attendance': 4,
    });
    expect(draftsOf(items)[0]?.body).toMatchObject({ gpSurgery: 'Duke Medical Centre' });
    expect(misfits(draftsOf(items))).toEqual([]);
  });
});
