import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { buildProduct } from '../support/faults/build-product.js';
import { setStage } from '../support/faults/crash-directed.js';
import { openFleetScene, type StoreKind } from '../support/faults/fleet-scene.js';
import { describeFault, describeRun, problemsOfRun } from '../support/faults/random-faults-report.js';
import { runRandomFaults } from '../support/faults/run-random-faults.js';
import { openWorkload } from '../support/faults/workload.js';

const USAGE = `npm run test:faults -- [--faults N] [--seed S] [--store postgres|eventstoredb]
  --faults N  faults to inject (200)
  --seed S    the same seed sends the same documents and deals the same faults (1)
  --store     where events are kept: PostgreSQL, or the test server that stands in for EventStoreDB (postgres)
`;
const CHILDREN = 1500;
/** Of so many documents of unknown outcome one is left as it is until all is quiet. */
const SET_ASIDE_EVERY = 2;

const stop = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};

const readOptions = () => {
  try {
    return parseArgs({
      options: {
        faults: { type: 'string', default: '200' },
        seed: { type: 'string', default: '1' },
        store: { type: 'string', default: 'postgres' },
      },
    }).values;
  } catch (error) {
    return stop(`${(error as Error).message}\n${USAGE}`);
  }
};

const whole = (name: string, text: string): number =>
  /^\d{1,6}$/.test(text) ? Number(text) : stop(`--${name} is a whole number\n${USAGE}`);

const given = readOptions();
const faults = whole('faults', given.faults);
const seed = whole('seed', given.seed);
const store: StoreKind =
  given.store === 'postgres' || given.store === 'eventstoredb'
    ? given.store
    : stop(`--store is postgres or eventstoredb\n${USAGE}`);

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const bar = process.stderr.isTTY
  ? new SingleBar({ format: '  {bar} {value}/{total} faults | {what}', clearOnComplete: true }, Presets.shades_classic)
  : undefined;

const product = await buildProduct();
try {
  const scene = await openFleetScene({ product: product.folder, store, say });
  try {
    const workload = openWorkload(seed, CHILDREN);
    const { history } = await setStage(scene, workload, SET_ASIDE_EVERY);
    bar?.start(faults, 0, { what: '' });
    const report = await runRandomFaults(scene, workload, history, {
      faults,
      seed,
      onFault: (done, fault) => {
        if (bar) bar.update(done, { what: describeFault(fault) });
        else say(`${done}/${faults} ${describeFault(fault)}`);
      },
      onCheck: (what) => {
        if (bar) bar.update({ what: `checking ${what}` });
        else say(`checking ${what}`);
      },
    });
    bar?.stop();
    process.stdout.write(`${describeRun(report)}\n`);
    process.exitCode = problemsOfRun(report).length === 0 ? 0 : 1;
  } finally {
    bar?.stop();
    await scene.close();
  }
} catch (error) {
  say((error as Error).message);
  process.exitCode = 1;
} finally {
  await product.remove();
}
process.exit();
