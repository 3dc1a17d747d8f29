/**
 * `npm run test:engines`: what the ordinary run cannot show, on real engines where this machine has them.
 *
 * 1. The store's suite on a PostgreSQL of Debian's (the oldest version that is supported) and on the test server that
 *    stands in for EventStoreDB, or on EVENT_STORE_URL=esdb://...; the bus's suite in the process and on Kafka.
 * 2. The journeys of the spine and of people against every app as a process of its own; races of a decision against
 *    reads, with two processes that decide.
 * 3. One input on three sets of engines, every byte that they wrote, and faults.
 */
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { whyNoBroker } from '../../tools/kafka-broker.mjs';
import { startOldestPostgres } from './oldest-postgres.mjs';

const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const JOURNEYS = [
  'test/journeys/shared-child',
  'test/browser/practitioner',
  'test/browser/data-manager',
  'test/journeys/identity-browser',
];

/** Races of a decision against reads, with two processes that decide. */
const RACES = Number(process.env['DECISION_RACES'] || 100);

const only = process.argv.slice(2);
const timings = [];

const run = (name, args, environment = {}) =>
  new Promise((resolve) => {
    if (only.length > 0 && !only.includes(name)) return resolve(true);
    const since = Date.now();
    process.stdout.write(`\n== ${name}\n`);
    const child = spawn(process.execPath, [...JEST, ...args], {
      stdio: 'inherit',
      env: { ...process.env, TEST_ENGINES: '1', ...environment },
    });
    child.once('exit', (code) => {
      timings.push([name, Math.round((Date.now() - since) / 1000), code === 0 ? 'passed' : 'FAILED']);
      resolve(code === 0);
    });
  });

const why = await whyNoBroker();
if (why !== undefined) process.stdout.write(`SKIPPED: what needs Kafka. ${why}\n`);
const oldest = await startOldestPostgres();
if (!oldest) process.stdout.write('SKIPPED: the oldest PostgreSQL. Debian’s package postgresql is absent.\n');
const postgres = oldest ? { SIGHTLINE_TEST_PG: oldest.url } : {};
const workers = `--maxWorkers=${Math.min(2, cpus().length)}`;
const results = [];
try {
  const suites = ['test/contract/(postgres-event-store|eventstoredb|in-process-bus|kafka)', workers];
  const fleet = { ...postgres, TEST_FLEET: 'kafka-eventstoredb' };
  results.push(await run('contract', suites, postgres));
  if (why === undefined) {
    results.push(await run('journeys', [...JOURNEYS, '--maxWorkers=1'], fleet));
    // The suite is half of the races that it is asked for.
    const races = { DECISION_RACES: String(2 * RACES) };
    results.push(await run('races', ['test/journeys/decision-races-first', '--maxWorkers=1'], { ...fleet, ...races }));
    results.push(await run('state', ['test/engines/(same-state|up|processes|every-byte)', '--maxWorkers=1'], postgres));
    results.push(await run('faults', ['test/engines/faults', '--maxWorkers=1']));
  }
} finally {
  await oldest?.stop();
}
process.stdout.write(
  `\n${timings.map(([name, seconds, result]) => `${name.padEnd(10)} ${String(seconds).padStart(5)} s  ${result}`).join('\n')}\n`,
);
process.exit(results.every(Boolean) ? 0 : 1);
