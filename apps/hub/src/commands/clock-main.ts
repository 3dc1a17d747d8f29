import { parseArgs } from 'node:util';
import { ClockRefused, setClock } from '../set-clock.js';
import { configurationOf, stop, withDatabase } from './command.js';

const USAGE =
  'npm run -s clock -- --to INSTANT   moves recorded time forward (development only); it is recorded as an event';

const { to } = (() => {
  try {
    return parseArgs({ options: { to: { type: 'string' } } }).values;
  } catch {
    return stop(USAGE);
  }
})();
if (
  to === undefined ||
  !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(to) ||
  Number.isNaN(Date.parse(to))
) {
  stop(`--to must be an instant with an offset.\n${USAGE}`);
}
const configuration = configurationOf();
try {
  const now = await withDatabase(configuration, (database) => setClock(database, configuration, new Date(to!)));
  process.stdout.write(`${now.toISOString()}\n`);
} catch (error) {
  stop(error instanceof ClockRefused ? error.message : `The clock was not moved: ${(error as Error).message}`);
}
