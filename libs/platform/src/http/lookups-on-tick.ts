import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';

/** Answers that tell of nothing leave at a whole number of these after their question came. */
export const TICK_MS = 100;
/**
 * A timer counts from the turn in which it is set, and so is the earlier the more was done in that turn: so near to the
 * end small steps forget what came before, and the last is waited for turn by turn.
 */
const STEPS_FROM_MS = 16;
const TURNS_FROM_MS = 2;

/** Resolves at the next whole tick after `since`; both in milliseconds of `performance.now()`. */
export const untilTick = async (since: number): Promise<void> => {
  const at = since + Math.ceil((performance.now() - since) / TICK_MS) * TICK_MS;
  const left = (): number => at - performance.now();
  if (left() > STEPS_FROM_MS) await delay(Math.max(0, left() - STEPS_FROM_MS));
  while (left() > TURNS_FROM_MS) await delay(1);
  while (performance.now() < at) await turn();
};

/** Lists, and nothing in any of them. */
const tellsNothing = (body: unknown): boolean => {
  if (typeof body !== 'object' || body === null) return false;
  const lists = Object.values(body).filter((value) => Array.isArray(value));
  return lists.length > 0 && lists.every((list) => list.length === 0);
};

const ALWAYS = 'sightline:on-tick';

/** A handler whose answer says the same whatever is held, and so must take as long. */
export const OnTick = () => SetMetadata(ALWAYS, true);

interface LookedUp {
  readonly params?: { readonly handle?: unknown };
  readonly query?: { readonly handle?: unknown };
}

const names = ({ params, query }: LookedUp): boolean => params?.handle !== undefined || query?.handle !== undefined;

/**
 * How long the hub looked must not tell whether there was anything to look at: a child who is hidden takes more work
 * than one of whom nobody has heard. Of every route that takes a handle, refusals, answers that show nothing and those
 * of `OnTick` leave on a tick; what shows something may take as long as it takes.
 */
export const lookupsOnTick: NestInterceptor = {
  intercept: (context: ExecutionContext, next: CallHandler): Observable<unknown> => {
    if (context.getType() !== 'http' || !names(context.switchToHttp().getRequest<LookedUp>())) return next.handle();
    const always = Reflect.getMetadata(ALWAYS, context.getHandler()) === true;
    const since = performance.now();
    return from(
      lastValueFrom(next.handle()).then(
        async (body: unknown) => {
          if (always || tellsNothing(body)) await untilTick(since);
          return body;
        },
        async (error: unknown) => {
          await untilTick(since);
          throw error;
        },
      ),
    );
  },
};
