import { createLogger, readConfiguration } from '#platform';
import { startHub } from '../start-hub.js';
import { STORY_PEOPLE } from './story-people.js';
import { LOADING_TIME, PEOPLE, signInLine } from './story.js';
import { OPTIONS_TEXT, readDemoOptions, tellStory } from './tell-story.js';

const USAGE = `npm run demo -- [--data DIR] [--until INSTANT] [--report FILE] [--exit]
${OPTIONS_TEXT}`;

const stop = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const optionsOrStop = () => {
  try {
    return readDemoOptions();
  } catch (error) {
    return stop(`${(error as Error).message}\n${USAGE}`);
  }
};

const main = async (): Promise<void> => {
  const options = optionsOrStop();
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const read = readConfiguration({ LOG_LEVEL: 'warn', ...process.env }, { everyModule: true });
  if (!read.ok) return stop(read.problems.map(({ name, reason }) => `${name} ${reason}`).join('\n'));
  const { configuration } = read;

  process.stderr.write('Starting the hub (PostgreSQL, store, bus, every app in one process) ...\n');
  const hub = await startHub({
    configuration,
    firstTime: LOADING_TIME,
    people: [...PEOPLE, ...(options.data === undefined ? STORY_PEOPLE : [])].map(signInLine),
    logger: createLogger({ app: 'hub', instance: configuration.instance, level: configuration.logLevel }),
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= hub.close());
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void close().then(() => process.exit(0)));
  try {
    await tellStory(hub, configuration, options);
    if (options.exit) {
      await close();
      process.exit(0);
    }
    process.stdout.write('The hub runs on; Ctrl-C stops it and everything it started.\n');
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    await close();
    process.exit(1);
  }
};

await main().catch((error: unknown) => stop(`The hub did not start: ${(error as Error).message}`));
