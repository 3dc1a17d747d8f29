import { setTimeout as delay } from 'node:timers/promises';
import { HubRefused, type HubClient } from './hub-client.js';
import type { Progress } from './send-file.js';

/** An entry as whoever acts on it sees it: the newest of this type that holds these values. */
interface EntryNamed {
  readonly type: string;
  readonly content?: Readonly<Record<string, unknown>>;
}

/** What one person does about one child, over the route of the API that his page would use. */
export interface Step {
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

const PURPOSE = 'SAFEGUARDING';
/** Actions that name no purpose of their own in what is sent. */
const WITHOUT_PURPOSE = new Set(['relation-confirmations', 'emergency-access']);

/** The person does not see yet what the step names: it is filed, and may be on its way still. */
class NotThereYet extends Error {}

const entryIdOf = async (client: Stage['client'], as: string, handle: string, named: EntryNamed): Promise<string> => {
  const page = (await client.person(as, 'GET', `/v1/children/${handle}/chronology?purpose=${PURPOSE}&limit=500`)) as {
    entries: { entryId: string; type: string; content: Record<string, unknown> }[];
  };
  const holds = ({ type, content }: (typeof page.entries)[number]): boolean =>
    type === named.type && Object.entries(named.content ?? {}).every(([field, value]) => content[field] === value);
  const found = page.entries.find(holds);
  if (!found) throw new NotThereYet(`${as} does not see the entry of type ${named.type}`);
  return found.entryId;
};

/** Does one thing. Whether it was done where no answer came is for the caller to find out. */
const take = async (client: Stage['client'], { as, child, route, body, entry }: Step): Promise<void> => {
  const search = { nhsNumber: child, purpose: PURPOSE };
  const { handle } = (await client.person(as, 'POST', '/v1/child-searches', search)) as { handle: string };
  const entryId = entry ? { entryId: await entryIdOf(client, as, handle, entry) } : {};
  const purpose = WITHOUT_PURPOSE.has(route) ? {} : { purpose: PURPOSE };
  await client.person(
    as,
    'POST',
    `/v1/children/${handle}/${route}`,
    { ...purpose, ...entryId, ...body },
    { once: true },
  );
};

type Outcome = 'answered' | 'no-answer' | 'not-yet';

/** Throws what will not pass by itself. */
const attemptOf = async (client: Stage['client'], step: Step): Promise<Outcome> => {
  try {
    await take(client, step);
    return 'answered';
  } catch (error) {
    if (error instanceof NotThereYet) return 'not-yet';
    if (error instanceof HubRefused && (error.status === 403 || error.status === 404)) return 'not-yet';
    if (error instanceof TypeError || (error instanceof HubRefused && error.status >= 500)) return 'no-answer';
    throw error;
  }
};

/** Milliseconds in which an acknowledged command is projected, also where a process is being started again. */
const PROJECTED = 30_000;
/** Milliseconds in which a command of which no answer came is looked for, before it is given again. */
const UNANSWERED = 3000;
const NOT_YET = 50;
const TRIES = 200;

/** Asks until it holds or the time is over; whether it does. */
const comes = async (holds: () => Promise<boolean>, milliseconds: number): Promise<boolean> => {
  for (const end = Date.now() + milliseconds; Date.now() < end; await delay(25)) if (await holds()) return true;
  return holds();
};

const doStep = async (client: Stage['client'], step: Step, isDone: () => Promise<boolean>): Promise<void> => {
  if (await isDone()) return;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const outcome = await attemptOf(client, step);
    if (outcome === 'not-yet') await delay(NOT_YET);
    else if (await comes(isDone, outcome === 'answered' ? PROJECTED : UNANSWERED)) return;
    if (outcome === 'answered') break;
  }
  throw new Error(`the story stopped: ${step.as} could not do ${step.route}`);
};

/** What steps are taken with. */
export interface Stage {
  readonly client: Pick<HubClient, 'person'>;
  readonly progress: Progress;
  /** How many contributions of an event type are projected. */
  readonly count: (type: string) => Promise<number>;
}

/**
 * Everything that people do in a chapter, one after the other. `done` counts by event type what the story made so far:
 * what an earlier run did, or a command of which no answer came, is not done again.
 */
export const takeSteps = async (
  { client, progress, count }: Stage,
  { at, steps = [] }: { readonly at: string; readonly steps?: readonly Step[] },
  done: Map<string, number>,
): Promise<void> => {
  const label = `what people do on ${at.slice(0, 10)}`;
  for (const [i, step] of steps.entries()) {
    progress(label, i, steps.length);
    const nth = (done.get(step.makes) ?? 0) + 1;
    done.set(step.makes, nth);
    await doStep(client, step, async () => (await count(step.makes)) >= nth);
  }
  if (steps.length > 0) progress(label, steps.length, steps.length);
};
