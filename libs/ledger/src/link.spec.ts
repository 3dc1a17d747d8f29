import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { decodeMetadata, encodeMetadata, metadataWithoutLink } from './event-metadata.js';
import { fromHex, toHex } from './hex.js';
import { linkInput, linkOf, type LinkedEvent } from './link.js';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const event: LinkedEvent = {
  previous: sha256(utf8('before')),
  stream: 'child-00',
  revision: 1,
  type: 'missing-episode',
  eventId: '00000000-0000-4000-8000-000000000001',
  metadataWithoutLink: utf8('{}'),
  dataDigest: sha256(utf8('data')),
};

describe('linkOf', () => {
  it('changes when a byte moves from one field into the next', () => {
    const moved = [
      event,
      { ...event, stream: 'child-00m', type: 'issing-episode' },
      { ...event, stream: 'child-0', type: '0missing-episode' },
      { ...event, metadataWithoutLink: utf8('{') },
    ];
    expect(new Set(moved.map((one) => toHex(linkOf(one, sha256)))).size).toBe(moved.length);
  });

  it('gives other bytes for every other event', () => {
    const events = fc.record({
      previous: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      stream: fc.string({ maxLength: 4, unit: 'binary' }),
      revision: fc.integer({ min: 1, max: 3 }),
      type: fc.string({ maxLength: 4, unit: 'binary' }),
      eventId: fc.constant(event.eventId),
      metadataWithoutLink: fc.uint8Array({ maxLength: 4 }),
      dataDigest: fc.constant(event.dataDigest),
    });
    fc.assert(
      fc.property(events, events, (a, b) => {
        const same = fc.stringify(a) === fc.stringify(b);
        expect(toHex(linkInput(a)) === toHex(linkInput(b))).toBe(same);
      }),
    );
  });

  it.each([
    ['revision', { revision: -1 }],
    ['revision', { revision: 1.5 }],
    ['previous', { previous: null }],
    ['previous', { revision: 0 }],
    ['previous', { previous: new Uint8Array(31) }],
    ['dataDigest', { dataDigest: new Uint8Array(33) }],
    ['eventId', { eventId: event.eventId.replace('8', 'A') }],
    ['stream', { stream: '\ud800' }],
    ['type', { type: '\udfff' }],
  ])('refuses a %s that cannot be linked', (field, change) => {
    expect(() => linkOf({ ...event, ...change }, sha256)).toThrow(new RegExp(`^${field}`));
  });
});

describe('metadata', () => {
  const metadata = {
    v: 1,
    hub: 'hub-1',
    hubAt: '2025-11-28T09:00:00.000Z',
    trace: 'a'.repeat(32),
    link: 'b'.repeat(64),
  } as const;

  it('comes back as written', () => {
    expect(decodeMetadata(encodeMetadata(metadata))).toEqual(metadata);
    expect(new TextDecoder().decode(metadataWithoutLink(metadata))).toBe(
      `{"hub":"hub-1","hubAt":"2025-11-28T09:00:00.000Z","trace":"${metadata.trace}","v":1}`,
    );
  });

  it.each([
    ['no JSON', '{'],
    ['no object', 'null'],
    ['no UTF-8', '\u00ff'],
    ['another version', JSON.stringify({ ...metadata, v: 2 })],
    ['another member', JSON.stringify({ ...metadata, z: 1 })],
    ['a missing member', JSON.stringify({ ...metadata, hub: undefined })],
    ['upper-case hex', JSON.stringify({ ...metadata, link: 'B'.repeat(64) })],
    ['another time form', JSON.stringify({ ...metadata, hubAt: '2025-11-28T09:00:00Z' })],
    ['another order', JSON.stringify(metadata)],
    ['a byte order mark', `\u00ef\u00bb\u00bf${new TextDecoder().decode(encodeMetadata(metadata))}`],
  ])('refuses %s', (_, text) => {
    expect(() => decodeMetadata(Uint8Array.from(text, (char) => char.charCodeAt(0)))).toThrow(RangeError);
  });
});

describe('hex', () => {
  it('comes back as written, and takes nothing else', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => expect(fromHex(toHex(bytes))).toEqual(bytes)));
    for (const text of ['0', '0G', 'AB', ' 00']) expect(() => fromHex(text)).toThrow(RangeError);
  });
});
