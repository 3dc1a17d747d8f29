import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** An event to write; its id is a UUID in lower case. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** `position` is the offset of the event's record in the file; `created` in 100 ns since 1970. */
export interface RecordedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly created: string;
}

export interface StreamEvents {
  readonly stream: string;
  readonly events: readonly ProposedEvent[];
}

const magic = Buffer.from('TESTLOG1');
const frameHeader = 8;
const maxFrame = 64 * 1024 * 1024;

/**
 * An append-only file of frames `length, crc32, records`, and all of it in memory. A frame is one append: whole or not
 * there. What follows the last whole frame is cut off when the file is opened.
 */
export class EventLog {
  readonly all: RecordedEvent[] = [];
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly file: number;
  private end = magic.length;
  private unwritten: Buffer[] = [];

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.file = openSync(join(folder, 'events.log'), 'a+');
    this.recover();
  }

  stream(name: string): readonly RecordedEvent[] {
    return this.streams.get(name) ?? [];
  }

  /** Place in `all` of the event at this position, or -1. */
  find(position: number): number {
    const place = this.firstAtOrAfter(position);
    return this.all[place]?.position === position ? place : -1;
  }

  /** Place in `all` of the first event at or after the position. */
  firstAtOrAfter(position: number): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.all[middle]?.position ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds the events, in memory only; nobody may be told of them before `sync`. */
  add({ stream, events }: StreamEvents): readonly RecordedEvent[] {
    const created = (BigInt(Date.now()) * 10_000n).toString();
    let revision = this.stream(stream).length;
    let position = this.end + frameHeader;
    const records: Buffer[] = [];
    const added: RecordedEvent[] = [];
    for (const event of events) {
      const recorded = { ...event, stream, revision, position, created };
      const record = encodeRecord(recorded);
      records.push(record);
      added.push(recorded);
      position += record.length;
      revision += 1;
    }
    const body = Buffer.concat(records);
    const header = Buffer.alloc(frameHeader);
    header.writeUInt32LE(body.length, 0);
    header.writeUInt32LE(crc32(body), 4);
    this.unwritten.push(header, body);
    this.end = position;
    this.remember(added);
    return added;
  }

  /** Returns when everything that was added is on the disk. */
  sync(): void {
    const bytes = Buffer.concat(this.unwritten);
    this.unwritten = [];
    for (let done = 0; done < bytes.length;) done += writeSync(this.file, bytes, done);
    fdatasyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }

  private remember(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      this.all.push(event);
      const own = this.streams.get(event.stream);
      if (own) own.push(event);
      else this.streams.set(event.stream, [event]);
    }
  }

  private recover(): void {
    const { size } = fstatSync(this.file);
    if (size < magic.length || !this.read(0, magic.length).equals(magic)) {
      if (size >= magic.length) throw new Error('events.log is no log of this server');
      ftruncateSync(this.file, 0);
      writeSync(this.file, magic);
      fdatasyncSync(this.file);
      return;
    }
    while (this.end + frameHeader <= size) {
      const header = this.read(this.end, frameHeader);
      const length = header.readUInt32LE(0);
      if (length > maxFrame || this.end + frameHeader + length > size) break;
      const body = this.read(this.end + frameHeader, length);
      if (crc32(body) !== header.readUInt32LE(4)) break;
      this.remember(decodeRecords(body, this.end + frameHeader));
      this.end += frameHeader + length;
    }
    ftruncateSync(this.file, this.end);
    fdatasyncSync(this.file);
  }

  private read(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length;) {
      const count = readSync(this.file, bytes, done, length - done, position + done);
      if (count === 0) throw new Error('events.log ended while it was read');
      done += count;
    }
    return bytes;
  }
}

const withLength = (bytes: Uint8Array): readonly Uint8Array[] => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return [length, bytes];
};

const encodeRecord = ({ stream, revision, id, type, contentType, created, data, metadata }: RecordedEvent): Buffer =>
  Buffer.concat(
    [Buffer.from(JSON.stringify({ stream, revision, id, type, contentType, created })), data, metadata].flatMap(
      withLength,
    ),
  );

const decodeRecords = (body: Buffer, start: number): RecordedEvent[] => {
  const events: RecordedEvent[] = [];
  let at = 0;
  const next = (): Buffer => {
    const length = body.readUInt32LE(at);
    at += 4 + length;
    return body.subarray(at - length, at);
  };
  while (at < body.length) {
    const position = start + at;
    const head = JSON.parse(next().toString()) as Omit<RecordedEvent, 'position' | 'data' | 'metadata'>;
    events.push({ ...head, position, data: next(), metadata: next() });
  }
  return events;
};
