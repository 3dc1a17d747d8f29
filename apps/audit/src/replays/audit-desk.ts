import { createHash, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalBytes } from '#contracts';
import {
  CHILDREN_LISTED,
  CHRONOLOGY_OPENED,
  decodeListRecord,
  decodeReadRecord,
  openedEntry,
  pageOf,
  readChild,
  renderEntries,
  shownLines,
  type ChildView,
  type ChronologyEntry,
  type ListRecord,
  type ReadRecord,
  type ReadScope,
  type SealedList,
  type ShownEntry,
} from '#chronology';
import type { Recorder, StoredEvent } from '#event-sourcing';
import { tripleOf, type Organisation } from '#intake';
import { Problem, unsealParts, type KeyService, type PartOpener } from '#platform';
import {
  bad,
  cursorOf,
  type ChildAsked,
  type PersonAsked,
  type ReadSearchAsked,
  type ReplayAsked,
} from '../http/questions.js';
import { AUDIT_LOOKED, encodeLookRecord, type LookRecord } from '../looks/look-record.js';
import type { FoundRead, Reads } from '../looks/find-reads.js';
import { decodeOtherLook, type OtherLook } from '../looks/other-look.js';
import type { Auditor } from '../people/auditors.js';
import { asRead, replayList } from '../replay-list.js';
import { replayRead, type ReplayOutcome } from '../replay-read.js';
import type { BlindNames } from '../store/blind-names.js';
import type { ChildMeant, ScopeReader } from '../store/scope-reader.js';
import type { StoreIndex } from '../store/store-index.js';
import type { SubjectReader } from '../store/subject-reader.js';
import { openList } from '../verify-history.js';

/** Reads of one page of a search. */
const READS = 25;

/** A look could not be recorded: nothing is shown. */
export class LookNotRecorded extends Error {
  constructor() {
    super('the look could not be recorded');
    this.name = 'LookNotRecorded';
  }
}

export interface AuditDeskOptions {
  readonly pool: Pool;
  readonly keys: KeyService;
  readonly opener: PartOpener;
  readonly organisations: ReadonlyMap<string, Organisation>;
  readonly index: StoreIndex;
  readonly scopes: ScopeReader;
  readonly reads: Reads;
  readonly blind: BlindNames;
  readonly record: Recorder;
}

/** `record` names what this is a version of; versions share it. */
type Shown = ChronologyEntry & {
  readonly record: string;
  readonly party?: { readonly name: string; readonly kind: string };
};

/** A recorded look with what comes of deciding it again, and the sign-in and the list that its record keeps sealed. */
type Looked =
  | {
      readonly kind: 'chronology';
      readonly record: ReadRecord;
      readonly list: SealedList | undefined;
      readonly outcome: ReplayOutcome;
      readonly scope: ReadScope;
    }
  | {
      readonly kind: 'list';
      readonly record: ListRecord;
      readonly list: SealedList | undefined;
      readonly outcome: ReplayOutcome;
    }
  | { readonly kind: 'other'; readonly type: string; readonly record: OtherLook; readonly outcome: 'not-replayed' };

const digestOf = (value: unknown): string => createHash('sha256').update(canonicalBytes(value)).digest('hex');
const distinct = (keys: readonly string[]): string[] => [...new Set(keys)].sort();

/** Answers an auditor's questions. Every look is recorded before anything of it is given back. */
export class AuditDesk {
  constructor(private readonly options: AuditDeskOptions) {}

  /**
   * The chronology as a viewer would have had it at an instant. What had been filed by then counts as filed, also where
   * the projection lagged behind it: a read of that very moment may have shown less, and replays from its own record.
   * Throws `LookNotRecorded`, `NotInView` or a Problem.
   */
  async replay(auditor: Auditor, { child, at, login, purpose }: ReplayAsked) {
    if (at > auditor.at) bad('at', 'in-the-future');
    const { scopes } = this.options;
    const meant = await this.meant(child, login, at);
    const { scope, staffKeys, position, subjects } = await scopes.at(at, login, purpose, meant);
    const view = readChild(scope);
    const entries = await this.rendered(subjects, view.entries, view, new Date(at));
    const replayId = await this.look(auditor, {
      what: 'replay',
      about: distinct([...scope.start, ...view.references, ...staffKeys]),
      asked: { at: new Date(at).toISOString(), viewer: staffKeys, purpose },
      shown: { count: entries.length, sha256: digestOf(shownLines(view.entries)) },
    });
    return {
      replayId,
      at: new Date(at).toISOString(),
      position,
      purpose,
      viewer: {
        login,
        posts: view.posts.map(({ organisation, organisationKind, service, role, team }) => ({
          organisation,
          organisationName: this.options.organisations.get(organisation)?.name ?? organisation,
          organisationKind,
          service,
          role,
          team: team ?? null,
        })),
      },
      child: view.known,
      entries,
      notices: view.notices.map(({ partyKind, desk }) => ({ partyKind, desk })),
      relations: view.relations,
      agreements: view.agreements,
      linkBeingChecked: view.linkBeingChecked,
      moreDetailNeeded: view.moreDetailNeeded,
      upTo: view.upTo,
      /** Parts that it rests on and that were erased since: what they opened or closed is not counted. */
      erasedParts: partsLost(scope),
    };
  }

  /** Looks of a person or at a child, newest first, each with what comes of it when it is decided again. */
  async searchReads(auditor: Auditor, { about, from, to, before }: ReadSearchAsked) {
    const keys = 'child' in about ? await this.referencesOf(about.child) : await this.staffOf(about.person);
    const found = await this.options.reads.find({ keys, from, to, before, limit: READS + 1 });
    const page = found.slice(0, READS);
    const subjects = this.options.scopes.subjects();
    const reads = [];
    for (const place of page) {
      const looked = await this.decided(await this.options.reads.event(place), subjects);
      reads.push(this.described(looked));
    }
    const lookId = await this.look(auditor, {
      what: 'read-search',
      about: distinct(keys),
      asked: { from, to },
      shown: { count: reads.length, sha256: digestOf(reads.map(({ readId, outcome }) => [readId, outcome])) },
    });
    return { lookId, reads, cursor: found.length > READS ? cursorOf(page.at(-1)!.position) : null };
  }

  /** One recorded look, and what it showed. Throws a Problem 404 for an id of which nothing is recorded. */
  async read(auditor: Auditor, readId: string) {
    const place = await this.options.reads.byId(readId);
    if (!place) throw new Problem(404, 'no-such-read', 'No read of this id is recorded');
    const subjects = this.options.scopes.subjects();
    const looked = await this.decided(await this.options.reads.event(place), subjects);
    const list = looked.kind === 'chronology' ? looked.list : undefined;
    const recorded = list?.lines ?? [];
    const answer = {
      ...this.described(looked),
      basis: looked.kind === 'other' ? null : basisOf(looked.record),
      recorded: recorded.map(([entryId, version, facets]) => ({ entryId, version, facets })),
      notices: (list?.notices ?? []).map(({ partyKind, desk }) => ({ partyKind, desk })),
      entries: looked.kind === 'chronology' && looked.outcome === 'same' ? await this.asShown(looked, subjects) : null,
      children:
        looked.kind === 'list'
          ? looked.record.children.map(({ relations, new: count }) => ({ relations, new: count }))
          : null,
    };
    const lookId = await this.look(auditor, {
      what: 'read',
      about: distinct([...referencesIn(looked), ...looked.record.viewer.staff]),
      asked: { readId },
      shown: { count: recorded.length, sha256: digestOf(recorded) },
    });
    return { lookId, ...answer };
  }

  private described(looked: Looked) {
    const { kind, record, outcome } = looked;
    const count = { entries: 0, notices: 0, children: 0 };
    const common = { readId: record.readId, kind, at: record.at, purpose: record.purpose, outcome };
    const reader = (login: string | null) => ({ login, posts: record.viewer.posts });
    switch (looked.kind) {
      case 'chronology': {
        const { handle, relations, shown } = looked.record;
        return {
          ...common,
          what: CHRONOLOGY_OPENED,
          reader: reader(looked.list?.login ?? null),
          handle,
          relations,
          shown: { ...count, entries: shown.entries, notices: shown.notices },
        };
      }
      case 'list': {
        const { children, shown } = looked.record;
        return {
          ...common,
          what: CHILDREN_LISTED,
          reader: reader(looked.list?.login ?? null),
          handle: null,
          relations: distinct(children.flatMap(({ relations }) => relations)),
          shown: { ...count, children: shown.children },
        };
      }
      case 'other':
        return {
          ...common,
          what: looked.type,
          reader: reader(null),
          handle: looked.record.handle,
          relations: [],
          shown: count,
        };
    }
  }

  private async decided(event: StoredEvent, subjects: SubjectReader): Promise<Looked> {
    const { keys, scopes } = this.options;
    switch (event.type) {
      case CHRONOLOGY_OPENED: {
        const record = decodeReadRecord(event.data);
        const list = await openList(keys, record);
        const scope = await scopes.ofRecord(record, list, subjects);
        return { kind: 'chronology', record, list, outcome: replayRead(record, scope, list), scope };
      }
      case CHILDREN_LISTED: {
        const record = decodeListRecord(event.data);
        const list = await openList(keys, record);
        const each: ReadScope[] = [];
        for (const child of record.children) each.push(await scopes.ofRecord(asRead(record, child), list, subjects));
        return { kind: 'list', record, list, outcome: replayList(record, each) };
      }
      default:
        return { kind: 'other', type: event.type, record: decodeOtherLook(event.data), outcome: 'not-replayed' };
    }
  }

  private async asShown(
    { record, scope }: Extract<Looked, { kind: 'chronology' }>,
    subjects: SubjectReader,
  ): Promise<readonly Shown[]> {
    const view = readChild(scope);
    return this.rendered(subjects, pageOf(view.entries, record.page).entries, view, new Date(record.at));
  }

  private async rendered(
    subjects: SubjectReader,
    page: readonly ShownEntry[],
    view: ChildView,
    at: Date,
  ): Promise<readonly Shown[]> {
    const { pool, opener, organisations } = this.options;
    const bytesOf = ({ position }: ShownEntry['contribution']) => ({ bytes: subjects.at(position!).data });
    const entries = page.map(({ contribution }) => bytesOf(contribution));
    const opened = await unsealParts(pool, opener, entries, ['content', 'location']);
    const releases = page.flatMap(({ releasedBy }) => releasedBy).map(bytesOf);
    const texts = await unsealParts(pool, opener, releases, ['content']);
    const textOf = new Map(texts.map((one) => [one.envelope.contributionId, one]));
    const lines = page.map((entry, i) =>
      openedEntry(
        entry,
        opened[i]!,
        entry.releasedBy.map(({ envelope }) => textOf.get(envelope.contributionId) ?? {}),
      ),
    );
    const records = new Map(page.map(({ id, record }) => [id, digestOf(record).slice(0, 32)]));
    return renderEntries(lines, view.entries, at).map((entry) => {
      const named = { ...entry, record: records.get(entry.entryId)! };
      if (!entry.owner) return named;
      const { name, kind } = organisations.get(entry.owner.organisation) ?? {};
      return { ...named, party: { name: name ?? entry.owner.organisation, kind: kind ?? 'OTHER' } };
    });
  }

  private async meant(child: ChildAsked, login: string, at: number): Promise<ChildMeant> {
    if ('nhsNumber' in child) return { by: 'identifier', kind: 'nhs-number', value: child.nhsNumber };
    if ('reference' in child) return { by: 'references', keys: await this.referencesOf(child) };
    const { reads, index } = this.options;
    const found = await reads.byHandle(child.handle);
    if (found.length === 0) throw new Problem(404, 'no-such-handle', 'No read with this handle is recorded');
    const record = await this.nearest(found, index.positionAt(at));
    const staff = index.staffOf(login, index.position);
    return record.viewer.staff.some((key) => staff.includes(key))
      ? { by: 'start', keys: record.start, handle: child.handle }
      : { by: 'references', keys: distinct([...record.start, ...record.references]) };
  }

  /** A handle stands for what it stood for when it was last used before the instant, else when it first was. */
  private async nearest(found: readonly FoundRead[], position: number): Promise<ReadRecord> {
    const before = found.filter((place) => place.position <= position).reverse();
    const after = found.filter((place) => place.position > position);
    let record: ReadRecord | undefined;
    for (const place of [...before, ...after]) {
      record = decodeReadRecord((await this.options.reads.event(place)).data);
      if (record.start.length > 0) return record;
    }
    return record!;
  }

  /** References of the child that is meant, linked ones included. */
  private async referencesOf(child: ChildAsked): Promise<readonly string[]> {
    const { index, blind, scopes, reads } = this.options;
    if ('nhsNumber' in child) {
      const called = index.called(
        blind.identifier('nhs-number', child.nhsNumber),
        ['traced', 'asserted'],
        index.position,
      );
      return scopes.childOf(distinct(called.map(({ key }) => key)));
    }
    if ('reference' in child) {
      const { organisation, system, localId } = child.reference;
      return scopes.childOf(await this.subjectsNamed('child', organisation, system, localId));
    }
    const found = await reads.byHandle(child.handle);
    const records = await Promise.all(found.map(async (place) => decodeReadRecord((await reads.event(place)).data)));
    return scopes.childOf(distinct(records.flatMap(({ references }) => references)));
  }

  private async staffOf(person: PersonAsked): Promise<readonly string[]> {
    const { index } = this.options;
    if ('login' in person) return index.staffOf(person.login, index.position);
    return this.subjectsNamed('staff', person.organisation, 'staff', person.workerId);
  }

  private async subjectsNamed(
    kind: 'child' | 'staff',
    organisation: string,
    system: string,
    localId: string,
  ): Promise<readonly string[]> {
    const { organisations, keys, pool } = this.options;
    if (!organisations.has(organisation)) return bad('organisation', 'not-known');
    const triple = tripleOf(await keys.secret(`index:${organisation}`), organisation, { kind, system, localId });
    const { rows } = await pool.query('select subject_key from refs.reference where triple = $1', [triple]);
    return (rows as { subject_key: string }[]).map((row) => row.subject_key);
  }

  private async look(
    { viewer, at }: Auditor,
    about: Pick<LookRecord, 'what' | 'about' | 'asked' | 'shown'>,
  ): Promise<string> {
    const lookId = randomUUID();
    const record: LookRecord = { v: 1, lookId, viewer, at: new Date(at).toISOString(), ...about };
    try {
      await this.options.record(lookId, encodeLookRecord(record), AUDIT_LOOKED);
    } catch {
      throw new LookNotRecorded();
    }
    return lookId;
  }
}

const basisOf = ({ checkpoint, pending, agreements, versions }: ReadRecord | ListRecord) => ({
  position: checkpoint.position,
  pending: pending.length,
  agreements,
  versions,
});

const referencesIn = (looked: Looked): readonly string[] =>
  looked.kind === 'list' ? looked.record.children.flatMap(({ references }) => references) : looked.record.references;

const partsLost = ({ staff, agreements, references, pending }: ReadScope): number =>
  [...staff, ...agreements, ...references.flatMap(({ contributions }) => contributions), ...pending].reduce(
    (sum, { unreadable }) => sum + unreadable.length,
    0,
  );
