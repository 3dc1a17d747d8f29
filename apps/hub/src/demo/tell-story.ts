import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar, Presets } from 'cli-progress';
import { readIssuerKeys, signDevelopmentToken, type Configuration } from '#platform';
import { findFiles } from './find-files.js';
import { HubClient } from './hub-client.js';
import type { StoryHub } from './hub-state.js';
import { loadStory } from './load-story.js';
import { renderScreen } from './screen.js';
import type { Progress } from './send-file.js';
import { STORY_PEOPLE } from './story-people.js';
import { READING_TIME } from './story.js';

/** What the demonstration is told on its command line. */
export interface DemoOptions {
  /** Folder of files to feed; the project's own when absent. */
  readonly data?: string;
  /** Recorded time at which the readers look. */
  readonly readAt: Date;
  /** File to which what the screen says goes too, as JSON. */
  readonly report?: string;
  readonly exit: boolean;
  readonly help: boolean;
}

/** What every command that tells the story says of its options. */
export const OPTIONS_TEXT = `  --data DIR       feeds the files of this folder instead of the project's own, and tells no story
  --until INSTANT  recorded time at which the readers look (${READING_TIME.toISOString()})
  --report FILE    also writes what the screen says, as JSON
  --exit           stops when the story is loaded
`;

const instantOf = (text: string): Date => {
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at.getTime())) {
    throw new Error('--until must be an instant with an offset, such as 2025-11-30T12:00:00Z');
  }
  return at;
};

/** Throws an Error whose message says what is wrong with the command line. */
export const readDemoOptions = (): DemoOptions => {
  const { data, until, report, exit, help } = parseArgs({
    options: {
      data: { type: 'string' },
      until: { type: 'string' },
      report: { type: 'string' },
      exit: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
  return {
    ...(data === undefined ? {} : { data }),
    ...(report === undefined ? {} : { report }),
    readAt: until === undefined ? READING_TIME : instantOf(until),
    exit,
    help,
  };
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

/** A hub that answers, in one process or in many. */
export interface TellingHub extends StoryHub {
  readonly url: string;
  readonly connectorSecret: (clientId: string) => string;
}

/** Loads the story through the doors of a hub that answers, and prints what its readers see. */
export const tellStory = async (hub: TellingHub, configuration: Configuration, options: DemoOptions): Promise<void> => {
  const folder = options.data ?? join(import.meta.dirname, '../../../../../apps/hub/demo');
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
  const report = await loadStory(hub, client, configuration, files, options.readAt, progress).finally(done);
  if (options.report !== undefined) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(
    `${renderScreen(report, hub.url, files.some(({ kind }) => kind === 'story') ? STORY_PEOPLE : [])}\n`,
  );
};
