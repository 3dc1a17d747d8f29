import { canonicalBytes, canonicalText, eventId, type Envelope, type FinalForm } from '#contracts';
import { addTo, emptyMap, findIn, type GrowingMap } from './growing-map.js';

/** Event type of a contribution that repeats, at another rank, a body that the stream already holds. */
export const RECORD_CONFIRMED = 'record-confirmed';
/** Event type of a retraction: a tombstone of a path and a rank. */
export const ENTRY_RETRACTED = 'entry-retracted';

/** A contribution as it arrives: its final bytes, and the envelope they hold. */
export interface Contribution {
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
}

/** Data of a `record-confirmed` event, as canonical JSON. */
export interface RecordConfirmed {
  readonly v: 1;
  readonly envelope: Envelope;
  /** Id of the contribution that holds the body. */
  readonly confirms: string;
}

/** An event of a subject's stream, before it has metadata. */
export interface TimelineEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
}

/** What filing remembers of a stream: the contributions filed in it, and which one holds each body of a record. */
export interface TimelineState {
  readonly filed: GrowingMap<true>;
  readonly bodies: GrowingMap<string>;
}

/** Filing never rejects, never waits for identity, never resolves it. */
export type FilingDecision =
  { readonly kind: 'filed'; readonly events: readonly TimelineEvent[] } | { readonly kind: 'already-filed' };

export const initialState: TimelineState = { filed: emptyMap, bodies: emptyMap };

/** Reads final bytes. Throws a RangeError on bytes that are none of version 1. */
export const readContribution = (bytes: Uint8Array): Contribution => ({ envelope: parse(bytes).envelope, bytes });

/** What an event of a subject's stream says was filed. Throws a RangeError on data of another version. */
export const readFiled = ({ data }: Pick<TimelineEvent, 'data'>): { envelope: Envelope; confirms?: string } => {
  const { envelope, confirms } = parse(data);
  return confirms === undefined ? { envelope } : { envelope, confirms };
};

export const evolve = (state: TimelineState, event: Pick<TimelineEvent, 'data'>): TimelineState => {
  const { envelope } = readFiled(event);
  return {
    filed: addTo(state.filed, [[envelope.contributionId, true]]),
    bodies: addTo(state.bodies, [[bodyKey(envelope), envelope.contributionId]]),
  };
};

/**
 * Every distinct contribution is filed once: with its final bytes, or, where the stream holds this body of this
 * record already, as a small confirmation. A retraction is always filed whole.
 */
export const decideFiling = (state: TimelineState, { envelope, bytes }: Contribution): FilingDecision => {
  const id = envelope.contributionId;
  if (findIn(state.filed, id)) return { kind: 'already-filed' };
  const holder = envelope.type === ENTRY_RETRACTED ? undefined : findIn(state.bodies, bodyKey(envelope));
  const event =
    holder === undefined
      ? { id: eventId(id, 0), type: envelope.type, data: bytes }
      : { id: eventId(id, 0), type: RECORD_CONFIRMED, data: confirmation(envelope, holder) };
  return { kind: 'filed', events: [event] };
};

/** The facts that file a contribution over a state: none where it is filed. It is safe to ask again. */
export const fileContribution =
  (contribution: Contribution) =>
  (state: TimelineState): readonly TimelineEvent[] => {
    const decision = decideFiling(state, contribution);
    return decision.kind === 'filed' ? decision.events : [];
  };

const confirmation = (envelope: Envelope, confirms: string): Uint8Array =>
  canonicalBytes({ v: 1, envelope, confirms } satisfies RecordConfirmed);

/** The same body means the same only in the same type and shape. */
const bodyKey = ({ rank, record, type, schemaVersion }: Envelope): string =>
  canonicalText([rank.feed, record.key, record.body, type, schemaVersion]);

const parse = (data: Uint8Array): FinalForm & Partial<RecordConfirmed> => {
  const form = parseJson(data) as Partial<FinalForm & RecordConfirmed> | null | undefined;
  if (form?.v !== 1 || form.envelope?.v !== 1) throw new RangeError('the data are no final bytes of version 1');
  return form as FinalForm & Partial<RecordConfirmed>;
};

/** Undefined for what is no JSON: a parser's message would repeat what the bytes hold. */
const parseJson = (data: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)) as unknown;
  } catch {
    return undefined;
  }
};
