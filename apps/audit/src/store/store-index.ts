import type { Pool } from 'pg';
import { FACTS_THAT_CLOSE, RESPONSIBILITY_MOVED } from '#chronology';
import type { Envelope } from '#contracts';
import type { Checkpoint, EventStore, StoredEvent } from '#event-sourcing';
import { isMatchable, LINKAGE_RULES_V1, type ClassifiedIdentifier } from '#identity';
import { readFinal, unsealParts, type PartOpener } from '#platform';
import type { OwnerService } from '#sharing';
import type { BlindNames } from './blind-names.js';

const SUBJECT_STREAM = /^(child|staff|agreement)-([0-9a-f]{32})$/;
const PAGE = 1000;

/** `invited`: the reference holds an invitation of the person of this staff key, or a move to this front door. */
type NameKind = 'traced' | 'asserted' | 'login' | 'invited';

/** That a subject was called by a name (an HMAC) from a position on. What was once said is never taken back here. */
interface Name {
  readonly hmac: string;
  readonly kind: NameKind;
  readonly organisation: string;
  readonly position: number;
}

interface Subject {
  readonly key: string;
  readonly kind: string;
  /** Position of its first event. */
  readonly first: number;
  readonly names: Name[];
}

/** A contribution that says what closes over everything that shares a verified identifier. */
export interface ClosingContribution {
  readonly id: string;
  readonly stream: string;
  readonly position: number;
  /** When the hub received it, milliseconds since 1970. */
  readonly received: number;
}

interface Filed {
  readonly event: StoredEvent;
  readonly envelope: Envelope;
  readonly confirms: boolean;
  readonly key: string;
  readonly kind: string;
}

export interface StoreIndexOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly opener: PartOpener;
  readonly blind: BlindNames;
}

/**
 * Where things lie in the store: which position was the last at an instant, and which subjects were called by which
 * names. It holds no contribution: streams are read when they are needed.
 *
 * It reads the store once from its beginning, a page of 1,000 events at a time, when somebody first asks, and from
 * there to the head before each answer. An event costs at most 16 bytes for its time; a subject some 200 and each
 * different name of it some 200 (one or two, as a rule); of a contribution one sealed part is opened, once: the
 * identity of a child's, the terms of a post's; of a relation both.
 */
export class StoreIndex {
  private readonly subjects = new Map<string, Subject>();
  private readonly holders = new Map<string, { readonly subject: Subject; readonly name: Name }[]>();
  private readonly agreementSubjects: Subject[] = [];
  private readonly closing = new Map<string, ClosingContribution>();
  /** Where recorded time moved on: the instants, and the last position at each. */
  private readonly instants: number[] = [];
  private readonly positions: number[] = [];
  private checkpoint: Checkpoint | null = null;
  private reading: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: StoreIndexOptions) {}

  /** Position of the last event that was read. */
  get position(): number {
    return this.checkpoint?.position ?? 0;
  }

  /** Resolves when everything is read that was in the store when it was called. Calls take turns. */
  readToHead(): Promise<void> {
    const read = this.reading.then(() => this.catchUp());
    this.reading = read.catch(() => undefined);
    return read;
  }

  private async catchUp(): Promise<void> {
    const { store } = this.options;
    for (;;) {
      const events = await store.readAll(this.checkpoint, PAGE);
      const last = events.at(-1);
      if (!last) return;
      await this.add(events);
      this.checkpoint = { store: store.id, position: last.position, eventId: last.id };
    }
  }

  private async add(events: readonly StoredEvent[]): Promise<void> {
    const filed = events.flatMap(filedOf);
    const names = await this.namesOf(filed);
    for (const event of events) this.tick(event);
    filed.forEach((one, i) => {
      const subject = this.subjectOf(one);
      for (const name of names[i]!) this.call(subject, name);
      const { envelope, event } = one;
      if (
        envelope.facts.some((fact) => FACTS_THAT_CLOSE.includes(fact)) &&
        !this.closing.has(envelope.contributionId)
      ) {
        const { stream, position } = event;
        const received = Date.parse(envelope.hubReceived);
        this.closing.set(envelope.contributionId, { id: envelope.contributionId, stream, position, received });
      }
    });
  }

  /** Recorded time never goes back: an event that seems earlier than one before it came with that one. */
  private tick({ metadata, position }: StoredEvent): void {
    const before = this.instants.at(-1) ?? -Infinity;
    const at = hubAtOf(metadata) ?? before;
    if (at > before) {
      this.instants.push(at);
      this.positions.push(position);
    } else if (this.positions.length > 0) {
      this.positions[this.positions.length - 1] = position;
    }
  }

  private subjectOf({ key, kind, event }: Filed): Subject {
    const known = this.subjects.get(key);
    if (known) return known;
    const subject: Subject = { key, kind, first: event.position, names: [] };
    this.subjects.set(key, subject);
    if (kind === 'agreement') this.agreementSubjects.push(subject);
    return subject;
  }

  private call(subject: Subject, name: Name): void {
    const { hmac, kind, organisation } = name;
    const known = subject.names.some(
      (one) => one.hmac === hmac && one.kind === kind && one.organisation === organisation,
    );
    if (known) return;
    subject.names.push(name);
    const holders = this.holders.get(hmac) ?? [];
    holders.push({ subject, name });
    this.holders.set(hmac, holders);
  }

  private async namesOf(filed: readonly Filed[]): Promise<readonly (readonly Name[])[]> {
    const { pool, opener, blind } = this.options;
    const names: Name[][] = filed.map(() => []);
    const lost: number[] = [];
    for (const [kind, part] of [
      ['child', 'identity'],
      ['staff', 'terms'],
    ] as const) {
      const places = [...filed.keys()].filter((i) => filed[i]!.kind === kind && !filed[i]!.confirms);
      const opened = await unsealParts(
        pool,
        opener,
        places.map((i) => ({ bytes: filed[i]!.event.data })),
        [part],
      );
      for (const [n, i] of places.entries()) {
        const { event, envelope } = filed[i]!;
        const called = (hmac: string, as: NameKind): Name => ({
          hmac,
          kind: as,
          organisation: envelope.owner.organisation,
          position: event.position,
        });
        const { identity, terms, unreadable } = opened[n]!;
        if (unreadable.length > 0) lost.push(i);
        names[i] = matchable(identity).map(({ kind: of, value, status }) =>
          called(blind.identifier(of, value), status as NameKind),
        );
        const login = terms?.['login'];
        if (typeof login === 'string') names[i].push(called(blind.login(login), 'login'));
      }
    }
    const kept = await blindRowsOf(
      pool,
      lost.map((i) => filed[i]!.event.position),
    );
    for (const i of lost) names[i] = kept.filter(({ position }) => position === filed[i]!.event.position);
    for (const { i, name } of await this.invitationsAmong(filed)) names[i]!.push(name);
    return names;
  }

  /** Whom relations invite by name, and to whose front door a child moves: they find it by the reference of another. */
  private async invitationsAmong(filed: readonly Filed[]): Promise<readonly { i: number; name: Name }[]> {
    const { pool, opener } = this.options;
    const places = [...filed.keys()].filter((i) => INVITING.includes(filed[i]!.envelope.type) && !filed[i]!.confirms);
    const opened = await unsealParts(
      pool,
      opener,
      places.map((i) => ({ bytes: filed[i]!.event.data })),
      ['terms'],
    );
    return places.flatMap((i, n) => {
      const { relation, staffKey, organisation: to, services } = opened[n]!.terms ?? {};
      const { event, envelope } = filed[i]!;
      const { organisation } = envelope.owner;
      const person = relation === 'invited' && typeof staffKey === 'string' ? [staffKey] : [];
      const doors =
        envelope.type === RESPONSIBILITY_MOVED && Array.isArray(services)
          ? services.map((service: string) => frontDoorName({ organisation: to as string, service }))
          : [];
      return [...person, ...doors].map((name) => ({
        i,
        name: { hmac: invitationOf(name), kind: 'invited', organisation, position: event.position } as const,
      }));
    });
  }

  /** The last position of the longest beginning of everything that was recorded at or before an instant; 0: nothing. */
  positionAt(at: number): number {
    let [low, high] = [0, this.instants.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.instants[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : this.positions[low - 1]!;
  }

  /** Whether anything was filed on a subject up to a position. */
  isKnown(key: string, upTo: number): boolean {
    const subject = this.subjects.get(key);
    return subject !== undefined && subject.first <= upTo;
  }

  streamOf(key: string): string | undefined {
    const subject = this.subjects.get(key);
    return subject && `${subject.kind}-${subject.key}`;
  }

  /** Subjects that were called so up to a position, each with the organisations whose word that is. */
  called(
    hmac: string,
    kinds: readonly NameKind[],
    upTo: number,
  ): readonly { readonly key: string; readonly organisation: string }[] {
    return (this.holders.get(hmac) ?? [])
      .filter(({ name }) => kinds.includes(name.kind) && name.position <= upTo)
      .map(({ subject, name }) => ({ key: subject.key, organisation: name.organisation }));
  }

  staffOf(login: string, upTo: number): string[] {
    return [...new Set(this.called(this.options.blind.login(login), ['login'], upTo).map(({ key }) => key))].sort();
  }

  /** References on which one of these was ever invited up to a position: staff keys, or names of front doors. */
  invitedOf(names: readonly string[], upTo: number): string[] {
    return names.flatMap((key) => this.called(invitationOf(key), ['invited'], upTo).map((one) => one.key));
  }

  agreements(upTo: number): string[] {
    return this.agreementSubjects.filter(({ first }) => first <= upTo).map(({ key }) => key);
  }

  /** Verified identifiers that these subjects were called by up to a position. */
  tracedOf(keys: readonly string[], upTo: number): ReadonlySet<string> {
    return new Set(
      keys
        .flatMap((key) => this.subjects.get(key)?.names ?? [])
        .filter(({ kind, position }) => kind === 'traced' && position <= upTo)
        .map(({ hmac }) => hmac),
    );
  }

  /**
   * Every reference that shares a verified identifier with one of these, directly or through others, and what their
   * own organisations named by the same identifier, as known at a position. In order of key.
   */
  near(start: readonly string[], upTo: number): string[] {
    const reached = new Set(start.filter((key) => this.isKnown(key, upTo)));
    const queue = [...reached];
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      for (const mine of this.subjects.get(key)!.names) {
        if (mine.kind === 'login' || mine.kind === 'invited' || mine.position > upTo) continue;
        for (const { subject, name } of this.holders.get(mine.hmac)!) {
          const joins =
            name.kind === 'traced' ||
            (name.kind === 'asserted' && mine.kind === 'traced' && name.organisation === mine.organisation);
          if (name.position > upTo || !joins || reached.has(subject.key)) continue;
          reached.add(subject.key);
          queue.push(subject.key);
        }
      }
    }
    return [...reached].sort();
  }

  /** What closes, was received by an instant and was filed after a position. */
  closingAfter(position: number, received: number): readonly ClosingContribution[] {
    return [...this.closing.values()].filter((one) => one.position > position && one.received <= received);
  }

  /** Where a closing contribution was filed first. */
  positionOfClosing(id: string): number | undefined {
    return this.closing.get(id)?.position;
  }
}

/** Contributions by which somebody finds the child of another organisation. */
const INVITING: readonly string[] = ['relation', RESPONSIBILITY_MOVED];

const invitationOf = (name: string): string => `invited/${name}`;

/** What a front door is called, to which a child moves. */
export const frontDoorName = ({ organisation, service }: OwnerService): string =>
  JSON.stringify([organisation, service]);

const matchable = (identity: Readonly<Record<string, unknown>> | undefined): readonly ClassifiedIdentifier[] =>
  ((identity?.['identifiers'] ?? []) as ClassifiedIdentifier[]).filter(
    ({ kind, value, status }) => status !== 'wrong-check-digit' && isMatchable(kind, value, LINKAGE_RULES_V1),
  );

const hubAtOf = (metadata: Uint8Array): number | undefined => {
  try {
    const { hubAt } = JSON.parse(Buffer.from(metadata).toString('utf8')) as { hubAt?: unknown };
    const at = typeof hubAt === 'string' ? Date.parse(hubAt) : NaN;
    return Number.isNaN(at) ? undefined : at;
  } catch {
    return undefined;
  }
};

/** Nothing for what is no filed contribution: it is set aside by every reader of the store. */
const filedOf = (event: StoredEvent): Filed[] => {
  const [, kind, key] = SUBJECT_STREAM.exec(event.stream) ?? [];
  if (kind === undefined || key === undefined) return [];
  try {
    const confirms = event.type === 'record-confirmed';
    const envelope = confirms
      ? (JSON.parse(Buffer.from(event.data).toString('utf8')) as { envelope: Envelope }).envelope
      : readFinal(event.data).form.envelope;
    return [{ event, envelope, confirms, key, kind }];
  } catch {
    return [];
  }
};

/** The names of what was filed at these positions, as the projection keeps them beyond an erasure. */
export const blindRowsOf = async (pool: Pool, positions: readonly number[]): Promise<readonly Name[]> => {
  if (positions.length === 0) return [];
  const { rows } = await pool.query({
    name: 'audit-blind',
    text: `select b.position, b.organisation, b.kind, encode(b.hmac, 'hex') as hmac
             from projection.generation g
             join projection.contribution c on c.generation = g.generation and c.position = any ($1::bigint[])
             join projection.blind b on b.generation = g.generation and b.subject_key = c.subject_key
              and b.position = c.position and b.kind in ('traced', 'asserted', 'login')
            where g.state = 'live'`,
    values: [positions],
  });
  return (rows as { position: string; organisation: string; kind: NameKind; hmac: string }[]).map((row) => ({
    ...row,
    position: Number(row.position),
  }));
};
