import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  decodeListRecord,
  decodeReadRecord,
  digestBytes,
  encodeListRecord,
  encodeReadRecord,
  sealedListText,
  type SealedList,
} from '#chronology';
import { canonicalBytes } from '#contracts';

interface Recorded {
  /** Bytes of a `chronology-opened`, as text; its checkpoint has the form that a checkpoint has everywhere. */
  readonly read: string;
  /** The plain text of what it seals. */
  readonly sealedList: string;
  /** Bytes of a `children-listed`, as text. */
  readonly list: string;
}

const recorded = JSON.parse(readFileSync(new URL('read-record-v1.json', import.meta.url), 'utf8')) as Recorded;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The first version of a record of a read never changes: what was once recorded is read and written byte for byte. */
describe('records of reads of version 1', () => {
  const read = decodeReadRecord(utf8(recorded.read));
  const list = decodeListRecord(utf8(recorded.list));

  it('are written byte for byte as they were', () => {
    expect(textOf(encodeReadRecord(read))).toBe(recorded.read);
    expect(textOf(encodeListRecord(list))).toBe(recorded.list);
    expect(sealedListText(JSON.parse(recorded.sealedList) as SealedList)).toBe(recorded.sealedList);
  });

  it('name the digest of what was shown', () => {
    const { lines, notices } = JSON.parse(recorded.sealedList) as SealedList;
    expect(sha256(digestBytes(lines))).toBe(read.shown.sha256);
    expect([lines.length, notices.length]).toEqual([read.shown.entries, read.shown.notices]);
    expect(sha256(canonicalBytes(list.children))).toBe(list.shown.sha256);
  });

  it('say everything that a replay needs', () => {
    expect(Object.keys(read).sort()).toEqual([
      'agreements', 'at', 'checkpoint', 'handle', 'page', 'pending', 'purpose', 'readId', 'references', 'relations',
      'sealed', 'shown', 'start', 'v', 'versions', 'viewer',
    ]); // prettier-ignore
    expect(read.checkpoint).toEqual({
      store: '0b0f8f0e-7c53-4c39-9d5e-3f1b7f8f2a10',
      position: 4711,
      eventId: '5d9cbb3f-5f53-5b9a-8f0e-6a4d3f6f2a99',
    });
  });

  it('are not read where they are of a version from the future', () => {
    expect(() => decodeReadRecord(utf8(recorded.read.replace('"v":1', '"v":2')))).toThrow(RangeError);
    expect(() => decodeListRecord(utf8(recorded.list.replace('"v":1', '"v":2')))).toThrow(RangeError);
  });
});
