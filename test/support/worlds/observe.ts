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
  readonly moreDetailNeeded: boolean;
  readonly upTo: readonly number[];
  readonly completeness: { readonly lines: readonly { readonly party: string }[] };
  readonly token: string;
  readonly cursor: string | null;
}

export interface PageEntry extends Partial<EntrySummary> {
  readonly entryId: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly location: Readonly<Record<string, unknown>>;
  readonly readerText: string;
}

/** What an entry says of itself where its summary shows. */
export interface EntrySummary {
  readonly version: string;
  readonly owner: { readonly organisation: string; readonly service: string };
  readonly recordType: string;
  readonly summary: string;
  readonly times: { readonly hubReceived: string };
  readonly marks: readonly string[];
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

/** What is random stands as its length; an id that must differ, by the name that both worlds know it by. */
export const bytesOf = (body: object, aliases: ReadonlyMap<string, string>): string =>
  JSON.stringify(body, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (RANDOM.includes(key)) return `${String(value.length)} characters`;
    return aliases.get(value) ?? value;
  });

/** Everything that a viewer sees of one world, and the page that shows all of it at once. */
export interface Observed {
  readonly handle: string;
  readonly observations: readonly Observation[];
  readonly whole: PageBody;
  /** The entries of all pages, one after another. */
  readonly paged: readonly PageEntry[];
}

interface Answer<T> {
  readonly observation: Observation;
  readonly body?: T;
}

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

/** What else is asked in a world: one of these in each pair, so that every one has its turn. */
const OTHER_QUESTIONS = [
  'by reference',
  'another purpose',
  'an unknown purpose',
  'an unknown child',
  'a stranger',
] as const;
/** Of these the answer shows nothing, whatever is held. */
export const SHOWING_NOTHING: readonly string[] = ['an unknown purpose', 'an unknown child', 'a stranger'];
type OtherQuestion = (typeof OTHER_QUESTIONS)[number];

const askOther = async (pair: Pair, door: Door, asked: OtherQuestion, handle: string): Promise<Observation[]> => {
  const { question, aliases, child } = pair;
  const { login, organisation } = question.viewer;
  const read = async (who: string, of: string, purpose = question.purpose): Promise<Observation> =>
    (await ask(asked, aliases, () => door.read(who, of, { purpose }))).observation;
  const search = async (who: string, what: object): Promise<Observation[]> => {
    const found = await ask('search', aliases, () => door.search(who, { ...what, purpose: question.purpose }));
    return [found.observation, await read(who, found.body!.handle)];
  };
  switch (asked) {
    case 'by reference':
      return search(login, { system: 'case', localId: `${child.prefix}-${organisation}-1` });
    case 'another purpose':
      return [await read(login, handle, pair.otherPurpose)];
    case 'an unknown purpose':
      return [await read(login, handle, 'CURIOSITY'), await read(pair.stranger, handle)];
    case 'an unknown child':
      return search(login, { nhsNumber: pair.unknownNhsNumber });
    case 'a stranger':
      return search(pair.stranger, { nhsNumber: child.nhsNumber });
  }
};

/** What the viewer sees of the live world: all at once, and page by page to the end. */
export const observePages = async (pair: Pair, door: Door): Promise<Observed> => {
  const { question, aliases, child, pageSize } = pair;
  const { login } = question.viewer;
  const { purpose } = question;
  const found = await ask('search', aliases, () => door.search(login, { nhsNumber: child.nhsNumber, purpose }));
  const { handle } = found.body!;
  const whole = await ask('the whole', aliases, () => door.read(login, handle, { purpose }));
  const pages = await pageThrough(door, login, handle, purpose, pageSize, aliases);
  return {
    handle,
    observations: [found, whole, ...pages].map(({ observation }) => observation),
    whole: whole.body!,
    paged: pages.flatMap(({ body }) => body?.entries ?? []),
  };
};

/** That, and what else the viewer and a stranger beside him may ask. Writes nothing but handles. */
export const observe = async (pair: Pair, door: Door): Promise<Observed> => {
  const seen = await observePages(pair, door);
  const asked = OTHER_QUESTIONS[pair.serial % OTHER_QUESTIONS.length]!;
  const others = await askOther(pair, door, asked, seen.handle);
  return { ...seen, observations: [...seen.observations, ...others] };
};

/** What the connectors of the viewer's own organisation are told that sent nothing which only one world holds. */
export const observeConnectors = async (
  pair: Pair,
  database: WorldDatabase,
  receipts: ReadonlyMap<SealedSubmission, string>,
): Promise<Observation[]> => {
  const hidden = pair.hidden.flat().flatMap(({ items }) => items.map(({ sender }) => sender.client));
  const varied = [...receipts.keys()].filter(({ group }) => group !== 'common').map(({ sender }) => sender.client);
  const partial = new Set([...hidden, ...varied]);
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
