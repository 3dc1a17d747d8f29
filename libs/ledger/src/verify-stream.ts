import { decodeMetadata, metadataWithoutLink, type EventMetadata } from './event-metadata.js';
import { fromHex, toHex } from './hex.js';
import { isChainedId, linkOf, type Sha256 } from './link.js';

/** An event as a store gives it back. */
export interface ChainedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** How far a stream has been verified: its last event's revision and link (64 hex digits). */
export interface ChainHead {
  readonly stream: string;
  readonly revision: number;
  readonly link: string;
}

/**
 * `revision`: another one than the next (a gap, a deletion, a swap). `stream`: an event of another stream.
 * `id`: no UUID in lower case. `metadata`: not in its form. `link`: the link alone was altered, as the event after
 * it shows. `event`: data, type, id or metadata were altered, as the event after it shows. `link-or-event`: one of
 * the two, or what stood before it was taken out or put in.
 */
export type Altered = 'revision' | 'stream' | 'id' | 'metadata' | 'link' | 'event' | 'link-or-event';

export type Verification =
  | {
      readonly ok: true;
      /** Link of every event given, in order: 64 hex digits each. */
      readonly links: readonly string[];
      /** Null for a stream without events. */
      readonly head: ChainHead | null;
    }
  | {
      readonly ok: false;
      /** The place in the stream where the chain breaks: the revision that should stand there. */
      readonly revision: number;
      readonly what: Altered;
    };

/**
 * Verifies events of one stream in order, from its beginning or after `head` (so that a long stream can be verified
 * page by page). It names the first event that is not what was appended. Two things no chain can show by itself:
 * events taken off the end, and events put there by someone who can compute links; for both compare `head` with a
 * checkpoint kept elsewhere. An event put into the middle by such a person is found at the event after it.
 */
export const verifyStream = (
  events: readonly ChainedEvent[],
  sha256: Sha256,
  after: ChainHead | null = null,
): Verification => {
  const links: string[] = [];
  let head = after;
  for (const [i, event] of events.entries()) {
    const expected = head ? head.revision + 1 : 0;
    const read = readEvent(event, head?.stream ?? event.stream, expected);
    if (!read.ok) return { ok: false, revision: expected, what: read.what };
    const computed = computeLink(event, read.metadata, head?.link ?? null, sha256);
    if (computed !== read.metadata.link) {
      const what = blame(events[i + 1], expected, computed, read.metadata.link, sha256);
      return { ok: false, revision: expected, what };
    }
    links.push(computed);
    head = { stream: event.stream, revision: expected, link: computed };
  }
  return { ok: true, links, head };
};

type ReadEvent =
  { readonly ok: true; readonly metadata: EventMetadata } | { readonly ok: false; readonly what: Altered };

const readEvent = (event: ChainedEvent, stream: string, revision: number): ReadEvent => {
  if (event.stream !== stream || !event.stream.isWellFormed()) return { ok: false, what: 'stream' };
  if (event.revision !== revision) return { ok: false, what: 'revision' };
  if (!isChainedId(event.id)) return { ok: false, what: 'id' };
  if (!event.type.isWellFormed()) return { ok: false, what: 'event' };
  try {
    return { ok: true, metadata: decodeMetadata(event.metadata) };
  } catch {
    return { ok: false, what: 'metadata' };
  }
};

const computeLink = (event: ChainedEvent, metadata: EventMetadata, previous: string | null, sha256: Sha256): string =>
  toHex(
    linkOf(
      {
        previous: previous === null ? null : fromHex(previous),
        stream: event.stream,
        revision: event.revision,
        type: event.type,
        eventId: event.id,
        metadataWithoutLink: metadataWithoutLink(metadata),
        dataDigest: sha256(event.data),
      },
      sha256,
    ),
  );

/** The event after the broken one was linked to what once stood there: it tells whether the link or the rest changed. */
const blame = (
  next: ChainedEvent | undefined,
  broken: number,
  computed: string,
  stored: string,
  sha256: Sha256,
): Altered => {
  if (!next) return 'link-or-event';
  const read = readEvent(next, next.stream, broken + 1);
  if (!read.ok) return 'link-or-event';
  if (computeLink(next, read.metadata, computed, sha256) === read.metadata.link) return 'link';
  if (computeLink(next, read.metadata, stored, sha256) === read.metadata.link) return 'event';
  return 'link-or-event';
};
