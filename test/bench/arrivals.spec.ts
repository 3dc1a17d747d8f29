import type { BusMessage } from '#bus';
import { Arrivals, differences } from './arrivals.js';

const message = (key: string, n: number, trace = ''): BusMessage => ({
  key,
  value: new Uint8Array([n, 2, 3]),
  headers: { format: 'sightline-final', trace },
});
const arrivals = (...messages: readonly BusMessage[]): Arrivals => {
  const noted = new Arrivals();
  noted.note(messages);
  return noted;
};

describe('what arrived of what was sent', () => {
  const sent = arrivals(message('a', 1), message('b', 2), message('a', 3));

  it('is the same in any order of the keys', () => {
    expect(differences('t', sent, arrivals(message('b', 2), message('a', 1), message('a', 3)))).toEqual([]);
  });

  it.each([
    ['one missing', [message('a', 1), message('b', 2)], 2],
    ['one twice', [message('a', 1), message('a', 1), message('b', 2), message('a', 3)], 2],
    ['the order of a key', [message('a', 3), message('b', 2), message('a', 1)], 1],
    ['a byte', [message('a', 1), message('b', 9), message('a', 3)], 1],
    ['a header', [message('a', 1), message('b', 2, 'x'), message('a', 3)], 1],
    ['a key', [message('a', 1), message('c', 2), message('a', 3)], 1],
  ])('is not the same with another: %s', (_, messages, problems) => {
    expect(differences('t', sent, arrivals(...messages))).toHaveLength(problems);
  });
});
