import { compareSides } from './compare-sides.js';
import type { Demographics } from './compare-demographics.js';
import type { ClassifiedIdentifier } from './classify-identifier.js';

const nhs = (value: string, status: ClassifiedIdentifier['status'] = 'traced'): ClassifiedIdentifier => ({
  kind: 'nhs-number',
  value,
  status,
});
const side = (identifiers: ClassifiedIdentifier[], ...demographics: Demographics[]) => ({ identifiers, demographics });
const verdicts = (...sides: Parameters<typeof compareSides>) =>
  Object.fromEntries(compareSides(...sides).map(({ field, verdict }) => [field, verdict]));

const ADA = { givenName: 'Ada', familyName: 'Example', birthDate: '2015-06-12', sex: 'F' };

describe('compareSides', () => {
  it('says of each field whether it is the same, however it is spelt', () => {
    const [a, b] = [
      side([nhs('9990000018')], ADA),
      side([nhs('999 000 0018')], { ...ADA, givenName: 'ADA', sex: '2' }),
    ];
    const same = { 'nhs-number': 'same', upn: 'missing', givenName: 'same', familyName: 'same', birthDate: 'same' };
    expect(verdicts(a, b)).toEqual({ ...same, sex: 'same' });
    expect(verdicts(b, a)).toEqual(verdicts(a, b));
  });

  it.each<[string, Demographics, string, string]>([
    ['another name', { ...ADA, givenName: 'Eve' }, 'givenName', 'different'],
    ['another birth date', { ...ADA, birthDate: '2015-06-13' }, 'birthDate', 'different'],
    ['the year alone', { ...ADA, birthDate: '2015' }, 'birthDate', 'similar'],
    ['another year', { ...ADA, birthDate: '2014' }, 'birthDate', 'different'],
    ['1 January, which says nothing', { ...ADA, birthDate: '2015-01-01' }, 'birthDate', 'missing'],
    ['baby', { ...ADA, givenName: 'baby' }, 'givenName', 'missing'],
    ['no surname', { ...ADA, familyName: null }, 'familyName', 'missing'],
  ])('%s', (_, other, field, verdict) => expect(verdicts(side([], ADA), side([], other))[field]).toBe(verdict));

  it('compares verified numbers alone', () => {
    const one = side([nhs('9990000018')]);
    expect(verdicts(one, side([nhs('9990000018', 'asserted')]))['nhs-number']).toBe('missing');
    expect(verdicts(one, side([nhs('9990000026')]))['nhs-number']).toBe('different');
    expect(verdicts(one, side([nhs('9990000026'), nhs('9990000018')]))['nhs-number']).toBe('similar');
  });
});
