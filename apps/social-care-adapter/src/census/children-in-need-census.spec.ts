import {
  countBy,
  describeWithPublicData,
  draftsOf,
  feedContext,
  inPieces,
  misfits,
  publicFile,
  quarantinedOf,
  readFeed,
} from '../../../../test/support/read-feed.js';
import { childrenInNeedCensus } from './children-in-need-census.js';

const HEADER = `<Header><CollectionDetails><Collection>CIN</Collection></CollectionDetails>
  <Source><LEA>201</LEA><DateTime>2024-05-23T11:14:05</DateTime></Source></Header>`;
const message = (children: string, header = HEADER) => `<Message>${header}<Children>${children}</Children></Message>`;
const child = (details = '', identifiers = '', characteristics = '<Ethnicity>WBRI</Ethnicity>') =>
  `<Child><ChildIdentifiers><LAchildID>DfEX0000001</LAchildID>${identifiers}</ChildIdentifiers>
   <ChildCharacteristics>${characteristics}</ChildCharacteristics>${details}</Child>`;
const referral = (date: string, more = '') =>
  `<CINdetails><CINreferralDate>${date}</CINreferralDate><ReferralSource>1A</ReferralSource>${more}<ReferralNFA>0</ReferralNFA></CINdetails>`;

const read = (document: string | Uint8Array, codes = ['201']) => readFeed(childrenInNeedCensus, document, { codes });
const marksByKey = async (document: string) =>
  Object.fromEntries(draftsOf(await read(document)).map(({ recordKey, body }) => [recordKey, body['marks']]));

describe('the children-in-need census', () => {
  it('files a child, its referral and what followed, each by its own date', async () => {
    const more = `<PrimaryNeedCode>N1</PrimaryNeedCode><CINclosureDate>2023-02-27</CINclosureDate>
      <ReasonForClosure>RC7</ReasonForClosure><DateOfInitialCPC>2022-12-06</DateOfInitialCPC>
      <Assessments><AssessmentActualStartDate>2022-10-07</AssessmentActualStartDate>
        <AssessmentAuthorisationDate>2022-11-01</AssessmentAuthorisationDate>
        <FactorsIdentifiedAtAssessment><AssessmentFactors>1A</AssessmentFactors><AssessmentFactors>2B</AssessmentFactors>
        <AssessmentFactors>6C</AssessmentFactors><AssessmentFactors>19C</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>
      <CINPlanDates><CINPlanStartDate>2022-11-02</CINPlanStartDate></CINPlanDates>
      <Section47><S47ActualStartDate>2022-11-20</S47ActualStartDate><DateOfInitialCPC>2022-12-06</DateOfInitialCPC>
        <ICPCnotRequired>FALSE</ICPCnotRequired></Section47>
      <ChildProtectionPlans><CPPstartDate>2022-12-06</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>
        <NumberOfPreviousCPP>1</NumberOfPreviousCPP><Reviews><CPPreviewDate>2023-02-15</CPPreviewDate></Reviews></ChildProtectionPlans>`;
    const identifiers = `<UPN>Y380260012345</UPN><FormerUPN>X98765432123B</FormerUPN><PersonBirthDate>2015-03-27</PersonBirthDate><Sex>2</Sex>`;
    const disabilities = '<Disabilities><Disability>HAND</Disability></Disabilities>';
    const items = await read(message(child(referral('2022-10-06', more), identifiers, disabilities)));
    expect(quarantinedOf(items)).toEqual([]);
    const drafts = draftsOf(items);
    expect(drafts).toMatchObject([
      {
        type: 'personal-details',
        recordKey: 'child',
        subject: { kind: 'child', system: 'cin-census', localId: 'DfEX0000001' },
        rank: { by: 'extract', value: '2024-05-23T11:14:05.000Z' },
        body: {
          identifiers: [{ kind: 'upn', value: 'Y380260012345', status: 'asserted' }],
          formerUpn: 'X98765432123B',
          birthDate: '2015-03-27',
          sex: '2',
          disabilities: ['HAND'],
          marks: [],
        },
      },
      {
        type: 'referral',
        recordKey: 'referral/2022-10-06',
        ended: '2023-02-27',
        body: {
          source: '1A',
          primaryNeed: 'N1',
          noFurtherAction: false,
          closureReason: 'RC7',
          sealedClosureReason: null,
          marks: [],
        },
      },
      { type: 'initial-conference', recordKey: 'conference/2022-12-06' },
      {
        type: 'assessment',
        recordKey: 'assessment/2022-10-07',
        ended: '2022-11-01',
        body: { factorsOfChild: ['1A', '19C'], factorsOfCarers: ['2B'], factorsOfHousehold: ['6C'] },
      },
      { type: 'cin-plan', recordKey: 'cin-plan/2022-11-02' },
      { type: 'section-47-enquiry', recordKey: 'section-47/2022-11-20', body: { conferenceNotRequired: false } },
      { type: 'protection-plan', recordKey: 'plan/2022-12-06', body: { previousPlans: 1, initialCategory: 'NEG' } },
      {
        type: 'protection-plan-review',
        recordKey: 'plan/2022-12-06/review/2023-02-15',
        ancestors: ['plan/2022-12-06'],
        body: { planStart: '2022-12-06' },
      },
    ]);
    expect(misfits(drafts)).toEqual([]);
  });

  it('files and marks what is impossible', async () => {
    const identifiers = '<PersonBirthDate>2015-03-27</PersonBirthDate><PersonDeathDate>2020-01-01</PersonDeathDate>';
    const marks = await marksByKey(
      message(
        child(
          referral('2015-03-26') +
            referral('2020-01-01', '<CINclosureDate>2019-12-31</CINclosureDate>') +
            referral('2020-01-02', '<DateOfInitialCPC>2025-01-01</DateOfInitialCPC>') +
            referral('2019-01-01', '<CINclosureDate>2020-06-01</CINclosureDate>'),
          identifiers,
        ),
      ),
    );
    expect(marks).toEqual({
      child: [],
      death: [],
      'referral/2015-03-26': ['before-birth'],
      'referral/2020-01-01': ['ends-before-start'],
      'referral/2020-01-02': ['after-death'],
      'conference/2025-01-01': ['after-death', 'in-the-future'],
      'referral/2019-01-01': ['ends-after-death'],
    });
    const early = '<PersonBirthDate>2015-03-27</PersonBirthDate><PersonDeathDate>2014-01-01</PersonDeathDate>';
    expect(await marksByKey(message(child('', early)))).toMatchObject({ death: ['before-birth'] });
  });

  it('seals the reason of a closure that would date an adoption', async () => {
    const closed = '<CINclosureDate>2023-02-27</CINclosureDate><ReasonForClosure>RC1</ReasonForClosure>';
    const [, adopted] = draftsOf(await read(message(child(referral('2022-10-06', closed)))));
    expect(adopted?.body).toMatchObject({ closureReason: null, sealedClosureReason: 'RC1' });
  });

  it('keeps back what cannot be read, and that alone', async () => {
    const details =
      referral('2022-02-30', '<DateOfInitialCPC>soon</DateOfInitialCPC>') +
      referral(
        '2022-10-06',
        '<CINPlanDates><CINPlanEndDate>2023-01-01</CINPlanEndDate></CINPlanDates><Other>1</Other>',
      ) +
      '<CINdetails/>';
    const items = await read(message(child(details, '<PersonBirthDate>27/03/2015</PersonBirthDate>')));
    expect(quarantinedOf(items)).toEqual([
      'Message.Children.Child[0].ChildIdentifiers.PersonBirthDate: not-a-date',
      'Message.Children.Child[0].CINdetails[0].CINreferralDate: not-a-date',
      'Message.Children.Child[0].CINdetails[0].DateOfInitialCPC: not-a-date',
      'Message.Children.Child[0].CINdetails[1].CINPlanDates[0].CINPlanStartDate: missing',
      'Message.Children.Child[0].CINdetails[2].CINreferralDate: missing',
      'Message.Children.Child[0].CINdetails[1].Other: unknown-field',
    ]);
    expect(draftsOf(items).map(({ recordKey }) => recordKey)).toEqual(['referral/2022-10-06']);
  });

  it('keeps the readable beside text that stands where none belongs', async () => {
    const items = await read(
      message(`${child('', 'PersonBirthDate<PersonBirthDate>2015-03-27</PersonBirthDate>')} and more`),
    );
    expect(quarantinedOf(items).sort()).toEqual([
      'Message.Children.Child[0].ChildIdentifiers: invalid-text',
      'Message.Children: invalid-text',
    ]);
    expect(draftsOf(items)[0]?.body).toMatchObject({ birthDate: '2015-03-27' });
    expect(quarantinedOf(await read(message(child('', '', 'WBRI'))))).toEqual([
      'Message.Children.Child[0].ChildCharacteristics: invalid-text',
    ]);
  });

  it('keeps back a child without an id, and that child alone', async () => {
    const items = await read(
      message(`<Child><ChildIdentifiers><UPN>1</UPN></ChildIdentifiers></Child><Child/>${child()}`),
    );
    expect(quarantinedOf(items)).toEqual([
      'Message.Children.Child[0].ChildIdentifiers.LAchildID: missing',
      'Message.Children.Child[1].ChildIdentifiers: missing',
    ]);
    expect(draftsOf(items)).toHaveLength(1);
  });

  it.each([
    ['2024-05-23T11:14:05+01:00', '2024-05-23T10:14:05.000Z'],
    ['2024-05-23T11:14:05.5', '2024-05-23T11:14:05.500Z'],
  ])('ranks by the time of the extract, %s', async (time, value) => {
    const header = HEADER.replace('2024-05-23T11:14:05', time);
    expect(draftsOf(await read(message(child(), header)))[0]?.rank).toEqual({ by: 'extract', value });
  });

  it.each([
    ['201 not registered', HEADER, ['331'], 'organisation-not-registered'],
    ['no authority', HEADER.replace('<LEA>201</LEA>', ''), ['201'], 'missing'],
    ['two authorities', HEADER.replace('<LEA>', '<LEA>331</LEA><LEA>'), ['201', '331'], 'organisation-not-registered'],
  ])('keeps everything back: %s', async (_, header, codes, reason) => {
    const items = await read(message(child() + child(), header), codes);
    expect(quarantinedOf(items)).toEqual(Array.from({ length: 2 }, () => `Message.Header.Source.LEA: ${reason}`));
  });

  it('tells two referrals of one day apart by what they say', async () => {
    const one = referral('2022-10-06');
    const other = referral('2022-10-06', '<PrimaryNeedCode>N4</PrimaryNeedCode>');
    const texts = async (details: string) =>
      draftsOf(await read(message(child(details)))).map((draft) => JSON.stringify(draft));
    expect((await texts(one + other)).sort()).toEqual((await texts(other + one)).sort());
    expect(new Set((await texts(one + other)).map((text) => JSON.parse(text).recordKey)).size).toBe(3);
  });

  it('reads UTF-8 and Windows-1252 as declared', async () => {
    const local = (name: string) => message(child().replace('DfEX0000001', name));
    const idOf = async (bytes: Uint8Array) => draftsOf(await read(bytes))[0]?.subject.localId;
    const windows = Buffer.from(`<?xml version="1.0" encoding="Windows-1252"?>${local('Zoë\x92')}`, 'latin1');
    expect(await idOf(windows)).toBe('Zoë’');
    expect(await idOf(Buffer.from(`\ufeff<?xml version='1.0' encoding='utf-8'?>${local('Zoë’')}`))).toBe('Zoë’');
    await expect(read(Buffer.from(local('Zo\xeb'), 'latin1'))).rejects.toMatchObject({ reason: 'invalid-text' });
    await expect(read(`<?xml version="1.0" encoding="UTF-7"?>${local('1')}`)).rejects.toMatchObject({
      reason: 'encoding-not-supported',
    });
  });

  it.each([
    ['nothing', '', 'cannot-be-read'],
    ['a truncated document', message(child()).slice(0, -4), 'cannot-be-read'],
    ['a document cut within a child', message(child()).slice(0, 300), 'cannot-be-read'],
    ['an entity that nobody defined', message(child('', '&x;')), 'cannot-be-read'],
    ['a DOCTYPE', `<!DOCTYPE Message>${message(child())}`, 'doctype'],
    ['another document', '<Other/>', 'missing'],
    ['no children', message(''), 'missing'],
    ['no header', message(child(), ''), 'missing'],
    ['no time', message(child(), HEADER.replace(/<DateTime>.*<\/DateTime>/, '')), 'missing'],
    ['no real time', message(child(), HEADER.replace('2024-05-23', '2024-02-30')), 'not-an-instant'],
    ['a long text', message(child('', `<UPN>${'x'.repeat(200_000)}</UPN>`)), 'too-large'],
    [
      'long attributes',
      message(`<Child ${Array.from({ length: 9000 }, (_, i) => `a${i}="12345678"`).join(' ')}/>`),
      'too-large',
    ],
    ['deep nesting', message('<a>'.repeat(100)), 'too-deep'],
  ])('refuses %s', async (_, document, reason) => {
    await expect(read(document)).rejects.toMatchObject({ name: 'DocumentRefused', reason });
  });

  it('keeps back a child that is out of all proportion', async () => {
    const items = await read(message(child(referral('2022-10-06').repeat(20_000)) + child()));
    expect(quarantinedOf(items)).toEqual(['Message.Children.Child[0]: too-large']);
    expect(draftsOf(items)).toHaveLength(1);
  });

  it('takes an element for a name of its own only', async () => {
    const items = await read(message(child('<__proto__><polluted>1</polluted></__proto__><constructor/>')));
    expect(quarantinedOf(items)).toEqual([
      'Message.Children.Child[0].__proto__: unknown-field',
      'Message.Children.Child[0].constructor: unknown-field',
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('streams: a child is there as soon as it has been read', async () => {
    const one = Buffer.from(child(referral('2022-10-06')));
    let sent = 0;
    async function* document() {
      yield Buffer.from(`<Message>${HEADER}<Children>`);
      for (; sent < 3000; sent += 10) yield Buffer.concat(Array.from({ length: 10 }, () => one));
      yield Buffer.from('</Children></Message>');
    }
    let items = 0;
    for await (const _ of childrenInNeedCensus.read(document(), feedContext({ codes: ['201'] }))) {
      items += 1;
      expect(sent - items / 2).toBeLessThanOrEqual(20);
    }
    expect(items).toBe(6000);
  });
});

describeWithPublicData('public census files', () => {
  const summary = async (file: string) => {
    const items = await read(publicFile(file), ['975', '201']);
    const drafts = draftsOf(items);
    expect(misfits(drafts)).toEqual([]);
    return {
      types: countBy(drafts.map(({ type }) => type)),
      marks: countBy(drafts.flatMap(({ type, body }) => (body['marks'] as string[]).map((mark) => `${type} ${mark}`))),
      quarantined: quarantinedOf(items),
      upns: countBy(
        drafts.flatMap(({ body }) => (body['identifiers'] as { status: string }[]).map(({ status }) => status)),
      ),
      closed: drafts.filter(({ type, ended }) => type === 'referral' && ended !== undefined).length,
      children: new Set(drafts.map(({ subject }) => subject.localId)).size,
    };
  };

  it('hold 332 children, and 30 referrals after a death', async () => {
    expect(await summary('01-social-care/cin/fake_CIN_data.xml')).toEqual({
      types: { 'personal-details': 332, death: 21, referral: 402, 'initial-conference': 350 },
      marks: {
        'referral after-death': 30,
        'referral ends-after-death': 17,
        'referral in-the-future': 8,
        'initial-conference after-death': 25,
        'initial-conference in-the-future': 6,
      },
      quarantined: [],
      upns: { asserted: 12, 'wrong-check-digit': 320 },
      closed: 252,
      children: 332,
    });
  });

  it.each([
    [
      'CIN_Census_2021.xml',
      { death: 1, 'personal-details': 1, referral: 1, assessment: 1 },
      {},
      { 'wrong-check-digit': 1 },
    ],
    [
      'CIN_Census_2024.xml',
      { 'personal-details': 2, referral: 2, assessment: 2 },
      {
        'assessment ends-before-start': 1,
        'assessment in-the-future': 2,
        'personal-details in-the-future': 1,
        'referral in-the-future': 1,
      },
      { 'wrong-check-digit': 1 },
    ],
  ])('%s has stray text in one place', async (file, types, marks, upns) => {
    const found = await summary(`01-social-care/cin/${file}`);
    expect(found.quarantined).toEqual(['Message.Children.Child[0].ChildIdentifiers: invalid-text']);
    expect(found.marks).toEqual(marks);
    expect(found.upns).toEqual(upns);
    expect(found.types).toEqual({
      ...types,
      'initial-conference': 2,
      'cin-plan': 1,
      'section-47-enquiry': 1,
      'protection-plan': 1,
      'protection-plan-review': 1,
    });
  });

  it('are the same in pieces of any size', async () => {
    const bytes = publicFile('01-social-care/cin/CIN_Census_2024.xml');
    const inSize = async (size: number) => {
      const items = [];
      const context = feedContext({ codes: ['201'] });
      for await (const item of childrenInNeedCensus.read(inPieces(bytes, size), context)) items.push(item);
      return items;
    };
    expect(await inSize(1)).toEqual(await inSize(100_000));
  });

  it.each(['external.xml', 'xmlbomb.xml'])('%s is refused for its DOCTYPE', async (file) => {
    await expect(read(publicFile(`11-bad-input/xml/${file}`))).rejects.toMatchObject({ reason: 'doctype' });
  });
});
