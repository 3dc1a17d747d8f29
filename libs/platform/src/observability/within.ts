/** `work`, or `otherwise` where it fails or takes longer. */
export const within = async <T>(milliseconds: number, work: () => Promise<T>, otherwise: T): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), milliseconds);
  });
  try {
    return await Promise.race([(async () => work())().catch(() => otherwise), late]);
  } finally {
    clearTimeout(timer);
  }
};
