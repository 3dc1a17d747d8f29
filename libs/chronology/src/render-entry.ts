import { getEventType, type Occurred } from '#contracts';
import { markLate } from '#timeline';
import type { ShownEntry } from './read-child.js';
import { SANITISED_FIELD } from './releases.js';

/** An entry as a practitioner reads it. Every text here is safe for whoever may see the entry's summary. */
/** What shows of an entry whose summary does not: the fields that do, and why. */
interface BareEntry {
  readonly entryId: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly location: Readonly<Record<string, unknown>>;
  readonly readerText: string;
  /** What the reader is told to do with it, such as `do-not-inform:all-carers`. */
  readonly handling: readonly string[];
}

/** What the summary of an entry says. */
interface EntrySummary {
  readonly version: string;
  readonly owner: { readonly organisation: string; readonly service: string };
  readonly type: string;
  readonly recordType: string;
  /** fact, report, allegation, opinion, decision or outcome. */
  readonly statement: string;
  readonly about: string;
  readonly summary: string;
  readonly times: {
    readonly occurred: Occurred;
    readonly ended?: string;
    /** Null: the agency did not say. */
    readonly agencyKnew: string | null;
    readonly hubReceived: string;
    /** When this reader reads it: the time of this decision. */
    readonly read: string;
  };
  readonly marks: readonly string[];
  /** Ids of the other versions of the same record that this reader sees and that contradict it. */
  readonly conflictsWith: readonly string[];
  /** Ids of the entries that this reader sees and whose outcome this is; and of those that are the outcome of this. */
  readonly closes: readonly string[];
  readonly closedBy: readonly string[];
}

/** Facets stand apart: without its summary an entry says neither what it is, nor whose, nor when. */
export type ChronologyEntry = BareEntry & Partial<EntrySummary>;

type Opened = Readonly<Partial<Record<'content' | 'location', Readonly<Record<string, unknown>>>>>;

/** An entry with what was opened of it; `unreadable`: something that shows of it could not be opened. */
export interface OpenedEntry {
  readonly entry: ShownEntry;
  readonly parts: Opened;
  readonly unreadable: boolean;
}

/** Puts together what was opened of an entry and of the releases whose text stands in it, in the order of these. */
export const openedEntry = (
  entry: ShownEntry,
  opened: Opened & { readonly unreadable: readonly string[] },
  releases: readonly Opened[],
): OpenedEntry => {
  const texts = releases.map(({ content }) => content?.[SANITISED_FIELD]).filter((text) => typeof text === 'string');
  const released = texts.length > 0 ? { [SANITISED_FIELD]: texts.join('\n\n') } : {};
  return {
    entry,
    parts: { ...opened, content: { ...opened.content, ...released } },
    unreadable:
      texts.length < releases.length ||
      opened.unreadable.some((part) => (part === 'content' || part === 'location') && entry[part].length > 0),
  };
};

const pick = (part: Readonly<Record<string, unknown>> | undefined, fields: readonly string[]) =>
  Object.fromEntries(fields.filter((field) => part && field in part).map((field) => [field, part![field]]));

/** Whether one entry is the outcome of another. */
const isOutcomeOf = (outcome: ShownEntry, other: ShownEntry): boolean => {
  const closes = outcome.contribution.terms?.['closes'] as { feed?: unknown; record?: unknown } | undefined;
  const { subject, rank, record } = other.contribution.envelope;
  return (
    closes?.feed === rank.feed &&
    closes.record === record.key &&
    outcome.contribution.envelope.subject.key === subject.key
  );
};

const marksOf = (
  entry: ShownEntry,
  late: boolean,
  opened: Opened,
  unreadable: boolean,
  hasOutcome: boolean,
): string[] => {
  const { occurred, hubReceived } = entry.contribution.envelope;
  const said = entry.content.includes('marks') ? ((opened.content?.['marks'] ?? []) as string[]) : [];
  return [
    ...(entry.conflicting ? ['conflicting'] : []),
    ...(late ? ['late'] : []),
    ...(unreadable ? ['cannot-be-read'] : []),
    ...(hasOutcome ? ['has-outcome'] : []),
    ...(occurred.from !== undefined && occurred.from.slice(0, 10) > hubReceived.slice(0, 10)
      ? ['dated-after-receipt']
      : []),
    ...said,
  ].filter((mark, i, all) => all.indexOf(mark) === i);
};

/**
 * Entries with what of them is shown, in order. `lateAmong` is everything this viewer is shown, of all pages: an entry
 * is late when something that occurred later was received earlier, and what is hidden has no say in it.
 */
export const renderEntries = (
  page: readonly OpenedEntry[],
  lateAmong: readonly ShownEntry[],
  readAt: Date,
): ChronologyEntry[] => {
  const late = new Set(
    markLate(
      lateAmong
        .filter(({ summary }) => summary)
        .map((entry) => ({
          id: entry.id,
          occurred: entry.contribution.envelope.occurred,
          received: entry.receivedFirst,
        })),
    )
      .filter((one) => one.late)
      .map((one) => one.id),
  );
  const outcomes = lateAmong.filter(({ summary, contribution }) => summary && contribution.terms?.['closes']);
  return page.map(({ entry, parts, unreadable }) => {
    const bare: BareEntry = {
      entryId: entry.id,
      content: pick(parts.content, entry.content),
      location: pick(parts.location, entry.location),
      readerText: entry.readerText,
      handling: entry.handling,
    };
    if (!entry.summary) return bare;
    const { envelope } = entry.contribution;
    const definition = getEventType(envelope.type);
    const closedBy = outcomes.filter((other) => isOutcomeOf(other, entry)).map(({ id }) => id);
    return {
      ...bare,
      version: entry.version,
      owner: envelope.owner,
      type: envelope.type,
      recordType: envelope.recordType,
      statement: definition.statement,
      about: envelope.about,
      summary: definition.title,
      times: {
        occurred: envelope.occurred,
        ...(envelope.ended === undefined ? {} : { ended: envelope.ended }),
        agencyKnew: envelope.agencyKnew ?? null,
        hubReceived: entry.receivedFirst,
        read: readAt.toISOString(),
      },
      marks: marksOf(entry, late.has(entry.id), parts, unreadable, closedBy.length > 0),
      conflictsWith: entry.conflicting
        ? lateAmong
            .filter(({ id, record, summary }) => summary && record === entry.record && id !== entry.id)
            .map(({ id }) => id)
        : [],
      closes: outcomes.includes(entry)
        ? lateAmong.filter((other) => other.summary && isOutcomeOf(entry, other)).map(({ id }) => id)
        : [],
      closedBy,
    };
  });
};
