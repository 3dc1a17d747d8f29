import * as fc from 'fast-check';
import { parseAgreement } from './parse-agreement.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import { examplePolicies } from '../testing/example-policies.js';

const placesOf = (json: unknown): string[] => {
  const parsed = parseAgreement(json);
  return 'refused' in parsed ? parsed.refused.map(({ place }) => place) : [];
};

describe('policies that are refused', () => {
  type Policies = ReturnType<typeof examplePolicies>;
  const changed = (change: (policies: any) => void): Policies => {
    const policies = examplePolicies();
    change(policies);
    return policies;
  };
  const rule = '$.organisations[0].dsaPolicy.defaults[1]';
  const inRule = (change: object) =>
    changed((each) => Object.assign(each.organisations[0].dsaPolicy.defaults[1], change));
  const inOrganisation = (change: object) => changed((each) => Object.assign(each.organisations[0], change));

  it.each(['*', '/', ':', '@'])('for %s in an id or code', (sign) => {
    const code = `A${sign}B`;
    expect(placesOf(inOrganisation({ orgId: code }))).toEqual(['$.organisations[0].orgId']);
    expect(placesOf(inOrganisation({ orgType: code }))).toEqual(['$.organisations[0].orgType']);
    expect(placesOf(inOrganisation({ recordTypes: ['a', code] }))).toEqual(['$.organisations[0].recordTypes[1]']);
    for (const list of ['modes', 'recordTypes', 'purposes', 'destOrgIds', 'destOrgTypes'])
      expect(placesOf(inRule({ [list]: [code] }))).toContain(`${rule}.${list}[0]`);
  });

  it.each([
    ['an instant without an offset', inRule({ validFrom: '2025-01-01T00:00:00' }), `${rule}.validFrom`],
    ['a date for an instant', inRule({ validUntil: '2025-01-01' }), `${rule}.validUntil`],
    [
      'a window that ends before it starts',
      inRule({ validFrom: '2025-01-01T00:00:00Z', validUntil: '2024-12-31T23:59:59.999Z' }),
      `${rule}.validUntil`,
    ],
    ['another effect', inRule({ effect: 'maybe' }), `${rule}.effect`],
    ['no effect', inRule({ effect: null }), `${rule}.effect`],
    ['another mode', inRule({ modes: ['EXISTENCE', 'SUMMARY'] }), `${rule}.modes[1]`],
    ['a list that is none', inRule({ purposes: 'SAFEGUARDING' }), `${rule}.purposes`],
    ['a code that is no text', inRule({ purposes: [7] }), `${rule}.purposes[0]`],
    ['a field spelt otherwise', inRule({ validuntil: '2025-01-01T00:00:00Z' }), `${rule}.validuntil`],
    ['an organisation twice', inOrganisation({ orgId: 'police-01' }), '$.organisations[3].orgId'],
    ['no organisation id', inOrganisation({ orgId: undefined }), '$.organisations[0].orgId'],
    ['a policy that is none', inOrganisation({ dsaPolicy: [] }), '$.organisations[0].dsaPolicy'],
    [
      'a rule that is none',
      inOrganisation({ dsaPolicy: { defaults: [null] } }),
      '$.organisations[0].dsaPolicy.defaults[0]',
    ],
    ['organisations that are no list', { organisations: {} }, '$.organisations'],
  ])('for %s', (_, json, place) => {
    expect(placesOf(json)).toEqual([place]);
  });

  it('with every place, and no value', () => {
    const parsed = parseAgreement(inRule({ effect: 'maybe', purposes: ['SECRET*PURPOSE'], validFrom: 'yesterday' }));
    expect('refused' in parsed && parsed.refused.length).toBe(3);
    expect(JSON.stringify(parsed)).not.toMatch(/SECRET|maybe|yesterday/);
  });

  it('not for an organisation of its own, nor for fields that decide nothing', () => {
    const [one] = examplePolicies().organisations;
    expect(placesOf({ ...one, connection: { url: 'https://a.example' } })).toEqual([]);
    expect(placesOf({ ...one, orgId: 'A:B' })).toEqual(['$.orgId']);
  });
});

describe('agreements that are refused', () => {
  const changed = (change: (document: any) => void): unknown => {
    const document = exampleAgreement();
    change(document);
    return document;
  };

  it('not: the example', () => {
    expect(placesOf(exampleAgreement())).toEqual([]);
  });

  it.each([
    ['an unknown field', changed((d) => (d.permits[0].untill = 'x')), '$.permits[0].untill'],
    ['a missing text for readers', changed((d) => delete d.permits[0].readerText), '$.permits[0].readerText'],
    ['an unknown party', changed((d) => (d.permits[0].to = ['school.dsl', 'church.office'])), '$.permits[0].to[1]'],
    ['an unknown service', changed((d) => (d.permits[0].from = ['council.parks'])), '$.permits[0].from[0]'],
    ['a party of a prototype', changed((d) => (d.permits[0].from = ['__proto__.x'])), '$.permits[0].from[0]'],
    [
      'a permit out of a hidden service',
      changed((d) => (d.permits[0].from = ['council.adoption'])),
      '$.permits[0].from[0]',
    ],
    [
      'existence of a hidden service',
      changed((d) => (d.existence[0].of = ['health.sexual-health'])),
      '$.existence[0].of[0]',
    ],
    [
      'a permit for tier originator',
      changed((d) => (d.permits[0].records.tiers = ['originator'])),
      '$.permits[0].records.tiers[0]',
    ],
    [
      'a permit for what is sealed',
      changed((d) => (d.permits[0].records.tiers = ['sealed'])),
      '$.permits[0].records.tiers[0]',
    ],
    ['a release of what is sealed', changed((d) => (d.releases[0].tiers = ['sealed'])), '$.releases[0].tiers[0]'],
    ['an unknown relation', changed((d) => (d.permits[0].relation = ['friend'])), '$.permits[0].relation[0]'],
    ['a purpose outside its own', changed((d) => (d.permits[0].purposes = ['EMERGENCY'])), '$.permits[0].purposes[0]'],
    [
      'a purpose wider than the hub’s',
      changed((d) => (d.purposes.DIRECT_CARE.relations = ['team'])),
      '$.purposes.DIRECT_CARE.relations[0]',
    ],
    ['an unknown basis', changed((d) => (d.permits[0].basis = 'whim')), '$.permits[0].basis'],
    [
      'an unknown person',
      changed((d) => (d.permits[0].records.about = ['neighbour'])),
      '$.permits[0].records.about[0]',
    ],
    [
      'a look-back that is none',
      changed((d) => (d.permits[0].records.lookback = 'two years')),
      '$.permits[0].records.lookback',
    ],
    [
      'a class of service that is none',
      changed((d) => (d.parties.school.services.dsl = 'ajar')),
      '$.parties.school.services.dsl',
    ],
    ['an age below the minimum', changed((d) => (d.permits[1].aboutAge.max = 17)), '$.permits[1].aboutAge.max'],
    [
      'an age for grown-ups without an end',
      changed((d) => (d.permits[0].childAge = { min: 18 })),
      '$.permits[0].childAge',
    ],
    ['a permit that shows nothing', changed((d) => (d.permits[0].show = {})), '$.permits[0].show'],
    ['an id twice', changed((d) => (d.caps[0].id = 'released')), '$.caps[0].id'],
    ['a fact that is none', changed((d) => (d.forbids[2].when = ['On A Plan'])), '$.forbids[2].when[0]'],
    ['force that ends first', changed((d) => (d.force.until = '2025-01-01')), '$.force.until'],
    ['a zone that is none', changed((d) => (d.zone = 'Mars/Olympus')), '$.zone'],
    ['an empty list', changed((d) => (d.permits[0].to = [])), '$.permits[0].to'],
    ['newest none', changed((d) => (d.permits[1].newest = 0)), '$.permits[1].newest'],
  ])('for %s', (_, json, place) => {
    expect(placesOf(json)).toContain(place);
  });

  it('for being nothing that is known here', () => {
    const refused = (place: string, reason: string) => ({ refused: [{ place, reason }] });
    expect(parseAgreement({ schema: 'agreement/9' })).toEqual(
      refused('$.schema', 'is not a schema that is known here'),
    );
    expect(parseAgreement({})).toEqual(refused('$', 'is neither an agreement nor a sharing policy'));
    for (const json of [null, 7, 'x', [], undefined])
      expect(parseAgreement(json)).toEqual(refused('$', 'must be an object'));
  });

  it('never by throwing', () => {
    const keys = fc.constantFrom('permits', 'parties', 'cases', 'force', 'purposes', 'organisations', 'dsaPolicy');
    fc.assert(
      fc.property(keys, fc.jsonValue(), fc.constantFrom(exampleAgreement, examplePolicies), (key, value, make) => {
        parseAgreement({ ...make(), [key]: value });
        parseAgreement({ [key]: value, schema: 'agreement/1' });
        parseAgreement({ [key]: value, schema: 'agreement-cells/1' });
        parseAgreement(value);
      }),
      { numRuns: 500 },
    );
  });
});
