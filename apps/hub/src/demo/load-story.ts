import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { checkNhsNumber } from '#identity';
import type { Registry } from '#intake';
import type { Configuration } from '#platform';
import { setClock } from '../set-clock.js';
import type { Hub } from '../start-hub.js';
import type { DemoFile } from './find-files.js';
import { HubRefused, type HubClient, type ReceiptItem } from './hub-client.js';
import {
  GOVERNANCE,
  IN_FORCE_FROM,
  neighbourDocument,
  neighbourReference,
  PEOPLE,
  READERS,
  staffDocument,
  type ChildReference,
  type DemoPerson,
} from './story.js';

export interface QuarantinedGroup {
  readonly field: string;
  readonly reason: string;
  readonly count: number;
}

/** What became of one file, or of one document that the demonstration adds. */
export interface FileReport {
  readonly file: string;
  readonly feed: string | null;
  readonly sent: number;
  readonly filed: number;
  readonly duplicates: number;
  readonly quarantined: readonly QuarantinedGroup[];
  readonly notTaken: string | null;
}

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

/** What the story needs of a hub, in one process or in many, beside its public API. */
export type StoryHub = Pick<Hub, 'database' | 'registry'>;

/** Whose social worker confirms what others say of themselves. */
const CONFIRMS = 'LOCAL-AUTHORITY-01';

/** Steps that a bar can show. */
export type Progress = (step: string, done: number, total: number) => void;

/** Indices in a place are of no use to a count: `records[3].personId` counts as `records[].personId`. */
const placeOf = (field: string): string => field.replace(/\[\d+\]/g, '[]');

const quarantinedGroups = (items: readonly ReceiptItem[]): QuarantinedGroup[] =>
  [
    ...Map.groupBy(
      items.filter(({ state }) => state === 'quarantined'),
      ({ field = '', reason = '' }) => JSON.stringify([placeOf(field), reason]),
    ),
  ]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, group]) => {
      const [field, reason] = JSON.parse(name) as [string, string];
      return { field, reason, count: group.length };
    });

/** A document that goes to a feed. */
interface Parcel {
  readonly file: string;
  readonly feed: string;
  readonly clientId: string;
  readonly mediaType: string;
  readonly body: Uint8Array;
}

/** The same body to the same feed is the same submission, however often the demonstration runs. */
const keyOf = ({ feed, body }: Parcel): string => `demo-${feed}-${createHash('sha256').update(body).digest('hex')}`;

const send = async (client: HubClient, parcel: Parcel, progress: Progress): Promise<FileReport> => {
  const base = { file: parcel.file, feed: parcel.feed };
  try {
    const receipt = await client.submit(parcel.clientId, parcel.feed, keyOf(parcel), parcel.mediaType, parcel.body);
    const items = await client.settled(parcel.clientId, receipt, (done, total) => progress(parcel.file, done, total));
    const count = (state: ReceiptItem['state']) => items.filter((item) => item.state === state).length;
    return {
      ...base,
      sent: items.length,
      filed: count('filed'),
      duplicates: count('duplicate'),
      quarantined: quarantinedGroups(items),
      notTaken: null,
    };
  } catch (error) {
    if (!(error instanceof HubRefused)) throw error;
    const why = error.errors.map(({ field, reason }) => `${field || 'document'}: ${reason}`).join('; ');
    return { ...base, sent: 0, filed: 0, duplicates: 0, quarantined: [], notTaken: `refused (${why || error.status})` };
  }
};

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

const recordsFeedOf = (registry: Registry, organisation: string) => {
  const connector = registry.connectors.find((candidate) => candidate.organisation === organisation)!;
  const feed = (suffix: string) => connector.feeds.find((candidate) => candidate.feed.endsWith(suffix))!.feed;
  return { clientId: connector.clientId, records: () => feed('-records'), staff: () => feed('-staff') };
};

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Brings each policy in and has two governance people of its organisation sign it, unless it is in force already. */
const adoptPolicies = async (
  client: HubClient,
  registry: Registry,
  documents: readonly unknown[],
  progress: Progress,
) => {
  let done = 0;
  for (const document of documents) {
    progress('agreements', done, documents.length);
    done += 1;
    const { orgId, dsaPolicy } = document as { orgId?: string; dsaPolicy?: { version?: string } };
    const organisation = registry.organisations.find(({ id }) => id === orgId);
    const signers = GOVERNANCE.filter((person) => person.organisation === orgId);
    if (!organisation || !dsaPolicy?.version || signers.length < 2) continue;
    const path = `/v1/agreements/${encodeURIComponent(organisation.id)}/versions/${encodeURIComponent(dsaPolicy.version)}`;
    const isInForce = async (): Promise<boolean> => {
      const held = (await client.person(signers[0]!.login, 'GET', '/v1/agreements')) as {
        agreements: { id: string; version: string; owners: string[] }[];
      };
      return held.agreements.some(
        ({ id, version, owners }) =>
          id === organisation.id && version === dsaPolicy.version && owners.includes(organisation.id),
      );
    };
    if (await isInForce()) continue;
    await client.person(signers[0]!.login, 'PUT', path, { document, desk: organisation.desk });
    for (const signer of signers) await adopt(client, signer, path);
    // What widens counts once it is projected: nobody reads before.
    for (let attempt = 0; attempt < 400 && !(await isInForce()); attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  progress('agreements', documents.length, documents.length);
};

const SHIPPED = 'deploy/agreements';

/** Agreements that are shipped come in as drafts: their governance people read, test and adopt them on their pages. */
const bringShipped = async (client: HubClient): Promise<void> => {
  const names = await readdir(SHIPPED).catch(() => []);
  for (const name of names.filter((one) => one.endsWith('.json')).sort()) {
    const document = await readFile(join(SHIPPED, name), 'utf8');
    const { id, version } = JSON.parse(document) as { id: string; version: string };
    const path = `/v1/agreements/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}`;
    try {
      await client.person(GOVERNANCE[0]!.login, 'PUT', path, { document });
    } catch (error) {
      // An earlier run brought this version in as it was then: it stays.
      if (!(error instanceof HubRefused) || error.status !== 409) throw error;
    }
  }
};

/** Signs once the hub knows the document: it was acknowledged, and may be on its way still. */
const adopt = async (client: HubClient, signer: DemoPerson, path: string): Promise<void> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await client.person(signer.login, 'POST', `${path}/adoptions`, { inForceFrom: IN_FORCE_FROM });
      return;
    } catch (error) {
      if (attempt >= 100 || !(error instanceof HubRefused) || (error.status !== 404 && error.status !== 403))
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
};

/** How many confirmations of relations are projected. */
const confirmations = async (hub: StoryHub): Promise<number> => {
  const client = new pg.Client({ connectionString: hub.database.ownerUrl, application_name: 'demo' });
  await client.connect();
  try {
    const { rows } = await client.query(`
      select count(*) as n from projection.contribution
       where generation = (select generation from projection.generation where state = 'live')
         and type = 'relation-confirmed'`);
    return Number((rows[0] as { n: string }).n);
  } finally {
    await client.end();
  }
};

/**
 * The social worker to whom the shared child is allocated confirms the school and the practice, on the record: until a
 * person outside does, what they say of themselves opens status, dates and contact at most.
 */
const confirmRelations = async (hub: StoryHub, client: HubClient, nhsNumber: string): Promise<void> => {
  const worker = READERS.find(({ relation, organisation }) => relation === 'allocated' && organisation === CONFIRMS)!;
  const selfEvident = READERS.filter(({ relation }) => relation === 'on-roll' || relation === 'registered');
  if ((await confirmations(hub)) >= selfEvident.length) return;
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
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
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

/** How many organisations hold records of each child, and how many questions of identity stand. */
const countChildren = async (hub: StoryHub): Promise<{ children: Record<string, number>; questions: number }> => {
  const client = new pg.Client({ connectionString: hub.database.ownerUrl, application_name: 'demo' });
  await client.connect();
  try {
    const { rows } = await client.query(`
      with known as (
        select coalesce(m.child, c.subject_key) as child, count(distinct c.organisation) as organisations
          from projection.contribution c
          left join projection.membership m on m.generation = c.generation and m.subject_key = c.subject_key and m.to_position is null
         where c.generation = (select generation from projection.generation where state = 'live')
           and c.subject_kind = 'child' and c.type not in ('relation', 'disclosure-suspended')
         group by 1)
      select organisations, count(*) as children from known group by 1 order by 1`);
    const questions = await client.query(`
      select count(*) as n from projection.question
       where generation = (select generation from projection.generation where state = 'live') and to_position is null`);
    return {
      children: Object.fromEntries(
        (rows as { organisations: string; children: string }[]).map((row) => [row.organisations, Number(row.children)]),
      ),
      questions: Number((questions.rows[0] as { n: string }).n),
    };
  } finally {
    await client.end();
  }
};

const notTaken = ({ file, reason }: Extract<DemoFile, { kind: 'not-taken' }>): FileReport => ({
  file,
  feed: null,
  sent: 0,
  filed: 0,
  duplicates: 0,
  quarantined: [],
  notTaken: reason,
});

/**
 * Loads the story through the real doors: staff, agreements and their signatures, records, a second authority's own
 * record of the child whom the most agencies share, then relations and what confirms them; moves recorded time to the
 * time of reading, and reads the shared child as each reader.
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
    const { clientId, staff } = recordsFeedOf(registry, organisation);
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
  await adoptPolicies(client, registry, documents, progress);
  await bringShipped(client);

  const reports: FileReport[] = [];
  for (const file of files) {
    if (file.kind === 'not-taken') reports.push(notTaken(file));
    if (file.kind === 'submission')
      reports.push(await send(client, { ...file, body: await readFile(file.path) }, progress));
    if (file.kind === 'policies') {
      reports.push({
        ...notTaken({ kind: 'not-taken', file: file.file, reason: 'holds agreements: brought in and adopted' }),
      });
    }
  }
  if (shared) {
    const { clientId, records } = recordsFeedOf(registry, 'LOCAL-AUTHORITY-02');
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
  if (shared) await confirmRelations(hub, client, shared);
  for (const organisation of new Set(READERS.map((reader) => reader.organisation))) {
    const { clientId, records } = recordsFeedOf(registry, organisation);
    await client.heartbeat(clientId, records(), IN_FORCE_FROM);
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

/** Recorded time goes on from where it is when the moment has passed already. */
const moveClock = async (hub: StoryHub, configuration: Configuration, to: Date): Promise<Date> => {
  const client = new pg.Client({ connectionString: hub.database.ownerUrl, application_name: 'demo' });
  await client.connect();
  try {
    const { rows } = await client.query('select platform.recorded_now() as now');
    const { now } = rows[0] as { now: Date };
    return now >= to ? now : await setClock(hub.database, configuration, to);
  } finally {
    await client.end();
  }
};
