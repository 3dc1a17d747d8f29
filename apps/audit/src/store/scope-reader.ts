import type { Pool } from 'pg';
import {
  activeAccess,
  EMERGENCY,
  FACTS_THAT_CLOSE,
  linksOf,
  postsOf,
  type EmergencyAccess,
  type ReadRecord,
  type ReadScope,
  type ScopeReference,
  type SealedList,
} from '#chronology';
import type { EventStore } from '#event-sourcing';
import type { ClassifiedIdentifier } from '#identity';
import type { PartOpener } from '#platform';
import type { FiledContribution } from '#timeline';
import { scopeOf } from '../replay-read.js';
import type { BlindNames } from './blind-names.js';
import { acceptedItems, asPending, type AcceptedItem } from './pending-items.js';
import { blindRowsOf, frontDoorName, type StoreIndex } from './store-index.js';
import { SubjectReader } from './subject-reader.js';

/** Whom a replay is about. */
export type ChildMeant =
  | { readonly by: 'identifier'; readonly kind: ClassifiedIdentifier['kind']; readonly value: string }
  /** Whoever these references are; of the viewer's own organisations' references, those that are that child's. */
  | { readonly by: 'references'; readonly keys: readonly string[] }
  /** References of the viewer's own organisations that he described, and the handle that stands for them. */
  | { readonly by: 'start'; readonly keys: readonly string[]; readonly handle: string };

/** Whether what somebody opened in an emergency is about whom a replay is. */
const isMeant = ({ handle, described, references }: EmergencyAccess, child: ChildMeant): boolean => {
  switch (child.by) {
    case 'start':
      return child.handle === handle;
    case 'identifier':
      return described?.kind === child.kind && described.value === child.value;
    case 'references':
      return references.some((key) => child.keys.includes(key));
  }
};

/** What a viewer would have had before him at an instant. */
export interface ScopeAt {
  readonly scope: ReadScope;
  readonly staffKeys: readonly string[];
  /** The last position that counts as filed. */
  readonly position: number;
  readonly subjects: SubjectReader;
}

/** A person as the hub knows him at an instant. */
export interface PersonAt {
  readonly staffKeys: readonly string[];
  readonly staff: readonly FiledContribution[];
  readonly pending: readonly FiledContribution[];
}

export interface ScopeReaderOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly opener: PartOpener;
  readonly blind: BlindNames;
  readonly index: StoreIndex;
}

/** Assembles what a read decides from, at any instant, from the store. The index stands at the head before it is asked. */
export class ScopeReader {
  constructor(private readonly options: ScopeReaderOptions) {}

  /** For one answer: every stream is read once. */
  subjects(): SubjectReader {
    const { store, index, pool, opener } = this.options;
    return new SubjectReader(store, index, pool, opener);
  }

  /** Who somebody is by what is accepted at an instant. */
  async person(login: string, at: number): Promise<PersonAt> {
    const { index } = this.options;
    const position = index.positionAt(at);
    const subjects = this.subjects();
    const staffKeys = index.staffOf(login, position);
    await subjects.load(staffKeys);
    const staff = staffKeys.flatMap((key) => subjects.histories.upTo(key, position));
    return { staffKeys, staff, pending: await this.pendingAt(subjects, position, at, staffKeys, []) };
  }

  /** What this viewer's read would have decided from, had he read at this instant. */
  async at(at: number, login: string, purpose: string, child: ChildMeant): Promise<ScopeAt> {
    const { index } = this.options;
    const position = index.positionAt(at);
    const subjects = this.subjects();
    const { histories } = subjects;
    const staffKeys = index.staffOf(login, position);
    const agreements = index.agreements(position);
    await subjects.load([...staffKeys, ...agreements]);
    const staff = staffKeys.flatMap((key) => histories.upTo(key, position));
    const posts = postsOf(staff, at, login);
    const organisations = new Set(posts.map(({ organisation }) => organisation));
    const opened = purpose === EMERGENCY ? activeAccess(staff, at) : undefined;
    const access = opened && isMeant(opened, child) ? opened : undefined;
    const invited = new Set(
      organisations.size === 0 ? [] : index.invitedOf([...staffKeys, ...posts.map(frontDoorName)], position),
    );
    const own = await this.startOf(subjects, child, organisations, invited, position);
    const start = [...new Set([...own, ...this.verifiedFor(access, position)])].sort();
    const near = index.near(start, position);
    await subjects.load(near);
    const childKeys = [...new Set([...start, ...near])];
    const known = [...staffKeys, ...childKeys, ...agreements];
    const waiting = await this.pendingAt(subjects, position, at, known, FACTS_THAT_CLOSE);
    const filed = await this.restored(near.flatMap((key) => histories.upTo(key, position)));
    const traced = index.tracedOf(childKeys, position);
    const pending = withIdentity(waiting, new Map()).filter(
      (one) => known.includes(one.envelope.subject.key) || this.isTraced(one, traced),
    );
    return {
      staffKeys,
      position,
      subjects,
      scope: {
        at,
        purpose,
        login,
        staff,
        start,
        ...(access ? { handle: access.handle } : {}),
        references: [
          ...referencesOf(near, filed),
          ...firstWords(pending, known).map((one) => ({ ...one, contributions: [] })),
        ],
        agreements: agreements.flatMap((key) => histories.upTo(key, position)),
        pending,
      },
    };
  }

  /** What a recorded read decided from. */
  async ofRecord(record: ReadRecord, list: SealedList | undefined, subjects: SubjectReader): Promise<ReadScope> {
    const { index, pool, opener } = this.options;
    const { position } = record.checkpoint;
    const { histories } = subjects;
    const named = [...record.start, ...record.references];
    await subjects.load([
      ...record.viewer.staff,
      ...index.agreements(position),
      ...index.near(named, position),
      ...named,
    ]);
    const accepted = await acceptedItems(pool, { subjects: [], facts: [], ids: record.pending });
    await subjects.loadStreams(accepted.map(({ stream }) => stream));
    const bytesOf = new Map(accepted.map(({ id, bytes }) => [id, bytes]));
    const pending = await asPending(
      pool,
      opener,
      record.pending.map((id) => ({ filed: histories.find(id), bytes: bytesOf.get(id) ?? null })),
    );
    const pendingOf = new Map(pending.map((one) => [one.envelope.contributionId, one]));
    return scopeOf(record, histories, (id) => pendingOf.get(id), list);
  }

  /** Where an access in an emergency begins beside the own organisation's child. */
  private verifiedFor(access: EmergencyAccess | undefined, position: number): string[] {
    const { described } = access ?? {};
    if (!described) return [];
    const { index, blind } = this.options;
    const hmac = blind.identifier(described.kind, described.value);
    return index.called(hmac, ['traced'], position).map(({ key }) => key);
  }

  private async startOf(
    subjects: SubjectReader,
    child: ChildMeant,
    organisations: ReadonlySet<string>,
    invited: ReadonlySet<string>,
    position: number,
  ): Promise<string[]> {
    const { index, blind } = this.options;
    const isStart = ({ key, organisation }: { readonly key: string; readonly organisation: string }) =>
      organisations.has(organisation) || invited.has(key);
    if (child.by === 'identifier') {
      const called = index.called(blind.identifier(child.kind, child.value), ['traced', 'asserted'], position);
      const own = called.filter(isStart);
      return [...new Set(own.map(({ key }) => key))].sort();
    }
    const near = index.near(child.keys, position);
    await subjects.load(near);
    const filed = await this.restored(near.flatMap((key) => subjects.histories.upTo(key, position)));
    const references = referencesOf(near, filed);
    const own = references.filter(isStart).map(({ key }) => key);
    if (child.by === 'start') return child.keys.filter((key) => own.includes(key));
    const { components, attachments } = linksOf(references);
    const meant = new Set([
      ...child.keys,
      ...attachments.filter(({ staffOnly }) => child.keys.includes(staffOnly)).map(({ to }) => to),
    ]);
    return components
      .filter((component) => component.some((key) => meant.has(key)))
      .flat()
      .filter((key) => own.includes(key))
      .sort();
  }

  /** References that are one child with any of these, as the hub believes at the head, and these themselves. */
  async childOf(keys: readonly string[]): Promise<readonly string[]> {
    const { index } = this.options;
    const subjects = this.subjects();
    const near = index.near(keys, index.position);
    await subjects.load(near);
    const filed = await this.restored(near.flatMap((key) => subjects.histories.upTo(key, index.position)));
    const { components } = linksOf(referencesOf(near, filed));
    return [...new Set([...keys, ...components.filter((one) => one.some((key) => keys.includes(key))).flat()])];
  }

  /**
   * Accepted by an instant and not filed by a position, in the order of acceptance: about these subjects, or saying one
   * of these facts. An acceptance that is no longer on record counts from when it was received.
   */
  protected async pendingAt(
    subjects: SubjectReader,
    position: number,
    at: number,
    keys: readonly string[],
    facts: readonly string[],
  ): Promise<FiledContribution[]> {
    const { index, pool, opener } = this.options;
    const { histories } = subjects;
    const closing = facts.length > 0 ? index.closingAfter(position, at) : [];
    const late = [
      ...keys
        .flatMap((key) => histories.upTo(key, Infinity))
        .filter((one) => one.position! > position && Date.parse(one.envelope.hubReceived) <= at)
        .map((one) => ({
          id: one.envelope.contributionId,
          position: one.position!,
          received: Date.parse(one.envelope.hubReceived),
        })),
      ...closing,
    ];
    const accepted = await acceptedItems(pool, { subjects: keys, facts, ids: late.map(({ id }) => id) });
    const known = new Set(accepted.map(({ id }) => id));
    const unknown = late
      .filter(({ id }) => !known.has(id))
      .sort((a, b) => a.received - b.received || a.position - b.position);
    const isOpen = ({ id, acceptedAt }: AcceptedItem): boolean =>
      acceptedAt <= at && (histories.find(id)?.position ?? index.positionOfClosing(id) ?? Infinity) > position;
    const open = accepted.filter(isOpen);
    await subjects.loadStreams([
      ...closing.map(({ stream }) => stream),
      ...open.filter(({ bytes }) => bytes === null).map(({ stream }) => stream),
    ]);
    const waiting = [...open, ...unknown.map(({ id }) => ({ id, bytes: null }))];
    const distinct = [...new Map(waiting.map((item) => [item.id, item])).values()];
    return asPending(
      pool,
      opener,
      distinct.map(({ id, bytes }) => ({ filed: histories.find(id), bytes })),
    );
  }

  private isTraced({ identity }: FiledContribution, traced: ReadonlySet<string>): boolean {
    return identifiersIn(identity).some(
      ({ kind, value, status }) => status === 'traced' && traced.has(this.options.blind.identifier(kind, value)),
    );
  }

  /** Where an identity is erased, which identifier it carried, if others near it name that readably. */
  private async restored(contributions: readonly FiledContribution[]): Promise<readonly FiledContribution[]> {
    const { pool, blind } = this.options;
    const lost = contributions.filter(
      ({ envelope, unreadable }) => envelope.subject.kind === 'child' && unreadable.includes('identity'),
    );
    if (lost.length === 0) return contributions;
    const readable = new Map(
      contributions
        .flatMap(({ identity }) => identifiersIn(identity))
        .map(({ kind, value }) => [blind.identifier(kind, value), { kind, value }]),
    );
    const rows = await blindRowsOf(
      pool,
      lost.map(({ position }) => position!),
    );
    const carried = Map.groupBy(rows, ({ position }) => position);
    return withIdentity(
      contributions,
      new Map(
        [...carried].map(([position, names]) => [
          position,
          names.flatMap(({ hmac, kind }) => {
            const found = readable.get(hmac);
            return found ? [{ ...found, status: kind }] : [];
          }),
        ]),
      ),
    );
  }
}

const identifiersIn = (identity: FiledContribution['identity']): readonly ClassifiedIdentifier[] =>
  (identity?.['identifiers'] ?? []) as ClassifiedIdentifier[];

/** Whose identity is erased carries these identifiers by its position, and nothing else. */
const withIdentity = (
  contributions: readonly FiledContribution[],
  carried: ReadonlyMap<number, readonly unknown[]>,
): FiledContribution[] =>
  contributions.map((one) =>
    one.envelope.subject.kind === 'child' && one.unreadable.includes('identity')
      ? { ...one, identity: { identifiers: carried.get(one.position ?? -1) ?? [] } }
      : one,
  );

const referencesOf = (keys: readonly string[], filed: readonly FiledContribution[]): ScopeReference[] => {
  const bySubject = Map.groupBy(filed, ({ envelope }) => envelope.subject.key);
  return keys.flatMap((key) => {
    const contributions = bySubject.get(key) ?? [];
    const organisation = contributions.map(({ envelope }) => envelope.owner.organisation).sort()[0];
    return organisation === undefined ? [] : [{ key, organisation, contributions }];
  });
};

/** References of which the hub had nothing but what was pending. */
const firstWords = (
  pending: readonly FiledContribution[],
  known: readonly string[],
): { readonly key: string; readonly organisation: string }[] => [
  ...new Map(
    pending
      .filter(({ envelope }) => envelope.subject.kind === 'child' && !known.includes(envelope.subject.key))
      .map(({ envelope }) => [
        envelope.subject.key,
        { key: envelope.subject.key, organisation: envelope.owner.organisation },
      ]),
  ).values(),
];
