import type { Chronology, HubApi } from './hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  nhsNumber,
  NEIGHBOUR,
  post,
  recordOf,
  SCHOOL,
  staffDocument,
  type Agency,
} from './scene.js';

/** Something that narrows what one reader sees, and what makes it wide again. Both are documents of an agency's feed. */
export interface Closing {
  readonly name: string;
  /** The reader's agency. */
  readonly reader: Agency;
  /** What closes, at the recorded time given, as the n-th change of its record or relation. */
  readonly close: (lane: LaneChild, n: number, now: string) => Change | Decision;
  readonly open: (lane: LaneChild, n: number) => Change | Decision;
  /** Whether an answer shows what was closed. */
  readonly shows: (answer: Chronology) => boolean;
  /** Whether an answer shows everything that the closing leaves open. */
  readonly keeps: (answer: Chronology) => boolean;
}

export interface Change {
  readonly connector: string;
  readonly feed: string;
  readonly document: unknown;
}

/** What a person decides over the public routes; resolves when it is acknowledged. */
export interface Decision {
  readonly decide: (api: HubApi) => Promise<void>;
  /** Resolves when it is in view. */
  readonly settled: (api: HubApi) => Promise<void>;
}

/** The child and the reader of one lane; lanes share nothing. */
export interface LaneChild {
  readonly person: string;
  readonly login: string;
  /** Who works with the child at the authority. */
  readonly owner: string;
  /** Who answers questions of identity there. */
  readonly keeper: string;
  /** What was decided last, to be undone, and what decisions are about. */
  readonly decided: { id?: string; handle?: string; entryId?: string; pair?: string };
}

const anything = ({ entries, notices }: Chronology): boolean => entries.length + notices.length > 0;
const always = (): boolean => true;

const staffChange = (of: Agency, staff: readonly unknown[], relations: readonly unknown[]): Change => ({
  connector: of.connector,
  feed: of.staff,
  document: staffDocument(of, staff, relations),
});

const relationClosing = (name: string, reader: Agency, end: (now: string) => Record<string, unknown>): Closing => ({
  name,
  reader,
  close: ({ login, person }, n, now) => staffChange(reader, [], [allocation(reader, login, person, n, end(now))]),
  open: ({ login, person }, n) => staffChange(reader, [], [allocation(reader, login, person, n)]),
  shows: anything,
  keeps: always,
});

const postClosing = (name: string, reader: Agency, end: (now: string) => Record<string, unknown>): Closing => ({
  name,
  reader,
  close: ({ login }, n, now) => staffChange(reader, [post(reader, login, n, end(now))], []),
  open: ({ login }, n) => staffChange(reader, [post(reader, login, n)], []),
  shows: anything,
  keeps: always,
});

const recordChange = (of: Agency, record: ReturnType<typeof recordOf>): Change => ({
  connector: of.connector,
  feed: of.records,
  document: custodianFile(of, [record]),
});

const has = (answer: Chronology, { organisation }: Agency, recordType: string): boolean =>
  answer.entries.some((entry) => entry.owner.organisation === organisation && entry.recordType === recordType);
const showsLocation = ({ entries }: Chronology): boolean =>
  entries.some(({ location }) => Object.keys(location).length > 0);

const details = ({ person }: LaneChild, n: number) => ({
  recordId: `PD-${person}`,
  personId: person,
  recordType: 'personal.details',
  version: String(n),
  payload: {
    firstName: 'Robin',
    lastName: `Lane ${person}`,
    dateOfBirth: '2015-06-12',
    address: { line1: '1 Long Lane', postcode: 'ZZ99 3WZ' },
  },
});
const services = ({ person }: LaneChild, n: number, of: Agency) => ({
  recordId: `CS-${of.organisation}-${person}`,
  personId: person,
  recordType: 'childrens-services.details',
  version: String(n),
  payload: { teamInvolvement: ['Family help'] },
});
const school = ({ person }: LaneChild, n: number) => ({
  recordId: `ED-${person}`,
  personId: person,
  recordType: 'education.details',
  version: String(n),
  payload: { educationSettingName: 'Long Lane School' },
});

const PROTECTED = { facts: ['address-protected'] } as const;
const ORIGINATOR = { tier: 'originator' } as const;

/** Every way in which something closes. */
export const CLOSINGS: readonly Closing[] = [
  relationClosing('a relation ends now', HEALTH, (now) => ({ to: now })),
  relationClosing('a relation ended before', HEALTH, () => ({ to: '2026-02-01T00:00:00.000Z' })),
  relationClosing('a relation is taken back', HEALTH, () => ({ removed: true })),
  relationClosing('a relation of the owner’s own worker ends now', AUTHORITY, (now) => ({ to: now })),
  postClosing('a member of staff leaves now', HEALTH, (now) => ({ to: now })),
  postClosing('a post is taken back', HEALTH, () => ({ removed: true })),
  postClosing('a member of staff moves to another service', HEALTH, () => ({ service: 'stores' })),
  {
    name: 'the next version of a record is protected',
    reader: HEALTH,
    close: (lane, n) => recordChange(AUTHORITY, recordOf({ ...details(lane, n), handling: PROTECTED })),
    open: (lane, n) => recordChange(AUTHORITY, recordOf(details(lane, n))),
    shows: showsLocation,
    keeps: (answer) =>
      has(answer, AUTHORITY, 'personal.details') && has(answer, AUTHORITY, 'childrens-services.details'),
  },
  {
    name: 'another organisation says that the address is protected',
    reader: HEALTH,
    close: (lane, n) => recordChange(NEIGHBOUR, recordOf({ ...services(lane, n, NEIGHBOUR), handling: PROTECTED })),
    open: (lane, n) => recordChange(NEIGHBOUR, recordOf(services(lane, n, NEIGHBOUR))),
    shows: showsLocation,
    keeps: (answer) => has(answer, AUTHORITY, 'personal.details'),
  },
  {
    name: 'the next version of a record that an imported policy shows has a higher tier',
    reader: HEALTH,
    close: (lane, n) => recordChange(SCHOOL, recordOf({ ...school(lane, n), handling: ORIGINATOR })),
    open: (lane, n) => recordChange(SCHOOL, recordOf(school(lane, n))),
    shows: (answer) =>
      has(answer, SCHOOL, 'education.details') || answer.notices.some(({ partyKind }) => partyKind === 'EDUCATION'),
    keeps: (answer) => has(answer, AUTHORITY, 'personal.details'),
  },
  {
    name: 'a record is withdrawn',
    reader: HEALTH,
    close: (lane, n) => recordChange(AUTHORITY, recordOf({ ...services(lane, n, AUTHORITY), purge: true })),
    open: (lane, n) => recordChange(AUTHORITY, recordOf(services(lane, n, AUTHORITY))),
    shows: (answer) => has(answer, AUTHORITY, 'childrens-services.details'),
    keeps: (answer) => has(answer, AUTHORITY, 'personal.details'),
  },
];

/** A decision at a route, by somebody of the authority. */
const decisionAt = (
  lane: LaneChild,
  login: string,
  decide: (api: HubApi, handle: string) => Promise<{ readonly path: string; readonly body: object }>,
): Decision => {
  let receipt = '';
  return {
    decide: async (api) => {
      lane.decided.handle ??= await api.search(lane.owner, lane.person);
      const { path, body } = await decide(api, lane.decided.handle);
      const answer = await api.call(login, 'POST', path, JSON.stringify(body));
      if (answer.status !== 202) throw new Error(`${path} was answered with ${answer.status}: ${answer.text}`);
      const taken = answer.json as { id?: string; receipt: string };
      receipt = taken.receipt;
      if (taken.id !== undefined) lane.decided.id = taken.id;
    },
    settled: async (api) => {
      // A read that waits for the receipt is answered once all of it is in view.
      for (;;) {
        const path = `/v1/children/${lane.decided.handle}/chronology?purpose=SAFEGUARDING&receipt=${receipt}`;
        const { status } = await api.call(lane.owner, 'GET', path);
        if (status === 200) return;
      }
    },
  };
};

const decisionOf = (
  lane: LaneChild,
  decide: (api: HubApi, handle: string) => Promise<{ readonly path: string; readonly body: object }>,
): Decision =>
  decisionAt(lane, lane.owner, async (api, handle) => {
    const { path, body } = await decide(api, handle);
    return { path: `/v1/children/${handle}/${path}`, body: { purpose: 'SAFEGUARDING', ...body } };
  });

/** The link between the authority's reference and the clinic's, as the authority's data manager names it. */
const linkToHealth = async (api: HubApi, lane: LaneChild): Promise<string> => {
  // Looked up once, while nothing is held up, as the entry is.
  if (lane.decided.pair !== undefined) return lane.decided.pair;
  const handle = await api.search(lane.keeper, lane.person);
  const { json } = await api.call(lane.keeper, 'GET', `/v1/identity/links?handle=${handle}`);
  const { pairs } = json as { pairs: { pair: string; references: { organisation: string }[] }[] };
  lane.decided.pair = pairs.find(({ references }) =>
    references.some(({ organisation }) => organisation === HEALTH.organisation),
  )!.pair;
  return lane.decided.pair;
};

const answered = (lane: LaneChild, answer: 'same' | 'different'): Decision =>
  decisionAt(lane, lane.keeper, async (api) => ({
    path: `/v1/identity/pairs/${await linkToHealth(api, lane)}/answers`,
    body: { answer, reason },
  }));

const lifted = (lane: LaneChild): Decision =>
  decisionOf(lane, async () => ({ path: `restrictions/${lane.decided.id}/lifts`, body: {} }));

const servicesEntry = async (api: HubApi, lane: LaneChild, handle: string): Promise<string> => {
  // Looked up once, while nothing is held up: a read is recorded in the store that a race may stop.
  if (lane.decided.entryId !== undefined) return lane.decided.entryId;
  const { entries } = await api.read(lane.owner, handle);
  lane.decided.entryId = entries.find(
    (entry) => entry.owner.organisation === AUTHORITY.organisation && entry.recordType === 'childrens-services.details',
  )!.entryId;
  return lane.decided.entryId;
};
const reason = 'Decided in a race';
const showsServices = (answer: Chronology): boolean => has(answer, AUTHORITY, 'childrens-services.details');
const keepsDetails = (answer: Chronology): boolean => has(answer, AUTHORITY, 'personal.details');
const showsAuthority = (answer: Chronology): boolean =>
  has(answer, AUTHORITY, 'personal.details') ||
  showsServices(answer) ||
  answer.entries.some(({ owner }) => owner.organisation === AUTHORITY.organisation);
const keepsSchool = (answer: Chronology): boolean => has(answer, SCHOOL, 'education.details');

/** Every way in which a person closes something. */
export const DECISIONS: readonly Closing[] = [
  {
    name: 'a person of the owner withdraws an entry',
    reader: HEALTH,
    close: (lane) =>
      decisionOf(lane, async (api, handle) => ({
        path: 'withdrawals',
        body: { entryId: await servicesEntry(api, lane, handle), reason },
      })),
    open: lifted,
    shows: showsServices,
    keeps: keepsDetails,
  },
  {
    name: 'the owner restricts what it recorded to others',
    reader: HEALTH,
    close: (lane) =>
      decisionOf(lane, async () => ({
        path: 'restrictions',
        body: { allow: [{ organisation: SCHOOL.organisation }], reason },
      })),
    open: lifted,
    shows: showsAuthority,
    keeps: keepsSchool,
  },
  {
    name: 'the owner restricts one entry to another person',
    reader: HEALTH,
    close: (lane) =>
      decisionOf(lane, async (api, handle) => ({
        path: 'restrictions',
        body: {
          entryId: await servicesEntry(api, lane, handle),
          allow: [{ organisation: HEALTH.organisation, workerId: 'W-somebody-else' }],
          reason,
        },
      })),
    open: lifted,
    shows: showsServices,
    keeps: keepsDetails,
  },
  {
    name: 'the owner excludes the reader',
    reader: HEALTH,
    close: (lane) =>
      decisionOf(lane, async () => ({
        path: 'exclusions',
        body: { deny: [{ organisation: HEALTH.organisation, workerId: `W-${lane.login}` }], reason },
      })),
    open: lifted,
    shows: showsAuthority,
    keeps: keepsSchool,
  },
  {
    name: 'the owner excludes a colleague',
    reader: AUTHORITY,
    close: (lane) =>
      decisionOf(lane, async () => ({
        path: 'exclusions',
        body: { deny: [{ organisation: AUTHORITY.organisation, workerId: `W-${lane.login}` }], reason },
      })),
    open: lifted,
    shows: showsAuthority,
    keeps: always,
  },
  {
    name: 'a data manager unlinks two records',
    reader: HEALTH,
    close: (lane) => answered(lane, 'different'),
    open: (lane) => answered(lane, 'same'),
    shows: showsAuthority,
    keeps: always,
  },
  ...CLOSINGS.filter(({ name }) => name === 'a member of staff leaves now' || name === 'a post is taken back'),
];

/** What one lane begins with: one child known to four organisations, and a reader who has to do with the child. */
export const sendLane = async (api: HubApi, lane: LaneChild, { reader }: Closing): Promise<void> => {
  const health = recordOf({
    recordId: `HE-${lane.person}`,
    personId: lane.person,
    recordType: 'health.details',
    payload: { registeredGPName: 'Dr Long' },
  });
  const documents: Change[] = [
    { ...recordChange(AUTHORITY, recordOf(details(lane, 1))) },
    { ...recordChange(AUTHORITY, recordOf(services(lane, 1, AUTHORITY))) },
    recordChange(NEIGHBOUR, recordOf(services(lane, 1, NEIGHBOUR))),
    recordChange(SCHOOL, recordOf(school(lane, 1))),
    recordChange(HEALTH, health),
    staffChange(reader, [post(reader, lane.login, 1)], [allocation(reader, lane.login, lane.person, 1)]),
    staffChange(
      AUTHORITY,
      [post(AUTHORITY, lane.owner, 1), post(AUTHORITY, lane.keeper, 1, { role: 'data-manager' })],
      [allocation(AUTHORITY, lane.owner, lane.person, 1)],
    ),
  ];
  await Promise.all(documents.map(({ connector, feed, document }) => api.filed(connector, feed, document)));
};

export const laneChild = (i: number): LaneChild => ({
  person: nhsNumber(i),
  login: `lane-reader-${i}`,
  owner: `lane-owner-${i}`,
  keeper: `lane-keeper-${i}`,
  decided: {},
});

/** One answer of the loop: whether the closing had been acknowledged before the question was sent. */
interface Heard {
  readonly afterClosing: boolean;
  readonly shows: boolean;
  readonly keeps: boolean;
}

/** A reader who asks for one child over and over, each question sent when the last is answered. */
export class ReaderLoop {
  private closed = false;
  private stopped = false;
  private running: Promise<void> | undefined;
  private heard: Heard[] = [];
  private waiting: (() => void)[] = [];
  private failure: unknown;
  reads = 0;

  constructor(
    private readonly api: HubApi,
    private readonly lane: Pick<LaneChild, 'login'>,
    private readonly handle: string,
    private readonly closing: Closing,
  ) {}

  start(): void {
    this.stopped = false;
    this.running = (async () => {
      while (!this.stopped) await this.ask();
    })().catch((error: unknown) => {
      this.failure = error;
      this.tell();
    });
  }

  /** Asks no more; resolves when the last question is answered. */
  async pause(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  /** One question beside the loop. */
  async ask(): Promise<void> {
    const afterClosing = this.closed;
    const answer = await this.api.read(this.lane.login, this.handle);
    this.reads += 1;
    this.heard.push({ afterClosing, shows: this.closing.shows(answer), keeps: this.closing.keeps(answer) });
    this.tell();
  }

  /** From now on nothing that is asked may show what was closed. */
  acknowledged(): void {
    this.closed = true;
  }

  /** Forgets what was heard: a new race begins. */
  reset(): void {
    this.closed = false;
    this.heard = [];
  }

  hasShown(): boolean {
    return this.heard.some(({ afterClosing, shows }) => !afterClosing && shows);
  }

  /** Answers to questions sent after the acknowledgement. */
  after(): readonly Heard[] {
    return this.heard.filter(({ afterClosing }) => afterClosing);
  }

  /** Resolves when something holds of what was heard; an Error after fifteen seconds, or when a question failed. */
  async when(holds: () => boolean, what: string): Promise<void> {
    const end = Date.now() + 15_000;
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      if (holds()) return;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`${what}: ${this.closing.name}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  private tell(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}
