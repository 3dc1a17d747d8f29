import type { CrashPoint } from './points.js';

export interface PlantedBug {
  /** File beside this one. */
  readonly plant: string;
  readonly bug: string;
  /** The crash point that must find it, and as what. */
  readonly point: CrashPoint;
  readonly found: RegExp;
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    plant: 'plant-ack-early.mjs',
    bug: 'acknowledged before it is durable',
    point: 'door-before-accept',
    found: /^contributions lost/,
  },
  {
    plant: 'plant-keys-in-memory.mjs',
    bug: 'idempotency keys kept in memory',
    point: 'door-after-accept',
    found: /^replays accepted once more/,
  },
  {
    plant: 'plant-place-before-publish.mjs',
    bug: "the relay's place kept before the bus has taken the messages",
    point: 'relay-before-publish',
    found: /^contributions lost/,
  },
  {
    plant: 'plant-filed-in-memory.mjs',
    bug: 'what is filed known in memory alone, under random event ids',
    point: 'timeline-after-append',
    found: /^contributions doubled/,
  },
  {
    plant: 'plant-any-revision.mjs',
    bug: 'appended again at any revision',
    point: 'store-before-answer',
    found: /^contributions doubled/,
  },
  {
    plant: 'plant-skip-poison.mjs',
    bug: 'unreadable messages skipped',
    point: 'timeline-mid-batch',
    found: /^unreadable messages not kept once/,
  },
  {
    plant: 'plant-checkpoint-first.mjs',
    bug: 'checkpoint moved before the rows',
    point: 'projector-before-commit',
    found: /^differences to a rebuilt projection/,
  },
  {
    plant: 'plant-record-later.mjs',
    bug: 'read recorded after its answer',
    point: 'reader-before-record',
    found: /^reads unaudited/,
  },
];
