import { createServer } from 'node:net';
import type { HealthCheck } from '../health/readiness.js';
import { openOperations, type Operations } from './operations.js';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const opened: Operations[] = [];
afterEach(async () => {
  for (const operations of opened.splice(0)) await operations.close();
});

const open = async (checks: readonly HealthCheck[], changes: { opsPort?: number; otlpEndpoint?: string } = {}) => {
  const opsPort = changes.opsPort ?? (await freePort());
  const configuration = { instance: 'a', opsHost: '127.0.0.1', ...changes, opsPort };
  const operations = await openOperations({ app: 'timeline', configuration, checks });
  opened.push(operations);
  const ask = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${opsPort}${path}`, { method });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return { operations, opsPort, ask };
};

const answers = (name: HealthCheck['name'], answer: () => Promise<boolean>): HealthCheck => ({ name, check: answer });

describe('the server for operators', () => {
  it('names what is missing in fixed words, each once, and nothing of why', async () => {
    const { operations, ask } = await open([
      answers('keys', () => Promise.reject(new Error('/data/keys/sharing is not there'))),
      answers('bus', async () => true),
      answers('database', async () => false),
      answers('database', () => {
        throw new Error('10.0.0.1');
      }),
    ]);
    await operations.listen();
    operations.drain();
    const { status, headers, text } = await ask('/health/ready?of=everything');
    expect([status, headers.get('cache-control')]).toEqual([503, 'no-store']);
    expect(JSON.parse(text)).toEqual({ status: 'not-ready', reasons: ['database', 'keys', 'draining'] });
  });

  it('tells of the process in Prometheus’ form', async () => {
    const { operations, ask } = await open([]);
    await operations.listen();
    const { status, headers, text } = await ask('/metrics');
    expect([status, headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^text\/plain; version=0\.0\.4/),
    ]);
    expect(text).toMatch(/^process_cpu_seconds_total\{app="timeline"\} \d/m);
    expect(text).toMatch(/^sightline_reads_total\{outcome="recorded",app="timeline"\} 0$/m);
    expect((await ask('/metrics', 'HEAD')).text).toBe('');
  });

  it('has nothing else, and takes nothing', async () => {
    const { operations, ask } = await open([]);
    await operations.listen();
    const statuses = ['/', '/health', '/metrics/', '/v1/my/profile', '/health/ready/..'].map(
      async (path) => (await ask(path)).status,
    );
    expect(await Promise.all(statuses)).toEqual([404, 404, 404, 404, 404]);
    for (const method of ['POST', 'DELETE', 'OPTIONS']) expect((await ask('/health/live', method)).status).toBe(405);
  });

  it('does not listen before it is told to, without a port, or once it is closed', async () => {
    const { operations, ask } = await open([]);
    await expect(ask('/health/live')).rejects.toThrow();
    await operations.listen();
    expect((await ask('/health/live')).status).toBe(200);
    await operations.close();
    await expect(ask('/health/live')).rejects.toThrow();
    const none = await open([], { opsPort: 0 });
    await none.operations.listen();
    await none.operations.close();
  });

  it('rejects when its port is taken', async () => {
    const { operations, opsPort } = await open([]);
    await operations.listen();
    const second = await open([], { opsPort });
    await expect(second.operations.listen()).rejects.toThrow('EADDRINUSE');
  });
});
