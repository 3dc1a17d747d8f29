import { EventStream, type SentEvent } from './event-stream.js';

const take = (seed: number, count: number): { events: SentEvent[]; digest: string } => {
  const stream = new EventStream(seed);
  return { events: stream.take(count), digest: stream.digest };
};

describe('the stream of events', () => {
  const { events, digest } = take(42, 5000);
  const share = (count: number): number => count / events.length;

  it('is the same for the same seed, however it is taken', () => {
    const stream = new EventStream(42);
    const pieces = [...stream.take(1), ...stream.take(1999), ...stream.take(3000)];
    expect(stream.digest).toBe(digest);
    expect(pieces.at(-1)).toEqual(events.at(-1));
    expect(take(43, 5000).digest).not.toBe(digest);
  });

  it('is the one that was measured before', () => {
    process.stdout.write(`5,000 events of seed 42: sha256 ${digest}\n`);
    expect(digest).toBe('bc71ca827b98e6bfb64243104ea4464e099723f2f35873b5d56bd02bba7ed08c');
  });

  it('sends 3 % again under their key and 2 % under another', () => {
    const keys = new Set(events.map(({ key }) => key));
    const bodies = new Set(events.map(({ body }) => body));
    expect(share(events.length - keys.size)).toBeCloseTo(0.03, 2);
    expect(share(keys.size - bodies.size)).toBeCloseTo(0.02, 2);
  });

  it('gives one key to one body, and one body to each version of a record', () => {
    expect(new Set(events.map(({ key, body }) => `${key} ${body}`)).size).toBe(
      new Set(events.map(({ key }) => key)).size,
    );
    expect(new Set(events.map(({ recordId, version }) => `${recordId} ${version}`)).size).toBe(
      new Set(events.map(({ body }) => body)).size,
    );
  });

  it('has payloads of the sizes wanted', () => {
    const sizes = events.map(({ payload }) => Buffer.byteLength(payload));
    expect(share(sizes.filter((size) => size <= 1100).length)).toBeCloseTo(0.7, 1);
    expect(share(sizes.filter((size) => size > 5100).length)).toBeCloseTo(0.05, 1);
    expect(Math.max(...sizes)).toBeLessThan(60_000);
  });

  it('sends later versions before earlier ones now and then', () => {
    const newest = new Map<string, number>();
    let late = 0;
    for (const { recordId, version } of events) {
      if (version < (newest.get(recordId) ?? 0)) late += 1;
      else newest.set(recordId, version);
    }
    expect(late).toBeGreaterThan(0);
  });
});
