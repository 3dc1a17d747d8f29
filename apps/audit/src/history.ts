import type { Pool } from 'pg';
import { canonicalText } from '#contracts';
import { isMatchable, LINKAGE_RULES_V1, type ClassifiedIdentifier } from '#identity';
import type { EventStore, StoredEvent } from '#event-sourcing';
import { unsealForDecision, unsealParts, type PartOpener, type SealedRow } from '#platform';
import type { FiledContribution } from '#timeline';

/** Streams of subjects of contributions; what lies in quarantine tells of nobody. */
const SUBJECT_STREAM = /^(child|staff|org|agreement)-([0-9a-f]{32})$/;
const FILED_STREAM = /^(child|staff|org|agreement|quarantine)-[0-9a-f]{32}$/;
const PAGE = 1000;

/** Everything of the store, in order, a page at a time. */
export async function* everything(store: EventStore): AsyncIterable<readonly StoredEvent[]> {
  let after = null as Parameters<EventStore['readAll']>[0];
  for (;;) {
    const events = await store.readAll(after, PAGE);
    const last = events.at(-1);
    if (!last) return;
    yield events;
    after = { store: store.id, position: last.position, eventId: last.id };
  }
}

/** Whether the event is about a subject, so that the projection has a row of it. */
export const isAboutSubject = ({ stream }: StoredEvent): boolean => SUBJECT_STREAM.test(stream);

/** One subject's history as the store holds it. */
export interface SubjectHistory {
  readonly kind: string;
  readonly key: string;
  readonly contributions: FiledContribution[];
}

const rowOf = (event: StoredEvent): SealedRow => ({
  position: event.position,
  confirms:
    event.type === 'record-confirmed'
      ? (JSON.parse(Buffer.from(event.data).toString('utf8')) as { confirms: string }).confirms
      : null,
  bytes: event.data,
});

/** Histories of all subjects, from the store alone, with what the audit may unseal of them. */
export class Histories {
  private readonly subjects = new Map<string, SubjectHistory>();
  private readonly byId = new Map<string, FiledContribution>();
  /** Parts that could not be unsealed. */
  erasedParts = 0;
  private readonly holders = new Map<string, Set<string>>();

  constructor(
    private readonly pool: Pool,
    private readonly opener: PartOpener,
  ) {}

  async add(events: readonly StoredEvent[]): Promise<void> {
    const own = events.filter((event) => FILED_STREAM.test(event.stream));
    const rows = own.map(rowOf);
    const opened = await unsealForDecision(this.pool, this.opener, rows);
    // What decisions do not read is opened only to count what cannot be: nothing of it is kept.
    const shown = await unsealParts(
      this.pool,
      this.opener,
      rows.filter(({ confirms }) => confirms === null),
      ['content', 'location'],
    );
    for (const { unreadable } of [...opened, ...shown]) this.erasedParts += unreadable.length;
    own.forEach((event, i) => {
      const contribution = opened[i]!;
      this.byId.set(contribution.envelope.contributionId, contribution);
      const [, kind, key] = SUBJECT_STREAM.exec(event.stream) ?? [];
      if (kind === undefined || key === undefined) return;
      const history = this.subjects.get(key) ?? { kind, key, contributions: [] };
      history.contributions.push(contribution);
      this.subjects.set(key, history);
      for (const name of identifiersOf(contribution)) {
        const known = this.holders.get(name) ?? new Set();
        known.add(key);
        this.holders.set(name, known);
      }
    });
  }

  /** By its id, whatever stream it was filed into. */
  find(id: string): FiledContribution | undefined {
    return this.byId.get(id);
  }

  upTo(key: string, position: number): FiledContribution[] {
    return (this.subjects.get(key)?.contributions ?? []).filter((one) => one.position! <= position);
  }

  ofKind(kind: string): SubjectHistory[] {
    return [...this.subjects.values()].filter((subject) => subject.kind === kind);
  }

  /** References that share an identifier with these, directly or through others, as known at a position. */
  near(start: readonly string[], position: number): string[] {
    const reached = new Set(start.filter((key) => this.upTo(key, position).length > 0));
    const queue = [...reached];
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      const names = this.upTo(key, position).flatMap(identifiersOf);
      for (const other of names.flatMap((name) => [...(this.holders.get(name) ?? [])])) {
        if (reached.has(other) || this.upTo(other, position).length === 0) continue;
        reached.add(other);
        queue.push(other);
      }
    }
    return [...reached].sort();
  }
}

const identifiersOf = ({ identity }: FiledContribution): string[] =>
  ((identity?.['identifiers'] ?? []) as ClassifiedIdentifier[])
    .filter(({ kind, value, status }) => status !== 'wrong-check-digit' && isMatchable(kind, value, LINKAGE_RULES_V1))
    .map(({ kind, value }) => canonicalText([kind, value]));
