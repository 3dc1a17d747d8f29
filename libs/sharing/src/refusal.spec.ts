import { element, member, placeOfPointer } from './refusal.js';

describe('the place of what is wrong', () => {
  it('names members as a path does, and in brackets where their names are odd', () => {
    expect(member('$.parties', 'school-2')).toBe('$.parties.school-2');
    expect(member('$', '_x')).toBe('$._x');
    for (const odd of ['a b', '2nd', 'é', 'a.b', ''])
      expect(member('$.parties', odd)).toBe(`$.parties[${JSON.stringify(odd)}]`);
    expect(element('$.permits', 12)).toBe('$.permits[12]');
  });

  it.each([
    ['', '$'],
    ['/permits/0/to/12', '$.permits[0].to[12]'],
    ['/parties/a~1b/x', '$.parties["a/b"].x'],
    ['/parties/a~0b~01', '$.parties["a~b~1"]'],
    ['/parties/2nd/1', '$.parties["2nd"][1]'],
    ['/parties/year2', '$.parties.year2'],
  ])('is that of the pointer “%s”', (pointer, place) => {
    expect(placeOfPointer(pointer)).toBe(place);
  });
});
