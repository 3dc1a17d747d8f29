import { markText, partyKindText, words } from './labels.js';
import { shownFields } from './values.js';

describe('what a record says', () => {
  it.each<[unknown, string[]]>([
    [null, ['Not known or not said']],
    [false, ['No']],
    [true, ['Yes']],
    [3, ['3']],
    ['Fall', ['Fall']],
    ['2026-03-03', ['3 March 2026']],
    ['2026', ['2026']],
    [[], ['None']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [{ line1: '1 Long Lane', postcode: null }, ['Line1: 1 Long Lane']],
    [[{ status: 'CIN', plan: 'Open' }], ['Status: CIN, Plan: Open']],
    [{}, ['Not known or not said']],
  ])('%j is shown as %j', (value, lines) =>
    expect(shownFields({ someField: value })).toEqual([
      { label: 'Some field', lines, unsaid: lines[0] === 'Not known or not said' },
    ]),
  );

  it('leaves the marks to their own place', () => {
    expect(shownFields({ marks: ['x'], reason: 'r' }).map(({ label }) => label)).toEqual(['Reason']);
  });

  it('has words for every code', () => {
    expect(words('crime-justice.details')).toBe('Crime justice details');
    expect(partyKindText('LOCAL_AUTHORITY')).toBe('Children’s services');
    expect(partyKindText('FIRE_SERVICE')).toBe('Fire service');
    expect(markText('constructor')).toBe('Constructor');
  });
});
