import { appKindOf, CLOSED_LABELS, metricsText, watchPool, watchProjection } from './metrics.js';
import { observeAppends } from './observe-store.js';
import { addRoute, ROUTES, routeOf } from './routes.js';

const lines = async (start: string): Promise<string[]> =>
  (await metricsText()).split('\n').filter((line) => line.startsWith(start));

describe('metrics', () => {
  it('stand at nought before anything happens, for every value of their lists', async () => {
    expect(await lines('sightline_submissions_total{')).toHaveLength(
      [...CLOSED_LABELS.get('sightline_submissions_total')!['outcome']!].length,
    );
    expect(await lines('sightline_bus_batches_total')).toContain(
      'sightline_bus_batches_total{direction="delivered",outcome="failed"} 0',
    );
  });

  it('add up the pools of one name, and tell of none that is not watched', async () => {
    expect(await lines('sightline_pool_connections')).toEqual([]);
    const stops = [
      watchPool('relay', { totalCount: 3, idleCount: 1, waitingCount: 0 }),
      watchPool('relay', { totalCount: 5, idleCount: 0, waitingCount: 4 }),
    ];
    expect(await lines('sightline_pool_connections')).toEqual([
      'sightline_pool_connections{pool="relay",state="in-use"} 7',
      'sightline_pool_connections{pool="relay",state="idle"} 1',
      'sightline_pool_connections{pool="relay",state="waiting"} 4',
    ]);
    for (const stop of stops) stop();
    expect(await lines('sightline_pool_connections')).toEqual([]);
  });

  it('tell of a projection where there is one, and that its lag is not known where nobody answers', async () => {
    expect(await lines('sightline_projection_lag')).toEqual([]);
    const [first, second] = [
      watchProjection(async () => ({ positions: 3, seconds: 1.5 })),
      watchProjection(() => Promise.reject(new Error('10.0.0.1 does not answer'))),
    ];
    const unknown = ['sightline_projection_lag_positions NaN', 'sightline_projection_lag_seconds NaN'];
    expect((await lines('sightline_projection_lag')).map((line) => line.replace('Nan', 'NaN'))).toEqual(unknown);
    first();
    expect(await lines('sightline_projection_lag')).toHaveLength(2);
    second();
    expect(await lines('sightline_projection_lag')).toEqual([]);
    const third = watchProjection(async () => ({ positions: 3, seconds: 1.5 }));
    expect(await lines('sightline_projection_lag_seconds')).toEqual(['sightline_projection_lag_seconds 1.5']);
    third();
  });

  it('know an app by its kind: adapters are one', () => {
    expect(['timeline', 'police-adapter', 'anything-else'].map(appKindOf)).toEqual(['timeline', 'adapter', 'adapter']);
  });
});

describe('routes', () => {
  it('are what was added, and nothing that a request said', () => {
    addRoute('/v1/receipts/:id');
    addRoute('/v1/receipts/?x=Sam Example');
    expect(routeOf('/v1/receipts/:id')).toBe('/v1/receipts/:id');
    expect([routeOf('/v1/receipts/1'), routeOf(undefined)]).toEqual(['unmatched', 'unmatched']);
    expect([...ROUTES]).toEqual(['unmatched', '/v1/receipts/:id']);
  });
});

describe('a store whose appends are observed', () => {
  class Store {
    readonly #results: readonly ('appended' | 'conflict' | 'unknown')[];
    constructor(results: readonly ('appended' | 'conflict' | 'unknown')[]) {
      this.#results = results;
    }
    async append(writes: readonly string[]): Promise<readonly { outcome: 'appended' | 'conflict' | 'unknown' }[]> {
      if (writes.includes('bad')) throw Object.assign(new Error('refused'), { type: 'invalid-append' });
      if (writes.includes('down')) throw new Error('down');
      return this.#results.map((outcome) => ({ outcome }));
    }
  }

  it('is the same store, counted once by stream', async () => {
    const store = new Store(['appended', 'appended', 'conflict', 'unknown']);
    expect(observeAppends(observeAppends(store))).toBe(store);
    expect(await store.append(['a', 'b', 'c', 'd'])).toHaveLength(4);
    await expect(store.append(['bad', 'a'])).rejects.toThrow('refused');
    await expect(store.append(['down'])).rejects.toThrow('down');
    expect(await lines('sightline_store_appends_total')).toEqual([
      'sightline_store_appends_total{outcome="appended"} 2',
      'sightline_store_appends_total{outcome="conflict"} 1',
      'sightline_store_appends_total{outcome="unknown"} 1',
      'sightline_store_appends_total{outcome="refused"} 2',
      'sightline_store_appends_total{outcome="failed"} 1',
    ]);
  });
});
