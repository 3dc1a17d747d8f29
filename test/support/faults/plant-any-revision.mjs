import { plantBug } from './plant-bug.mjs';

/** A planted bug: what may have been appended or not is appended again, at whatever revision the stream has now. */
plantBug(
  '/libs/event-sourcing/src/stream-writer.js',
  /return results\.map\(\(result\) => \[result\.stream, result\]\);/,
  (source) =>
    source.replace(
      'return results.map((result) => [result.stream, result]);',
      `for (const [i, result] of results.entries()) {
        if (result.outcome !== 'unknown') continue;
        const [last] = await this.options.store.readStream(result.stream, { backwards: true, limit: 1 });
        const events = writes[i].events.map((event) => ({ ...event, id: crypto.randomUUID() }));
        await this.options.store.append([{ ...writes[i], events, expectedRevision: last?.revision ?? 'none' }]);
      }
      $&`,
    ),
);
