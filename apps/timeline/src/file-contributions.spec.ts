import { randomUUID } from 'node:crypto';
import type { BusMessage } from '#bus';
import { canonicalBytes } from '#contracts';
import type { AppendResult, EventStore, StoredEvent, StreamWrite } from '#event-sourcing';
import { StoreError } from '#event-sourcing';
import { contribution, type ContributionClaims } from '../../../test/support/contributions.js';
import { fileContributions } from './file-contributions.js';
import { createFilingWriters } from './timeline.module.js';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const C = 'c'.repeat(32);

const message = (claims: ContributionClaims, changes: Partial<BusMessage> = {}): BusMessage => {
  const { envelope } = contribution(claims);
  return {
    key: envelope.subject.key,
    value: canonicalBytes({ v: 1, envelope, parts: {} }),
    headers: { trace: '' },
    ...changes,
  };
};

/** A store in memory; streams named in `down` do not answer. */
const memoryStore = (down: readonly string[] = []) => {
  const streams = new Map<string, StoredEvent[]>();
  const append = async (writes: readonly StreamWrite[]): Promise<AppendResult[]> =>
    writes.map(({ stream, events }) => {
      const stored = streams.get(stream) ?? [];
      const added = events.map((event, i) => ({ ...event, stream, revision: stored.length + i, position: 0 }));
      streams.set(stream, [...stored, ...added]);
      return { outcome: 'appended', stream, revision: stored.length + events.length - 1, position: 0 };
    });
  const readStream: EventStore['readStream'] = async (stream, { from = 0, limit }) => {
    if (down.includes(stream)) throw new StoreError('unavailable', 'the store does not answer');
    return (streams.get(stream) ?? []).slice(from, from + limit);
  };
  const writers = createFilingWriters({
    store: { append, readStream } as unknown as EventStore,
    hub: 'hub-1',
    now: () => Promise.resolve(new Date('2025-11-28T09:00:00Z')),
  });
  const spoil = (stream: string) =>
    append([
      {
        stream,
        expectedRevision: 'none',
        events: [{ id: randomUUID(), type: 'x', data: new Uint8Array(), metadata: new Uint8Array() }],
      },
    ]);
  const kinds = () => [...streams.keys()].map((stream) => stream.replace(/^(unreadable)-.*/, '$1')).sort();
  return { streams, writers, spoil, kinds };
};

describe('filing a batch', () => {
  it.each<[string, BusMessage]>([
    [
      'bytes that are not canonical',
      message({ subject: A }, { value: Buffer.from(` ${Buffer.from(message({}).value).toString()}`) }),
    ],
    ['another key than its subject’s', message({ subject: A }, { key: B })],
    [
      'a kind of subject that is not known',
      message({ change: { subject: { kind: 'unreadable' as 'child', key: A } } }, { key: A }),
    ],
    ['an envelope without a record', message({ subject: A, change: { record: undefined as never } })],
  ])('keeps %s on a stream of its own', async (_, bad) => {
    const { writers, kinds } = memoryStore();
    await fileContributions(writers, [bad, message({ subject: C })]);
    expect(kinds()).toEqual([`child-${C}`, 'unreadable']);
  });

  it('leaves out a stream that cannot be read, and nothing else', async () => {
    const { streams, writers, spoil } = memoryStore();
    await spoil(`child-${B}`);
    const left: [string, unknown][] = [];
    const batch = [
      message({ subject: B }),
      message({ subject: A }),
      message({ subject: C }),
      message({ subject: B, record: 'r2' }),
    ];
    await fileContributions(writers, batch, (kind, error) => left.push([kind, error]));
    expect([A, B, C].map((key) => streams.get(`child-${key}`)?.length)).toEqual([1, 1, 1]);
    expect(left).toEqual(Array(2).fill(['child', expect.objectContaining({ type: 'unreadable' })]));
  });

  it('has the batch come again when a stream does not answer, whatever else is wrong with it', async () => {
    const { streams, writers, spoil } = memoryStore([`child-${C}`]);
    await spoil(`child-${B}`);
    const batch = [message({ subject: B }), message({ subject: C }), message({ subject: A })];
    await expect(fileContributions(writers, batch)).rejects.toMatchObject({ type: 'unavailable' });
    expect(streams.get(`child-${A}`)).toHaveLength(1);
  }, 20_000);
});
