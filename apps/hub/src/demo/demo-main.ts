import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar, Presets } from 'cli-progress';
import { createLogger, readConfiguration, readIssuerKeys, signDevelopmentToken } from '#platform';
import { startHub } from '../start-hub.js';
import { findFiles } from './find-files.js';
import { HubClient } from './hub-client.js';
import { loadStory, type Progress } from './load-story.js';
import { renderScreen } from './screen.js';
import { LOADING_TIME, PEOPLE, READING_TIME, signInLine } from './story.js';

const USAGE = `npm run demo -- [--data DIR] [--until INSTANT] [--report FILE] [--exit]
  --data DIR       feeds the files of this folder instead of the project's own
  --until INSTANT  recorded time at which the readers look (${READING_TIME.toISOString()})
  --report FILE    also writes what the screen says, as JSON
  --exit           stops when the story is loaded
`;

const stop = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const readOptions = () => {
  try {
    return parseArgs({
      options: {
        data: { type: 'string' },
        until: { type: 'string' },
        report: { type: 'string' },
        exit: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return stop(`${(error as Error).message}\n${USAGE}`);
  }
};

const instantOf = (text: string): Date => {
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at.getTime())) {
    return stop('--until must be an instant with an offset, such as 2025-11-30T12:00:00Z');
  }
  return at;
};

/** A bar on a terminal, a line a step elsewhere. */
const progressBar = (): { progress: Progress; done: () => void } => {
  if (!process.stderr.isTTY) {
    let last = '';
    return {
      progress: (step, done, total) => {
        if (done === total && step !== last) process.stderr.write(`  ${step}: ${done} of ${total}\n`);
        if (done === total) last = step;
      },
      done: () => undefined,
    };
  }
  const bar = new SingleBar(
    { format: '  {bar} {value}/{total} {step}', hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(1, 0, { step: 'starting' });
  return {
    progress: (step, done, total) => {
      bar.setTotal(Math.max(1, total));
      bar.update(done, { step });
    },
    done: () => bar.stop(),
  };
};

const main = async (): Promise<void> => {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const read = readConfiguration({ LOG_LEVEL: 'warn', ...process.env }, { everyModule: true });
  if (!read.ok) return stop(read.problems.map(({ name, reason }) => `${name} ${reason}`).join('\n'));
  const { configuration } = read;
  const readAt = options.until === undefined ? READING_TIME : instantOf(options.until);
  const folder = options.data ?? join(import.meta.dirname, '../../../../../apps/hub/demo');

  process.stderr.write('Starting the hub (PostgreSQL, store, bus, every app in one process) ...\n');
  const hub = await startHub({
    configuration,
    firstTime: LOADING_TIME,
    people: PEOPLE.map(signInLine),
    logger: createLogger({ app: 'hub', instance: configuration.instance, level: configuration.logLevel }),
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= hub.close());
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void close().then(() => process.exit(0)));
  try {
    const files = await findFiles(folder, hub.registry).catch((error: Error) => {
      throw new Error(`--data cannot be read: ${(error as NodeJS.ErrnoException).code ?? error.message}`);
    });
    const jwks = await readIssuerKeys(configuration.keysDir);
    const client = new HubClient(
      hub.url,
      (subject) =>
        signDevelopmentToken({
          subject,
          scope: 'read',
          issuer: configuration.issuerUrl,
          audience: configuration.audience,
          jwks,
          environment: configuration.environment,
        }),
      hub.connectorSecret,
    );
    const { progress, done } = progressBar();
    const report = await loadStory(hub, client, configuration, files, readAt, progress).finally(done);
    if (options.report !== undefined) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
    process.stdout.write(`${renderScreen(report, hub.url)}\n`);
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
