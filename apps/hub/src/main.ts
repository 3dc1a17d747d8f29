import { runProcess } from '#platform';
import { startHub } from './start-hub.js';

await runProcess(
  'hub',
  async (configuration) => {
    const hub = await startHub({ configuration });
    process.stdout.write(`The hub answers on ${hub.url}\n`);
    return () => hub.close();
  },
  { everyModule: true },
);
