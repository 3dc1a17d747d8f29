import { Problem, type Caller } from '#platform';
import type { Pair } from './pair.js';
import type { WorldDatabase } from './world-database.js';
import type { SealedItem, SealedSubmission } from './world-sealer.js';

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
  readonly handling: readonly string[];
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

/** Where something of a world may be seen. */
export const SURFACES = [
  'search',
  'whole page',
  'pages with cursor',
  'notices',
  'receipts',
  'connector notices',
  'restrictions list',
  'my children',
  'refusals and errors',
  'write conflicts',
  'headers and sizes',
  'metrics',
] as const;
export type Surface = (typeof SURFACES)[number];

/** What a door gives: over HTTP with its headers and its size in characters, else with neither. */
export interface Answer<T extends object = object> {
  readonly status: number;
  readonly headers: string;
  readonly size: number;
  readonly body: T;
}

/** An answer, and to what. */
export interface Seen<T extends object = object> extends Answer<T> {
  readonly surface: Surface;
  readonly asked: string;
}

/** The doors through which a practitioner looks: the product's controllers, or its server. */
export interface Door {
  search(login: string, body: object): Promise<Answer<{ readonly handle: string }>>;
  read(login: string, handle: string, question: PageQuestion): Promise<Answer<PageBody>>;
}

const callerOf = (login: string): Caller => ({ subject: login, clientId: 'practitioners', scope: ['read'] });

const answered = async <T extends object>(answer: Promise<T>): Promise<Answer<T>> => {
  try {
    return { status: 200, headers: '', size: 0, body: await answer };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { status: error.status, headers: '', size: 0, body: error.toBody() as unknown as T };
  }
};

/** The product's door: its controllers, called as the HTTP adapter calls them. */
export const productDoor = ({ searches, chronology }: WorldDatabase): Door => ({
  search: (login, body) => answered(searches.search(callerOf(login), body)),
  read: (login, handle, { purpose, limit, cursor }) =>
    answered(chronology.chronology(callerOf(login), handle, purpose, limit, cursor) as unknown as Promise<PageBody>),
});

/** One answer as two worlds are compared by it. */
export interface Observation {
  readonly surface: Surface;
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

/** An answer's status and its bytes, with what is random in them replaced by its length. */
export const observationOf = (
  { surface, asked, status, headers, size, body }: Seen,
  aliases: ReadonlyMap<string, string>,
): Observation => {
  const text = bytesOf(body, aliases);
  return { surface, asked, status, body: headers === '' ? text : `${headers} ${String(size)} characters: ${text}` };
};

/** Everything that a viewer sees of one world, and the page that shows all of it at once. */
export interface Observed {
  readonly handle: string;
  readonly seen: readonly Seen[];
  readonly whole: PageBody;
  /** The entries of all pages, one after another. */
  readonly paged: readonly PageEntry[];
}

/** Reads everything page by page, to the end. */
const pageThrough = async (
  door: Door,
  login: string,
  handle: string,
  purpose: string,
  size: number,
): Promise<Seen<PageBody>[]> => {
  const pages: Seen<PageBody>[] = [];
  for (let cursor: string | null | undefined; cursor !== null && pages.length < 100;) {
    const question = { purpose, limit: String(size), ...(cursor === undefined ? {} : { cursor }) };
    const page = await door.read(login, handle, question);
    pages.push({ ...page, surface: 'pages with cursor', asked: `page ${String(pages.length + 1)} of ${String(size)}` });
    cursor = page.body.cursor ?? null;
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

const askOther = async (pair: Pair, door: Door, asked: OtherQuestion, handle: string): Promise<Seen[]> => {
  const { question, child } = pair;
  const { login, organisation } = question.viewer;
  const read = async (who: string, of: string, purpose = question.purpose): Promise<Seen> => {
    const surface = SHOWING_NOTHING.includes(asked) ? 'refusals and errors' : 'whole page';
    return { ...(await door.read(who, of, { purpose })), surface, asked };
  };
  const search = async (who: string, what: object): Promise<Seen[]> => {
    const found = await door.search(who, { ...what, purpose: question.purpose });
    return [{ ...found, surface: 'search', asked: `search ${asked}` }, await read(who, found.body.handle)];
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

/** What the viewer and a stranger beside him see through a door. Writes nothing but handles. */
export const observe = async (pair: Pair, door: Door): Promise<Observed> => {
  const { question, child, pageSize } = pair;
  const { login } = question.viewer;
  const { purpose } = question;
  const found = await door.search(login, { nhsNumber: child.nhsNumber, purpose });
  const { handle } = found.body;
  const other = OTHER_QUESTIONS[pair.serial % OTHER_QUESTIONS.length]!;
  const [whole, pages, others] = await Promise.all([
    door.read(login, handle, { purpose }),
    pageThrough(door, login, handle, purpose, pageSize),
    askOther(pair, door, other, handle),
  ]);
  const { notices } = whole.body;
  return {
    handle,
    seen: [
      { ...found, surface: 'search', asked: 'search' },
      { ...whole, surface: 'whole page', asked: 'the whole' },
      ...pages,
      { status: whole.status, headers: '', size: 0, body: { notices }, surface: 'notices', asked: 'notices' },
      ...others,
    ],
    whole: whole.body,
    paged: pages.flatMap(({ body }) => body.entries ?? []),
  };
};

/** So many receipts are looked at in a pair, each pair others. */
const RECEIPTS = 4;

/**
 * Submissions of connectors of the viewer's own organisation that sent nothing which only one world holds: what they
 * are told is the same.
 */
export const submissionsAskedFor = (pair: Pair, sealed: readonly SealedItem[]): readonly SealedSubmission[] => {
  const hidden = pair.hidden.flat().flatMap(({ items }) => items.map(({ sender }) => sender.client));
  const all = new Set(sealed.map(({ submission }) => submission));
  const varied = [...all].filter(({ group }) => group !== 'common').map(({ sender }) => sender.client);
  const partial = new Set([...hidden, ...varied]);
  const own = [...all].filter(
    ({ sender, group }) =>
      sender.organisation === pair.question.viewer.organisation && group === 'common' && !partial.has(sender.client),
  );
  const turn = pair.serial % Math.max(1, own.length);
  return [...own.slice(turn), ...own.slice(0, turn)].slice(0, RECEIPTS);
};

/** What their connectors are told of these submissions, and of their feeds. */
export const observeConnectors = async (
  database: WorldDatabase,
  receipts: ReadonlyMap<SealedSubmission, string>,
  asked: readonly SealedSubmission[],
): Promise<Seen[]> => {
  const say = (surface: Surface, of: string, body: object): Seen => ({
    surface,
    asked: of,
    status: 200,
    headers: '',
    size: 0,
    body,
  });
  const held = asked.filter((submission) => receipts.has(submission));
  const senders = new Map(held.map(({ sender }) => [sender.client, sender]));
  const answers = await Promise.all([
    ...held.map(async (submission) => {
      const receipt = receipts.get(submission)!;
      const answer = await database.receipts.find(submission.sender.client, receipt, 0, 1000);
      return say('receipts', `receipt ${receipt}`, answer ?? {});
    }),
    ...[...senders.values()].map(async ({ client, organisation, feed }) =>
      say('connector notices', `notices to ${client}`, await database.notices.list(client, organisation, feed)),
    ),
  ]);
  return answers.sort((a, b) => (a.asked < b.asked ? -1 : 1));
};

/** What somebody may guess: for each world, something that it holds besides. */
export const guessesIn = ({ hidden, idOf }: Pair): readonly string[] =>
  hidden.flatMap((groups) =>
    groups
      .flatMap(({ items }) => items)
      .slice(-1)
      .map(idOf),
  );

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
