import { BadOptions, readOptions } from './options.js';

describe('the options of the benchmark', () => {
  it('have defaults', () => {
    expect(readOptions([])).toEqual({
      size: 10_000,
      rounds: 3,
      stages: ['ingest', 'query', 'project', 'bus', 'decide'],
      seed: 42,
      floors: 'none',
      out: undefined,
      profile: undefined,
      readme: false,
    });
  });

  it.each([
    ['500', 500],
    ['10k', 10_000],
    ['100K', 100_000],
    ['1m', 1_000_000],
  ])('take %s as a size', (text, size) => {
    expect(readOptions(['--size', text]).size).toBe(size);
  });

  it('take one stage, a seed, a file and floors', () => {
    expect(readOptions(['--stage', 'query', '--seed', '0', '--out', 'b.json', '--floors', 'half'])).toMatchObject({
      stages: ['query'],
      seed: 0,
      out: 'b.json',
      floors: 'half',
    });
  });

  it.each([
    [['--size', '10']],
    [['--size', 'many']],
    [['--size', '9m']],
    [['--rounds', '0']],
    [['--rounds', '1.5']],
    [['--seed', '-1']],
    [['--stage', 'append']],
    [['--floors', 'most']],
    [['--speed']],
  ])('refuse %j', (args) => {
    expect(() => readOptions(args)).toThrow(BadOptions);
  });
});
