import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { streamOf } from '#contracts';
import {
  createStreamWriter,
  type AppendResult,
  type EventStore,
  type StoredEvent,
  type StreamWrite,
} from '#event-sourcing';
import { verifyStream } from '#ledger';
import { evolve, fileContribution, initialState, readFiled } from '#timeline';
import { contribution } from '../support/contributions.js';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** A store in memory of which every answer may be lost, before or after it wrote. */
const forgetfulStore = (losses: ('before' | 'after' | 'never')[]) => {
  const streams = new Map<string, StoredEvent[]>();
  const put = ({ stream, expectedRevision, events }: StreamWrite): AppendResult => {
    const stored = streams.get(stream) ?? [];
    const last = stored.length === 0 ? 'none' : stored.length - 1;
    if (last !== expectedRevision) return { outcome: 'conflict', stream, expected: expectedRevision, actual: last };
    const added = events.map((event, i) => ({ ...event, stream, revision: stored.length + i, position: 0 }));
    streams.set(stream, [...stored, ...added]);
    return { outcome: 'appended', stream, revision: stored.length + events.length - 1, position: 0 };
  };
  const store: Pick<EventStore, 'append' | 'readStream'> = {
    append: async (writes) =>
      writes.map((write): AppendResult => {
        const loss = losses.shift() ?? 'never';
        const result = loss === 'before' ? undefined : put(write);
        return loss === 'never' && result ? result : { outcome: 'unknown', stream: write.stream, cause: loss };
      }),
    readStream: async (stream, { from = 0, limit }) => (streams.get(stream) ?? []).slice(from, from + limit),
  };
  return { streams, store: store as EventStore };
};

describe('filing', () => {
  it('files every contribution exactly once, whatever is delivered twice or answered never', async () => {
    const claims = fc.record({
      subject: fc.constantFrom('a'.repeat(32), 'b'.repeat(32)),
      record: fc.constantFrom('record-1', 'record-2'),
      rank: fc.constantFrom('1', '2', '3'),
      body: fc.constantFrom('body-1', 'body-2'),
    });
    const batches = fc.array(fc.array(claims, { maxLength: 6 }), { maxLength: 6 });
    const losses = fc.array(fc.constantFrom('before' as const, 'after' as const, 'never' as const), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(batches, batches, losses, async (one, other, lost) => {
        const { streams, store } = forgetfulStore(lost);
        const deliver = async (deliveries: typeof one): Promise<void> => {
          const writer = createStreamWriter({
            store,
            sha256,
            hub: 'hub-1',
            now: () => Promise.resolve(new Date('2025-11-28T09:00:00Z')),
            fold: { initial: initialState, evolve },
            retry: { failures: 30, firstBackOff: 0.1, mostBackOff: 0.2 },
          });
          for (const batch of deliveries) {
            const arrived = batch.map(contribution);
            await writer.writeMany(
              arrived.map((one) => ({ stream: streamOf(one.envelope.subject), decide: fileContribution(one) })),
            );
          }
        };
        await Promise.all([deliver(one), deliver(other)]);
        const filed = [...streams.values()].flat().map((event) => readFiled(event));
        const wanted = new Set([...one, ...other].flat().map((claim) => contribution(claim).envelope.contributionId));
        expect(filed.map(({ envelope }) => envelope.contributionId).toSorted()).toEqual([...wanted].toSorted());
        for (const events of streams.values()) expect(verifyStream(events, sha256).ok).toBe(true);
        // A body is held once a record; whatever repeats it confirms the one that holds it.
        const whole = filed.filter(({ confirms }) => confirms === undefined);
        const bodies = whole.map(({ envelope: { subject, record } }) => [subject.key, record.key, record.body].join());
        expect(new Set(bodies).size).toBe(bodies.length);
        const holders = new Set(whole.map(({ envelope }) => envelope.contributionId));
        for (const { confirms } of filed) if (confirms !== undefined) expect(holders).toContain(confirms);
      }),
      { numRuns: 100 },
    );
  });
});
