import { parseArgs } from 'node:util';

export const STAGES = ['ingest', 'query', 'project', 'bus', 'decide'] as const;
export type Stage = (typeof STAGES)[number];

export const FLOORS = ['none', 'half', 'full'] as const;
/** Which ratios fail the command: none, those below half of their floor, or those below it. */
export type Floors = (typeof FLOORS)[number];

export interface BenchOptions {
  /** Events that are sent over all rounds, and entries that are read from. */
  readonly size: number;
  readonly rounds: number;
  readonly stages: readonly Stage[];
  readonly seed: number;
  readonly floors: Floors;
  /** File for the figures. */
  readonly out: string | undefined;
  /** Folder for CPU profiles; undefined: none are taken. */
  readonly profile: string | undefined;
  /** Measures nothing: writes the figures of `out` into the README. */
  readonly readme: boolean;
}

export const USAGE = `npm run bench -- [--size 10k] [--rounds 3] [--stage all|ingest|query|project|bus|decide] [--seed 42] [--out FILE]
                 [--floors none|half|full] [--profile FOLDER] [--readme]
  --size N        events to send over all rounds, and entries to read from: 500 or more, 10k, 100k, 1m (10k)
  --rounds N      rounds, in each of which everything is measured once (3)
  --stage S       ingest (G1), query (G8), project (G12), bus (G17), decide (G7) or all
  --seed N        the same seed sends the same documents in the same order (42)
  --out FILE      writes the figures as JSON
  --floors F      ends with status 1 where a ratio is below its floor (full) or half of it (half); none: never
  --profile DIR   takes a CPU profile of what is measured in each stage, and says where its time goes
  --readme        measures nothing: writes the figures of --out (bench.json) into README.md
`;

/** Something in the command line that cannot be understood. */
export class BadOptions extends Error {}

const readSize = (text: string): number => {
  const [, digits, unit] = /^(\d{1,7})(k|m)?$/.exec(text.toLowerCase()) ?? [];
  const size = Number(digits) * { k: 1000, m: 1_000_000, '': 1 }[(unit ?? '') as 'k' | 'm' | ''];
  if (!(size >= 500 && size <= 2_000_000)) throw new BadOptions('--size is a number from 500 to 2m');
  return size;
};

const readWhole = (name: string, text: string, least: number): number => {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (number < least) throw new BadOptions(`--${name} is a whole number from ${least} on`);
  return number;
};

const oneOf = <T extends string>(name: string, text: string, allowed: readonly T[]): T => {
  const found = allowed.find((word) => word === text);
  if (found === undefined) throw new BadOptions(`--${name} is one of ${allowed.join(', ')}`);
  return found;
};

/** Reads the command line. Throws a `BadOptions` with a sentence. */
export const readOptions = (args: readonly string[]): BenchOptions => {
  const values = (() => {
    try {
      return parseArgs({
        args: [...args],
        options: {
          size: { type: 'string', default: '10k' },
          rounds: { type: 'string', default: '3' },
          stage: { type: 'string', default: 'all' },
          seed: { type: 'string', default: '42' },
          floors: { type: 'string', default: 'none' },
          out: { type: 'string' },
          profile: { type: 'string' },
          readme: { type: 'boolean', default: false },
        },
      }).values;
    } catch (error) {
      throw new BadOptions((error as Error).message);
    }
  })();
  const stage = oneOf('stage', values.stage, ['all', ...STAGES]);
  return {
    size: readSize(values.size),
    rounds: readWhole('rounds', values.rounds, 1),
    stages: stage === 'all' ? STAGES : [stage],
    seed: readWhole('seed', values.seed, 0),
    floors: oneOf('floors', values.floors, FLOORS),
    out: values.out,
    profile: values.profile,
    readme: values.readme,
  };
};
