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

const records = feeds.find(({ name }) => name === 'education-records')!;

const record = (years: string) =>
  `{"recordId":"ATT-1","personId":"9990000018","recordType":"education.details","version":"1",
    "payload":{"yearlyEducationAttendances":[${years}]}}`;

describe('education records', () => {
  it('are the feeds of a school', () => {
    expect(feeds.map(({ name }) => name)).toEqual(['education-records', 'education-staff']);
  });

  it('keep a percentage as the text that was sent', async () => {
    const years = `{"academicTermYearStart":2024,"academicTermYearEnd":2025,"attendancePercentage":62.70,
      "unauthorisedAbsencePercentage":9,"schoolsAverageAttendance":"95.5","suspensions":null}`;
    const [, year] = draftsOf(await readFeed(records, record(years)));
    expect(year).toMatchObject({
      type: 'attendance-year',
      recordKey: 'ATT-1/yearlyEducationAttendances/2024|2025',
      occurred: { from: '2024', to: '2025', precision: 'range' },
      body: {
        attendancePercentage: '62.70',
        unauthorisedAbsencePercentage: '9',
        schoolsAverageAttendance: '95.5',
        suspensions: null,
      },
    });
    expect(misfits([year!])).toEqual([]);
  });

  it.each([
    ['{"attendancePercentage":"most"}', 'attendancePercentage: not-a-number'],
    ['{"attendancePercentage":9e1}', 'attendancePercentage: not-a-number'],
    ['{"suspensions":1.5}', 'suspensions: not-a-number'],
    ['{"suspensions":-1}', 'suspensions: not-allowed'],
    ['{"academicTermYearStart":12345678901234567890}', 'academicTermYearStart: not-a-number'],
  ])('keep back the year %s', async (year, problem) => {
    const items = await readFeed(records, record(`${year},{}`));
    expect(quarantinedOf(items)).toEqual([`record.payload.yearlyEducationAttendances[0].${problem}`]);
    expect(draftsOf(items).map(({ occurred }) => occurred)).toEqual([
      { precision: 'unknown' },
      { precision: 'unknown' },
    ]);
  });
});

describeWithPublicData('education records of the prototype', () => {
  it('are filed in full', async () => {
    const items = await readFeed(records, publicFile('12-dfe-sui/custodians/education-01.custodian.json'), {
      codes: ['EDUCATION-01'],
    });
    expect(quarantinedOf(items)).toEqual([]);
    expect(countBy(draftsOf(items).map(({ type }) => type))).toEqual({
      'education-status': 1,
      'attendance-year': 2,
      'personal-details': 1,
    });
    expect(misfits(draftsOf(items))).toEqual([]);
  });
});
