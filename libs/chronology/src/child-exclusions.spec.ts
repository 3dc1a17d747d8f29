import fc from 'fast-check';
import type { FiledContribution } from '#timeline';
import { filed, read, referenceOf, staffKeyOf, type Post } from '../testing/child-scope.js';

const [POLICE, COUNCIL] = ['POLICE', 'COUNCIL'];
const OFFICER: Post = { login: 'officer', organisation: POLICE, organisationKind: 'POLICE', team: 'roads' };
const [BEFORE, MADE, AFTER] = ['2026-03-01T09:00:00.000Z', '2026-03-10T09:00:00.000Z', '2026-03-20T09:00:00.000Z'];

const AGREEMENT = {
  schema: 'agreement/1',
  id: 'core',
  version: '1',
  parties: {
    police: { kind: 'POLICE', orgs: [POLICE], desk: 'Police', services: { main: 'open', custody: 'open' } },
    council: { kind: 'LOCAL_AUTHORITY', orgs: [COUNCIL], desk: 'Front door', services: { main: 'open' } },
  },
  existence: [{ id: 'involved', of: ['council.main'], to: ['police.main'] }],
  permits: [
    { id: 'all', readerText: 'all', from: ['*'], records: { about: 'any' }, to: ['*'], show: { summary: true } },
  ],
  releases: [{ id: 'released', tiers: ['originator'], by: ['supervisor'], to: ['*'], show: { summary: true } }],
};

const COUNCILS = filed('childrens-services-status', COUNCIL, { record: 'status', hubReceived: BEFORE });
const MARAC = filed('referral', COUNCIL, { record: 'marac', body: 'marac', tier: 'originator', hubReceived: BEFORE });
const RELEASED = filed('release-made', COUNCIL, {
  terms: {
    directive: 'r',
    feed: 'COUNCIL-feed',
    record: 'marac',
    body: 'marac',
    organisation: POLICE,
    staffKey: staffKeyOf('officer'),
    byRole: 'supervisor',
    fields: ['risk'],
    until: '2027-01-01T00:00:00.000Z',
  },
});
const own = (record: string, change: object = {}) =>
  filed('missing-episode', POLICE, { record, hubReceived: BEFORE, fields: ['returnHomeInterviewAttended'], ...change });

const EVERYBODY_ELSE = [COUNCILS, MARAC, RELEASED];
const party = (change: object = {}) => ({ organisation: POLICE, service: null, team: null, staffKey: null, ...change });
const exclusion = (change: object = {}, envelope: object = {}): FiledContribution =>
  filed('child-exclusion-made', COUNCIL, {
    record: 'exclusion',
    hubReceived: MADE,
    terms: {
      directive: 'e',
      who: [party({ staffKey: staffKeyOf('officer') })],
      view: 'cover',
      seen: [],
      withhold: ['carer', 'sibling', 'household-adult'],
      records: [],
      until: null,
      ...change,
    },
    ...envelope,
  });

interface Question {
  readonly own?: readonly FiledContribution[];
  readonly said?: readonly FiledContribution[];
  readonly pending?: readonly FiledContribution[];
  readonly posts?: readonly Post[];
}
const viewOf = ({ own: records = [own('one')], said = [], pending = [], posts = [OFFICER] }: Question) =>
  read({ posts, agreement: AGREEMENT, filed: [...EVERYBODY_ELSE, ...records, ...said], pending });
const shown = (question: Question) => viewOf(question).entries.map(({ contribution }) => contribution.envelope.record.key).sort(); // prettier-ignore

describe('a child closed to somebody', () => {
  it('was open before, so that what follows can fail', () => {
    expect(shown({})).toEqual(['marac', 'one', 'status']);
    expect(viewOf({}).notices).toHaveLength(1);
  });

  it('leaves what his own service had recorded, and nothing else: permits and releases are beaten', () => {
    const view = viewOf({ said: [exclusion()] });
    expect(view.entries.map(({ contribution }) => contribution.envelope.record.key)).toEqual(['one']);
    expect(view).toMatchObject({ notices: [], linkBeingChecked: false, coveredFrom: Date.parse(MADE) });
    expect(view.references).toEqual([referenceOf(POLICE)]);
  });

  it('is the same as one of which nobody else holds anything', () => {
    const { coveredFrom: _, ...covered } = viewOf({ said: [exclusion()] });
    const alone = read({ posts: [OFFICER], filed: [own('one')] });
    expect({ ...covered, entries: covered.entries.length, inForce: [], agreements: [] }).toMatchObject({
      entries: alone.entries.length,
      notices: alone.notices,
      known: alone.known,
      upTo: alone.upTo,
      moreDetailNeeded: alone.moreDetailNeeded,
      linkBeingChecked: alone.linkBeingChecked,
      childBirthDate: alone.childBirthDate,
      references: alone.references,
    });
  });

  it.each<[string, object[]]>([
    ['by his number', [party({ staffKey: staffKeyOf('officer') })]],
    ['by a number of other days', [party({ staffKey: staffKeyOf('officer-before') })]],
    ['by his team', [party({ team: 'roads' })]],
    ['by his service', [party({ service: 'main' })]],
    ['by his organisation', [party()]],
  ])('knows him %s', (_, who) => {
    const posts = [OFFICER, { ...OFFICER, as: 'officer-before', role: 'clerk' }];
    expect(shown({ said: [exclusion({ who })], posts })).toEqual(['one']);
  });

  it.each<[string, object[]]>([
    ['another person', [party({ staffKey: staffKeyOf('colleague') })]],
    ['another team', [party({ team: 'river' })]],
    ['a team of that name elsewhere', [{ ...party({ team: 'roads' }), organisation: COUNCIL }]],
  ])('is open to him where it is closed to %s', (_, who) =>
    expect(shown({ said: [exclusion({ who })] })).toEqual(['marac', 'one', 'status']),
  );

  it('shows nothing that anybody records from then on, a correction of his own service’s included', () => {
    const corrected = own('one', { version: '2', body: 'corrected', hubReceived: AFTER });
    const view = viewOf({ own: [own('one'), corrected, own('two', { hubReceived: AFTER })], said: [exclusion()] });
    expect(view.entries.map(({ version }) => version)).toEqual(['1']);
  });

  it('brings nothing back: what was withdrawn, or raised to what is sealed, since then', () => {
    const withdrawn = filed('entry-retracted', POLICE, { record: 'one', version: '2', hubReceived: AFTER });
    expect(shown({ own: [own('one'), withdrawn], said: [exclusion()] })).toEqual([]);
    const sealed = own('one', { version: '2', body: 'sealed', tier: 'sealed', hubReceived: AFTER });
    expect(shown({ own: [own('one'), sealed], said: [exclusion()] })).toEqual([]);
  });

  it('withholds what is about him or his family: by whom it is about, by his number, by the guardian’s list', () => {
    const key = staffKeyOf('officer');
    const records = [
      own('perpetrator', { about: 'alleged-perpetrator' }),
      own('carer', { about: 'carer' }),
      own('other', { otherKey: key }),
      own('terms', { terms: { reportedBy: key } }),
      own('listed'),
      own('one'),
    ];
    const listed = [{ subject: referenceOf(POLICE), feed: 'POLICE-feed', record: 'listed' }];
    expect(shown({ own: records, said: [exclusion({ records: listed })] })).toEqual(['one']);
    const fewer = exclusion({ withhold: [] });
    expect(shown({ own: records, said: [fewer] })).toEqual(['carer', 'listed', 'one']);
    const later = own('one', { version: '2', body: 'later', about: 'alleged-perpetrator', hubReceived: AFTER });
    expect(shown({ own: [own('one'), later], said: [exclusion()] })).toEqual([]);
  });

  it('frozen, leaves what he had opened: nothing where he never did', () => {
    const records = [own('early', { hubReceived: '2026-02-01T09:00:00.000Z' }), own('one')];
    const frozen = (seen: object[]) => exclusion({ view: 'frozen', seen });
    expect(shown({ own: records, said: [frozen([])] })).toEqual([]);
    const at = '2026-02-02T09:00:00.000Z';
    expect(shown({ own: records, said: [frozen([{ staffKey: staffKeyOf('officer'), at }])] })).toEqual(['early']);
    expect(shown({ own: records, said: [frozen([{ staffKey: staffKeyOf('colleague'), at }])] })).toEqual([]);
  });

  it('counts from its acknowledgement on, and its end once it is filed', () => {
    expect(shown({ pending: [exclusion()] })).toEqual(['one']);
    expect(viewOf({ pending: [exclusion()] }).notices).toEqual([]);
    const lifted = filed('entry-retracted', COUNCIL, { record: 'exclusion', version: '2', hubReceived: AFTER });
    expect(shown({ said: [exclusion()], pending: [lifted] })).toEqual(['one']);
    expect(shown({ said: [exclusion(), lifted] })).toEqual(['marac', 'one', 'status']);
    expect(shown({ said: [exclusion({ until: AFTER })] })).toEqual(['marac', 'one', 'status']);
  });

  it('on its way, shows no later version in place of the one that he had opened', () => {
    const early = own('one', { hubReceived: '2026-02-01T09:00:00.000Z' });
    const records = [early, own('one', { version: '2', body: 'later' })];
    const seen = [{ staffKey: staffKeyOf('officer'), at: '2026-02-02T09:00:00.000Z' }];
    const frozen = exclusion({ view: 'frozen', seen });
    expect(viewOf({ own: records, said: [frozen] }).entries.map(({ version }) => version)).toEqual(['1']);
    expect(viewOf({ own: records, pending: [frozen] }).entries).toEqual([]);
  });

  it('that cannot be read is closed to everybody', () => {
    const unreadable = filed('child-exclusion-made', COUNCIL, { hubReceived: MADE, unreadable: true });
    const worker: Post = { login: 'worker', organisation: COUNCIL };
    expect(shown({ said: [unreadable] })).toEqual(['one']);
    expect(shown({ said: [unreadable], posts: [worker] })).toEqual(['marac', 'status']);
  });

  it('never shows more than before, to anybody', () => {
    const anyRecord = fc
      .record({
        organisation: fc.constantFrom(POLICE, COUNCIL),
        service: fc.constantFrom('main', 'custody'),
        record: fc.constantFrom('a', 'b', 'c'),
        version: fc.constantFrom('1', '2'),
        about: fc.constantFrom('child' as const, 'carer' as const, 'alleged-perpetrator' as const),
        tier: fc.constantFrom('ordinary' as const, 'originator' as const, 'sealed' as const),
        hubReceived: fc.constantFrom(BEFORE, MADE, AFTER),
      })
      .map(({ organisation, ...change }) => filed('missing-episode', organisation, change));
    const anyExclusion = fc
      .record({
        who: fc.constantFrom([party()], [party({ team: 'roads' })], [party({ staffKey: staffKeyOf('colleague') })]),
        view: fc.constantFrom('cover', 'frozen'),
        withhold: fc.constantFrom([], ['carer']),
        seen: fc.constantFrom([], [{ staffKey: staffKeyOf('officer'), at: BEFORE }]),
      })
      .map((change) => exclusion(change));
    fc.assert(
      fc.property(
        fc.array(anyRecord, { maxLength: 6 }),
        fc.array(anyExclusion, { maxLength: 2 }),
        fc.boolean(),
        (records, made, isPending) => {
          // prettier-ignore
          const without = viewOf({ own: records });
          const withIt = viewOf({ own: records, ...(isPending ? { pending: made } : { said: made }) });
          const versions = (of: typeof without) => of.entries.map(({ record }) => record);
          expect(versions(without)).toEqual(expect.arrayContaining(versions(withIt)));
          expect(without.notices).toEqual(expect.arrayContaining([...withIt.notices]));
        },
      ),
      { numRuns: 80 },
    );
  });
});
