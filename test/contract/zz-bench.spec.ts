import { randomUUID, randomBytes } from 'node:crypto';
import { appendStoreCapability, EventStoreTables1763900000001, openPostgresEventStore, PlatformClock1763900000000 } from '#engines';
import { createTestDatabase } from '../support/postgres/test-database.js';
it('bench', async () => {
  const database = await createTestDatabase({ migrations: [PlatformClock1763900000000, EventStoreTables1763900000001] });
  const url = await database.login(appendStoreCapability);
  const store = await openPostgresEventStore({ url, applicationName: 'bench' });
  const out: string[] = [];
  const ev = (n = 800) => ({ id: randomUUID(), type: 'concern-raised', data: randomBytes(n), metadata: Buffer.from(`{"hub":"h","hubAt":"${new Date().toISOString()}","link":"${'a'.repeat(64)}","trace":"","v":1}`) });
  for (const [callers, per, streamsPer, seconds] of [[1,1,1,2],[64,1,1,4],[256,1,1,4],[64,100,1,4],[1,1,200,3],[64,1,1,4]] as const) {
    const lat: number[] = []; let n = 0; const t0 = Date.now(); const c0 = process.cpuUsage();
    await Promise.all(Array.from({ length: callers }, async () => {
      while (Date.now() - t0 < seconds * 1000) {
        const t = performance.now();
        const r = await store.append(Array.from({ length: streamsPer }, () => ({ stream: 'child-' + randomUUID(), expectedRevision: 'none' as const, events: Array.from({ length: per }, () => ev()) })));
        if (r.some((x) => x.outcome !== 'appended')) throw new Error(JSON.stringify(r[0]));
        lat.push(performance.now() - t); n += per * streamsPer;
      }
    }));
    const s = (Date.now() - t0) / 1000; lat.sort((a, b) => a - b); const c = process.cpuUsage(c0);
    out.push(`${callers} callers x ${streamsPer} streams x ${per} events: ${Math.round(n / s)}/s p50 ${lat[lat.length >> 1]!.toFixed(1)} p99 ${lat[Math.floor(lat.length * 0.99)]!.toFixed(1)} cpu ${((c.user+c.system)/n).toFixed(0)}us/ev`);
  }
  let got = 0; const t = Date.now(); const head = (await store.head())!.position;
  await new Promise<void>((done) => { const s = store.subscribe({ after: null, batchSize: 1000, onBatch: async (e) => { got += e.length; if (got >= head) { done(); void s.stop(); } } }); });
  out.push(`catch-up ${Math.round(got / ((Date.now() - t) / 1000))}/s of ${got}`);
  process.stdout.write(out.join('\n') + '\n');
  await store.close(); await database.drop();
}, 120000);
