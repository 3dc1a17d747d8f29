import { readConfiguration } from '#platform';
import { startHub } from './start-hub.js';

const read = readConfiguration(process.env, { everyModule: true });
if (!read.ok) {
  for (const { name, reason } of read.problems) process.stderr.write(`${name} ${reason}\n`);
  process.exit(1);
}
try {
  const hub = await startHub({ configuration: read.configuration });
  process.stdout.write(`The hub answers on ${hub.url}\n`);
  let closing: Promise<void> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      closing ??= hub.close().then(() => process.exit(0));
    });
  }
} catch (error) {
  process.stderr.write(`The hub did not start: ${(error as Error).message}\n`);
  process.exit(1);
}
