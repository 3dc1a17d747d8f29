import { setTimeout as delay } from 'node:timers/promises';
import { METRICS } from '../../../libs/platform/src/observability/metrics.js';

/** Every series that only rises, by its name and labels. */
export type Counters = ReadonlyMap<string, number>;

const REQUESTS = 'sightline_http_request_duration_seconds_count';

/** Counters, and of histograms how often: how long is not the same twice. */
export const countersNow = async (): Promise<Counters> => {
  const metrics = await METRICS.getMetricsAsJSON();
  return new Map(
    metrics.flatMap(({ name, type, values }) => {
      const kind = String(type);
      return (values as { value: number; labels: object; metricName?: string }[]).flatMap(
        ({ value, labels, metricName = name }) =>
          kind === 'counter' || (kind === 'histogram' && metricName.endsWith('_count'))
            ? [[`${metricName} ${JSON.stringify(labels)}`, value] as const]
            : [],
      );
    }),
  );
};

/** By how much each has risen, once as many requests are counted as were answered: that comes after the answer. */
export const countersSince = async (before: Counters, requests: number): Promise<Record<string, number>> => {
  for (let tries = 0; ; tries += 1) {
    const risen = [...(await countersNow())]
      .map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const)
      .filter(([, by]) => by !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const counted = risen.filter(([name]) => name.startsWith(REQUESTS)).reduce((sum, [, by]) => sum + by, 0);
    if (counted >= requests || tries > 500) return Object.fromEntries(risen);
    await delay(1);
  }
};
