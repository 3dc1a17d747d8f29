import { remembering, rememberingOf } from './remember.js';

describe('what is remembered', () => {
  it('is worked out once, nothing and undefined too', () => {
    const asked: string[] = [];
    const lengthOf = remembering((text: string) => {
      asked.push(text);
      return text === '' ? undefined : text.length;
    });
    expect(['a', 'bb', 'a', '', '', 'bb'].map(lengthOf)).toEqual([1, 2, 1, undefined, undefined, 2]);
    expect(asked).toEqual(['a', 'bb', '']);
  });

  it('is all forgotten before there is more than it may be', () => {
    let asked = 0;
    const twice = remembering((value: number) => {
      asked += 1;
      return 2 * value;
    }, 2);
    expect([1, 2, 1, 2].map(twice)).toEqual([2, 4, 2, 4]);
    expect(asked).toBe(2);
    expect([3, 3, 1].map(twice)).toEqual([6, 6, 2]);
    expect(asked).toBe(4);
  });

  it('is of each object its own', () => {
    let asked = 0;
    const size = rememberingOf((list: readonly string[]) => {
      asked += 1;
      return list.length;
    });
    const [one, other] = [['a'], ['a']];
    expect([one, other, one].map((list) => size(list))).toEqual([1, 1, 1]);
    expect(asked).toBe(2);
  });
});
