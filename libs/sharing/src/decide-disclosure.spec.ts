import { RELATIONS } from '#contracts';
import * as fc from 'fast-check';
import type { CompiledAgreement } from './compiled-agreement.js';
import { OWN_READER_TEXT, decideDisclosure } from './decide-disclosure.js';
import { decideExistence } from './decide-existence.js';
import { parseAgreement } from './parse-agreement.js';
import { anyQuestion } from '../testing/arbitraries.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import { examplePolicies } from '../testing/example-policies.js';
import type { AdoptedAgreement, Disclosure, RelationKind, SharedEntry, SharingState, Viewer } from './types.js';

type Document = ReturnType<typeof exampleAgreement>;

const compiled = (json: unknown): CompiledAgreement => {
  const parsed = parseAgreement(json);
  if ('refused' in parsed) throw new Error(JSON.stringify(parsed.refused));
  return parsed.agreement;
};
const adopted = (json: unknown): AdoptedAgreement => ({ agreement: compiled(json), adoptions: 'all' });
const example = (change: (document: any) => void = () => {}): AdoptedAgreement => {
  const document = exampleAgreement();
  change(document);
  return adopted(document);
};

const at = Date.parse('2026-06-01T09:00:00Z');
const school: Viewer = {
  staffKey: 'viewer',
  organisation: 'urn:100@la:901',
  organisationKind: 'EDUCATION',
  service: 'dsl',
  role: 'dsl',
};
const door: Viewer = {
  staffKey: 'viewer',
  organisation: 'la:901',
  organisationKind: 'LOCAL_AUTHORITY',
  service: 'door',
  role: 'decision-maker',
};
const plan: SharedEntry = {
  id: 'plan',
  owner: { organisation: 'la:901', service: 'care' },
  type: 'protection-plan',
  recordType: 'cin.plan',
  tier: 'ordinary',
  about: 'child',
  occurred: { from: '2026-02-01', precision: 'day' },
  facts: [],
  fields: [
    { name: 'status', part: 'content', about: 'child' },
    { name: 'lead-contact', part: 'content', about: 'worker' },
    { name: 'unnamed', part: 'content', about: 'child' },
  ],
};
const notice: SharedEntry = {
  ...plan,
  id: 'notice',
  owner: { organisation: 'force:91', service: 'protect' },
  type: 'notice',
  recordType: 'notice',
  fields: [
    { name: 'facts', part: 'content', about: 'child' },
    { name: 'grading', part: 'content', about: 'informant' },
    { name: 'incident-place', part: 'location', about: 'child' },
  ],
};
const state = (change: Partial<SharingState> = {}): SharingState => ({
  at,
  purpose: 'SAFEGUARDING',
  relations: ['on-roll'],
  agreements: [example()],
  childBirthDate: '2014-05-02',
  facts: [],
  ...change,
});
const triage = (change: Partial<SharingState> = {}): SharingState => state({ relations: ['triage'], ...change });
const NOTHING: Disclosure = { summary: false, content: [], location: [], by: [], readerText: null };

describe('decideDisclosure', () => {
  it('shows what a permit names and what the entry holds, and says why in the readers’ words', () => {
    expect(decideDisclosure(school, state(), plan)).toEqual({
      summary: true,
      content: ['lead-contact', 'status'],
      location: [],
      by: ['plan-to-school'],
      readerText: 'Children’s services share plan status and contact with the school',
    });
    // The record type of the source may be named as well as the hub's.
    expect(decideDisclosure(school, state(), { ...plan, type: 'other', recordType: 'Protection-Plan' }).summary).toBe(
      true,
    );
  });

  it.each([
    ['another organisation', { organisation: 'urn:100@la:902' }, {}, {}],
    ['an organisation that only looks alike', { organisation: 'urn:1:2@la:901' }, {}, {}],
    ['another service', { service: 'office' }, {}, {}],
    ['another role', { role: 'caretaker' }, {}, {}],
    ['no relation', {}, { relations: [] }, {}],
    ['another relation', {}, { relations: ['presenting'] }, {}],
    ['no purpose', {}, { purpose: '' }, {}],
    ['another purpose', {}, { purpose: 'FAMILY_GROUP_MEETING' }, {}],
    ['a purpose that nothing names', {}, { purpose: 'GOSSIP' }, {}],
    ['a child who is eighteen today', {}, { childBirthDate: '2008-06-01' }, {}],
    ['a child of unknown age', {}, { childBirthDate: null }, {}],
    ['an unborn child', {}, { childBirthDate: 'unborn' }, {}],
    ['a record of another person', {}, {}, { about: 'sibling' }],
    ['a record of tier originator', {}, {}, { tier: 'originator' }],
    ['a sealed record', {}, {}, { tier: 'sealed' }],
    ['a record that is too old', {}, {}, { occurred: { from: '2025-06-01', precision: 'day' } }],
    ['a record without a time', {}, {}, { occurred: { precision: 'unknown' } }],
    ['another type', {}, {}, { type: 'chat', recordType: 'chat' }],
    ['a hidden service', {}, {}, { owner: { organisation: 'la:901', service: 'adoption' } }],
    ['a service that is not in the agreement', {}, {}, { owner: { organisation: 'la:901', service: 'parks' } }],
    ['an instant before it is in force', {}, { at: Date.parse('2025-12-31T23:59:59.999Z') }, {}],
    ['no agreement', {}, { agreements: [] }, {}],
  ])('shows nothing to %s', (_, viewer, change, entry) => {
    expect(
      decideDisclosure({ ...school, ...viewer }, state(change as Partial<SharingState>), {
        ...plan,
        ...(entry as Partial<SharedEntry>),
      }),
    ).toEqual(NOTHING);
  });

  it('shows to the last moment of seventeen, and a plan that goes on beyond its look-back', () => {
    expect(decideDisclosure(school, state({ childBirthDate: '2008-06-02' }), plan).summary).toBe(true);
    const old = { ...plan, occurred: { from: '2020-01-01', precision: 'day' as const } };
    expect(decideDisclosure(school, state(), { ...old, ended: null }).summary).toBe(true);
    expect(decideDisclosure(school, state(), { ...old, ended: '2026-05-01' }).summary).toBe(true);
    expect(decideDisclosure(school, state(), old)).toEqual(NOTHING);
  });

  it('ends at eighteen where a permit says only how it begins, and goes on where it says how long', () => {
    const shown = (childAge: object, childBirthDate: string): boolean => {
      const agreement = example((document) => (document.permits[0].childAge = childAge));
      return decideDisclosure(school, state({ agreements: [agreement], childBirthDate }), plan).summary;
    };
    expect(shown({ min: 5 }, '2021-06-01')).toBe(true);
    expect(shown({ min: 5 }, '2021-06-02')).toBe(false);
    expect(shown({ min: 5 }, '2008-06-01')).toBe(false);
    expect(shown({ min: 5, max: 24 }, '2008-06-01')).toBe(true);
    expect(shown({ min: 'unborn' }, 'unborn')).toBe(true);
  });

  it('acts only on records whose owner has adopted, from that day until it is withdrawn', () => {
    const agreement = compiled(exampleAgreement());
    const with_ = (adoptions: AdoptedAgreement['adoptions']): boolean =>
      decideDisclosure(school, state({ agreements: [{ agreement, adoptions }] }), plan).summary;
    expect(with_([])).toBe(false);
    expect(with_([{ organisation: 'urn:100@la:901', from: 0 }])).toBe(false);
    expect(with_([{ organisation: 'LA:901', from: at }])).toBe(true);
    expect(with_([{ organisation: 'la:901', from: at + 1 }])).toBe(false);
    expect(with_([{ organisation: 'la:901', from: 0, until: at }])).toBe(false);
  });

  it('shows a field about another person only where the permit includes that person', () => {
    expect(decideDisclosure(door, triage(), notice)).toMatchObject({
      content: ['facts'],
      location: ['incident-place'],
    });
  });

  it('raises one field by its floor, by what it means, and leaves the rest', () => {
    const fields = [
      { name: 'facts', part: 'content' as const, about: 'child' as const },
      { name: 'grading', part: 'content' as const, about: 'child' as const, tierFloor: 'originator' as const },
    ];
    expect(decideDisclosure(door, triage(), { ...notice, fields }).content).toEqual(['facts']);
    const naming = example((document) => document.permits[1].show.content.push('placement-address'));
    const meaning = [...fields, { name: 'placement-address', part: 'content' as const, about: 'child' as const }];
    expect(decideDisclosure(door, triage({ agreements: [naming] }), { ...notice, fields: meaning }).content).toEqual([
      'facts',
    ]);
  });

  it('caps what a relation opens, and not what another does', () => {
    expect(decideDisclosure(door, triage({ relations: ['asserted'] }), notice)).toMatchObject({
      summary: true,
      content: [],
      location: [],
    });
    expect(decideDisclosure(door, triage({ relations: ['asserted', 'triage'] }), notice).content).toEqual(['facts']);
  });

  it('withholds what a forbid names while its fact holds, of the child or of the entry', () => {
    for (const [facts, entryFacts] of [
      [['address-protected'], []],
      [[], ['address-protected']],
    ])
      expect(decideDisclosure(door, triage({ facts: facts! }), { ...notice, facts: entryFacts! })).toMatchObject({
        content: ['facts'],
        location: [],
      });
  });

  it('holds a forbid of one agreement against the permit of another, whose records its owner put under both', () => {
    const other = example((document: Document) => {
      document.id = 'second';
      document.permits = [];
      document.forbids = [{ id: 'none-of-it', to: ['*'] } as never];
    });
    expect(decideDisclosure(school, state({ agreements: [example(), other] }), plan)).toEqual(NOTHING);
    const elsewhere = { ...other, adoptions: [{ organisation: 'force:91', from: 0 }] };
    expect(decideDisclosure(school, state({ agreements: [example(), elsewhere] }), plan).summary).toBe(true);
  });

  it('counts an unknown age against the viewer in a forbid too', () => {
    const forbidding = example((document) => {
      document.permits[0].childAge = { min: 'unborn', max: 99 };
      document.forbids = [{ id: 'teenagers', to: ['*'], childAge: { min: 13, max: 17 } }];
    });
    const shown = (childBirthDate: string | null): boolean =>
      decideDisclosure(school, state({ agreements: [forbidding], childBirthDate }), plan).summary;
    expect([shown('2020-01-01'), shown('2010-01-01'), shown('2013'), shown(null)]).toEqual([true, false, false, false]);
  });

  describe('releases', () => {
    const release = {
      entryId: 'notice',
      owner: notice.owner,
      byRole: 'supervisor',
      staffKey: 'viewer',
      from: '2026-05-20',
      until: '2026-09-01',
    };
    const originator: SharedEntry = {
      ...notice,
      tier: 'originator',
      fields: [...notice.fields, { name: 'sanitised-text', part: 'content', about: 'informant' }],
    };
    const released = (change: object, when = at): Disclosure =>
      decideDisclosure(door, triage({ at: when, releases: [{ ...release, ...change }] }), originator);

    it('show tier originator to the person named, for as long as the clause allows', () => {
      expect(released({})).toMatchObject({ summary: true, content: ['sanitised-text'], by: ['released'] });
      expect(released({}, Date.parse('2026-06-16T22:59:59.999Z')).summary).toBe(true);
      expect(released({}, Date.parse('2026-06-16T23:00:00Z'))).toEqual(NOTHING);
      expect(released({ fields: [] })).toMatchObject({ summary: true, content: [] });
    });

    it.each([
      ['another person', { staffKey: 'someone' }],
      ['another entry', { entryId: 'other' }],
      ['by a role that may not', { byRole: 'clerk' }],
      ['by another owner', { owner: { organisation: 'la:901', service: 'care' } }],
      ['not yet', { from: '2026-06-02' }],
      ['no longer', { until: '2026-06-01' }],
      ['at no time that can be read', { until: 'for ever' }],
    ])('show nothing: %s', (_, change) => {
      expect(released(change)).toEqual(NOTHING);
    });
  });

  describe('the baseline', () => {
    const own: Viewer = { ...door, service: 'care', role: 'any' };

    it('shows all of one’s own service’s records but what is sealed, with a relation and without an agreement', () => {
      const fields: SharedEntry['fields'] = [
        ...plan.fields,
        { name: 'adoptionDate', part: 'content', about: 'child' },
        { name: 'home', part: 'location', about: 'carer' },
      ];
      expect(decideDisclosure(own, state({ relations: ['team'], agreements: [] }), { ...plan, fields })).toEqual({
        summary: true,
        content: ['lead-contact', 'status', 'unnamed'],
        location: ['home'],
        by: [],
        readerText: OWN_READER_TEXT,
      });
      expect(decideDisclosure(own, state({ relations: [], agreements: [] }), plan)).toEqual(NOTHING);
      expect(decideDisclosure(own, state({ relations: ['team'] }), { ...plan, tier: 'sealed' })).toEqual(NOTHING);
      expect(decideDisclosure(own, state({ relations: ['team'] }), { ...plan, tier: 'originator' }).summary).toBe(true);
      expect(decideDisclosure(door, state({ relations: ['team'], agreements: [] }), plan)).toEqual(NOTHING);
      const nobody = { organisation: '', service: 'care' };
      expect(
        decideDisclosure({ ...own, ...nobody }, state({ relations: ['team'] }), { ...plan, owner: nobody }),
      ).toEqual(NOTHING);
    });

    it('lets each purpose rest on its own relations', () => {
      const allowed = (purpose: string, agreements: AdoptedAgreement[] = []): RelationKind[] =>
        [...RELATIONS, 'emergency'].filter(
          (relation): relation is RelationKind =>
            decideDisclosure(own, state({ purpose, relations: [relation as RelationKind], agreements }), plan).summary,
        ) as RelationKind[];
      const all = ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'];
      expect(allowed('safeguarding')).toEqual(all);
      expect(allowed('CHILD_PROTECTION')).toEqual(['allocated', 'team', 'triage', 'duty', 'presenting', 'invited']);
      expect(allowed('DIRECT_CARE')).toEqual(['registered', 'presenting']);
      expect(allowed('EMERGENCY')).toEqual(['emergency']);
      expect(allowed('FAMILY_GROUP_MEETING', [example()])).toEqual([
        'allocated',
        'team',
        'duty',
        'on-roll',
        'registered',
      ]);
      expect(allowed('FAMILY_GROUP_MEETING')).toEqual([]);
    });

    it('is narrowed by a document for its own clauses', () => {
      const wide = example((document) => (document.permits[1].relation = 'any'));
      expect(decideDisclosure(door, triage({ agreements: [wide], relations: ['team'] }), notice)).toEqual(NOTHING);
      expect(decideDisclosure(door, triage({ agreements: [wide] }), notice).summary).toBe(true);
    });

    it('can be left out for a table: then the documents alone decide, and nothing is one’s own', () => {
      const policies = adopted(examplePolicies());
      const reader = { ...own, organisation: 'HEALTH-01', organisationKind: 'HEALTH', service: '' };
      const entry = { ...plan, owner: { organisation: 'HEALTH-01', service: '' }, recordType: 'health.details' };
      const asked = state({ relations: [], agreements: [policies] });
      expect(decideDisclosure(reader, asked, entry)).toEqual(NOTHING);
      expect(decideDisclosure(reader, asked, entry, { baseline: false }).by).toEqual([
        'HEALTH-01.defaults[1].CONTENT.1',
      ]);
      // No relation meets a clause for any, and none that lists relations.
      expect(decideDisclosure(school, state({ relations: [] }), plan, { baseline: false })).toEqual(NOTHING);
      expect(decideDisclosure(school, state(), plan, { baseline: false }).summary).toBe(true);
    });
  });
});

describe('decideExistence', () => {
  const care = { organisation: 'la:901', service: 'care', recordTypes: [], facts: ['open-episode'] };
  const NONE = { shown: false, partyKind: null, desk: null, by: [] };

  it('says kind and desk, and nothing of what is held', () => {
    const shown = decideExistence(school, state(), care);
    expect(shown).toEqual({
      shown: true,
      partyKind: 'LOCAL_AUTHORITY',
      desk: 'Front door 01632 960901',
      by: ['who-helps'],
    });
    expect(decideExistence(school, state(), { ...care, recordTypes: ['protection-plan', 'notice'] })).toEqual(shown);
  });

  it.each([
    ['an episode that is over', {}, { facts: [] }],
    ['no relation', { relations: [] as RelationKind[] }, {}],
    ['another purpose', { purpose: 'FAMILY_GROUP_MEETING' }, {}],
    ['a grown-up', { childBirthDate: '2000-01-01' }, {}],
    ['a hidden service', {}, { service: 'adoption' }],
    ['a service that no clause names', {}, { organisation: 'force:91', service: 'protect' }],
  ])('shows nothing for %s', (_, change, service) => {
    expect(decideExistence(school, state(change), { ...care, ...service })).toEqual(NONE);
  });

  it('shows a guarded service by a clause that names it, never by one for all', () => {
    const minds = { organisation: 'ods:ZZ1', service: 'minds', recordTypes: [], facts: ['open-episode'] };
    const worker: Viewer = { ...door, service: 'care' };
    const asked = (agreement: AdoptedAgreement): SharingState =>
      state({
        agreements: [agreement],
        relations: ['allocated'],
        purpose: 'CHILD_PROTECTION',
        facts: ['young-person-agreed'],
      });
    expect(decideExistence(worker, asked(example()), minds).by).toEqual(['minds-to-care']);
    // What forbids everything of a service forbids that it is shown at all.
    expect(decideExistence(worker, { ...asked(example()), facts: [] }, minds)).toEqual(NONE);
    const forAll = example((document) => (document.existence[1].of = ['*']));
    expect(decideExistence(worker, asked(forAll), minds)).toEqual(NONE);
    expect(
      decideExistence(worker, asked(forAll), { ...minds, organisation: 'ods:ZZ2/9', service: 'urgent' }).shown,
    ).toBe(true);
  });

  it('shows a hidden service by a release alone', () => {
    const hidden = { organisation: 'ods:ZZ1', service: 'sexual-health', recordTypes: [], facts: [] };
    const release = { entryId: 'x', byRole: 'supervisor', staffKey: 'viewer', from: '2026-05-20', until: '2026-09-01' };
    expect(decideExistence(door, triage(), hidden)).toEqual(NONE);
    expect(decideExistence(door, triage({ releases: [{ ...release, owner: hidden }] }), hidden).by).toEqual([
      'released',
    ]);
  });
});

describe('whatever is asked', () => {
  const decide = (viewer: Viewer, asked: SharingState, entry: SharedEntry, baseline: boolean): Disclosure =>
    decideDisclosure(viewer, asked, entry, { baseline });
  const visible = ({ summary, content, location }: Disclosure): Set<string> =>
    new Set([
      ...(summary ? ['summary'] : []),
      ...content.map((each) => `c ${each}`),
      ...location.map((each) => `l ${each}`),
    ]);
  const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
    fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

  const reordered = fc
    .tuple(
      ...(['permits', 'forbids', 'caps', 'existence', 'releases'] as const).map((list) =>
        shuffled<any>(exampleAgreement()[list]),
      ),
    )
    .map(([permits, forbids, caps, existence, releases]) =>
      adopted({ ...exampleAgreement(), permits, forbids, caps, existence, releases }),
    );
  const second = example((document) => {
    document.id = 'second';
    document.permits[1].roles = 'any';
    document.permits[1].show = { content: ['grading'] };
    document.caps = [];
    document.forbids = [{ id: 'no-leads', fields: ['lead-contact'], to: ['school.dsl'] }];
  });
  const original = [example(), second, adopted(examplePolicies())];

  it('is answered the same in any order of clauses and documents', () => {
    fc.assert(
      fc.property(
        anyQuestion,
        reordered.chain((first) => shuffled([first, ...original.slice(1)])),
        fc.boolean(),
        ([viewer, rest, entry], agreements, baseline) => {
          const before = { ...rest, agreements: original };
          const after = { ...rest, agreements };
          expect(decide(viewer, after, entry, baseline)).toEqual(decide(viewer, before, entry, baseline));
          const service = { ...entry.owner, recordTypes: [entry.recordType], facts: entry.facts };
          expect(decideExistence(viewer, after, service)).toEqual(decideExistence(viewer, before, service));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('is nothing without an agreement, but for one’s own', () => {
    fc.assert(
      fc.property(anyQuestion, fc.boolean(), ([viewer, rest, entry], baseline) => {
        const own =
          viewer.organisation.toLowerCase() === entry.owner.organisation && viewer.service === entry.owner.service;
        const shown = decide(viewer, { ...rest, agreements: [] }, entry, baseline);
        if (!own || !baseline) expect(shown).toEqual(NOTHING);
      }),
      { numRuns: 1000 },
    );
  });

  it('never shows more under another cap or forbid', () => {
    const restriction = fc.record({
      to: fc.constantFrom(['*'], ['council.door'], ['school.dsl']),
      relation: fc.constantFrom('any', ['triage'], ['on-roll', 'asserted']),
      records: fc.constantFrom({}, { types: ['notice'] }, { about: ['child'] }, { tiers: ['special'] }),
    });
    fc.assert(
      fc.property(anyQuestion, restriction, fc.boolean(), ([viewer, rest, entry], more, asCap) => {
        const stricter = example((document) => {
          if (asCap) document.caps.push({ ...more, id: 'more', max: { content: ['facts', 'status'] } });
          else document.forbids.push({ ...more, id: 'more' });
        });
        const before = visible(decide(viewer, { ...rest, agreements: [example()] }, entry, true));
        const after = visible(decide(viewer, { ...rest, agreements: [stricter] }, entry, true));
        expect([...after].filter((each) => !before.has(each))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('never shows what is sealed, nor anything without a relation', () => {
    fc.assert(
      fc.property(anyQuestion, ([viewer, rest, entry]) => {
        const asked = { ...rest, agreements: original };
        expect(decideDisclosure(viewer, asked, { ...entry, tier: 'sealed' })).toEqual(NOTHING);
        expect(decideDisclosure(viewer, { ...asked, relations: [] }, entry)).toEqual(NOTHING);
      }),
      { numRuns: 500 },
    );
  });

  it('is reached by these trials: many are answered with something', () => {
    const sample = fc.sample(anyQuestion, { numRuns: 2000, seed: 7 });
    const answered = sample.filter(
      ([viewer, rest, entry]) => decideDisclosure(viewer, { ...rest, agreements: original }, entry).by.length > 0,
    );
    expect(answered.length).toBeGreaterThan(200);
  });
});
