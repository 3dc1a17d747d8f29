import { compileAgreement } from './compile-agreement.js';
import type { CompiledAgreement } from './compiled-agreement.js';

const small = (): any => ({
  schema: 'agreement/1',
  id: 'small',
  version: '1',
  parties: {
    council: {
      kind: 'LOCAL_AUTHORITY',
      orgs: ['la:901'],
      desk: 'Door',
      services: { care: 'open', adoption: 'hidden' },
    },
    school: { kind: 'EDUCATION', orgs: ['urn:1', 'urn:*@la:901'], desk: 'Office', services: { dsl: 'open' } },
  },
  purposes: { SAFEGUARDING: { relations: ['team', 'allocated'] }, DIRECT_CARE: { relations: ['registered'] } },
  bases: { duty: ['CA2004 s11'], asked: ['UK GDPR 6(1)(a)'] },
  existence: [{ id: 'e', of: ['council.care'], to: ['school.dsl'] }],
  permits: [{ id: 'p', readerText: 'Told', from: ['council.care'], to: ['school.dsl'], show: { summary: true } }],
  releases: [{ id: 'r', by: ['head'], to: ['school.dsl'], show: { summary: true } }],
  caps: [{ id: 'c', to: ['*'], max: { summary: true } }],
  forbids: [{ id: 'f', to: ['*'] }],
  cases: [
    {
      name: 'x',
      viewer: { service: 'school.dsl' },
      purpose: 'SAFEGUARDING',
      entry: { from: 'council.care', type: 'plan' },
      expect: [{ at: '2026-01-01', by: [] }],
    },
  ],
});
const changed = (change: (document: any) => void): any => {
  const document = small();
  change(document);
  return document;
};
const refusals = (document: unknown): string[] => {
  const compiled = compileAgreement(document);
  return 'refused' in compiled ? compiled.refused.map(({ place, reason }) => `${place} ${reason}`) : [];
};
const compiled = (document: unknown): CompiledAgreement => {
  const found = compileAgreement(document);
  if ('refused' in found) throw new Error(JSON.stringify(found.refused));
  return found.agreement;
};
/** The document with one of its clauses changed, made ready. */
const clause = (list: 'permits' | 'existence' | 'releases' | 'caps' | 'forbids', change: object): any => {
  const held = compiled(changed((d) => Object.assign(d[list][0], change)))[list];
  return held instanceof Map ? [...held.values()].flat()[0] : (held as readonly unknown[])[0];
};

const RELATIONS =
  'must be one of allocated, team, triage, duty, on-roll, registered, presenting, invited, asserted, emergency';
const ABOUT = 'must be one of child, carer, sibling, household-adult, alleged-perpetrator, informant';
const TIERS = 'must be one of contact, ordinary, special, originator, sealed';
const DURATION = 'must be a duration of whole years, months, weeks or days, such as P24M';
const MOMENT = 'must be an instant with an offset, or a date';
const SHUT = 'a hidden service is opened by a release only';
const SEALED = 'what is sealed stays sealed';
const PARTY_NAME = 'the name of a party holds none of . * : / @ and no space';
const SERVICE_NAME = 'the name of a service holds no . or * and no space';

describe('what is wrong with an agreement', () => {
  it('is nothing to begin with', () => {
    expect(refusals(small())).toEqual([]);
  });

  it.each<[string, (document: any) => void, string[]]>([
    ['a zone', (d) => (d.zone = 'Mars/Olympus'), ['$.zone is no time zone']],
    ['a beginning', (d) => (d.force = { from: 'soon' }), [`$.force.from ${MOMENT}`]],
    ['an end', (d) => (d.force = { until: 'later' }), [`$.force.until ${MOMENT}`]],
    [
      'a force of no time',
      (d) => (d.force = { from: '2026-01-01', until: '2026-01-01' }),
      ['$.force.until ends before it starts'],
    ],
    [
      'a party',
      (d) => (d.permits[0].to = ['school.dsl', 'church.x']),
      ['$.permits[0].to[1] names no party of this document'],
    ],
    [
      'a party without a service',
      (d) => (d.permits[0].to = ['schools']),
      ['$.permits[0].to[0] names no party of this document'],
    ],
    [
      'a service',
      (d) => (d.permits[0].from = ['council.parks']),
      ['$.permits[0].from[0] names no service of that party'],
    ],
    ['a reader', (d) => (d.caps[0].to = ['council.parks']), ['$.caps[0].to[0] names no service of that party']],
    ['a hidden service', (d) => (d.permits[0].from = ['council.adoption']), [`$.permits[0].from[0] ${SHUT}`]],
    ['a hidden one told of', (d) => (d.existence[0].of = ['council.adoption']), [`$.existence[0].of[0] ${SHUT}`]],
    [
      'a released service',
      (d) => (d.releases[0].from = ['council.parks']),
      ['$.releases[0].from[0] names no service of that party'],
    ],
    [
      'a forbidden service',
      (d) => (d.forbids[0].records = { from: ['council.parks'] }),
      ['$.forbids[0].records.from[0] names no service of that party'],
    ],
    ['a relation', (d) => (d.permits[0].relation = ['team', 'friend']), [`$.permits[0].relation[1] ${RELATIONS}`]],
    [
      'a purpose',
      (d) => (d.permits[0].purposes = ['safeguarding', 'EMERGENCY']),
      ['$.permits[0].purposes[1] is not among the purposes of this document'],
    ],
    [
      'a relation of a purpose',
      (d) => (d.purposes.SAFEGUARDING.relations = ['team', 'friend']),
      [`$.purposes.SAFEGUARDING.relations[1] ${RELATIONS}`],
    ],
    [
      'a purpose that is too wide',
      (d) => (d.purposes.DIRECT_CARE.relations = ['registered', 'team']),
      ['$.purposes.DIRECT_CARE.relations[1] the hub does not allow this purpose on that relation'],
    ],
    ['a basis', (d) => (d.permits[0].basis = 'whim'), ['$.permits[0].basis names no basis of this document']],
    [
      'a basis without any',
      (d) => {
        delete d.bases;
        d.permits[0].basis = 'duty';
      },
      ['$.permits[0].basis names no basis of this document'],
    ],
    [
      'a person',
      (d) => (d.permits[0].records = { about: ['child', 'friend'] }),
      [`$.permits[0].records.about[1] ${ABOUT}`],
    ],
    ['a person capped', (d) => (d.caps[0].records = { about: ['friend'] }), [`$.caps[0].records.about[0] ${ABOUT}`]],
    [
      'a person of an age',
      (d) => (d.permits[0].aboutAge = { of: ['friend'] }),
      [`$.permits[0].aboutAge.of[0] ${ABOUT}`],
    ],
    ['a tier', (d) => (d.permits[0].records = { tiers: ['secret'] }), [`$.permits[0].records.tiers[0] ${TIERS}`]],
    [
      'a forbidden tier',
      (d) => (d.forbids[0].records = { tiers: ['secret'] }),
      [`$.forbids[0].records.tiers[0] ${TIERS}`],
    ],
    ['a released tier', (d) => (d.releases[0].tiers = ['secret']), [`$.releases[0].tiers[0] ${TIERS}`]],
    [
      'tiers that no permit opens',
      (d) => (d.permits[0].records = { tiers: ['special', 'originator', 'sealed'] }),
      ['$.permits[0].records.tiers[1] tier originator takes a release', `$.permits[0].records.tiers[2] ${SEALED}`],
    ],
    [
      'what no release opens',
      (d) => (d.releases[0].tiers = ['special', 'sealed']),
      [`$.releases[0].tiers[1] ${SEALED}`],
    ],
    [
      'a look-back',
      (d) => (d.permits[0].records = { lookback: '2 years' }),
      [`$.permits[0].records.lookback ${DURATION}`],
    ],
    ['a longest time', (d) => (d.releases[0].maxFor = 'P1H'), [`$.releases[0].maxFor ${DURATION}`]],
    ['ages', (d) => (d.caps[0].childAge = { min: 5, max: 4 }), ['$.caps[0].childAge.max is below the minimum']],
    [
      'ages of others',
      (d) => (d.caps[0].aboutAge = { of: ['carer'], min: 5, max: 4 }),
      ['$.caps[0].aboutAge.max is below the minimum'],
    ],
    [
      'an age without an end',
      (d) => (d.permits[0].childAge = { min: 18 }),
      ['$.permits[0].childAge must say how it ends, since it begins after childhood'],
    ],
    [
      'such an age elsewhere',
      (d) => {
        d.existence[0].childAge = { min: 18 };
        d.releases[0].childAge = { min: 18 };
      },
      ['existence', 'releases'].map(
        (list) => `$.${list}[0].childAge must say how it ends, since it begins after childhood`,
      ),
    ],
    ['a permit that shows nothing', (d) => (d.permits[0].show = {}), ['$.permits[0].show shows nothing']],
    [
      'a release that shows nothing',
      (d) => (d.releases[0].show = { summary: false }),
      ['$.releases[0].show shows nothing'],
    ],
    ['a cap that leaves nothing', (d) => (d.caps[0].max = {}), ['$.caps[0].max shows nothing']],
    ['facts', (d) => (d.permits[0].when = ['is-so', 'Is So']), ['$.permits[0].when[1] must be the name of a fact']],
    [
      'facts that excuse',
      (d) => (d.forbids[0].unless = ['-x', 'x-']),
      ['$.forbids[0].unless[0] must be the name of a fact', '$.forbids[0].unless[1] must be the name of a fact'],
    ],
    [
      'facts of a service',
      (d) => (d.existence[0].while = 'Is So'),
      ['$.existence[0].while[0] must be the name of a fact'],
    ],
    [
      'what is told',
      (d) => (d.existence[0].shows = ['desk', 'name']),
      ['$.existence[0].shows[1] must be one of party-kind, desk'],
    ],
    [
      'a class of service',
      (d) => (d.parties.school.services.dsl = 'ajar'),
      ['$.parties.school.services.dsl must be one of open, guarded, hidden'],
    ],
    [
      'a name of a service',
      (d) => (d.parties.school.services['a b'] = 'open'),
      [`$.parties.school.services["a b"] ${SERVICE_NAME}`],
    ],
    ['a name of a party', (d) => (d.parties['a:b'] = d.parties.school), [`$.parties["a:b"] ${PARTY_NAME}`]],
    [
      'an id with a space',
      (d) => (d.caps[0].id = 'no one'),
      ['$.caps[0].id the id of a clause holds no space and no semicolon'],
    ],
    [
      'an id with a semicolon',
      (d) => (d.caps[0].id = 'a;b'),
      ['$.caps[0].id the id of a clause holds no space and no semicolon'],
    ],
    ['an id twice', (d) => (d.forbids[0].id = 'p'), ['$.forbids[0].id is the id of another clause']],
    [
      'a case that expects nothing',
      (d) => (d.cases[0].expect = [{ at: '2026-01-01' }]),
      ['$.cases[0].expect[0] expects nothing'],
    ],
    [
      'a case of an unknown clause',
      (d) => d.cases[0].expect.push({ at: '2026-01-01', notBy: ['p', 'q'] }),
      ['$.cases[0].expect[1].notBy[1] names no clause of this document'],
    ],
    [
      'a case with unknown words',
      (d) => {
        d.cases[0].expect[0].instead = {
          viewer: ['school.dsl', 'school.head'],
          from: { except: ['council.care', 'council.parks'] },
          relation: ['team', 'friend'],
          about: ['friend'],
          tier: ['secret'],
          role: ['whoever'],
          type: '*',
        };
      },
      ['relation[1]', 'about[0]', 'tier[0]', 'viewer[1]', 'from[1]'].map(
        (part) => `$.cases[0].expect[0].instead.${part} is none that the document knows`,
      ),
    ],
    [
      'a waiver of an unknown clause',
      (d) =>
        (d.waivers = ['p', 'force', 'purposes', 'parties', 'q'].map((one) => ({
          clause: one,
          change: 'x',
          reason: 'x',
        }))),
      ['$.waivers[4].clause names no clause of this document'],
    ],
  ])('is said of %s', (_, change, expected) => {
    expect(refusals(changed(change))).toEqual(expected);
  });

  it.each(['.', '*', ':', '/', '@', ' '])('is a party or service with “%s” in its name', (sign) => {
    const name = `a${sign}b`;
    expect(refusals(changed((d) => (d.parties[name] = d.parties.school)))).toEqual([
      `$.parties["${name}"] ${PARTY_NAME}`,
    ]);
    const service = refusals(changed((d) => (d.parties.school.services[name] = 'open')));
    expect(service).toEqual('.* '.includes(sign) ? [`$.parties.school.services["${name}"] ${SERVICE_NAME}`] : []);
  });

  it('is a party without a name, and whatever names it', () => {
    const document = changed((d) => {
      d.parties[''] = d.parties.school;
      d.permits[0].to = ['.dsl'];
    });
    expect(refusals(document)).toEqual([
      `$.parties[""] ${PARTY_NAME}`,
      '$.permits[0].to[0] names no party of this document',
    ]);
  });

  it('is not a case that expects one thing alone, nor an age that ends', () => {
    for (const one of [{ by: [] }, { notBy: ['p'] }, { existence: [] }])
      expect(refusals(changed((d) => (d.cases[0].expect = [{ at: '2026-01-01', ...one }])))).toEqual([]);
    for (const age of [
      { min: 17 },
      { min: 18, max: 24 },
      { min: 5, max: 5 },
      { min: 'unborn', max: 0 },
      { min: 'unborn' },
    ])
      expect(refusals(changed((d) => (d.permits[0].childAge = age)))).toEqual([]);
  });

  it('is a hundred places at most, whether of its structure or of what it says', () => {
    const many = (name: string) => Array.from({ length: 150 }, () => name);
    const said = refusals(changed((d) => (d.permits[0].relation = many('friend'))));
    expect([said.length, said.at(-1)]).toEqual([100, `$.permits[0].relation[99] ${RELATIONS}`]);
    const structure = refusals(changed((d) => (d.permits[0].to = many(''))));
    expect(structure).toHaveLength(100);
  });

  it('is its structure alone, where that is wrong', () => {
    const document = changed((d) => {
      d.permits[0].show = {};
      delete d.version;
    });
    expect(refusals(document).map((text) => text.split(' ')[0])).toEqual(['$.version', '$.version']);
  });
});

describe('an agreement made ready', () => {
  it('says who it is, in which zone and time it acts', () => {
    expect(compiled(small())).toMatchObject({
      id: 'small',
      version: '1',
      title: 'small',
      zone: 'Europe/London',
      force: { from: -Infinity, until: Infinity },
    });
    const named = {
      title: 'Small things',
      zone: 'America/New_York',
      force: { from: '2026-01-01', until: '2026-07-01' },
    };
    expect(compiled({ ...small(), ...named })).toMatchObject({
      title: 'Small things',
      zone: 'America/New_York',
      force: { from: Date.parse('2026-01-01T05:00:00Z'), until: Date.parse('2026-07-01T04:00:00Z') },
    });
    expect(compiled({ ...small(), force: { until: '2026-01-01' } }).force.from).toBe(-Infinity);
  });

  it('knows its purposes in any case, and those that only clauses name', () => {
    expect(compiled(small()).purposes).toEqual(
      new Map([
        ['safeguarding', new Set(['team', 'allocated'])],
        ['direct_care', new Set(['registered'])],
      ]),
    );
    const open = changed((d) => {
      delete d.purposes;
      d.existence[0].purposes = ['One'];
      d.permits[0].purposes = ['TWO', 'One'];
      d.releases[0].purposes = ['three'];
      d.caps[0].purposes = ['four'];
      d.forbids[0].purposes = ['five'];
    });
    expect(compiled(open).purposes).toBeNull();
    expect([...compiled(open).namedPurposes].sort()).toEqual(['five', 'four', 'one', 'three', 'two']);
    expect([...compiled(small()).namedPurposes].sort()).toEqual(['direct_care', 'safeguarding']);
  });

  it('knows every fact and field that its clauses name', () => {
    const document = changed((d) => {
      d.permits[0].when = ['one'];
      d.forbids[0].unless = ['two'];
      d.existence[0].while = ['three'];
      d.permits[0].show = { content: ['a'], location: ['b'] };
      d.caps[0].max = { content: ['c'], location: ['d'] };
    });
    expect([...compiled(document).facts].sort()).toEqual(['one', 'three', 'two']);
    expect(compiled(document).fieldNames).toEqual({ content: new Set(['a', 'c']), location: new Set(['b', 'd']) });
    expect(compiled(small()).facts).toEqual(new Set());
  });

  it('asks of a permit that says nothing more: the child, no other, until eighteen, of the tiers that permits open', () => {
    const plain = {
      id: 'p',
      readerText: 'Told',
      types: null,
      about: new Set(['child']),
      tiers: new Set(['contact', 'ordinary', 'special']),
      roles: null,
      relations: null,
      purposes: null,
      childAge: { of: null, min: 0, max: 17, at: 'read' },
      aboutAge: null,
      when: [],
      unless: [],
      onConsent: false,
      lookback: null,
      newest: null,
      handling: [],
      show: { summary: true, content: new Set(), location: new Set() },
    };
    expect(clause('permits', {})).toMatchObject(plain);
    const any = { roles: 'any', relation: 'any', purposes: 'any' };
    expect(clause('permits', { ...any, records: { types: 'any' } })).toMatchObject(plain);
    expect(clause('permits', { records: { about: 'any' } }).about).toBeNull();
  });

  it('asks of a permit what it says', () => {
    expect(
      clause('permits', {
        basis: 'asked',
        roles: ['dsl'],
        relation: ['team'],
        purposes: ['SafeGuarding'],
        records: { types: ['Plan'], about: ['carer'], tiers: ['special'], lookback: 'P1M' },
        childAge: { min: 3, max: 24, at: 'occurred' },
        aboutAge: { of: ['carer'], min: 18 },
        when: ['one'],
        unless: ['two'],
        newest: 3,
        handling: ['closed'],
        show: { content: ['a'] },
      }),
    ).toMatchObject({
      types: new Set(['plan']),
      about: new Set(['carer']),
      tiers: new Set(['special']),
      roles: new Set(['dsl']),
      relations: new Set(['team']),
      purposes: new Set(['safeguarding']),
      childAge: { of: null, min: 3, max: 24, at: 'occurred' },
      aboutAge: { of: new Set(['carer']), min: 18, max: null, at: 'read' },
      when: ['one'],
      unless: ['two'],
      onConsent: true,
      lookback: { months: 1, days: 0 },
      newest: 3,
      handling: ['closed'],
      show: { summary: false, content: new Set(['a']), location: new Set() },
    });
    expect(clause('permits', { basis: 'duty' }).onConsent).toBe(false);
    const oddlyNamed = changed((d) => (d.bases = { undefined: d.bases.asked }));
    expect(compiled(oddlyNamed).releases[0]?.onConsent).toBe(false);
    expect(clause('permits', { childAge: { min: 3 } }).childAge).toEqual({ of: null, min: 3, max: 17, at: 'read' });
  });

  it('asks of what tells that a service is involved its conditions and the facts while it does', () => {
    expect(clause('existence', { when: ['one'], while: ['two', 'three'], records: { types: ['Plan'] } })).toMatchObject(
      {
        about: null,
        tiers: null,
        readerText: '',
        types: new Set(['plan']),
        when: ['one', 'two', 'three'],
        childAge: { of: null, min: 0, max: 17, at: 'read' },
      },
    );
    expect(clause('existence', { while: 'two' }).when).toEqual(['two']);
    expect(clause('existence', {}).when).toEqual([]);
  });

  it('asks of a release that says nothing more: tier originator, of any service, for any time', () => {
    expect(clause('releases', {})).toMatchObject({
      readerText: 'Released to you by its owner',
      from: null,
      types: null,
      about: null,
      tiers: new Set(['originator']),
      by: new Set(['head']),
      maxFor: null,
      handling: [],
    });
    const from = ['council.adoption'];
    expect(
      clause('releases', { readerText: 'Yours', from, tiers: ['special'], maxFor: 'P1D', handling: ['closed'] }),
    ).toMatchObject({
      readerText: 'Yours',
      from: { all: false, parties: new Set(), services: new Set(from) },
      tiers: new Set(['special']),
      maxFor: { months: 0, days: 1 },
      handling: ['closed'],
    });
  });

  it.each(['caps', 'forbids'] as const)('asks of %s nothing that they do not say', (list) => {
    const nothing = {
      from: null,
      types: null,
      about: null,
      tiers: null,
      childAge: null,
      aboutAge: null,
      readerText: '',
    };
    expect(clause(list, {})).toMatchObject(nothing);
    const records = { types: ['Plan'], about: ['carer'], tiers: ['sealed'], from: ['council.adoption'] };
    expect(clause(list, { records, childAge: { min: 18 } })).toMatchObject({
      types: new Set(['plan']),
      about: new Set(['carer']),
      tiers: new Set(['sealed']),
      from: { all: false, parties: new Set(), services: new Set(['council.adoption']) },
      childAge: { of: null, min: 18, max: null, at: 'read' },
    });
  });

  it('forbids the whole entry where no field is named', () => {
    expect(clause('forbids', {}).fields).toBeNull();
    expect(clause('forbids', { fields: ['a'] }).fields).toEqual(new Set(['a']));
  });

  it('tells readers by everybody, a party or a service', () => {
    expect(clause('caps', { to: ['*', 'council.*', 'school.dsl'] }).to).toMatchObject({
      services: { all: true, parties: new Set(['council']), services: new Set(['school.dsl']) },
      organisations: null,
      kinds: null,
    });
  });
});
