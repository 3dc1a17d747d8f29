import { createHash, randomUUID } from 'node:crypto';
import { canonicalBytes } from '#contracts';
import type { Viewer } from '#sharing';
import type { LoadedPerson } from './load-person.js';
import { ReadNotRecorded, type RecordRead } from './read-chronology.js';

/** A look of a person at what is no child's chronology. */
export interface Look {
  /** Event type. */
  readonly type: string;
  readonly person: Pick<LoadedPerson, 'coordinates' | 'staffKeys'>;
  readonly posts: readonly Viewer[];
  /** References about which something is shown. */
  readonly references: readonly string[];
  /** Under which it was decided, where a purpose decides. */
  readonly purpose?: string;
  /** Counts or ids of what is shown. */
  readonly shown: Readonly<Record<string, number | readonly string[]>>;
  /** What is given: its digest stands in the record. */
  readonly answer: unknown;
}

/** Records a look before its answer is given, and resolves with its id. Throws `ReadNotRecorded`. */
export const recordLook = async (record: RecordRead, look: Look): Promise<string> => {
  const { coordinates, staffKeys } = look.person;
  const readId = randomUUID();
  const event = {
    v: 1,
    readId,
    viewer: {
      staff: staffKeys,
      posts: look.posts.map(({ organisation, service, role, team }) => ({
        organisation,
        service,
        role,
        team: team ?? null,
      })),
    },
    references: [...new Set(look.references)].sort(),
    ...(look.purpose === undefined ? {} : { purpose: look.purpose }),
    at: coordinates.at.toISOString(),
    checkpoint: { store: coordinates.store, position: coordinates.position, eventId: coordinates.eventId },
    shown: { ...look.shown, sha256: createHash('sha256').update(canonicalBytes(look.answer)).digest('hex') },
  };
  try {
    await record(readId, canonicalBytes(event), look.type);
  } catch {
    throw new ReadNotRecorded();
  }
  return readId;
};
