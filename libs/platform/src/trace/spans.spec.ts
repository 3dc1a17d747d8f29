import { startCollector, type Collector } from '../../../../test/support/journeys/collector.js';
import { openTracing } from './open-tracing.js';
import { endedSpan, inBatchSpan, inSpan } from './spans.js';
import { newTrace } from './trace.js';

const never = (): never => {
  throw new Error('nobody should ask');
};

let collector: Collector;
beforeEach(async () => void (collector = await startCollector()));
afterEach(() => collector.close());

/** Spans that the work leaves behind, once all are sent. */
const exported = async (work: () => Promise<unknown>) => {
  const tracing = await openTracing({ app: 'timeline', instance: 'a', endpoint: collector.endpoint });
  await work();
  await tracing.close();
  return collector.spans;
};

describe('spans', () => {
  it('are not made, nor asked about, where nothing is exported', async () => {
    const done = Promise.resolve('done');
    expect(inSpan(newTrace(), 'submission', () => done)).toBe(done);
    expect(inBatchSpan([1], never, 'file', () => done)).toBe(done);
    endedSpan('request', 5, never, never);
    await exported(async () => undefined);
    expect(inBatchSpan([1], never, 'file', () => done)).toBe(done);
  });

  it('stand in the trace that is given, each on its own', async () => {
    const traces = [newTrace(), newTrace()];
    const spans = await exported(() =>
      Promise.all(traces.map((trace) => inSpan(trace, 'submission', async () => undefined))),
    );
    expect(spans.map(({ traceId }) => traceId).sort()).toEqual(traces.sort());
    expect(spans.every(({ name, parentSpanId }) => name === 'submission' && !parentSpanId)).toBe(true);
    expect(spans[0]!.attributes).toEqual({ 'sightline.app': 'timeline' });
  });

  it.each(['', 'x'.repeat(32), '0'.repeat(32), `${'a'.repeat(32)}\n`])('are not made for %j', async (trace) => {
    let done = 0;
    const work = async () => (done += 1);
    const spans = await exported(async () => {
      await inSpan(trace, 'submission', work);
      await inBatchSpan([trace], (one) => one, 'file', work);
    });
    expect([spans.length, done]).toEqual([0, 2]);
  });

  it('link a batch with its traces, each once and 50 at most, whatever it counts', async () => {
    const traces = Array.from({ length: 200 }, newTrace);
    const twice = traces.flatMap((trace) => [trace, trace]);
    const spans = await exported(() =>
      inBatchSpan(
        twice,
        (one) => one,
        'file',
        async () => undefined,
      ),
    );
    const [batch, ...others] = spans.filter(({ traceId }) => !traces.includes(traceId));
    const members = spans.filter((span) => span !== batch);
    expect(others).toEqual([]);
    expect(batch!.attributes).toEqual({ 'sightline.app': 'timeline', 'sightline.count': expect.anything() });
    expect(Number(batch!.attributes['sightline.count'])).toBe(400);
    expect(members.map(({ traceId }) => traceId).sort()).toEqual(traces.slice(0, 50).sort());
    expect(batch!.links.map(({ spanId }) => spanId).sort()).toEqual(members.map(({ spanId }) => spanId).sort());
    expect(members.every(({ links: [link] }) => link?.spanId === batch!.spanId)).toBe(true);
  });

  it('say of work that it failed, and not how', async () => {
    const spans = await exported(async () => {
      const fails = () => Promise.reject(new Error('Sam Example'));
      await expect(inSpan(newTrace(), 'submission', fails)).rejects.toThrow('Sam Example');
      await expect(inBatchSpan([newTrace()], (one) => one, 'file', fails)).rejects.toThrow('Sam Example');
    });
    expect(spans.map(({ status }) => status.code)).toEqual([2, 2, 2]);
    expect(collector.bodies.join()).not.toContain('Sam');
  });

  it('hold nobody up where the collector is away', async () => {
    const tracing = await openTracing({ app: 'timeline', instance: 'a', endpoint: 'http://127.0.0.1:1' });
    expect(await inSpan(newTrace(), 'submission', async () => 'done')).toBe('done');
    await tracing.close();
  });
});
