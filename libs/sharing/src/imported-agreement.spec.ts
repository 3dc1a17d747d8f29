import {
  ImportedAgreementSchema,
  importPolicies,
  readCellInstant,
  type ImportedAgreement,
} from './imported-agreement.js';
import { parseAgreement } from './parse-agreement.js';
import { readPolicies } from './policy-document.js';

const rule = (change: object = {}): object => ({
  effect: 'allow',
  modes: ['CONTENT'],
  recordTypes: ['Tenancy'],
  destOrgTypes: ['HEALTH'],
  purposes: ['SAFEGUARDING'],
  ...change,
});
const organisation = (defaults: object[], change: object = {}): object => ({
  orgId: 'HOMES-1',
  orgName: 'First Homes',
  orgType: 'HOUSING',
  recordTypes: ['Tenancy', 'Repairs'],
  dsaPolicy: { version: 'v2', defaults },
  ...change,
});
const importing = (json: object, options = {}): ImportedAgreement => {
  const read = readPolicies(json as Record<string, unknown>);
  if ('refused' in read) throw new Error(JSON.stringify(read.refused));
  return importPolicies(read.organisations, options);
};
const cells = (): any =>
  JSON.parse(JSON.stringify(importing(organisation([rule({ modes: ['EXISTENCE', 'CONTENT'] })]))));

describe('what an import writes', () => {
  it('is the whole policy as cells, with the verdicts of its source', () => {
    const common = {
      records: { types: ['repairs', 'tenancy'] },
      to: ['kind:health'],
      except: [],
      roles: 'any',
      relation: 'any',
      purposes: ['child_protection', 'safeguarding'],
      valid: { from: '2025-01-01T00:00:00.000Z', through: '2025-12-31T23:59:59.999Z' },
      readerText: 'First Homes shares tenancy and repairs for safeguarding and child protection',
      rule: { list: 'defaults', index: 0, reason: 'a trial' },
    };
    const verdict = {
      sourceOrg: 'HOMES-1',
      destOrg: '',
      destOrgType: 'HEALTH',
      purpose: 'SAFEGUARDING',
      recordType: 'Tenancy',
    };
    const edges = [
      ['2024-12-31T23:59:59.999Z', 'deny'],
      ['2025-01-01T00:00:00.000Z', 'allow'],
      ['2025-12-31T23:59:59.999Z', 'allow'],
      ['2026-01-01T00:00:00.000Z', 'deny'],
    ];
    const written = importing(
      organisation([
        rule({
          modes: ['CONTENT', 'EXISTENCE'],
          recordTypes: ['Tenancy', 'Repairs'],
          purposes: ['SAFEGUARDING', 'CHILD_PROTECTION'],
          validFrom: '2025-01-01T00:00:00Z',
          validUntil: '2025-12-31T23:59:59.999Z',
          reason: 'a trial',
        }),
      ]),
      { desk: { 'homes-1': '01632 960123' } },
    );
    expect(written).toEqual({
      schema: 'agreement-cells/1',
      id: 'policy-homes-1',
      version: 'v2',
      title: 'Sharing policy of First Homes',
      parties: [
        {
          organisation: 'HOMES-1',
          kind: 'HOUSING',
          name: 'First Homes',
          desk: '01632 960123',
          service: 'open',
          version: 'v2',
          recordTypes: ['Tenancy', 'Repairs'],
        },
      ],
      purposes: ['child_protection', 'safeguarding'],
      existence: [
        { id: 'HOMES-1.defaults[0].EXISTENCE.1', ...common, of: 'org:homes-1', shows: ['party-kind', 'desk'] },
      ],
      permits: [{ id: 'HOMES-1.defaults[0].CONTENT.1', ...common, from: 'org:homes-1', show: '*' }],
      cases: ['EXISTENCE', 'CONTENT'].flatMap((mode) =>
        edges.map(([at, decision]) => ({ ...verdict, at, mode, decision })),
      ),
    });
  });

  it('says nothing of a time, reason, kind or desk that the policy does not say', () => {
    const [permit] = importing(organisation([rule()])).permits;
    expect(permit?.valid).toEqual({});
    expect(permit?.rule).toEqual({ list: 'defaults', index: 0 });
    expect(importing(organisation([rule()], { orgType: null })).parties[0]).toMatchObject({ kind: null, desk: null });
  });

  it('numbers the cells of one rule, each mode and list by itself', () => {
    const deny = rule({ effect: 'deny', recordTypes: ['Repairs'], destOrgIds: ['HEALTH-9'] });
    const allow = rule({ recordTypes: ['Tenancy', 'Repairs'], modes: ['EXISTENCE', 'CONTENT'] });
    const written = importing(
      organisation([allow, rule({ purposes: ['OTHER'] })], {
        dsaPolicy: { exceptions: [deny], defaults: [allow, rule({ purposes: ['OTHER'] })] },
      }),
    );
    expect(written.existence.map(({ id }) => id)).toEqual(['HOMES-1.defaults[0].EXISTENCE.1']);
    expect(written.permits.map(({ id, to, except }) => [id, ...to, ...except])).toEqual([
      ['HOMES-1.defaults[0].CONTENT.1', 'kind:health', 'org:health-9'],
      ['HOMES-1.defaults[1].CONTENT.1', 'kind:health'],
      ['HOMES-1.defaults[0].CONTENT.2', 'kind:health'],
    ]);
  });

  it('names organisations first where a rule does, and the kinds that it leaves out', () => {
    const exceptions = [rule({ effect: 'deny' }), rule({ destOrgIds: ['HEALTH-9'] })];
    const [permit] = importing(organisation([], { dsaPolicy: { exceptions } })).permits;
    expect([permit?.to, permit?.except]).toEqual([['org:health-9'], ['kind:health']]);
  });

  it('tells readers of the whole rule, in words', () => {
    const text = (recordTypes: string[], purposes: string[]) =>
      importing(organisation([rule({ recordTypes, purposes })])).permits[0]?.readerText;
    expect(text(['A'], ['CHILD_PROTECTION_PLAN'])).toBe('First Homes shares a for child protection plan');
    expect(text(['A', 'B', 'C'], ['X', 'Y'])).toBe('First Homes shares a, b and c for x and y');
  });

  it('is named after one organisation, or after a directory, unless it is given a name', () => {
    const two = {
      organisations: [
        organisation([rule()], { dsaPolicy: { version: '2025-02', defaults: [rule()] } }),
        organisation([], { orgId: 'HOMES-2', dsaPolicy: { version: '2025-01' } }),
        organisation([], { orgId: 'HOMES-3', dsaPolicy: null }),
      ],
    };
    expect(importing(two)).toMatchObject({
      id: 'policy-directory',
      version: '2025-02',
      title: 'Sharing policies of a directory of organisations',
    });
    expect(importing(two, { id: 'mine' }).id).toBe('mine');
    expect(importing(organisation([], { dsaPolicy: null })).version).toBe('unlabelled');
    expect(importing(two, { desk: { 'Homes-2': 'ring' } }).parties.map(({ desk }) => desk)).toEqual([
      null,
      'ring',
      null,
    ]);
  });

  it('holds every purpose that a rule names, one that denies too, and the cells of each mode apart', () => {
    const written = importing(organisation([rule(), rule({ effect: 'deny', purposes: ['ZOO', 'Area'] })]));
    expect(written.purposes).toEqual(['area', 'safeguarding', 'zoo']);
    expect([written.existence.length, written.permits.length]).toEqual([0, 1]);
  });
});

describe('cells that are read back', () => {
  const places = (change: (document: any) => void): string[] => {
    const document = cells();
    change(document);
    const parsed = parseAgreement(document);
    return 'refused' in parsed ? [...new Set(parsed.refused.map(({ place }) => place))] : [];
  };

  it('are ready to decide with', () => {
    const parsed = parseAgreement(cells());
    const agreement = 'agreement' in parsed ? parsed.agreement : null!;
    expect('imported' in parsed && parsed.imported).toEqual(cells());
    expect(agreement).toMatchObject({
      id: 'policy-homes-1',
      version: 'v2',
      title: 'Sharing policy of First Homes',
      zone: 'Europe/London',
      force: { from: -Infinity, until: Infinity },
      purposes: null,
      namedPurposes: new Set(['safeguarding']),
      facts: new Set(),
      fieldNames: { content: new Set(), location: new Set() },
      releases: [],
      caps: [],
      forbids: [],
    });
    const [permit] = [...agreement.permits.values()].flat();
    expect(permit).toEqual({
      id: 'HOMES-1.defaults[0].CONTENT.1',
      readerText: 'First Homes shares tenancy for safeguarding',
      from: { all: false, parties: new Set(['org:homes-1']), services: new Set() },
      types: new Set(['tenancy']),
      about: null,
      tiers: new Set(['contact', 'ordinary', 'special']),
      to: {
        services: null,
        organisations: null,
        kinds: new Set(['health']),
        exceptOrganisations: new Set(),
        exceptKinds: new Set(),
      },
      roles: null,
      relations: null,
      purposes: new Set(['safeguarding']),
      window: { from: -Infinity, until: Infinity },
      childAge: null,
      aboutAge: null,
      when: [],
      unless: [],
      onConsent: false,
      handling: [],
      show: { summary: true, content: '*', location: '*' },
      lookback: null,
      newest: null,
    });
    const [told] = [...agreement.existence.values()].flat();
    expect(told).toEqual({ ...permit, id: 'HOMES-1.defaults[0].EXISTENCE.1', tiers: null });
  });

  it.each<[string, (document: any) => void]>([
    ['$.extra', (d) => (d.extra = 1)],
    ['$.id', (d) => (d.id = '')],
    ['$.version', (d) => (d.version = '')],
    ['$.title', (d) => delete d.title],
    ['$.parties[0].extra', (d) => (d.parties[0].extra = 1)],
    ['$.parties[0].organisation', (d) => (d.parties[0].organisation = 'a:b')],
    ['$.parties[0].kind', (d) => (d.parties[0].kind = 'a*')],
    ['$.parties[0].name', (d) => (d.parties[0].name = null)],
    ['$.parties[0].desk', (d) => (d.parties[0].desk = '')],
    ['$.parties[0].service', (d) => (d.parties[0].service = 'hidden')],
    ['$.parties[0].version', (d) => (d.parties[0].version = 1)],
    ['$.parties[0].recordTypes[0]', (d) => (d.parties[0].recordTypes = ['a/b'])],
    ['$.purposes[0]', (d) => (d.purposes = ['*'])],
    ['$.permits[0].extra', (d) => (d.permits[0].extra = 1)],
    ['$.permits[0].id', (d) => (d.permits[0].id = '')],
    ['$.permits[0].records.extra', (d) => (d.permits[0].records.extra = 1)],
    ['$.permits[0].records.types', (d) => (d.permits[0].records.types = [])],
    ['$.permits[0].to', (d) => (d.permits[0].to = [])],
    ['$.permits[0].to[0]', (d) => (d.permits[0].to = ['person:x'])],
    ['$.permits[0].except[0]', (d) => (d.permits[0].except = ['org:*'])],
    ['$.permits[0].roles', (d) => (d.permits[0].roles = ['dsl'])],
    ['$.permits[0].relation', (d) => (d.permits[0].relation = ['team'])],
    ['$.permits[0].purposes', (d) => (d.permits[0].purposes = [])],
    ['$.permits[0].valid.until', (d) => (d.permits[0].valid.until = '2025-01-01T00:00:00.000Z')],
    ['$.permits[0].rule.extra', (d) => (d.permits[0].rule.extra = 1)],
    ['$.permits[0].rule.list', (d) => (d.permits[0].rule.list = 'others')],
    ['$.permits[0].rule.index', (d) => (d.permits[0].rule.index = -1)],
    ['$.permits[0].rule.reason', (d) => (d.permits[0].rule.reason = 7)],
    ['$.permits[0].show', (d) => (d.permits[0].show = 'summary')],
    ['$.permits[0].from', (d) => (d.permits[0].from = 'homes-1')],
    ['$.existence[0].extra', (d) => (d.existence[0].extra = 1)],
    ['$.existence[0].of', (d) => (d.existence[0].of = 'homes-1')],
    ['$.existence[0].shows[1]', (d) => (d.existence[0].shows = ['party-kind', 'name'])],
    ['$.existence[0].shows[0]', (d) => (d.existence[0].shows = ['name', 'desk'])],
    ['$.cases[0].extra', (d) => (d.cases[0].extra = 1)],
    ['$.cases[0].at', (d) => (d.cases[0].at = 7)],
    ['$.cases[0].purpose', (d) => (d.cases[0].purpose = '*')],
    ['$.cases[0].mode', (d) => (d.cases[0].mode = 'SUMMARY')],
    ['$.cases[0].decision', (d) => (d.cases[0].decision = 'perhaps')],
  ])('are refused for what is wrong at %s', (place, change) => {
    expect(places(change)).toEqual([place]);
  });

  it('may be without a kind, desk or version, and by rules of either list', () => {
    expect(places((d) => Object.assign(d.parties[0], { kind: null, desk: null, version: null }))).toEqual([]);
    expect(places((d) => (d.permits[0].rule = { list: 'exceptions', index: 0 }))).toEqual([]);
  });

  it.each<[string, string, (document: any) => void]>([
    ['$.permits[0].from', 'names no party of this document', (d) => (d.permits[0].from = 'org:homes-2')],
    ['$.existence[0].of', 'names no party of this document', (d) => (d.existence[0].of = 'kind:homes-1')],
    ['$.permits[0].to', 'names organisations and kinds together', (d) => d.permits[0].to.push('org:x')],
    ['$.permits[0].valid.from', 'must be an instant in UTC', (d) => (d.permits[0].valid.from = '2025-01-01')],
    ['$.existence[0].valid.through', 'must be an instant in UTC', (d) => (d.existence[0].valid.through = 'x')],
  ])('are refused where %s %s', (place, reason, change) => {
    const document = cells();
    change(document);
    expect(parseAgreement(document)).toEqual({ refused: [{ place, reason }] });
  });

  it('act from the first to the last millisecond that they say', () => {
    const document = cells();
    document.permits[0].valid = { from: '2025-01-01T00:00:00.000Z', through: '2025-01-01T00:00:00.999Z' };
    document.permits[0].except = ['org:HEALTH-9', 'kind:vets'];
    const parsed = parseAgreement(document);
    const [permit] = 'agreement' in parsed ? [...parsed.agreement.permits.values()].flat() : [];
    const start = Date.parse('2025-01-01T00:00:00Z');
    expect(permit?.window).toEqual({ from: start, until: start + 1000 });
    expect(permit?.to).toMatchObject({ exceptOrganisations: new Set(['health-9']), exceptKinds: new Set(['vets']) });
  });
});

describe('an instant in a cell', () => {
  it('is described where the schema is read', () => {
    expect(ImportedAgreementSchema).toMatchObject({
      $id: 'agreement-cells/1',
      properties: {
        cases: { items: { properties: { at: { description: 'RFC 3339 instant in UTC, to the millisecond' } } } },
      },
    });
  });

  it.each(['2025-01-01T00:00:00.000Z', '+010000-01-01T00:00:00.000Z', '-000001-01-01T00:00:00.000Z'])(
    'is %s',
    (text) => {
      expect(readCellInstant(text)).toBe(Date.parse(text));
    },
  );

  it.each([
    '2025-01-01T00:00:00Z',
    '2025-01-01T00:00:00.000+00:00',
    '2025-01-01',
    ' 2025-01-01T00:00:00.000Z',
    '2025-01-01T00:00:00.000Z ',
    '2025-13-01T00:00:00.000Z',
    '+10000-01-01T00:00:00.000Z',
  ])('is not “%s”', (text) => {
    expect(readCellInstant(text)).toBeNaN();
  });
});
