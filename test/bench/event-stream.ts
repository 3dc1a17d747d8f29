import { createHash } from 'node:crypto';
import { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import { nhsNumberOf, PARTNERS, recordOf, textOf, type Agency, type Json } from './agencies.js';

/** One request: one record with one event. */
export interface SentEvent {
  /** Idempotency key. */
  readonly key: string;
  readonly agency: Agency;
  readonly recordId: string;
  readonly version: number;
  readonly body: string;
  /** The payload alone, as JSON text. */
  readonly payload: string;
}

interface Child {
  readonly personId: string;
  left: number;
  readonly records: { agency: Agency; recordId: string; version: number }[];
}

/** Children that are active at a time. */
const ACTIVE = 200;
/** Most events of one child; three children have as many. */
const MOST = 5000;
const HOT = 3;
/** Longest text of a plan. */
const PLAN = 900;

/** Draws from a normal distribution (Box and Muller). */
const normal = (random: SeededRandom): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
const logNormal = (random: SeededRandom, mean: number, deviation: number): number =>
  Math.exp(mean + deviation * normal(random));

/** Bytes of a payload: 70 % 0.5 to 1 KB, 25 % 1 to 5 KB, 5 % 5 to 50 KB. */
const lengthOf = (random: SeededRandom): number => {
  const choice = random.next();
  if (choice < 0.7) return random.between(500, 1000);
  return choice < 0.95 ? random.between(1000, 5000) : random.between(5000, 50_000);
};

const plansOf = (random: SeededRandom, length: number): Json[] => {
  const plans: Json[] = [];
  for (let left = length; left > 40; left -= PLAN) {
    plans.push({ status: 'Active', plan: textOf(random, Math.min(left, PLAN) - 30) });
  }
  return plans;
};

/**
 * Events without end, a pure function of the seed: children with a log-normal number of events (mean 1.2, deviation
 * 1.1), three of them at the cap; 30 % without an NHS number; a third of the events are later versions of a record;
 * 10 % come late, behind others; 3 % are sent again under their key, and 2 % under another.
 */
export class EventStream {
  /** Number of requests made so far. */
  produced = 0;
  private readonly random: SeededRandom;
  private readonly hash = createHash('sha256');
  private readonly children: Child[] = [];
  private readonly later = new Map<number, SentEvent[]>();
  private people = 0;
  private records = 0;
  private keys = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    for (let i = 0; i < ACTIVE; i += 1) this.children.push(this.newChild(i < HOT ? MOST : undefined));
  }

  /** SHA-256 of everything produced so far, in hex: two runs with the same one sent the same. */
  get digest(): string {
    return this.hash.copy().digest('hex');
  }

  take(count: number): SentEvent[] {
    return Array.from({ length: count }, () => this.next());
  }

  next(): SentEvent {
    const event = this.due() ?? this.fresh();
    this.produced += 1;
    this.hash.update(`${event.key}\t${event.agency.feeds.records}\t${event.body}\n`);
    return event;
  }

  private due(): SentEvent | undefined {
    const due = this.later.get(this.produced);
    const event = due?.shift();
    if (due?.length === 0) this.later.delete(this.produced);
    else if (due) {
      // One at a time: the others are due next.
      this.later.delete(this.produced);
      this.later.set(this.produced + 1, [...due, ...(this.later.get(this.produced + 1) ?? [])]);
    }
    return event;
  }

  private postpone(event: SentEvent, by: number): void {
    const at = this.produced + Math.max(1, Math.round(by));
    this.later.set(at, [...(this.later.get(at) ?? []), event]);
  }

  private fresh(): SentEvent {
    const { random } = this;
    for (;;) {
      const event = this.newEvent();
      const again = random.next();
      if (again < 0.03) this.postpone(event, random.between(100, 500));
      else if (again < 0.05) this.postpone({ ...event, key: this.newKey() }, random.between(100, 500));
      if (!random.chance(0.1)) return event;
      this.postpone(event, Math.min(logNormal(random, 3, 1), 90));
    }
  }

  private newEvent(): SentEvent {
    const { random } = this;
    const i = random.between(0, this.children.length - 1);
    const child = this.children[i]!;
    child.left -= 1;
    if (child.left <= 0) this.children[i] = this.newChild();
    const record = this.recordFor(child);
    record.version += 1;
    const { agency, recordId, version } = record;
    const statuses = agency.statuses(random);
    const length = lengthOf(random) - JSON.stringify(statuses).length;
    const payload = { ...statuses, [agency.plans]: plansOf(random, length) };
    return {
      key: this.newKey(),
      agency,
      recordId,
      version,
      body: JSON.stringify(recordOf({ agency, recordId, personId: child.personId, version, payload })),
      payload: JSON.stringify(payload),
    };
  }

  private recordFor(child: Child): Child['records'][number] {
    if (child.records.length > 0 && this.random.chance(1 / 3)) return this.random.pick(child.records);
    this.records += 1;
    const record = { agency: this.random.pick(PARTNERS), recordId: `R-${this.records}`, version: 0 };
    child.records.push(record);
    return record;
  }

  private newChild(events = Math.min(MOST, Math.ceil(logNormal(this.random, 1.2, 1.1)))): Child {
    let nhsNumber: string | undefined;
    do nhsNumber = nhsNumberOf(this.people++);
    while (nhsNumber === undefined);
    const personId = this.random.chance(0.3) ? `LOCAL-${this.people}` : nhsNumber;
    return { personId, left: events, records: [] };
  }

  private newKey(): string {
    this.keys += 1;
    return `event-${this.keys}`;
  }
}
