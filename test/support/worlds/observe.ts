import { Problem, type Caller } from '#platform';
import type { Pair } from './pair.js';
import type { WorldDatabase } from './world-database.js';
import type { SealedSubmission } from './world-sealer.js';

/** A page as the controller gives it, before it is written as JSON. */
export interface PageBody {
  readonly readId: string;
  readonly handle: string;
  readonly entries: readonly PageEntry[];
  readonly notices: readonly { readonly partyKind: string; readonly desk: string }[];
  readonly linkBeingChecked: boolean;
  readonly upTo: readonly number[];
  readonly completeness: { readonly lines: readonly { readonly party: string }[] };
  readonly token: string;
  readonly cursor: string | null;
}

export interface PageEntry {
  readonly entryId: string;
  readonly version: string;
  readonly owner: { readonly organisation: string; readonly service: string };
  readonly recordType: string;
  readonly times: { readonly hubReceived: string };
  readonly marks: readonly string[];
  readonly content: Readonly<Record<string, unknown>>;
  readonly location: Readonly<Record<string, unknown>>;
}

export interface PageQuestion {
  readonly purpose: string;
  readonly limit?: string;
  readonly cursor?: string;
}

/** The doors through which a practitioner looks: the product's own, or one with something planted in it. */
export interface Door {
  search(login: string, body: object): Promise<{ readonly handle: string }>;
  read(login: string, handle: string, question: PageQuestion): Promise<PageBody>;
}

const callerOf = (login: string): Caller => ({ subject: login, clientId: 'practitioners', scope: ['read'] });

/** The product's door: its controllers, called as the HTTP adapter calls them. */
export const productDoor = ({ searches, chronology }: WorldDatabase): Door => ({
  search: (login, body) => searches.search(callerOf(login), body),
  read: async (login, handle, { purpose, limit, cursor }) =>
    (await chronology.chronology(callerOf(login), handle, purpose, limit, cursor)) as unknown as PageBody,
});

/** One answer: its status and its bytes, with what is random in them replaced by its length. */
export interface Observation {
  readonly asked: string;
  readonly status: number;
  readonly body: string;
}

const RANDOM = ['readId', 'handle', 'token', 'cursor'];

const bytesOf = (body: object, aliases: ReadonlyMap<string, string>): string =>
  JSON.stringify(body, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (RANDOM.includes(key)) return `${String(value.length)} characters`;
    return aliases.get(value) ?? value;
  });

/** Everything that a viewer sees of one world, and the page that shows all of it at once. */
export interface Observed {
  readonly observations: readonly Observation[];
  readonly whole: PageBody;
}

type Answer<T> = { readonly observation: Observation; readonly body?: T };

const ask = async <T extends object>(
  asked: string,
  aliases: ReadonlyMap<string, string>,
  answer: () => Promise<T>,
): Promise<Answer<T>> => {
  try {
    const body = await answer();
    return { observation: { asked, status: 200, body: bytesOf(body, aliases) }, body };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { observation: { asked, status: error.status, body: bytesOf(error.toBody(), aliases) } };
  }
};

/** Reads everything page by page, to the end. */
const pageThrough = async (
  door: Door,
  login: string,
  handle: string,
  purpose: string,
  size: number,
  aliases: ReadonlyMap<string, string>,
): Promise<Answer<PageBody>[]> => {
  const pages: Answer<PageBody>[] = [];
  for (let cursor: string | null | undefined; cursor !== null && pages.length < 100;) {
    const question = { purpose, limit: String(size), ...(cursor === undefined ? {} : { cursor }) };
    const page = await ask(`page ${String(pages.length + 1)} of ${String(size)}`, aliases, () =>
      door.read(login, handle, question),
    );
    pages.push(page);
    cursor = page.body?.cursor ?? null;
  }
  return pages;
};

/** What the viewer himself, and the stranger beside him, can see of the live world. Writes nothing but handles. */
export const observe = async (pair: Pair, door: Door): Promise<Observed> => {
  const { question, aliases, child } = pair;
  const { login } = question.viewer;
  const search = (who: string, what: object) =>
    ask('search', aliases, () => door.search(who, { ...what, purpose: question.purpose }));
  const read = (asked: string, who: string, handle: string, purpose = question.purpose, cursor?: string) =>
    ask(asked, aliases, () => door.read(who, handle, { purpose, ...(cursor ? { cursor } : {}) }));

  const found = await search(login, { nhsNumber: child.nhsNumber });
  const handle = found.body!.handle;
  const whole = await read('the whole', login, handle);
  const pages = await pageThrough(door, login, handle, question.purpose, pair.pageSize, aliases);
  const byReference = await search(login, {
    system: 'case',
    localId: `${child.prefix}-${question.viewer.organisation}-1`,
  });
  const unknown = await search(login, { nhsNumber: pair.unknownNhsNumber });
  const stranger = await search(pair.stranger, { nhsNumber: child.nhsNumber });
  const others = [
    await read('by reference', login, byReference.body!.handle),
    await read('another purpose', login, handle, question.purpose === 'DIRECT_CARE' ? 'SAFEGUARDING' : 'DIRECT_CARE'),
    await read('a purpose that nobody knows', login, handle, 'CURIOSITY'),
    await read('an unknown child', login, unknown.body!.handle),
    await read('a stranger', pair.stranger, stranger.body!.handle),
    await read("another's handle", pair.stranger, handle),
    await read('a cursor of nobody', login, handle, question.purpose, 'A'.repeat(380)),
  ];
  return {
    observations: [found, whole, ...pages, byReference, unknown, stranger, ...others].map(
      ({ observation }) => observation,
    ),
    whole: whole.body!,
  };
};

/** What the connectors of the viewer's own organisation are told that sent nothing which only one world holds. */
export const observeConnectors = async (
  pair: Pair,
  database: WorldDatabase,
  receipts: ReadonlyMap<SealedSubmission, string>,
): Promise<Observation[]> => {
  const partial = new Set(pair.hidden.flat().flatMap(({ items }) => items.map(({ sender }) => sender.client)));
  const own = [...receipts].filter(
    ([{ sender, group }]) =>
      sender.organisation === pair.question.viewer.organisation && group === 'common' && !partial.has(sender.client),
  );
  const observations: Observation[] = [];
  for (const [{ sender }, receipt] of own) {
    const answer = await database.receipts.find(sender.client, receipt, 0, 1000);
    observations.push({ asked: `receipt ${receipt}`, status: 200, body: JSON.stringify(answer) });
  }
  const senders = new Map(own.map(([{ sender }]) => [sender.client, sender]));
  for (const { client, organisation, feed } of senders.values()) {
    const notices = await database.notices.list(client, organisation, feed);
    observations.push({ asked: `notices to ${client}`, status: 200, body: JSON.stringify(notices) });
  }
  return observations.sort((a, b) => (a.asked < b.asked ? -1 : 1));
};

/** The first answer in which two worlds differ. */
export const findDifference = (
  first: readonly Observation[],
  second: readonly Observation[],
): { readonly first: Observation | undefined; readonly second: Observation | undefined } | undefined => {
  for (let i = 0; i < Math.max(first.length, second.length); i += 1) {
    const [a, b] = [first[i], second[i]];
    if (a?.asked !== b?.asked || a?.status !== b?.status || a?.body !== b?.body) return { first: a, second: b };
  }
  return undefined;
};
