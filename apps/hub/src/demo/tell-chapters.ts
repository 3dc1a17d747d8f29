import { readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Configuration } from '#platform';
import { adoptPolicies, adoptShipped } from './bring-agreements.js';
import { HubRefused, type HubClient } from './hub-client.js';
import { countProjected, moveClock, type StoryHub } from './hub-state.js';
import { feedsOf, notTaken, send, type FileReport, type Progress } from './send-file.js';

/** An entry as whoever acts on it sees it: the newest of this type that holds these values. */
interface EntryNamed {
  readonly type: string;
  readonly content?: Readonly<Record<string, unknown>>;
}

/** What one person does about one child, over the route of the API that his page would use. */
interface Step {
  readonly as: string;
  /** NHS number by which the person finds the child. */
  readonly child: string;
  /** Below the child's own address: `allegations`. */
  readonly route: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Goes into the body as its `entryId`. */
  readonly entry?: EntryNamed;
  /** Event type that comes of it: by how many there are, a second run knows what has been done. */
  readonly makes: string;
}

/** What happens at one moment, in this order. Files are named from the folder of the story. */
interface Chapter {
  readonly at: string;
  /** From when on agreements of the chapter are in force. */
  readonly inForceFrom?: string;
  /** Whether the agreements that are shipped are signed. */
  readonly shippedAgreements?: boolean;
  readonly policies?: readonly string[];
  readonly staff?: readonly string[];
  readonly records?: readonly string[];
  readonly steps?: readonly Step[];
}

/** `story.json`: people and records in the formats of the feeds lie beside it. */
interface StoryFile {
  readonly schema: typeof STORY_SCHEMA;
  readonly chapters: readonly Chapter[];
}

/** A file beside `story.json`. */
interface StoryPart {
  /** As the report names it. */
  readonly file: string;
  readonly read: () => Promise<Buffer>;
}

type Parts = [policies: StoryPart[], staff: StoryPart[], records: StoryPart[]];

export const STORY_SCHEMA = 'demo-story/1';

export interface Telling {
  readonly hub: StoryHub;
  readonly client: HubClient;
  readonly configuration: Configuration;
  readonly readAt: Date;
  readonly progress: Progress;
  /** How many of each event type were made before the first chapter. */
  readonly made: ReadonlyMap<string, number>;
}

const PURPOSE = 'SAFEGUARDING';
/** Actions that name no purpose of their own in what is sent. */
const WITHOUT_PURPOSE = new Set(['relation-confirmations', 'emergency-access']);

const handleOf = async (client: HubClient, { as, child }: Step): Promise<string> =>
  (
    (await client.person(as, 'POST', '/v1/child-searches', { nhsNumber: child, purpose: PURPOSE })) as {
      handle: string;
    }
  ).handle;

const entryIdOf = async (client: HubClient, as: string, handle: string, named: EntryNamed): Promise<string> => {
  const page = (await client.person(as, 'GET', `/v1/children/${handle}/chronology?purpose=${PURPOSE}&limit=500`)) as {
    entries: { entryId: string; type: string; content: Record<string, unknown> }[];
  };
  const holds = ({ type, content }: (typeof page.entries)[number]): boolean =>
    type === named.type && Object.entries(named.content ?? {}).every(([field, value]) => content[field] === value);
  const found = page.entries.find(holds);
  if (!found) throw new Error(`the story names an entry of type ${named.type} that ${as} does not see`);
  return found.entryId;
};

/** Does one thing. Whether it was done where no answer came is for the caller to find out. */
const take = async (client: HubClient, step: Step): Promise<void> => {
  const handle = await handleOf(client, step);
  const entryId = step.entry ? { entryId: await entryIdOf(client, step.as, handle, step.entry) } : {};
  const purpose = WITHOUT_PURPOSE.has(step.route) ? {} : { purpose: PURPOSE };
  const body = { ...purpose, ...entryId, ...step.body };
  await client.person(step.as, 'POST', `/v1/children/${handle}/${step.route}`, body, { once: true });
};

/** Asks again until it holds, at most so often; whether it did. */
const comes = async (holds: () => Promise<boolean>, attempts: number): Promise<boolean> => {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (await holds()) return true;
    await delay(25);
  }
  return holds();
};

/** So long may an acknowledged command take to be projected, in attempts. */
const PROJECTED = 800;
/** So long is looked for a command of which no answer came, before it is given again. */
const UNANSWERED = 120;
const TRIES = 10;

/** Everything that people do in a chapter. What an earlier run did, or one that got no answer, is not done again. */
const takeSteps = async ({ hub, client, progress }: Telling, steps: readonly Step[], done: Map<string, number>) => {
  for (const [i, step] of steps.entries()) {
    progress('what people do', i, steps.length);
    const nth = (done.get(step.makes) ?? 0) + 1;
    done.set(step.makes, nth);
    const isDone = async (): Promise<boolean> =>
      ((await countProjected(hub, [step.makes])).get(step.makes) ?? 0) >= nth;
    let over = await isDone();
    for (let attempt = 0; !over && attempt < TRIES; attempt += 1) {
      let answered = true;
      try {
        await take(client, step);
      } catch (error) {
        if (!(error instanceof TypeError) && !(error instanceof HubRefused && error.status >= 500)) throw error;
        answered = false;
      }
      over = await comes(isDone, answered ? PROJECTED : UNANSWERED);
    }
    if (!over) throw new Error(`the story stopped: ${step.as} could not do ${step.route}`);
  }
  if (steps.length > 0) progress('what people do', steps.length, steps.length);
};

/** Sends files of one kind, each to its organisation's feed. */
const sendFiles = async (
  { hub, client, progress }: Telling,
  kind: 'staff' | 'records',
  files: readonly StoryPart[],
): Promise<FileReport[]> =>
  Promise.all(
    files.map(async ({ file, read }) => {
      const body = await read();
      const { organisation, orgId } = JSON.parse(body.toString()) as { organisation?: string; orgId?: string };
      const feeds = feedsOf(hub.registry, (organisation ?? orgId)!);
      const parcel = { file, feed: feeds[kind](), clientId: feeds.clientId, mediaType: 'application/json', body };
      return send(client, parcel, progress);
    }),
  );

/** Brings in and adopts what the files hold. */
const bringPolicies = async (
  { hub, client, progress }: Telling,
  inForceFrom: string,
  files: readonly StoryPart[],
): Promise<FileReport[]> => {
  for (const { read } of files) {
    const { organisations } = JSON.parse((await read()).toString()) as { organisations: unknown[] };
    await adoptPolicies(client, hub.registry, organisations, inForceFrom, progress);
  }
  return files.map(({ file }) => notTaken({ file, reason: 'holds agreements: brought in and adopted' }));
};

/**
 * Tells the chapters that lie before the time of reading, each at its own moment of recorded time. What became of each
 * file is answered; one of a later chapter is named with its day.
 */
export const tellChapters = async (
  telling: Telling,
  story: { readonly path: string; readonly file: string },
): Promise<FileReport[]> => {
  const { hub, client, configuration, readAt, made } = telling;
  const { chapters } = JSON.parse(await readFile(story.path, 'utf8')) as StoryFile;
  const partsOf = (names: readonly string[] = []): StoryPart[] =>
    names.map((name) => ({
      file: posix.join(posix.dirname(story.file), name),
      read: () => readFile(join(dirname(story.path), name)),
    }));
  const done = new Map(made);
  const reports: FileReport[] = [];
  for (const chapter of chapters) {
    const { at, inForceFrom = at } = chapter;
    const [policies, staff, records] = [chapter.policies, chapter.staff, chapter.records].map(partsOf) as Parts;
    if (new Date(at) > readAt) {
      const reason = `belongs to ${at.slice(0, 10)}, after the time of reading`;
      reports.push(...[...policies, ...staff, ...records].map(({ file }) => notTaken({ file, reason })));
      continue;
    }
    await moveClock(hub, configuration, new Date(at));
    if (chapter.shippedAgreements) await adoptShipped(client, inForceFrom);
    reports.push(...(await bringPolicies(telling, inForceFrom, policies)));
    reports.push(...(await sendFiles(telling, 'staff', staff)));
    reports.push(...(await sendFiles(telling, 'records', records)));
    await takeSteps(telling, chapter.steps ?? [], done);
  }
  return reports;
};
