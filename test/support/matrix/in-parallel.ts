/** Does the work for every item, so many at a time; what nothing shows of is answered on a tick, so many wait together. */
export const inParallel = async <T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  width = 24,
): Promise<void> => {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await work(item);
    }),
  );
};
