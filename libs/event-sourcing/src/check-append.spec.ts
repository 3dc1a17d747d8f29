import { randomUUID } from 'node:crypto';
import { checkAppend } from './check-append.js';
import type { NewEvent, StreamWrite } from './event-store.js';

const event = (over: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'noted',
  data: new Uint8Array(10),
  metadata: new Uint8Array(0),
  ...over,
});
const write = (over: Partial<StreamWrite> = {}): StreamWrite => ({
  stream: 'child-1',
  expectedRevision: 'none',
  events: [event()],
  ...over,
});
const twice = event();

describe('checkAppend', () => {
  it.each([
    ['one event', write()],
    ['a revision', write({ expectedRevision: 0 })],
    ['accents, spaces and emoji in names', write({ stream: 'Kind é 🙂', events: [event({ type: 'Größe 🙂' })] })],
    [
      'exactly 1,000,000 bytes',
      write({ events: [event({ data: new Uint8Array(999_999), metadata: new Uint8Array(1) })] }),
    ],
    ['an id in capitals', write({ events: [event({ id: randomUUID().toUpperCase() })] })],
  ])('takes %s', (_, valid) => {
    expect(() => checkAppend([valid])).not.toThrow();
  });

  it.each([
    ['no writes', []],
    ['no events', [write({ events: [] })]],
    ['an empty stream', [write({ stream: '' })]],
    ["an engine's own stream", [write({ stream: '$all' })]],
    ['a stream with NUL', [write({ stream: 'a\0b' })]],
    ['a stream with a lone surrogate', [write({ stream: 'a\ud800' })]],
    ['a long stream', [write({ stream: 'é'.repeat(257) })]],
    ['a stream twice', [write(), write()]],
    ['an empty type', [write({ events: [event({ type: '' })] })]],
    ["an engine's own type", [write({ events: [event({ type: '$metadata' })] })]],
    [
      'long types beside 999,900 bytes',
      [
        write({
          events: Array.from({ length: 100 }, () => event({ type: 't'.repeat(250), data: new Uint8Array(9_999) })),
        }),
      ],
    ],
    ['an id that is no UUID', [write({ events: [event({ id: 'x' })] })]],
    ['an id twice', [write({ events: [twice, { ...twice, id: twice.id.toUpperCase() }] })]],
    ['1,000,001 bytes', [write({ events: [event({ data: new Uint8Array(1_000_001) })] })]],
    ['three times 400 KB', [write({ events: [1, 2, 3].map(() => event({ data: new Uint8Array(400_000) })) })]],
    ['a negative revision', [write({ expectedRevision: -1 })]],
    ['half a revision', [write({ expectedRevision: 0.5 })]],
    ['any', [write({ expectedRevision: 'any' as 'none' })]],
    ['text for data', [write({ events: [event({ data: 'x' as unknown as Uint8Array })] })]],
  ])('refuses %s', (_, writes) => {
    expect(() => checkAppend(writes)).toThrow(expect.objectContaining({ name: 'StoreError', type: 'invalid-append' }));
  });

  it('lets the size count for each stream apart', () => {
    const large = (stream: string): StreamWrite =>
      write({ stream, events: [event({ data: new Uint8Array(900_000) })] });
    expect(() => checkAppend([large('a'), large('b')])).not.toThrow();
  });
});
