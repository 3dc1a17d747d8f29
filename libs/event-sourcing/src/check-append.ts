import { StoreError, type NewEvent, type StreamWrite } from './event-store.js';

/** Most bytes of data and metadata that one stream's events of one append may have. */
export const maxAppendBytes = 1_000_000;
/** Most bytes when each character of an event's type counts two as well: more is refused by an EventStoreDB. */
export const maxAppendBytesWithTypes = 1_048_576;
/** Most UTF-8 bytes of a stream's name, and of an event's type. */
export const maxNameBytes = 512;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * What no engine gets to see. Throws a `StoreError` `invalid-append` that names the field; then nothing of the whole
 * call is written.
 */
export const checkAppend = (writes: readonly StreamWrite[]): void => {
  if (writes.length === 0) refuse('an append has no writes');
  const streams = new Set<string>();
  for (const write of writes) {
    checkName('stream', write.stream);
    if (write.stream.startsWith('$')) refuse('stream begins with $, which belongs to the engine');
    if (streams.has(write.stream)) refuse('stream occurs twice in one append');
    streams.add(write.stream);
    checkRevision(write.expectedRevision);
    checkEvents(write.events);
  }
};

/** Bytes of data and metadata. */
export const bytesOf = (events: readonly NewEvent[]): number =>
  events.reduce((sum, { data, metadata }) => sum + data.byteLength + metadata.byteLength, 0);

const checkRevision = (revision: unknown): void => {
  if (revision === 'none') return;
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision) || revision < 0) {
    refuse("expectedRevision is neither 'none' nor an integer from 0");
  }
};

const checkEvents = (events: readonly NewEvent[]): void => {
  if (events.length === 0) refuse('a write has no events');
  const ids = new Set<string>();
  for (const { id, type, data, metadata } of events) {
    if (typeof id !== 'string' || !uuid.test(id)) refuse('an event id is no UUID');
    if (ids.has(id.toLowerCase())) refuse('an event id occurs twice in one write');
    ids.add(id.toLowerCase());
    checkName('an event type', type);
    if (type.startsWith('$')) refuse('an event type begins with $, which belongs to the engine');
    if (!(data instanceof Uint8Array) || !(metadata instanceof Uint8Array)) refuse('data or metadata is no Uint8Array');
  }
  const bytes = bytesOf(events);
  if (bytes > maxAppendBytes) refuse(`the events of a write have more than ${maxAppendBytes} bytes`);
  if (events.reduce((sum, { type }) => sum + 2 * type.length, bytes) > maxAppendBytesWithTypes) {
    refuse(`the events of a write have more than ${maxAppendBytesWithTypes} bytes with their types`);
  }
};

const checkName = (field: string, name: unknown): void => {
  if (typeof name !== 'string' || name === '') return refuse(`${field} is empty`);
  if (name.includes('\0') || !name.isWellFormed()) refuse(`${field} is no text that every engine can keep`);
  if (new TextEncoder().encode(name).length > maxNameBytes) refuse(`${field} has more than ${maxNameBytes} bytes`);
};

const refuse = (message: string): void => {
  throw new StoreError('invalid-append', message);
};
