import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LOADING_TIME } from '../../apps/hub/src/demo/story.js';
import { OPTIONS_TEXT, readDemoOptions, tellStory } from '../../apps/hub/src/demo/tell-story.js';
import { startEngines } from './start-engines.js';
import { startFleet, type App } from './start-fleet.js';

const USAGE = `npm run up -- [--data DIR] [--until INSTANT] [--report FILE] [--exit]
${OPTIONS_TEXT}
Engines by address: DATABASE_URL, BUS_URL, EVENT_STORE_URL. Without them: the PostgreSQL that comes with the hub, a Kafka
broker of this machine (Java 17 and Maven), and a test server that stands in for EventStoreDB. Data in DATA_DIR (./data/up).
`;

/** Two of what shares its work with another of its kind, as in a deployment. */
const INSTANCES: Partial<Record<App, number>> = { timeline: 2, sharing: 2 };

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

/** A line of a shell that sets and exports. */
const exported = ([name, value]: [string, string]): string =>
  `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** `npm run up`: real engines, every app a process of its own, the demonstration's records loaded over them. */
const main = async (): Promise<void> => {
  const options = optionsOrStop();
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const root = process.cwd();
  const { DATA_DIR, DATABASE_URL, BUS_URL, EVENT_STORE_URL, HUB_PORT = '8080' } = process.env;
  const folder = resolve(DATA_DIR ? join(DATA_DIR, 'up') : join(root, 'data/up'));
  mkdirSync(folder, { recursive: true });
  const steps: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      for (const step of steps.reverse()) await step().catch(() => undefined);
    })());
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void close().then(() => process.exit(0)));
  try {
    say('Starting the engines (PostgreSQL, Kafka, the store of events) ...');
    const engines = await startEngines({
      root,
      folder,
      ...(DATABASE_URL ? { databaseUrl: DATABASE_URL } : {}),
      ...(BUS_URL ? { busUrl: BUS_URL } : {}),
      eventStoreUrl: EVENT_STORE_URL || 'test-server',
      say,
    });
    steps.push(() => engines.close());
    say('Starting every app as a process of its own ...');
    const fleet = await startFleet({
      root,
      folder,
      database: engines.database,
      busUrl: engines.busUrl,
      ...(engines.eventStoreUrl === undefined ? {} : { eventStoreUrl: engines.eventStoreUrl }),
      instances: INSTANCES,
      firstTime: LOADING_TIME,
      supervise: true,
      port: Number(HUB_PORT),
    });
    steps.push(() => fleet.close());
    say(`Processes: ${fleet.processes.map((one) => `${one.name} (${one.pid()})`).join(', ')}`);
    say(`Kafka: ${engines.busUrl}; store of events: ${engines.eventStoreUrl ?? 'PostgreSQL'}; logs: ${folder}/logs`);
    const settings = {
      DATA_DIR: folder,
      HUB_PORT,
      BUS_URL: engines.busUrl,
      ...(DATABASE_URL ? { DATABASE_URL } : {}),
      ...(engines.eventStoreUrl === undefined ? {} : { EVENT_STORE_URL: engines.eventStoreUrl }),
    };
    const file = join(folder, 'settings.sh');
    writeFileSync(file, Object.entries(settings).map(exported).join(''), { mode: 0o600 });
    await tellStory(fleet, fleet.configuration, options);
    process.stdout.write(`In another terminal, before any of these commands:  . ${file}\n`);
    if (options.exit) {
      await close();
      process.exit(0);
    }
    process.stdout.write('Everything runs on; Ctrl-C stops it.\n');
  } catch (error) {
    say((error as Error).message);
    await close();
    process.exit(1);
  }
};

await main();
