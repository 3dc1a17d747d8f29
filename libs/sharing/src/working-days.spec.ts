import { endOfTriage } from './working-days.js';

const endOf = (from: string): string => new Date(endOfTriage(Date.parse(from))).toISOString();

describe('the end of an open contact', () => {
  it.each([
    ['a Monday', '2026-03-02T09:00:00Z', '2026-03-06T00:00:00.000Z'],
    ['a Wednesday, over the weekend', '2026-03-04T23:30:00Z', '2026-03-10T00:00:00.000Z'],
    ['a Friday', '2026-03-06T16:00:00Z', '2026-03-12T00:00:00.000Z'],
    ['a Saturday', '2026-03-07T02:00:00Z', '2026-03-12T00:00:00.000Z'],
    ['a Sunday', '2026-03-08T02:00:00Z', '2026-03-12T00:00:00.000Z'],
    ['the evening in London before a day in UTC', '2026-06-01T23:30:00Z', '2026-06-05T23:00:00.000Z'],
    ['a Thursday before Easter', '2026-04-02T10:00:00Z', '2026-04-09T23:00:00.000Z'],
    [
      'a day of which the calendar says nothing, as if every day were worked',
      '2029-01-05T10:00:00Z',
      '2029-01-09T00:00:00.000Z',
    ],
    ['over the change to summer time', '2026-03-26T10:00:00Z', '2026-03-31T23:00:00.000Z'],
  ])('opened on %s', (_, from, until) => {
    expect(endOf(from)).toBe(until);
  });
});
