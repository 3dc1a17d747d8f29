import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { checkNhsNumber } from '#identity';
import type { Registry } from '#intake';
import type { Configuration } from '#platform';
import { adoptPolicies, bringShipped } from './bring-agreements.js';
import type { DemoFile } from './find-files.js';
import type { HubClient } from './hub-client.js';
import { countChildren, countProjected, moveClock, type StoryHub } from './hub-state.js';
import { feedsOf, json, notTaken, send, type FileReport, type Progress } from './send-file.js';
import {
  IN_FORCE_FROM,
  neighbourDocument,
  neighbourReference,
  PEOPLE,
  READERS,
  staffDocument,
  type ChildReference,
  type DemoPerson,
} from './story.js';
import { tellChapters } from './tell-chapters.js';

export interface ReaderReport {
  readonly name: string;
  readonly login: string;
  readonly organisation: string;
  readonly role: string;
  readonly relation: string | null;
  readonly purpose: string;
  readonly entries: readonly { readonly owner: string; readonly recordType: string; readonly count: number }[];
  readonly notices: readonly {
    readonly owner: string;
    /** A notice says nothing of records. */
    readonly recordType: null;
    readonly partyKind: string;
    readonly desk: string;
    readonly count: number;
  }[];
}

export interface StoryReport {
  readonly files: readonly FileReport[];
  readonly added: readonly FileReport[];
  /** Number of children by how many organisations know them. */
  readonly children: Readonly<Record<string, number>>;
  readonly questions: number;
  readonly readers: readonly ReaderReport[];
  readonly recordedTime: string;
  /** How the files name the child whom the most agencies share; null where they name nobody. */
  readonly sharedChild: string | null;
}

/** Whose social worker confirms what others say of themselves. */
const CONFIRMS = 'LOCAL-AUTHORITY-01';

interface CustodianRecord {
  readonly personId?: unknown;
  readonly systemId?: unknown;
}

/** How each organisation's file names each person. */
const referencesIn = async (files: readonly DemoFile[]): Promise<Map<string, ChildReference[]>> => {
  const byPerson = new Map<string, ChildReference[]>();
  for (const file of files) {
    if (file.kind !== 'submission' || file.mediaType !== 'application/json') continue;
    const { records } = JSON.parse(await readFile(file.path, 'utf8')) as { records?: unknown };
    for (const record of Array.isArray(records) ? (records as CustodianRecord[]) : []) {
      if (typeof record?.personId !== 'string') continue;
      const localId = record.personId;
      const system = typeof record.systemId === 'string' && record.systemId !== '' ? record.systemId : file.feed;
      const known = byPerson.get(localId) ?? [];
      if (!known.some((reference) => reference.organisation === file.organisation)) {
        known.push({ organisation: file.organisation, system, localId });
      }
      byPerson.set(localId, known);
    }
  }
  return byPerson;
};

/** The person whom the most organisations know, among those whose number can be right. */
const sharedPerson = (references: ReadonlyMap<string, readonly ChildReference[]>): string | undefined =>
  [...references]
    .filter(([number]) => checkNhsNumber(number).valid)
    .sort(([a, first], [b, second]) => second.length - first.length || (a < b ? -1 : 1))[0]?.[0];

const CONFIRMED = 'relation-confirmed';
const confirmations = (hub: StoryHub): Promise<number> => countProjected(hub, CONFIRMED);

/**
 * The social worker to whom the shared child is allocated confirms the school and the practice, on the record: until a
 * person outside does, what they say of themselves opens status, dates and contact at most.
 */
const confirmRelations = async (hub: StoryHub, client: HubClient, nhsNumber: string): Promise<number> => {
  const worker = READERS.find(({ relation, organisation }) => relation === 'allocated' && organisation === CONFIRMS)!;
  const selfEvident = READERS.filter(({ relation }) => relation === 'on-roll' || relation === 'registered');
  if ((await confirmations(hub)) >= selfEvident.length) return selfEvident.length;
  const { handle } = (await client.person(worker.login, 'POST', '/v1/child-searches', {
    nhsNumber,
    purpose: worker.purpose,
  })) as { handle: string };
  for (const { organisation, service, relation } of selfEvident) {
    await client.person(worker.login, 'POST', `/v1/children/${handle}/relation-confirmations`, {
      organisation,
      service,
      relation,
      reason: 'Spoke with them about the child when the plan was made',
    });
  }
  // What widens counts once it is projected: nobody reads before.
  for (let attempt = 0; attempt < 400 && (await confirmations(hub)) < selfEvident.length; attempt += 1) {
    await delay(50);
  }
  return selfEvident.length;
};

interface ChronologyAnswer {
  readonly entries: { owner: { organisation: string }; recordType: string }[];
  readonly notices: { partyKind: string; desk: string }[];
  readonly cursor: string | null;
}

/** Everything one reader is shown of one child, over all pages. */
export const readAll = async (
  client: HubClient,
  reader: Pick<DemoPerson, 'login' | 'purpose'>,
  nhsNumber: string,
): Promise<{ handle: string; entries: ChronologyAnswer['entries']; notices: ChronologyAnswer['notices'] }> => {
  const { handle } = (await client.person(reader.login, 'POST', '/v1/child-searches', {
    nhsNumber,
    purpose: reader.purpose,
  })) as { handle: string };
  const entries: ChronologyAnswer['entries'] = [];
  let cursor: string | null = null;
  let notices: ChronologyAnswer['notices'];
  do {
    const query = new URLSearchParams({ purpose: reader.purpose, ...(cursor === null ? {} : { cursor }) });
    const page = (await client.person(
      reader.login,
      'GET',
      `/v1/children/${handle}/chronology?${query.toString()}`,
    )) as ChronologyAnswer;
    entries.push(...page.entries);
    notices = page.notices;
    cursor = page.cursor;
  } while (cursor !== null);
  return { handle, entries, notices };
};

const reportReader = async (
  client: HubClient,
  registry: Registry,
  reader: DemoPerson,
  nhsNumber: string | undefined,
): Promise<ReaderReport> => {
  const seen = nhsNumber === undefined ? { entries: [], notices: [] } : await readAll(client, reader, nhsNumber);
  const groups = Map.groupBy(seen.entries, ({ owner, recordType }) => JSON.stringify([owner.organisation, recordType]));
  return {
    name: reader.name,
    login: reader.login,
    organisation: reader.organisation,
    role: reader.role,
    relation: reader.relation,
    purpose: reader.purpose,
    entries: [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, group]) => {
        const [owner, recordType] = JSON.parse(name) as [string, string];
        return { owner, recordType, count: group.length };
      }),
    notices: seen.notices.map(({ partyKind, desk }) => ({
      owner: registry.organisations.find((organisation) => organisation.desk === desk)?.id ?? 'unknown',
      recordType: null,
      partyKind,
      desk,
      count: 1,
    })),
  };
};

/**
 * Loads the story through the real doors: staff, agreements and their signatures, records, a second authority's own
 * record of the child whom the most agencies share, then relations and what confirms them, and the chapters of the
 * project's own story as far as they lie before the time of reading; moves recorded time there, and reads the shared
 * child as each reader.
 */
export const loadStory = async (
  hub: StoryHub,
  client: HubClient,
  configuration: Configuration,
  files: readonly DemoFile[],
  readAt: Date,
  progress: Progress,
): Promise<StoryReport> => {
  const { registry } = hub;
  const references = await referencesIn(files);
  const shared = sharedPerson(references);
  const sharedReferences = shared ? [...references.get(shared)!, neighbourReference(shared)] : [];
  const organisations = [...new Set(PEOPLE.map(({ organisation }) => organisation))];

  const added: FileReport[] = [];
  for (const organisation of organisations) {
    const { clientId, staff } = feedsOf(registry, organisation);
    const body = json(staffDocument(organisation, sharedReferences));
    const parcel = {
      file: `added: staff and relations of ${organisation}`,
      feed: staff(),
      clientId,
      mediaType: 'application/json',
      body,
    };
    added.push(await send(client, parcel, progress));
  }
  const documents = files.flatMap((file) => (file.kind === 'policies' ? file.documents : []));
  await adoptPolicies(client, registry, documents, IN_FORCE_FROM, progress);
  await bringShipped(client);

  const reports: FileReport[] = [];
  for (const file of files) {
    if (file.kind === 'not-taken') reports.push(notTaken(file));
    if (file.kind === 'submission')
      reports.push(await send(client, { ...file, body: await readFile(file.path) }, progress));
    if (file.kind === 'policies') {
      reports.push(notTaken({ file: file.file, reason: 'holds agreements: brought in and adopted' }));
    }
  }
  if (shared) {
    const { clientId, records } = feedsOf(registry, 'LOCAL-AUTHORITY-02');
    const body = json(neighbourDocument(shared));
    added.push(
      await send(
        client,
        {
          file: 'added: a record of the shared child at LOCAL-AUTHORITY-02',
          feed: records(),
          clientId,
          mediaType: 'application/json',
          body,
        },
        progress,
      ),
    );
  }
  const confirmed = shared ? await confirmRelations(hub, client, shared) : 0;
  for (const organisation of new Set(READERS.map((reader) => reader.organisation))) {
    const { clientId, records } = feedsOf(registry, organisation);
    await client.heartbeat(clientId, records(), IN_FORCE_FROM);
  }
  const telling = { hub, client, configuration, readAt, progress, made: new Map([[CONFIRMED, confirmed]]) };
  for (const file of files) {
    if (file.kind === 'story') reports.push(...(await tellChapters(telling, file)));
  }
  const recordedTime = await moveClock(hub, configuration, readAt);
  const readers: ReaderReport[] = [];
  for (const reader of READERS) readers.push(await reportReader(client, registry, reader, shared));
  return {
    files: reports,
    added,
    ...(await countChildren(hub)),
    readers,
    recordedTime: recordedTime.toISOString(),
    sharedChild: shared ?? null,
  };
};
