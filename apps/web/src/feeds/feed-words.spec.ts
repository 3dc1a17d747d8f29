import { noticeText, placeText, reasonText, stateText } from './feed-words.js';

describe('words about feeds', () => {
  it.each([
    ['records[0].personId', 'personId, in records number 1'],
    [
      'records[2].payload.missingEpisodes[1].date',
      'date, in missingEpisodes number 2, in payload, in records number 3',
    ],
    ['[4].version', 'version, in number 5'],
    ['orgId', 'orgId'],
    ['document', 'The document'],
    ['', 'The document'],
  ])('of the place %j', (path, text) => {
    expect(placeText(path)).toBe(text);
  });

  it('of reasons, states and notices; a code without words is shown in words made of it', () => {
    expect(reasonText('not-a-date')).toBe('It must be a date that exists, as year, month and day');
    expect([reasonText('too-odd'), reasonText('toString')]).toEqual(['Too odd', 'To string']);
    expect([stateText('open'), stateText('constructor')]).toEqual(['Waiting for a decision', 'Constructor']);
    expect(noticeText('conflicting-versions')).toContain('Both stay current');
  });
});
