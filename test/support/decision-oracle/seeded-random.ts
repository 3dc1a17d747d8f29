/** A small repeatable source of choices: the same seed gives the same choices on every machine. */
export class SeededRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A number from 0 up to, not including, 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Throws for an empty list. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to pick from');
    return list[Math.floor(this.next() * list.length)] as T;
  }

  /** From `min` to `max` different members, in the order of the list; fewer where the list is shorter. */
  some<T>(list: readonly T[], min: number, max: number): T[] {
    const wanted = this.between(Math.min(min, list.length), Math.min(max, list.length));
    const indexes = list.map((_, index) => index);
    while (indexes.length > wanted) indexes.splice(this.between(0, indexes.length - 1), 1);
    return list.filter((_, index) => indexes.includes(index));
  }

  /** The code as it is, in capitals, in small letters, or with each letter at random. */
  recase(code: string): string {
    switch (this.between(0, 5)) {
      case 0:
        return code.toLowerCase();
      case 1:
        return code.toUpperCase();
      case 2:
        return [...code].map((letter) => (this.chance(0.5) ? letter.toLowerCase() : letter.toUpperCase())).join('');
      default:
        return code;
    }
  }
}
