import { Value } from '@sinclair/typebox/value';
import { AgreementSchema } from './agreement-schema.js';
import { placeOfPointer } from './refusal.js';

const age = { min: 3, max: 24, at: 'occurred' };
const clause = {
  title: 'x',
  note: 'x',
  basis: 'duty',
  to: ['school.dsl'],
  roles: ['dsl'],
  relation: ['team'],
  purposes: ['SAFEGUARDING'],
  childAge: age,
  when: ['open-episode'],
  unless: ['address-protected'],
};
const show = { summary: true, content: ['status'], location: ['home'] };
const records = { types: ['plan'], about: ['child'], tiers: ['special'] };
const aboutAge = { of: ['carer'], ...age };

/** A document that says everything that a document may say. */
const whole = (): any =>
  structuredClone({
    schema: 'agreement/1',
    id: 'a',
    version: '1',
    title: 'x',
    note: 'x',
    zone: 'Europe/London',
    force: { from: '2026', until: '2027', reviewBy: '2026-06' },
    parties: { school: { kind: 'EDUCATION', orgs: ['S'], desk: 'x', services: { dsl: 'open' } } },
    purposes: { SAFEGUARDING: { relations: ['team'], title: 'x' } },
    bases: { duty: ['CA2004 s11'] },
    existence: [
      { id: 'e', ...clause, of: ['school.dsl'], records: { types: ['plan'] }, while: ['x'], shows: ['desk'] },
    ],
    permits: [
      {
        id: 'p',
        ...clause,
        readerText: 'x',
        becomes: 'x',
        from: ['school.dsl'],
        records: { ...records, lookback: 'P1M' },
        aboutAge,
        newest: 1,
        handling: ['x'],
        deliver: { anything: 1 },
        onRead: ['x'],
        show,
      },
    ],
    releases: [
      {
        id: 'r',
        ...clause,
        readerText: 'x',
        from: ['school.dsl'],
        tiers: ['special'],
        by: ['head'],
        names: 'person',
        maxFor: 'P1M',
        handling: ['x'],
        show,
      },
    ],
    caps: [{ id: 'c', ...clause, aboutAge, records: { ...records, from: ['school.dsl'] }, max: show }],
    forbids: [{ id: 'f', ...clause, aboutAge, records: { ...records, from: ['school.dsl'] }, fields: ['x'] }],
    cases: [
      {
        name: 'x',
        viewer: { service: 'school.dsl', role: 'dsl', relation: { team: [null, '2026'] } },
        purpose: 'SAFEGUARDING',
        born: '2015',
        aboutBorn: '1990',
        facts: ['x'],
        entry: { from: 'school.dsl', type: 'plan', tier: 'special', about: 'child', occurred: '2026', ended: '2026' },
        expect: [
          {
            at: '2026',
            purpose: 'SAFEGUARDING',
            facts: ['x'],
            set: { from: 'school.dsl', type: 'plan', tier: 'special', about: 'child', occurred: '2026', ended: '2026' },
            release: ['2026', '2027'],
            releasedBy: 'head',
            instead: {
              viewer: '*',
              role: ['cook'],
              relation: { except: ['team'] },
              purpose: '*',
              from: '*',
              type: '*',
              tier: '*',
              about: '*',
              releasedBy: '*',
            },
            by: ['p'],
            notBy: ['p'],
            existence: ['e'],
            summary: true,
            content: ['x'],
            location: ['x'],
            upTo: 1,
          },
        ],
      },
    ],
    waivers: [{ clause: 'p', change: 'deleted', reason: 'x' }],
  });

const placesIn = (document: unknown): string[] => [
  ...new Set([...Value.Errors(AgreementSchema, document)].map(({ path }) => placeOfPointer(path))),
];
const holder = (document: any, path: readonly string[]): any => path.reduce((at, name) => at[name], document);
/** The document with another value at a path, or without it. */
const withValue = (path: readonly string[], value: unknown): unknown => {
  const document = whole();
  const at = holder(document, path.slice(0, -1));
  if (value === undefined) delete at[path.at(-1)!];
  else at[path.at(-1)!] = value;
  return document;
};
/** Every object and list, and every text and number, of the document. */
const pathsIn = (value: unknown, path: string[] = []): [string[], unknown][] => [
  [path, value],
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => pathsIn(inner, [...path, name]))
    : []),
];
const all = pathsIn(whole());
const wrong = (path: readonly string[], value: unknown): boolean => placesIn(withValue(path, value)).length > 0;

describe('a document that says everything', () => {
  it('is an agreement', () => {
    expect(placesIn(whole())).toEqual([]);
  });

  /** Names that the document chooses, and what it passes on unread. */
  const OPEN = [
    'parties',
    'parties.school.services',
    'purposes',
    'bases',
    'permits.0.deliver',
    'cases.0.viewer.relation',
  ];
  it('holds no field that is not known, anywhere', () => {
    const objects = all.filter(([, value]) => typeof value === 'object' && value !== null && !Array.isArray(value));
    const open = objects.filter(([path]) => placesIn(withValue([...path, 'extra'], { any: 1 })).length === 0);
    expect(open.map(([path]) => path.join('.'))).toEqual(['permits.0.deliver']);
    const named = objects.filter(
      ([path]) =>
        !placesIn(withValue([...path, 'extra'], holder(whole(), path)[Object.keys(holder(whole(), path))[0]!])).length,
    );
    expect(named.map(([path]) => path.join('.'))).toEqual(OPEN);
  });

  it('holds neither an empty text nor one that is too long, nor anything else for a text', () => {
    const texts = all.filter(([path, value]) => typeof value === 'string' && !path.includes('deliver'));
    expect(texts.length).toBeGreaterThan(100);
    for (const [path] of texts)
      for (const value of ['', 'x'.repeat(1025), 7])
        expect([path.join('.'), wrong(path, value)]).toEqual([path.join('.'), true]);
    for (const path of [['title'], ['permits', '0', 'readerText'], ['parties', 'school', 'desk']])
      expect(wrong(path, 'x'.repeat(1024))).toBe(false);
  });

  it('holds no empty list but where that says something', () => {
    const lists = all.filter(([, value]) => Array.isArray(value)).map(([path]) => path);
    expect(lists.filter((path) => !wrong(path, [])).map((path) => path.join('.'))).toEqual([
      'existence',
      'permits',
      'releases',
      'caps',
      'forbids',
      'cases',
      'cases.0.facts',
      'cases.0.expect.0.facts',
      'cases.0.expect.0.by',
      'cases.0.expect.0.existence',
      'cases.0.expect.0.content',
      'cases.0.expect.0.location',
      'waivers',
    ]);
    for (const path of lists) expect([path.join('.'), wrong(path, { 0: 'x' })]).toEqual([path.join('.'), true]);
  });

  it('holds what it must', () => {
    const needed = all
      .map(([path]) => path)
      .filter((path) => path.length > 0 && path.at(-1) !== '0' && wrong(path, undefined));
    expect(needed.map((path) => path.join('.')).filter((path) => !/\.\d$/.test(path))).toEqual([
      'schema',
      'id',
      'version',
      'parties',
      'parties.school.kind',
      'parties.school.orgs',
      'parties.school.desk',
      'parties.school.services',
      'purposes.SAFEGUARDING.relations',
      'existence.0.id',
      'existence.0.to',
      'existence.0.of',
      'permits.0.id',
      'permits.0.to',
      'permits.0.readerText',
      'permits.0.from',
      'permits.0.aboutAge.of',
      'permits.0.show',
      'releases.0.id',
      'releases.0.to',
      'releases.0.by',
      'releases.0.show',
      'caps.0.id',
      'caps.0.to',
      'caps.0.aboutAge.of',
      'caps.0.max',
      'forbids.0.id',
      'forbids.0.to',
      'forbids.0.aboutAge.of',
      'cases.0.name',
      'cases.0.viewer',
      'cases.0.viewer.service',
      'cases.0.purpose',
      'cases.0.entry',
      'cases.0.entry.from',
      'cases.0.entry.type',
      'cases.0.expect',
      'cases.0.expect.0.at',
      'cases.0.expect.0.instead.relation.except',
      'waivers.0.clause',
      'waivers.0.change',
      'waivers.0.reason',
    ]);
  });

  it.each<[string, unknown[], unknown[]]>([
    ['permits.0.childAge.min', ['unborn', 0, 150], [-1, 151, 1.5, 'born']],
    ['permits.0.childAge.max', [0, 150], [-1, 151, 1.5, 'unborn']],
    ['permits.0.childAge.at', ['read', 'occurred'], ['now']],
    ['permits.0.newest', [1, 500], [0, 1.5]],
    ['permits.0.roles', ['any', ['dsl']], ['dsl', []]],
    ['permits.0.relation', ['any'], ['team']],
    ['permits.0.purposes', ['any'], ['SAFEGUARDING']],
    ['permits.0.records.types', ['any'], ['plan']],
    ['permits.0.records.about', ['any'], ['child']],
    ['permits.0.show.summary', [true, false], ['yes']],
    ['existence.0.while', ['open-episode', ['open-episode']], [[], 7]],
    ['existence.0.records.types', ['any'], ['plan']],
    ['releases.0.names', ['person'], ['team']],
    [
      'cases.0.viewer.relation.team',
      [
        [null, null],
        ['2026', null],
      ],
      [[null], [null, null, null], [7, null]],
    ],
    ['cases.0.expect.0.release', [['2026', '2027']], [['2026'], ['2026', '2027', '2028'], [null, '2027']]],
    ['cases.0.expect.0.upTo', [1, 3], [0, 1.5]],
    ['cases.0.expect.0.summary', [false], ['no']],
    ['cases.0.expect.0.instead', [{ role: '*' }], [{}, { role: 'cook' }, { role: { except: [] } }, { fact: '*' }]],
    ['schema', ['agreement/1'], ['agreement/2']],
  ])('says at %s what may stand there', (name, right, others) => {
    const path = name.split('.');
    expect(right.filter((value) => wrong(path, value))).toEqual([]);
    expect(others.filter((value) => !wrong(path, value))).toEqual([]);
  });

  it('holds ten thousand words in a list at most', () => {
    const many = (words: number) => Array.from({ length: words }, () => 'x');
    expect([wrong(['permits', '0', 'to'], many(10_000)), wrong(['permits', '0', 'to'], many(10_001))]).toEqual([
      false,
      true,
    ]);
  });

  it('needs no more than its parties', () => {
    const { schema, id, version, parties } = whole();
    expect(placesIn({ schema, id, version, parties })).toEqual([]);
    expect(placesIn({ schema, id, version, parties, force: {}, cases: [] })).toEqual([]);
  });

  it('is known by its name, and says what consent is', () => {
    expect(AgreementSchema.$id).toBe('agreement/1');
    expect(AgreementSchema.properties.bases.description).toMatch(
      /^Lawful bases by name\. .*`UK GDPR 6\(1\)\(a\)` or `UK GDPR 9\(2\)\(a\)` is consent.* Consent touches no other clause\.$/,
    );
  });
});
