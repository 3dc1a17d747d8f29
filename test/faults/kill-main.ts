import { parseArgs } from 'node:util';
import { buildProduct } from '../support/faults/build-product.js';
import { inTurn } from '../support/faults/kill-in-turn.js';
import { describeReport, isSound } from '../support/faults/report.js';
import { runFaults } from '../support/faults/run-faults.js';

const USAGE = `npm run test:faults -- [--kills N] [--contributions M] [--seed S] [--plant FILE]
  --kills N          kills of the hub, and as many of PostgreSQL (10)
  --contributions M  contributions to send, at least (10000)
  --seed S           the same seed sends the same documents (1)
  --plant FILE       loads a planted bug of test/support/faults into the hub; it should be found
`;

const stop = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};

const readOptions = () => {
  try {
    return parseArgs({
      options: {
        kills: { type: 'string', default: '10' },
        contributions: { type: 'string', default: '10000' },
        seed: { type: 'string', default: '1' },
        plant: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return stop(`${(error as Error).message}\n${USAGE}`);
  }
};

const whole = (name: string, text: string): number =>
  /^\d{1,9}$/.test(text) ? Number(text) : stop(`--${name} is a whole number\n${USAGE}`);

const options = readOptions();
const product = await buildProduct();
try {
  const report = await runFaults({
    product: product.folder,
    kills: inTurn(whole('kills', options.kills)),
    contributions: whole('contributions', options.contributions),
    seed: whole('seed', options.seed),
    plants: options.plant === undefined ? [] : [options.plant],
  });
  process.stdout.write(`${describeReport(report)}\n`);
  process.exitCode = isSound(report) ? 0 : 1;
} finally {
  await product.remove();
}
