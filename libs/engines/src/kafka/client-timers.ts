import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/**
 * After its first answer every connection of kafkajs 2.2.4 wakes each millisecond, for ever, to look at a queue of
 * requests that is empty, with a timer whose negative length Node warns of. This lets it look while the queue holds
 * something, which is the only time it can find anything.
 */
export const calmClientTimers = (): void => {
  const found = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
    readonly prototype: RequestQueue & { calm?: true };
  };
  const queue = found.prototype;
  if (queue.calm) return;
  queue.calm = true;
  const schedule = queue.scheduleCheckPendingRequests;
  queue.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
};
