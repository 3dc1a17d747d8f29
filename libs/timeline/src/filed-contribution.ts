import type { Envelope, Part } from '#contracts';

/** A contribution with what a decision may read of it, as the pure functions see it. */
export interface FiledContribution {
  /** Place in everything; null while it is accepted and not yet filed. */
  readonly position: number | null;
  readonly envelope: Envelope;
  /** Id of the contribution that holds the body, where this one was filed as a confirmation and holds none. */
  readonly confirms?: string;
  /** Unsealed parts. A part that could not be unsealed is absent here and named in `unreadable`. */
  readonly identity?: Readonly<Record<string, unknown>>;
  readonly terms?: Readonly<Record<string, unknown>>;
  readonly unreadable: readonly Part[];
}
