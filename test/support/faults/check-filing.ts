import type { EventStore, StoredEvent } from '#event-sourcing';
import type { Acknowledged } from './send-parcels.js';
import type { ReceiptItem } from './settle-receipts.js';
import type { Expected } from './workload.js';

/** One contribution as the store holds it. */
export interface StoredContribution {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly feed: string;
}

export interface FilingFindings {
  readonly acknowledged: number;
  /** Different contributions of the acknowledged submissions, by what has become of them. */
  readonly filed: number;
  readonly quarantined: number;
  readonly duplicates: number;
  /** Acknowledged, and in no stream. */
  readonly lost: number;
  /** Filed or quarantined more than once. */
  readonly doubled: number;
  /** In a stream, and never sent. */
  readonly unsent: number;
  /** Items of receipts that say other than what was sent, or what became of it. */
  readonly wrongItems: number;
  readonly what: readonly string[];
}

/** Every event of the store, in order. */
export const readEverything = async (store: EventStore): Promise<StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (;;) {
    const last = events.at(-1);
    const after = last ? { store: store.id, position: last.position, eventId: last.id } : null;
    const page = await store.readAll(after, 1000);
    if (page.length === 0) return events;
    events.push(...page);
  }
};

/** Every event of a subject's stream, as what it says it files. */
export const storedOf = (events: readonly StoredEvent[]): StoredContribution[] =>
  events
    .filter(({ stream }) => /^(child|staff|org|agreement|quarantine)-/.test(stream))
    .map(({ stream, type, data }) => {
      const { envelope } = JSON.parse(Buffer.from(data).toString('utf8')) as {
        envelope: { contributionId: string; rank: { feed: string } };
      };
      return { id: envelope.contributionId, stream, type, feed: envelope.rank.feed };
    });

const isRightItem = (expected: Expected, item: ReceiptItem): boolean => {
  if (item.path !== expected.path) return false;
  if (expected.reason === undefined) return item.state === 'filed' || item.state === 'duplicate';
  const isCause = item.field === expected.path && item.reason === expected.reason;
  return isCause && (item.state === 'quarantined' || item.state === 'duplicate');
};

const isRightPlace = (expected: Expected, stored: StoredContribution): boolean =>
  expected.reason === undefined
    ? /^(child|staff)-/.test(stored.stream)
    : stored.stream.startsWith('quarantine-') && stored.type === 'quarantine-opened';

/** Holds what was sent and acknowledged against what the store and the receipts say. */
export const checkFiling = (
  receipts: ReadonlyMap<Acknowledged, readonly ReceiptItem[] | undefined>,
  stored: readonly StoredContribution[],
  commands: { readonly feed: string; readonly accepted: number },
): FilingFindings => {
  const what: string[] = [];
  const storedById = Map.groupBy(stored, ({ id }) => id);
  const idsByName = new Map<string, Set<string>>();
  const firstItems = new Map<string, number>();
  const expectedByName = new Map<string, Expected>();
  const sentIds = new Set<string>();
  let acknowledged = 0;
  let wrongItems = 0;
  for (const [{ parcel }, items] of receipts) {
    acknowledged += parcel.expects.length;
    parcel.expects.forEach((expected, i) => {
      const { name } = expected;
      expectedByName.set(name, expected);
      const ids = idsByName.get(name) ?? new Set<string>();
      idsByName.set(name, ids);
      const item = items?.[i];
      if (!item || !isRightItem(expected, item)) {
        wrongItems += 1;
        what.push(`${parcel.key}: ${expected.path} is ${item ? `${item.state} at ${item.path}` : 'in no receipt'}`);
      }
      if (!item) return;
      ids.add(item.contribution);
      sentIds.add(item.contribution);
      if (item.state !== 'duplicate') firstItems.set(name, (firstItems.get(name) ?? 0) + 1);
    });
    for (const item of items?.slice(parcel.expects.length) ?? []) {
      wrongItems += 1;
      what.push(`${parcel.key}: ${item.path} is in the receipt and was not sent`);
    }
  }
  let [filed, quarantined, lost, doubled] = [0, 0, 0, 0];
  for (const [name, ids] of idsByName) {
    const expected = expectedByName.get(name)!;
    const places = [...ids].flatMap((id) => storedById.get(id) ?? []);
    if (places.length === 0) {
      lost += 1;
      what.push(`lost: ${expected.path} of ${name.slice(0, 120)}`);
      continue;
    }
    if (expected.reason === undefined) filed += 1;
    else quarantined += 1;
    doubled += places.length - 1;
    if (places.length > 1) what.push(`doubled: ${expected.path} in ${places.map(({ stream }) => stream).join(', ')}`);
    if (!places.every((place) => isRightPlace(expected, place))) {
      wrongItems += 1;
      what.push(`${expected.path} is kept in ${places[0]!.stream} as ${places[0]!.type}`);
    }
    if (firstItems.get(name) !== 1) {
      wrongItems += 1;
      what.push(`${expected.path}: ${firstItems.get(name) ?? 0} receipts say that they were its first`);
    }
  }
  const isCommand = ({ feed }: StoredContribution) => feed === commands.feed;
  const unsent = stored.filter((one) => !sentIds.has(one.id) && !isCommand(one));
  what.push(...unsent.map(({ stream, type }) => `not sent: ${type} in ${stream}`));
  const filedCommands = stored.filter(isCommand).length;
  if (filedCommands !== commands.accepted) {
    what.push(`${commands.accepted} commands were accepted, and ${filedCommands} are filed`);
    lost += Math.max(0, commands.accepted - filedCommands);
    doubled += Math.max(0, filedCommands - commands.accepted);
  }
  return {
    acknowledged,
    filed,
    quarantined,
    duplicates: acknowledged - idsByName.size,
    lost,
    doubled,
    unsent: unsent.length,
    wrongItems,
    what,
  };
};
