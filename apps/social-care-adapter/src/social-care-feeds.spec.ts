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

const records = feeds.find(({ name }) => name === 'social-care-records')!;

describe('social care records', () => {
  it('are the feeds of a local authority', () => {
    expect(feeds.map(({ name }) => name)).toEqual([
      'social-care-records',
      'children-in-need-census',
      'social-care-staff',
    ]);
  });

  it('file a referral by its date and type', async () => {
    const childrensServicesReferrals = [
      { date: '2025-12-18', type: 'Early Help' },
      { date: '2025-12-18', type: 'Social Care' },
    ];
    const drafts = draftsOf(
      await readFeed(records, {
        recordId: 'CSC-1',
        personId: '9990000018',
        recordType: 'childrens-services.details',
        payload: { keyWorker: 'A. Worker', childrensServicesReferrals },
      }),
    );
    expect(drafts).toMatchObject([
      { type: 'childrens-services-status', body: { keyWorker: 'A. Worker' } },
      { recordKey: 'CSC-1/childrensServicesReferrals/2025-12-18|Early Help', body: { referralType: 'Early Help' } },
      { recordKey: 'CSC-1/childrensServicesReferrals/2025-12-18|Social Care' },
    ]);
    expect(misfits(drafts)).toEqual([]);
  });
});

describeWithPublicData('social care records of the prototype', () => {
  const file = () => publicFile('12-dfe-sui/custodians/local-authority-01.custodian.json');

  it('are filed in full', async () => {
    const items = await readFeed(records, file(), { codes: ['LOCAL-AUTHORITY-01'] });
    expect(quarantinedOf(items)).toEqual([]);
    expect(countBy(draftsOf(items).map(({ type }) => type))).toEqual({
      'childrens-services-status': 1,
      referral: 5,
      'personal-details': 3,
    });
    expect(misfits(draftsOf(items))).toEqual([]);
    expect(draftsOf(items).find(({ recordKey }) => recordKey === 'CSC-5920-A')?.body).toMatchObject({
      givenName: 'Octavia',
      familyName: 'Chislett',
      birthDate: '2008-09-20',
      recordedName: 'Octavia Chislett',
      homeAddress: null,
      signLanguage: null,
      makaton: false,
    });
  });

  it('are kept back whole where the authority is not registered', async () => {
    const items = await readFeed(records, file(), { codes: ['LOCAL-AUTHORITY-02'] });
    expect(countBy(quarantinedOf(items))).toEqual({ 'orgId: organisation-not-registered': 4 });
  });

  it('are not what a housing custodian sends', async () => {
    const housing = publicFile('12-dfe-sui/custodians/housing-01.custodian.json');
    expect(quarantinedOf(await readFeed(records, housing, { codes: ['HOUSING-01'] }))).toEqual([
      'records[0].recordType: unknown-record-type',
    ]);
  });

  it.each(['ChildrensServicesDetailsRecordV1', 'PersonalDetailsRecordV1'])('name nobody in a bare %s', async (name) => {
    const bare = publicFile(`12-dfe-sui/sample-records/MockSocialCareProvider__9449303223_${name}.json`);
    await expect(readFeed(records, bare)).rejects.toMatchObject({ field: 'personId', reason: 'missing' });
  });

  it('take any text as a name', async () => {
    const names = JSON.parse(publicFile('11-bad-input/blns.json').toString('utf8')) as string[];
    const wellFormed = names.filter((name) => name.isWellFormed() && name.length <= 256 && !name.includes('\0'));
    const sent = wellFormed.map((firstName, i) => ({
      recordId: `N-${i}`,
      personId: '9990000018',
      recordType: 'personal.details',
      payload: { firstName, lastName: firstName },
    }));
    const items = await readFeed(records, sent);
    expect(quarantinedOf(items)).toEqual([]);
    expect(draftsOf(items).map(({ body }) => body['givenName'])).toEqual(wellFormed);
    expect(wellFormed.length).toBeGreaterThan(400);
    expect(misfits(draftsOf(items))).toEqual([]);
  });
});
