import { getEventType, rankKey, type Envelope, type Tier } from '#contracts';
import type { FiledContribution } from '#timeline';
import { EMERGENCY_ENDED, EMERGENCY_MS, EMERGENCY_OPENED } from './emergency.js';
import { readChild, referencesMeant, type ChildView, type ReadScope, type ScopeReference } from './read-child.js';

const [CLINIC, COUNCIL, FORCE] = ['HEALTH-01', 'COUNCIL-01', 'FORCE-01'] as const;
const OPENED_AT = Date.parse('2026-12-26T02:10:00.000Z');
const AT = OPENED_AT + 60_000;
const BORN = '2026-06-12';
const REGISTRAR = 'a'.repeat(32);
const HANDLE = '7c1c2b3a-4b57-4a6e-9d0e-2f6a1f4e0b41';
const NUMBER = '9990000018';
const OTHER_NUMBER = '9990000026';
const traced = (value: string) => ({ kind: 'nhs-number', value, status: 'traced' });
const asserted = (value: string) => ({ kind: 'nhs-number', value, status: 'asserted' });

let position = 0;
const filed = (
  type: string,
  name: string,
  owner: Envelope['owner'],
  subject: Envelope['subject'],
  parts: Pick<FiledContribution, 'terms' | 'identity'>,
  change: Partial<Envelope> = {},
): FiledContribution => ({
  position: (position += 1),
  envelope: {
    v: 1,
    contributionId: name,
    subject,
    type,
    schemaVersion: getEventType(type).schemaVersion,
    recordType: type,
    owner,
    sender: 'connector',
    originatorConfirmed: true,
    record: { key: name, ancestors: [], body: name },
    rank: { feed: owner.organisation, by: 'version', value: '1', key: rankKey('version', '1') },
    about: 'child',
    tier: 'ordinary',
    regime: 'uk-gdpr',
    occurred: { from: '2026-11-01', precision: 'day' },
    hubReceived: '2026-12-01T09:00:00.000Z',
    fields: { content: ['statusesAndPlans'] },
    facts: [],
    ...change,
  },
  ...parts,
  unreadable: [],
});

const staff = { kind: 'staff', key: REGISTRAR } as const;
const casualty = { organisation: CLINIC, service: 'unscheduled' };
const post = (until: string | null = null) =>
  filed('staff-post', 'post', { organisation: CLINIC, service: 'hv-sn' }, staff, {
    terms: {
      login: 'registrar',
      organisationKind: 'HEALTH',
      service: 'unscheduled',
      role: 'ed',
      from: '2026-01-01',
      until,
    },
  });
const opened = (described: string | null = NUMBER, handle = HANDLE) =>
  filed(
    EMERGENCY_OPENED,
    'opened',
    casualty,
    staff,
    {
      terms: {
        access: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
        handle,
        reason: 'injury',
        role: 'ed',
        from: new Date(OPENED_AT).toISOString(),
        until: new Date(OPENED_AT + EMERGENCY_MS).toISOString(),
        references: [],
        reviewBy: '2026-12-30T00:00:00.000Z',
        deputyBy: '2026-12-31T00:00:00.000Z',
        calendar: 'england-and-wales/2025-11-24',
      },
      identity: { described: described === null ? null : { kind: 'nhs-number', value: described } },
    },
    { rank: { feed: 'hub-commands', by: 'sequence', value: '1', key: rankKey('sequence', '1') } },
  );
const ended = () =>
  filed(
    EMERGENCY_ENDED,
    'ended',
    casualty,
    staff,
    { terms: { access: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41' } },
    {
      record: { key: 'ended', ancestors: ['opened'], body: 'ended' },
      rank: { feed: 'hub-commands', by: 'sequence', value: '2', key: rankKey('sequence', '2') },
      hubReceived: new Date(AT - 1000).toISOString(),
    },
  );

interface Saying {
  readonly identifiers?: readonly object[];
  readonly birthDate?: string;
  readonly tier?: Tier;
  readonly service?: string;
  readonly version?: string;
}

const statusOf = (key: string, organisation: string, name: string, saying: Saying = {}): FiledContribution => {
  const {
    identifiers = [traced(NUMBER)],
    birthDate = BORN,
    tier = 'ordinary',
    service = 'csc',
    version = '1',
  } = saying;
  return filed(
    'childrens-services-status',
    name,
    { organisation, service },
    { kind: 'child', key },
    { terms: { birthDate }, identity: { identifiers } },
    {
      tier,
      record: { key: `record-${key}`, ancestors: [], body: name },
      rank: { feed: organisation, by: 'version', value: version, key: rankKey('version', version) },
    },
  );
};

const reference = (key: string, organisation: string, ...contributions: FiledContribution[]): ScopeReference => ({
  key,
  organisation,
  contributions,
});

const DOCUMENT = {
  schema: 'agreement/1',
  id: 'emergencies',
  version: '1',
  parties: {
    la: { kind: 'LOCAL_AUTHORITY', orgs: [COUNCIL], desk: 'Front door', services: { csc: 'open' } },
    nhs: { kind: 'HEALTH', orgs: [CLINIC], desk: 'Nurse', services: { unscheduled: 'open', 'hv-sn': 'open' } },
  },
  purposes: { EMERGENCY: { relations: ['emergency'] } },
  permits: [
    {
      id: 'status',
      readerText: 'In an emergency',
      from: ['la.csc'],
      to: ['nhs.unscheduled'],
      relation: ['emergency'],
      purposes: ['EMERGENCY'],
      show: { summary: true, content: ['statuses-and-plans'] },
    },
  ],
};
const AGREEMENT = { kind: 'agreement', key: 'f'.repeat(32) } as const;
const agreements = [
  filed('agreement-document', 'document', { organisation: COUNCIL, service: 'csc' }, AGREEMENT, {
    terms: { agreement: 'emergencies', version: '1', document: JSON.stringify(DOCUMENT), desk: null },
  }),
  ...['signer-1', 'signer-2'].map((signer) =>
    filed(
      'agreement-adoption',
      signer,
      { organisation: COUNCIL, service: 'csc' },
      AGREEMENT,
      {
        terms: {
          agreement: 'emergencies',
          version: '1',
          document: 'document',
          organisation: COUNCIL,
          signer,
          inForceFrom: '2026-01-01T00:00:00.000Z',
        },
      },
      { sender: signer },
    ),
  ),
];

const [OURS, THEIRS, OTHERS] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];
const theirs = (saying: Saying = {}) => reference(THEIRS, COUNCIL, statusOf(THEIRS, COUNCIL, 'status', saying));

const scope = (change: Partial<ReadScope> = {}): ReadScope => ({
  at: AT,
  purpose: 'EMERGENCY',
  login: 'registrar',
  staff: [post(), opened()],
  start: [THEIRS],
  handle: HANDLE,
  references: [theirs()],
  agreements,
  pending: [],
  ...change,
});
const shown = (change: Partial<ReadScope> = {}): string[] => readChild(scope(change)).entries.map(({ id }) => id);
/** All of a view that its viewer may come to see. */
const observable = ({ entries, notices, known, upTo, linkBeingChecked, moreDetailNeeded, emergency }: ChildView) => ({
  entries: entries.map(({ id, content, location }) => [id, content, location]),
  notices,
  known,
  upTo,
  linkBeingChecked,
  moreDetailNeeded,
  emergency,
});

describe('a read under an access in an emergency', () => {
  it('shows what an emergency clause names of whoever holds the number verified', () => {
    expect(shown()).toEqual(['status']);
    expect(readChild(scope())).toMatchObject({
      relations: ['emergency'],
      references: [THEIRS],
      emergency: { until: OPENED_AT + EMERGENCY_MS },
    });
  });

  it('shows nothing without it, with another handle, for another purpose, or a moment too early or too late', () => {
    for (const change of [
      { staff: [post()] },
      { staff: [post(), opened(NUMBER, '00000000-4b57-4a6e-9d0e-2f6a1f4e0b41')] },
      { handle: undefined },
      { purpose: 'SAFEGUARDING' },
      { purpose: 'DIRECT_CARE' },
      { at: OPENED_AT - 1 },
      { at: OPENED_AT + EMERGENCY_MS },
    ] as Partial<ReadScope>[]) {
      const view = readChild(scope(change));
      expect([Object.keys(change), view.entries, view.relations, view.emergency]).toEqual([
        Object.keys(change),
        [],
        [],
        undefined,
      ]);
    }
  });

  it('counts once it is filed, and is over from the moment that its end is accepted', () => {
    expect(shown({ staff: [post()], pending: [{ ...opened(), position: null }] })).toEqual([]);
    const view = readChild(scope({ pending: [{ ...ended(), position: null }] }));
    expect([view.entries, view.emergency]).toEqual([[], undefined]);
    expect(shown({ staff: [post(), opened(), ended()] })).toEqual([]);
  });

  it('goes with the post under which it was opened', () => {
    expect(shown({ staff: [post('2026-12-26T02:10:30.000Z'), opened()] })).toEqual([]);
  });

  it('shows nothing of a number that is merely said, or that is said no more', () => {
    expect(shown({ references: [theirs({ identifiers: [asserted(NUMBER)] })] })).toEqual([]);
    const corrected = statusOf(THEIRS, COUNCIL, 'corrected', { identifiers: [traced(OTHER_NUMBER)], version: '2' });
    const wrong = reference(THEIRS, COUNCIL, statusOf(THEIRS, COUNCIL, 'wrong'), corrected);
    expect(shown({ references: [wrong] })).toEqual([]);
  });

  it('means by other words than a number one’s own organisation’s child alone, with what is linked to it', () => {
    const staffOf = [post(), opened(null)];
    expect(shown({ staff: staffOf })).toEqual([]);
    const ours = reference(OURS, CLINIC, statusOf(OURS, CLINIC, 'own', { service: 'hv-sn' }));
    expect(shown({ staff: staffOf, start: [OURS], references: [ours, theirs()] })).toEqual(['status']);
  });

  it('shows nothing sealed, nothing of its originator, and nothing that an owner closed to him', () => {
    for (const tier of ['originator', 'sealed'] as const) expect(shown({ references: [theirs({ tier })] })).toEqual([]);
    const exclusion = filed(
      'exclusion-made',
      'exclusion',
      { organisation: COUNCIL, service: 'csc' },
      { kind: 'child', key: THEIRS },
      {
        terms: {
          directive: 'd',
          who: [{ organisation: CLINIC, service: null, team: null, staffKey: REGISTRAR }],
          until: null,
          feed: null,
          record: null,
        },
      },
    );
    const closed = { ...theirs(), contributions: [...theirs().contributions, exclusion] };
    expect(shown({ references: [closed] })).toEqual([]);
    expect(shown({ pending: [{ ...exclusion, position: null }] })).toEqual([]);
  });
});

describe('a child of whom no emergency clause opens anything', () => {
  const hidden = (key: string, birthDate: string, value = NUMBER) =>
    reference(key, FORCE, statusOf(key, FORCE, `hidden-${key}`, { birthDate, identifiers: [traced(value)] }));
  const unknown = observable(readChild(scope({ start: [], references: [] })));

  it('is as unknown as one of whom nobody holds anything', () => {
    expect(observable(readChild(scope({ start: [OTHERS], references: [hidden(OTHERS, BORN)] })))).toEqual(unknown);
  });

  it('asks for no more detail where there are several', () => {
    const two = [hidden(OURS, BORN), hidden(OTHERS, '2019-01-01')];
    expect(observable(readChild(scope({ start: [OURS, OTHERS], references: two })))).toEqual(unknown);
  });

  it('takes nothing away from one that shows', () => {
    const alone = observable(readChild(scope()));
    const beside = [theirs(), hidden(OTHERS, '2019-01-01')];
    expect(observable(readChild(scope({ start: [THEIRS, OTHERS], references: beside })))).toEqual(alone);
  });

  it('is of its owners’ concern all the same', () => {
    const meant = scope({
      staff: [post()],
      start: [OTHERS, THEIRS],
      references: [theirs(), hidden(OTHERS, '2019-01-01')],
    });
    const described = { kind: 'nhs-number', value: NUMBER };
    expect(referencesMeant(meant, { staffKey: REGISTRAR, ...casualty, described })).toEqual([THEIRS, OTHERS]);
  });
});

describe('several children of whom something shows', () => {
  it('need one more detail, and whoever holds the number verified comes before who merely says it', () => {
    const another = reference(OTHERS, COUNCIL, statusOf(OTHERS, COUNCIL, 'another', { birthDate: '2019-01-01' }));
    const view = readChild(scope({ start: [THEIRS, OTHERS], references: [theirs(), another] }));
    expect([view.entries, view.moreDetailNeeded]).toEqual([[], true]);
    const own = statusOf(OURS, CLINIC, 'own', { identifiers: [asserted(NUMBER)], service: 'unscheduled' });
    const beside = { start: [OURS, THEIRS], references: [reference(OURS, CLINIC, own), theirs()] };
    expect(shown(beside)).toEqual(['status']);
    expect(shown({ start: [OURS], references: [beside.references[0]!] })).toEqual(['own']);
  });
});
