import { randomBytes } from 'node:crypto';

/** Gives `n` bytes that nobody can guess. Tests hand in recorded ones to reproduce recorded bytes. */
export type Random = (n: number) => Uint8Array;

export const secureRandom: Random = (n) => randomBytes(n);
