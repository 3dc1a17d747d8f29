import { compareDemographics, normaliseName, type Demographics } from './compare-demographics.js';

describe('normaliseName', () => {
  it.each([
    ['Zoë', 'ZOE'],
    ['Anne-Marie', 'anne marie'],
    ['O’Neill', 'ONEILL'],
    ["O'Neill", 'O Neill'],
    ['Łukasz', 'lukasz'],
    ['Søren', 'Soren'],
    ['José', 'Jose\u0301'],
    ['Straße', 'STRASSE'],
    ['İpek', 'ipek'],
  ])('takes %j and %j for one name', (a, b) => expect(normaliseName(a)).toBe(normaliseName(b)));

  it.each([
    ['Kate', 'Katherine'],
    ['Anna', 'Anna Maria'],
    ['कमल', 'कमला'],
  ])('keeps %j and %j apart', (a, b) => expect(normaliseName(a)).not.toBe(normaliseName(b)));
});

describe('compareDemographics', () => {
  const both = (a: Demographics, b: Demographics) => {
    const verdict = compareDemographics(a, b);
    expect(compareDemographics(b, a)).toBe(verdict);
    return verdict;
  };
  const child = { givenName: 'Amy', familyName: 'Reed', birthDate: '2015-06-07', sex: 'F' };

  it.each<[string, Demographics, Demographics]>([
    ['nothing on either side', {}, {}],
    ['nothing on one side', child, {}],
    ['nothing on both sides at once', { givenName: 'Amy' }, { birthDate: '2015-06-07' }],
    ['null and blank as absent', child, { givenName: null, familyName: ' ', birthDate: '', sex: null }],
    ['the same in other spelling', child, { givenName: 'AMY', familyName: 'réed', birthDate: '2015-06-07', sex: '2' }],
    ['a year that fits', child, { birthDate: '2015' }],
    ['a month that fits', child, { birthDate: '2015-06' }],
    ['a year within a month', { birthDate: '2015' }, { birthDate: '2015-06' }],
    ['sex not known', child, { sex: 'U' }],
  ])('agrees: %s', (_, a, b) => expect(both(a, b)).toBe('agrees'));

  it.each<[string, Demographics, Demographics]>([
    ['two full birth dates', child, { birthDate: '2015-06-08' }],
    ['day and month swapped', child, { ...child, birthDate: '2015-07-06' }],
    ['two birth dates though the names differ too', child, { givenName: 'Zoe', birthDate: '2016-06-07' }],
  ])('contradicts: %s', (_, a, b) => expect(both(a, b)).toBe('contradicts'));

  it.each<[string, Demographics, Demographics]>([
    ['a nickname', { givenName: 'Kate' }, { givenName: 'Katherine' }],
    ['twins by other first names', child, { ...child, givenName: 'Zoe' }],
    ['another surname', child, { ...child, familyName: 'Reid' }],
    ['another sex', child, { ...child, sex: 'M' }],
    ['baby', child, { ...child, givenName: 'Baby' }],
    ['baby of a mother', child, { ...child, givenName: 'baby of Sarah' }],
    ['baby on both sides', { givenName: 'Baby' }, { givenName: 'BABY' }],
    ['unknown surname', child, { ...child, familyName: 'Not Known' }],
    ['1 January of that year', child, { ...child, birthDate: '2015-01-01' }],
    ['1 January of another year', child, { ...child, birthDate: '2012-01-01' }],
    ['1 January of two years', { birthDate: '2015-01-01' }, { birthDate: '2016-01-01' }],
    ['1 January on both sides', { birthDate: '2015-01-01' }, { birthDate: '2015-01-01' }],
    ['1 January and its year', { birthDate: '2015-01-01' }, { birthDate: '2015' }],
    ['another year', child, { birthDate: '2014' }],
    ['another month', child, { birthDate: '2015-07' }],
    ['a day that does not exist', child, { birthDate: '2015-02-30' }],
    ['a date that cannot be read', child, { birthDate: '7 June 2015' }],
  ])('neither: %s', (_, a, b) => expect(both(a, b)).toBe('neither'));

  it('compares every current value of one side with every one of the other', () => {
    expect(compareDemographics([{ givenName: 'Amy' }, { givenName: 'AMY' }], child)).toBe('agrees');
    expect(compareDemographics([{ givenName: 'Amy' }, { givenName: 'Ami' }], child)).toBe('neither');
    expect(compareDemographics([{ birthDate: '2015-06-07' }, { birthDate: '2015-06-17' }], child)).toBe('contradicts');
    expect(compareDemographics([], child)).toBe('agrees');
  });
});
