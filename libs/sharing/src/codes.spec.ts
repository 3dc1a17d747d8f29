import { fold, organisationPattern, sortedUnique } from './codes.js';

describe('codes', () => {
  it('compare without case', () => {
    expect(fold('Local_AUTHORITY')).toBe('local_authority');
  });

  it('are sorted by code unit, each once', () => {
    expect(sortedUnique(['b', 'a', 'B', 'a', 'b'])).toEqual(['B', 'a', 'b']);
    expect(sortedUnique(['a', 'a'])).toEqual(['a']);
    expect(sortedUnique([])).toEqual([]);
  });
});

describe('a pattern of organisations', () => {
  it.each([
    ['ods:QX1/*', ['ods:QX1/a', 'ODS:qx1/A-b.c'], ['ods:QX1', 'ods:QX1/', 'ods:QX1/a/b', 'xods:QX1/a', 'ods:QX1/*']],
    ['urn:*@la:331', ['urn:100@la:331'], ['urn:@la:331', 'urn:1@2@la:331', 'urn:1:2@la:331', 'urn:100@la:3310']],
    ['*', ['a', 'a.b'], ['', 'a/b', 'a:b', 'a@b']],
    ['a.b(c)+*', ['a.b(c)+x'], ['aXb(c)+x', 'a.b(c)x']],
    ['a*b*c', ['aXbYc'], ['abc', 'aXbc']],
  ])('%s is met by what stands for its stars alone, in any case', (pattern, met, unmet) => {
    const found = organisationPattern(pattern);
    expect(met.filter((organisation) => !found.test(organisation))).toEqual([]);
    expect(unmet.filter((organisation) => found.test(organisation))).toEqual([]);
  });
});
