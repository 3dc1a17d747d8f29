import { readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { Configuration } from '#platform';
import { adoptPolicies, adoptShipped } from './bring-agreements.js';
import type { HubClient } from './hub-client.js';
import { countProjected, moveClock, type StoryHub } from './hub-state.js';
import { feedsOf, notTaken, send, type FileReport, type Parcel, type Progress } from './send-file.js';
import { takeSteps, type Step } from './take-steps.js';

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

/** Files of one kind, each for its organisation's feed. */
const parcelsOf = async (hub: StoryHub, kind: 'staff' | 'records', files: readonly StoryPart[]): Promise<Parcel[]> =>
  Promise.all(
    files.map(async ({ file, read }) => {
      const body = await read();
      const { organisation, orgId } = JSON.parse(body.toString()) as { organisation?: string; orgId?: string };
      const feeds = feedsOf(hub.registry, (organisation ?? orgId)!);
      return { file, feed: feeds[kind](), clientId: feeds.clientId, mediaType: 'application/json', body };
    }),
  );

const sendAll = ({ client, progress }: Telling, parcels: readonly Parcel[]): Promise<FileReport[]> =>
  Promise.all(parcels.map((parcel) => send(client, parcel, progress)));

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
  const { hub, client, configuration, readAt, progress, made } = telling;
  const { chapters } = JSON.parse(await readFile(story.path, 'utf8')) as StoryFile;
  const partsOf = (names: readonly string[] = []): StoryPart[] =>
    names.map((name) => ({
      file: posix.join(posix.dirname(story.file), name),
      read: () => readFile(join(dirname(story.path), name)),
    }));
  const done = new Map(made);
  const told = new Map<string, string>();
  let last = '';
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
    reports.push(...(await sendAll(telling, await parcelsOf(hub, 'staff', staff))));
    const parcels = await parcelsOf(hub, 'records', records);
    reports.push(...(await sendAll(telling, parcels)));
    for (const { clientId, feed } of parcels) told.set(clientId, feed);
    await takeSteps({ client, progress, count: (type) => countProjected(hub, type) }, chapter, done);
    last = at;
  }
  // Until then the agencies' feeds have told what there was.
  for (const [clientId, feed] of told) await client.heartbeat(clientId, feed, last);
  return reports;
};
