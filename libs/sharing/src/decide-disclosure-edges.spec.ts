import type { CompiledAgreement } from './compiled-agreement.js';
import {
  decideDisclosure,
  decideGrants,
  disclosureOf,
  isOwn,
  occurredSpan,
  usedRelations,
} from './decide-disclosure.js';
import { parseAgreement } from './parse-agreement.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import { examplePolicies } from '../testing/example-policies.js';
import type { AdoptedAgreement, EntryField, Grant, RelationKind, SharedEntry, SharingState, Viewer } from './types.js';

const compiled = (json: unknown): CompiledAgreement => {
  const parsed = parseAgreement(json);
  if ('refused' in parsed) throw new Error(JSON.stringify(parsed.refused));
  return parsed.agreement;
};
const example = (change: (document: any) => void = () => {}): AdoptedAgreement => {
  const document = exampleAgreement();
  change(document);
  return { agreement: compiled(document), adoptions: 'all' };
};

const at = Date.parse('2026-06-01T09:00:00Z');
const door: Viewer = {
  staffKey: 'viewer',
  organisation: 'la:901',
  organisationKind: 'LOCAL_AUTHORITY',
  service: 'door',
  role: 'decision-maker',
};
const field = (name: string, change: Partial<EntryField> = {}): EntryField => ({
  name,
  part: 'content',
  about: 'child',
  ...change,
});
const notice: SharedEntry = {
  id: 'notice',
  owner: { organisation: 'force:91', service: 'protect' },
  type: 'notice',
  recordType: 'police.notice',
  tier: 'ordinary',
  about: 'child',
  occurred: { from: '2026-02-01', precision: 'day' },
  facts: [],
  fields: [field('facts'), field('grading'), field('incident-place', { part: 'location' })],
};
const state = (change: Partial<SharingState> = {}): SharingState => ({
  at,
  purpose: 'SAFEGUARDING',
  relations: ['triage'],
  agreements: [example()],
  childBirthDate: '2014-05-02',
  facts: [],
  ...change,
});
/** State with the second permit of the example, from the police to the front door, changed. */
const permitting = (change: object, more: Partial<SharingState> = {}): SharingState =>
  state({ agreements: [example((document) => Object.assign(document.permits[1], change))], ...more });
const forbidding = (forbid: object, more: Partial<SharingState> = {}): SharingState =>
  state({
    agreements: [
      example((document) => {
        document.permits[1].childAge = { min: 'unborn', max: 99 };
        document.forbids.push({ id: 'more', to: ['*'], ...forbid });
      }),
    ],
    ...more,
  });
const capping = (cap: object): SharingState =>
  state({
    agreements: [example((document) => document.caps.push({ id: 'more', to: ['*'], max: { summary: true }, ...cap }))],
  });
const shows = (asked: SharingState, entry: Partial<SharedEntry> = {}, viewer: Partial<Viewer> = {}): boolean =>
  decideDisclosure({ ...door, ...viewer }, asked, { ...notice, ...entry }).summary;
const content = (asked: SharingState, entry: Partial<SharedEntry> = {}): readonly string[] =>
  decideDisclosure(door, asked, { ...notice, ...entry }).content;

describe('own records', () => {
  it('are of the same organisation, however it is written, and the same service', () => {
    const own = (viewer: Partial<Viewer>, organisation: string, service: string): boolean =>
      isOwn({ ...door, ...viewer }, { organisation, service });
    expect(own({}, 'LA:901', 'door')).toBe(true);
    expect(own({}, 'la:901', 'care')).toBe(false);
    expect(own({}, 'la:902', 'door')).toBe(false);
    expect(own({ organisation: '' }, '', 'door')).toBe(false);
  });

  it('show a field however high but one that is sealed, by its sender or its meaning', () => {
    const fields = [
      field('a', { tierFloor: 'originator' }),
      field('b', { tierFloor: 'sealed' }),
      field('Adoption_Date'),
      field('weapon-marker'),
      field('placement address', { part: 'location' }),
      field('incident-place', { part: 'location' }),
    ];
    expect(decideDisclosure(door, state(), { ...notice, owner: door, fields })).toMatchObject({
      summary: true,
      content: ['a', 'weapon-marker'],
      location: ['incident-place'],
      by: [],
    });
  });
});

describe('the relations of a read', () => {
  it('are those that allow its purpose; without the baseline those that there are, or none', () => {
    const used = (relations: RelationKind[], purpose: string, baseline: boolean) =>
      usedRelations(state({ relations, purpose }), baseline);
    expect(used(['on-roll', 'triage', 'emergency'], 'CHILD_PROTECTION', true)).toEqual(['triage']);
    expect(used(['on-roll', 'team'], 'family_group_meeting', true)).toEqual(['on-roll', 'team']);
    expect(used(['on-roll', 'team'], 'GOSSIP', true)).toEqual([]);
    expect(used(['emergency'], 'GOSSIP', false)).toEqual(['emergency']);
    expect(used([], 'SAFEGUARDING', false)).toEqual([null]);
    expect(used([], 'SAFEGUARDING', true)).toEqual([]);
  });
});

describe('when something occurred', () => {
  it('is a stretch from the first to the last moment that is meant', () => {
    const span = (occurred: object) => occurredSpan({ precision: 'range', ...occurred });
    expect(span({ from: '2026-01-01', to: '2026-01-31' })).toEqual({
      start: Date.parse('2026-01-01T00:00:00Z'),
      last: Date.parse('2026-01-31T23:59:59.999Z'),
    });
    expect(span({ to: '2026-01' })).toEqual(span({ from: '2026-01' }));
    expect(span({ from: '2026-01-02', to: '2026-01-01' })).toBeNull();
    expect(span({ from: '2026-01-01', to: '2026-01-01' })).not.toBeNull();
    expect(span({ from: '2026-01-01T10:00:00Z', to: '2026-01-01T10:00:00Z' })).not.toBeNull();
    expect(span({ from: 'spring', to: '2026-01-01' })).toBeNull();
    expect(span({ from: '2026-01-01', to: 'spring' })).toBeNull();
    expect(span({})).toBeNull();
  });
});

describe('an age that opens', () => {
  const aged = (childAge: object, childBirthDate: string | null, entry: Partial<SharedEntry> = {}): boolean =>
    shows(permitting({ childAge }, { childBirthDate }), entry);

  it('is certain on the birthday and not before, for a date known by month or year too', () => {
    expect(
      ['2014-06-01', '2014-06-02', '2014-05', '2014-06', '2013', '2014'].map((born) => aged({ min: 12 }, born)),
    ).toEqual([true, false, true, false, true, false]);
    expect(
      ['2013-06-02', '2013-06-01', '2013-07', '2013-06', '2014', '2013'].map((born) =>
        aged({ min: 'unborn', max: 12 }, born),
      ),
    ).toEqual([true, false, true, false, true, false]);
  });

  it('counts at the time of the record where it says so', () => {
    const max = { max: 11, at: 'occurred' };
    expect(aged(max, '2014-02-02')).toBe(true);
    expect(aged(max, '2014-02-01')).toBe(false);
    expect(aged(max, '2014-02-02', { occurred: { from: '2026-02', precision: 'month' } })).toBe(false);
    expect(aged(max, '2014-02-02', { occurred: { precision: 'unknown' } })).toBe(false);
  });

  it('is no age of somebody unborn or unknown, unless it begins before birth', () => {
    expect([null, '', 'unborn', 'soon'].map((born) => aged({ min: 0, max: 17 }, born))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([null, '', 'unborn', 'soon'].map((born) => aged({ min: 'unborn', max: 17 }, born))).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(aged({ min: 'unborn', max: 17 }, '2027-01-01')).toBe(true);
    expect(aged({ min: 0, max: 17 }, '2027-01-01')).toBe(false);
  });

  it('may be of the person it is about: the record says whose, else the child’s', () => {
    const about = (
      of: string[] | undefined,
      entry: Partial<SharedEntry>,
      aboutBirthDate: string | null = null,
    ): boolean =>
      shows(
        permitting(
          { aboutAge: { of, min: 18, at: 'read' }, records: { types: ['notice'], about: 'any' } },
          { aboutBirthDate },
        ),
        entry,
      );
    const of = ['household-adult', 'child'];
    expect(about(of, { about: 'household-adult', aboutBirthDate: '1990-01-01' })).toBe(true);
    expect(about(of, { about: 'household-adult', aboutBirthDate: '2010-01-01' })).toBe(false);
    expect(about(of, { about: 'household-adult', aboutBirthDate: '2010-01-01' }, '1990-01-01')).toBe(false);
    expect(about(of, { about: 'household-adult' }, '1990-01-01')).toBe(true);
    expect(about(of, { about: 'household-adult' })).toBe(false);
    expect(about(of, { about: 'carer', aboutBirthDate: '2010-01-01' })).toBe(true);
    expect(about(of, { about: 'child', aboutBirthDate: '1990-01-01' })).toBe(false);
  });
});

describe('an age that closes', () => {
  const closes = (childAge: object, childBirthDate: string | null, entry: Partial<SharedEntry> = {}): boolean =>
    !shows(forbidding({ childAge }, { childBirthDate }), entry);

  it('may be, for a date known by month or year', () => {
    expect(
      ['2014-06-01', '2014-06-02', '2014-05', '2014-06', '2014-07', '2014', '2015'].map((born) =>
        closes({ min: 12 }, born),
      ),
    ).toEqual([true, false, true, true, false, true, false]);
    expect(
      ['2013-06-02', '2013-06-01', '2013-05', '2013-06', '2013', '2012'].map((born) =>
        closes({ min: 'unborn', max: 12 }, born),
      ),
    ).toEqual([true, false, false, true, true, false]);
  });

  it('holds for an age that is not known, and not for one that is', () => {
    const max = { max: 11, at: 'occurred' };
    expect([null, '', 'unborn', 'soon'].map((born) => closes({ min: 0, max: 11 }, born))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(closes(max, '2014-02-02', { occurred: { from: '2026-02', precision: 'month' } })).toBe(true);
    expect(closes(max, '2014-02-01', { occurred: { from: '2026-02-01', precision: 'day' } })).toBe(false);
    expect(closes(max, '2000-01-01', { occurred: { precision: 'unknown' } })).toBe(true);
    expect(closes({ min: 'unborn', max: 11 }, 'unborn')).toBe(true);
  });
});

describe('a birthday', () => {
  const midnight = Date.parse('2026-05-31T23:00:00Z');
  const childBirthDate = '2014-06-01';

  it('turns what opens and what closes at its first instant', () => {
    for (const [when, isTwelve] of [
      [midnight - 1, false],
      [midnight, true],
    ] as const) {
      expect(shows(permitting({ childAge: { min: 12 } }, { childBirthDate, at: when }))).toBe(isTwelve);
      expect(shows(permitting({ childAge: { max: 11 } }, { childBirthDate, at: when }))).toBe(!isTwelve);
      expect(shows(forbidding({ childAge: { min: 12 } }, { childBirthDate, at: when }))).toBe(!isTwelve);
      expect(shows(forbidding({ childAge: { max: 11 } }, { childBirthDate, at: when }))).toBe(isTwelve);
    }
  });

  it('that is not known opens nothing, even where any age would do', () => {
    const anyAge = (aboutBirthDate: string | null): boolean =>
      shows(
        permitting({
          records: { types: ['notice'], about: 'any' },
          aboutAge: { of: ['household-adult'], min: 'unborn' },
        }),
        { about: 'household-adult', aboutBirthDate },
      );
    expect([null, '', '1990-01-01'].map(anyAge)).toEqual([false, false, true]);
    const adult = permitting({
      records: { types: ['notice'], about: 'any' },
      aboutAge: { of: ['household-adult'], min: 18 },
    });
    expect(shows(adult, { about: 'household-adult', aboutBirthDate: 'soon' })).toBe(false);
  });
});

describe('documents beside each other', () => {
  it('act only where the owner is a party of them', () => {
    const elsewhere = example((document) => {
      document.id = 'elsewhere';
      document.parties.police.orgs = ['force:92'];
      document.forbids = [{ id: 'all', to: ['*'] }];
    });
    expect(shows(state({ agreements: [example(), elsewhere] }))).toBe(true);
  });

  it('name a purpose where one of them does', () => {
    const without = example((document) => {
      delete document.purposes.FAMILY_GROUP_MEETING;
    });
    const used = usedRelations(
      state({ agreements: [without, example()], purpose: 'FAMILY_GROUP_MEETING', relations: ['team'] }),
      true,
    );
    expect(used).toEqual(['team']);
  });
});

describe('a look-back', () => {
  it('runs from the end, else from the last of when it occurred, to the instant it is over', () => {
    const within = (entry: Partial<SharedEntry>, when: string): boolean =>
      shows(permitting({ records: { types: ['notice'], lookback: 'P3M' } }, { at: Date.parse(when) }), entry);
    expect(within({}, '2026-04-30T22:59:59.999Z')).toBe(true);
    expect(within({}, '2026-04-30T23:00:00Z')).toBe(false);
    const range = { occurred: { from: '2026-02-01', to: '2026-03-01', precision: 'range' as const } };
    expect(within(range, '2026-05-31T22:59:59.999Z')).toBe(true);
    expect(within(range, '2026-05-31T23:00:00Z')).toBe(false);
    expect(within({ ...range, ended: '2026-02-15' }, '2026-05-14T23:00:00Z')).toBe(false);
    expect(within({ ...range, ended: '2026-02-15' }, '2026-05-14T22:59:59Z')).toBe(true);
    expect(within({ ended: null }, '2027-06-01T00:00:00Z')).toBe(true);
    expect(within({ occurred: { precision: 'unknown' } }, '2026-02-01T00:00:00Z')).toBe(false);
    expect(within({ ended: 'unclear' }, '2026-02-01T00:00:00Z')).toBe(false);
  });
});

describe('facts', () => {
  const [one, two] = ['address-protected', 'young-person-agreed'];

  it('open all together, and one exception closes', () => {
    const open = (change: object, facts: string[]): boolean => shows(permitting(change, { facts }));
    expect(open({ when: [one, two] }, [one])).toBe(false);
    expect(open({ when: [one, two] }, [one, two])).toBe(true);
    expect(open({ unless: [one, two] }, [two])).toBe(false);
    expect(open({ unless: [one, two] }, [])).toBe(true);
  });

  it('close each alone, and one exception lifts it', () => {
    const closed = (change: object, facts: string[], ofEntry: string[] = []): boolean =>
      !shows(forbidding(change, { facts }), { facts: ofEntry });
    expect(closed({ when: [one, two] }, [two])).toBe(true);
    expect(closed({ when: [one, two] }, [], [one])).toBe(true);
    expect(closed({ when: [one, two] }, [])).toBe(false);
    expect(closed({ unless: [one, two] }, [two])).toBe(false);
    expect(closed({ unless: [one, two] }, [], [one])).toBe(false);
    expect(closed({ unless: [one, two] }, [])).toBe(true);
  });
});

describe('a restriction', () => {
  it('asks for viewer, role, relation, purpose and type, and is none where one differs', () => {
    for (const matching of [
      {},
      { to: ['council.door'] },
      { to: ['council.*'] },
      { roles: ['decision-maker'] },
      { relation: ['triage', 'team'] },
      { purposes: ['SAFEGUARDING'] },
      { records: { types: ['Notice'] } },
      { records: { types: ['POLICE.notice'] } },
      { records: { from: ['police.protect'] } },
      { records: { tiers: ['ordinary', 'special'] } },
      { records: { about: ['child', 'carer'] } },
    ])
      expect([matching, shows(forbidding(matching))]).toEqual([matching, false]);
    for (const differing of [
      { to: ['council.care'] },
      { to: ['school.*'] },
      { roles: ['clerk'] },
      { relation: ['team'] },
      { purposes: ['DIRECT_CARE'] },
      { records: { types: ['plan'] } },
      { records: { from: ['council.care', 'health.*'] } },
      { records: { tiers: ['special'] } },
      { records: { about: ['carer'] } },
    ])
      expect([differing, shows(forbidding(differing))]).toEqual([differing, true]);
  });

  it('by tier or person takes the one field that it reaches', () => {
    const fields = [field('facts', { tierFloor: 'special' }), field('grading', { about: 'worker' })];
    expect(content(forbidding({ records: { tiers: ['special'] } }), { fields })).toEqual(['grading']);
    expect(
      content(forbidding({ records: { about: ['carer'] } }), { fields: [field('facts', { about: 'carer' })] }),
    ).toEqual([]);
    expect(content(forbidding({ fields: ['facts'] }), { fields })).toEqual(['grading']);
    expect(shows(forbidding({ fields: ['facts'] }), { fields })).toBe(true);
  });

  it('as a cap leaves what it names of what it reaches', () => {
    expect(content(capping({ max: { content: ['facts'] } }))).toEqual(['facts']);
    expect(shows(capping({ max: { content: ['facts'] } }))).toBe(false);
    expect(content(capping({}))).toEqual([]);
    expect(content(capping({ relation: ['asserted'] }))).toEqual(['facts', 'grading']);
    expect(content(capping({ records: { tiers: ['special'] } }))).toEqual(['facts', 'grading']);
    const fields = [field('facts', { tierFloor: 'special' }), field('grading')];
    expect(content(capping({ records: { tiers: ['special'] } }), { fields })).toEqual(['grading']);
  });

  it('under a relation is none without one', () => {
    const asked = permitting({ relation: 'any' }, { relations: [] });
    const [agreement] = asked.agreements;
    const open = {
      ...asked,
      agreements: [
        example((document) => {
          delete document.purposes;
          document.permits[1].relation = 'any';
          document.permits[1].purposes = 'any';
          document.existence = [];
          document.permits = [document.permits[1]];
          document.forbids = [{ id: 'more', to: ['*'], relation: ['triage'] }];
          document.caps = [{ id: 'cap', to: ['*'], relation: ['triage'], max: { location: ['x'] } }];
        }),
      ],
    };
    expect(agreement).toBeDefined();
    expect(decideDisclosure(door, open, notice, { baseline: false }).summary).toBe(true);
    expect(decideDisclosure(door, { ...open, relations: ['triage'] }, notice, { baseline: false }).summary).toBe(false);
  });
});

describe('the tier of a field', () => {
  const showing = (fields: EntryField[], tier: SharedEntry['tier'], tiers?: string[]): readonly string[] =>
    content(
      permitting({
        records: { types: ['notice'], ...(tiers ? { tiers } : {}) },
        show: { content: ['facts', 'Weapon_Marker', 'adoption-date'] },
      }),
      { fields, tier },
    );

  it('is the highest of its entry’s, its sender’s and its meaning’s', () => {
    const marker = field('Weapon_Marker');
    expect(showing([field('facts'), marker], 'contact', ['contact'])).toEqual(['facts']);
    expect(showing([field('facts'), marker], 'contact', ['contact', 'special'])).toEqual(['Weapon_Marker', 'facts']);
    expect(showing([field('facts', { tierFloor: 'contact' })], 'ordinary', ['ordinary'])).toEqual(['facts']);
    expect(showing([field('facts', { tierFloor: 'special' })], 'ordinary', ['ordinary'])).toEqual([]);
    expect(showing([field('Weapon_Marker', { tierFloor: 'originator' })], 'ordinary')).toEqual([]);
    expect(showing([field('adoption-date')], 'ordinary')).toEqual([]);
  });
});

describe('whom a field is about', () => {
  it('must be in the permit, but for workers and organisations', () => {
    const fields = [
      field('facts', { about: 'worker' }),
      field('grading', { about: 'organisation' }),
      field('incident-place', { part: 'location', about: 'informant' }),
    ];
    expect(decideDisclosure(door, state(), { ...notice, fields })).toMatchObject({
      content: ['facts', 'grading'],
      location: [],
    });
    const anyone = permitting({ records: { types: ['notice'], about: 'any' } });
    expect(decideDisclosure(door, anyone, { ...notice, fields }).location).toEqual(['incident-place']);
    expect(shows(anyone, { about: 'informant' })).toBe(true);
    expect(shows(state(), { about: 'informant' })).toBe(false);
  });
});

describe('a release', () => {
  const release = {
    entryId: 'notice',
    owner: { organisation: 'FORCE:91', service: 'protect' },
    byRole: 'supervisor',
    staffKey: 'viewer',
    from: '2026-05-20',
    until: '2026-06-10',
  };
  const released = (
    clause: object,
    entry: Partial<SharedEntry> = {},
    change: object = {},
    viewer: Partial<Viewer> = {},
    when = at,
  ) =>
    decideDisclosure(
      { ...door, ...viewer },
      state({
        at: when,
        agreements: [example((document) => Object.assign(document.releases[0], clause))],
        releases: [{ ...release, ...change }],
      }),
      { ...notice, tier: 'originator', fields: [field('sanitised-text', { about: 'informant' })], ...entry },
    );

  it('is for its tiers, from its services, by its roles, in its time', () => {
    expect(released({}).content).toEqual(['sanitised-text']);
    expect(released({ tiers: ['special'] }).summary).toBe(false);
    expect(released({ tiers: ['special', 'originator'] }).summary).toBe(true);
    expect(released({ from: ['council.care'] }).summary).toBe(false);
    expect(released({ from: ['police.protect'] }).summary).toBe(true);
    expect(released({ by: ['marac-coordinator'] }).summary).toBe(false);
    expect(released({}, {}, { staffKey: '' }, { staffKey: '' }).summary).toBe(false);
    expect(released({}, {}, { from: 'unclear' }).summary).toBe(false);
    expect(released({}, {}, {}, {}, Date.parse('2026-05-19T22:59:59.999Z')).summary).toBe(false);
    expect(released({}, {}, {}, {}, Date.parse('2026-05-19T23:00:00Z')).summary).toBe(true);
    expect(released({}, {}, {}, {}, Date.parse('2026-06-09T22:59:59.999Z')).summary).toBe(true);
    expect(released({}, {}, {}, {}, Date.parse('2026-06-09T23:00:00Z')).summary).toBe(false);
    expect(released({ maxFor: 'P10D' }).summary).toBe(false);
    expect(released({ maxFor: undefined }).summary).toBe(true);
    expect(released({ relation: ['team'] }).summary).toBe(false);
    expect(released({ childAge: { max: 11 } }).summary).toBe(false);
  });

  it('is of a service that the document lists', () => {
    const owner = { organisation: 'force:91', service: 'dogs' };
    expect(released({}, { owner }, { owner }).summary).toBe(false);
  });

  it('shows the fields released of those that the clause shows, never one that is sealed', () => {
    const clause = { show: { content: ['sanitised-text', 'facts', 'grading'] } };
    const fields = [field('sanitised-text', { tierFloor: 'sealed' }), field('facts'), field('grading')];
    expect(released(clause, { fields }).content).toEqual(['facts', 'grading']);
    expect(released(clause, { fields }, { fields: ['facts', 'incident-place'] })).toMatchObject({
      summary: false,
      content: ['facts'],
    });
  });

  it('stands within every cap and forbid', () => {
    expect(released({ relation: ['asserted', 'triage'] }).content).toEqual(['sanitised-text']);
    const forbidden = example((document) =>
      document.forbids.push({ id: 'more', to: ['*'], records: { tiers: ['originator'] } }),
    );
    const asked = state({ agreements: [forbidden], releases: [release] });
    expect(decideDisclosure(door, asked, { ...notice, tier: 'originator' }).summary).toBe(false);
  });
});

describe('the grants of an entry', () => {
  const twice = (): AdoptedAgreement[] =>
    ['zeta', 'alpha'].map((id) =>
      example((document) => {
        document.id = id;
        document.permits = ['late', 'early'].map((name) => ({
          ...document.permits[1],
          id: name,
          readerText: `${id} ${name}`,
          show: name === 'late' ? { content: ['grading', 'facts'] } : { location: ['incident-place'] },
        }));
      }),
    );

  it('are ordered by agreement and clause, each with what it shows, sorted', () => {
    const grants = decideGrants(door, state({ agreements: twice() }), notice);
    expect(grants.map(({ agreement, clause }) => [agreement, clause])).toEqual([
      ['alpha', 'early'],
      ['alpha', 'late'],
      ['zeta', 'early'],
      ['zeta', 'late'],
    ]);
    expect(grants[1]).toEqual({
      clause: 'late',
      agreement: 'alpha',
      newest: 2,
      readerText: 'alpha late',
      summary: false,
      content: ['facts', 'grading'],
      location: [],
    });
    expect(disclosureOf(grants)).toEqual({
      summary: false,
      content: ['facts', 'grading'],
      location: ['incident-place'],
      by: ['early', 'late'],
      readerText: 'alpha early; alpha late; zeta early; zeta late',
    });
  });

  it('are none of a clause that shows nothing of what the entry holds', () => {
    const grants = decideGrants(door, state({ agreements: twice() }), { ...notice, fields: [field('grading')] });
    expect(grants.map(({ agreement, clause }) => [agreement, clause])).toEqual([
      ['alpha', 'late'],
      ['zeta', 'late'],
    ]);
    expect(decideGrants(door, state({ agreements: twice() }), { ...notice, fields: [] })).toEqual([]);
  });

  it('add up', () => {
    const grant = (clause: string, change: Partial<Grant> = {}): Grant => ({
      clause,
      agreement: 'a',
      newest: null,
      readerText: clause,
      summary: false,
      content: [],
      location: [],
      ...change,
    });
    expect(disclosureOf([])).toEqual({ summary: false, content: [], location: [], by: [], readerText: null });
    expect(disclosureOf([grant('', { summary: true })])).toMatchObject({ summary: true, by: [] });
    expect(
      disclosureOf([
        grant('b', { content: ['y', 'z'] }),
        grant('a', { summary: true, content: ['x', 'y'] }),
        grant(''),
      ]),
    ).toEqual({ summary: true, content: ['x', 'y', 'z'], location: [], by: ['a', 'b'], readerText: '; a; b' });
  });
});

describe('an imported policy', () => {
  const policies: AdoptedAgreement = { agreement: compiled(examplePolicies()), adoptions: 'all' };
  const details: SharedEntry = {
    ...notice,
    owner: { organisation: 'POLICE-01', service: '' },
    type: 'crime-justice.details',
    recordType: 'crime-justice.details',
    fields: [field('whatever'), field('anywhere', { part: 'location', about: 'informant' })],
  };
  const council: Viewer = { ...door, organisation: 'LOCAL-AUTHORITY-01', service: '' };

  it('shows every field, about anyone, in its window', () => {
    const asked = (when: string) => state({ agreements: [policies], relations: [], at: Date.parse(when) });
    const decide = (when: string) => decideDisclosure(council, asked(when), details, { baseline: false });
    expect(decide('2025-12-01T00:00:00Z')).toMatchObject({
      summary: true,
      content: ['whatever'],
      location: ['anywhere'],
    });
    expect(decide('2025-11-30T23:59:59.999Z').summary).toBe(false);
  });
});
