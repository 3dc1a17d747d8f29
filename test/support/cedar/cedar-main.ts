import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { SeededRandom } from '../decision-oracle/seeded-random.js';
import { NOTHING_COMPARED, addCompared, compareWorld, describeCompared, describeDifference } from './compare-worlds.js';
import { randomWorld } from './random-worlds.js';

const USAGE = `npm run cedar -- [--requests 100000] [--seed 1]
  --requests N  random requests that the decision and Cedar are both asked (100000)
  --seed S      the same seed makes the same documents and requests (1)
`;
/** Questions that are asked of one set of documents. */
const A_WORLD = 100;
const MOST_TOLD = 5;

const stop = (message: string): never => {
  process.stderr.write(`${message}\n${USAGE}`);
  process.exit(2);
};

const readOptions = () => {
  try {
    return parseArgs({
      options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
    }).values;
  } catch (error) {
    return stop((error as Error).message);
  }
};

const whole = (name: string, text: string): number =>
  /^\d{1,8}$/.test(text) ? Number(text) : stop(`--${name} is a whole number`);

const options = readOptions();
const wanted = whole('requests', options.requests);
const seed = whole('seed', options.seed);
const started = performance.now();
const bar = process.stderr.isTTY ? new SingleBar({ clearOnComplete: true }, Presets.shades_classic) : undefined;
bar?.start(wanted, 0);

let compared = NOTHING_COMPARED;
for (let world = 0; compared.questions < wanted; world += 1) {
  const random = new SeededRandom(seed * 1_000_003 + world);
  const count = Math.min(A_WORLD, wanted - compared.questions);
  compared = addCompared(compared, compareWorld(randomWorld(random, `w${String(world)}`, count)));
  bar?.update(compared.questions);
}
bar?.stop();

process.stdout.write(
  `seed ${String(seed)}: ${describeCompared(compared)}; ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
);
for (const difference of compared.differences.slice(0, MOST_TOLD))
  process.stdout.write(`${describeDifference(difference)}\n`);
process.exitCode = compared.differences.length === 0 && wanted > 0 ? 0 : 1;
