/** What `within` gives when the time is over. */
export const TOO_LATE = Symbol('too late');

/**
 * The result, or `TOO_LATE` after this many ms or once the signal is aborted. What comes later is dropped, and a late
 * rejection is no unhandled one.
 */
export const within = async <T>(ms: number, work: Promise<T>, signal?: AbortSignal): Promise<T | typeof TOO_LATE> => {
  const { promise, resolve } = Promise.withResolvers<typeof TOO_LATE>();
  const giveUp = (): void => resolve(TOO_LATE);
  const timer = setTimeout(giveUp, Math.max(ms, 0));
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted) giveUp();
  work.catch(() => undefined);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
};
