import { areaOf, describeProfile, summariseProfile } from './profile.js';
import { readStatements } from './profile-database.js';

const frame = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
  children,
});

describe('a CPU profile', () => {
  it.each([
    ['file:///tmp/build/dist/libs/intake/src/inbox/inbox.js', 'libs/intake'],
    ['file:///tmp/build/dist/apps/sharing/src/x.js', 'apps/sharing'],
    ['file:///work/node_modules/pg/lib/client.js', 'pg'],
    ['file:///work/node_modules/a/node_modules/@nestjs/core/x.js', '@nestjs/core'],
    ['node:internal/crypto/hash', undefined],
    ['', undefined],
  ])('finds the area of %s', (url, area) => {
    expect(areaOf(url)).toBe(area);
  });

  const summary = summariseProfile(
    {
      nodes: [
        frame(1, '(idle)', ''),
        frame(2, 'seal', 'file:///x/dist/libs/platform/src/seal.js', [5]),
        frame(3, 'seal', 'file:///x/dist/libs/platform/src/seal.js'),
        frame(4, '', 'file:///x/node_modules/pg/lib/client.js'),
        frame(5, 'update', 'node:internal/crypto/cipher', [6]),
        frame(6, 'run', ''),
        frame(7, '(garbage collector)', ''),
      ],
      samples: [1, 2, 3, 4, 5, 6, 7],
      timeDeltas: [200, 100, 200, 100, 100, 200, 100],
    },
    'a.cpuprofile',
    { functions: [{ name: 'inbox.accept', calls: 3, ms: 12 }], statements: [] },
  );

  it('sums the time of each function, and leaves idle time out of the shares', () => {
    expect(summary.busy).toBeCloseTo(0.8);
    expect(summary.functions[0]).toEqual({ name: 'seal', area: 'libs/platform', share: 0.375 });
  });

  it("gives the time of Node's own functions to whoever called them", () => {
    expect(summary.areas).toEqual([
      { area: 'libs/platform', share: 0.75 },
      { area: 'pg', share: 0.125 },
      { area: '(garbage collector)', share: 0.125 },
    ]);
    expect(summary.functions).toContainEqual({ name: 'run for seal', area: 'libs/platform', share: 0.25 });
  });

  it('is told in plain text', () => {
    const text = describeProfile(summary);
    expect(text).toContain('busy 80.0 %');
    expect(text).toContain('client.js:10 (pg)');
    expect(text).toContain('12 ms in 3 calls  inbox.accept');
  });
});

describe("the server's log", () => {
  it('says how long each statement took, in all its steps', () => {
    const log = [
      '2025-12-01 10:00:00 UTC [7] LOG:  duration: 0.500 ms  parse read-filed: select position',
      '\t  from projection.contribution',
      '2025-12-01 10:00:00 UTC [7] LOG:  duration: 1.000 ms  bind read-filed: select position',
      '\t  from projection.contribution',
      '2025-12-01 10:00:00 UTC [7] LOG:  duration: 2.000 ms  execute read-filed: select position',
      '\t  from projection.contribution',
      '2025-12-01 10:00:00 UTC [7] LOG:  duration: 3.000 ms  statement: commit',
      '2025-12-01 10:00:00 UTC [7] LOG:  duration: 9.000 ms  statement: select pg_reload_conf()',
    ].join('\n');
    expect(readStatements(log)).toEqual([
      { name: 'select position from projection.contribution', calls: 1, ms: 3.5 },
      { name: 'commit', calls: 1, ms: 3 },
    ]);
  });
});
