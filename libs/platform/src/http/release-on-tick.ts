import { performance } from 'node:perf_hooks';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';

/** Answers that tell of nothing leave at a whole number of these after their question came. */
export const TICK_MS = 100;
/** A timer may be late by a millisecond or two: the rest is waited for turn by turn. */
const NEAR_MS = 3;

/** Resolves at the next whole tick after `since`; both in milliseconds of `performance.now()`. */
export const untilTick = async (since: number): Promise<void> => {
  const at = since + Math.ceil((performance.now() - since) / TICK_MS) * TICK_MS;
  const rest = at - performance.now() - NEAR_MS;
  if (rest > 0) await delay(rest);
  while (performance.now() < at) await turn();
};

/**
 * How long the hub looked must not tell whether there was anything to look at: a child who is hidden takes more work
 * than one of whom nobody has heard. What shows something may take as long as it takes.
 */
export const releaseOnTick = (tellsNothing: (body: unknown) => boolean): NestInterceptor => ({
  intercept: (_: ExecutionContext, next: CallHandler): Observable<unknown> => {
    const since = performance.now();
    return from(
      lastValueFrom(next.handle()).then(
        async (body: unknown) => {
          if (tellsNothing(body)) await untilTick(since);
          return body;
        },
        async (error: unknown) => {
          await untilTick(since);
          throw error;
        },
      ),
    );
  },
});
