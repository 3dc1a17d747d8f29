import Sequencer from '@jest/test-sequencer';

/**
 * Files that take minutes, the longest first: without a cache of timings Jest begins with the largest files, and one
 * of these would be left to run alone at the end.
 */
const LONGEST = [
  'test/properties/two-worlds/two-worlds.spec.ts',
  'test/properties/matrix/matrix.spec.ts',
  'test/faults/kill.spec.ts',
  'test/journeys/decision-races-first.spec.ts',
  'test/journeys/decision-races-second.spec.ts',
  'test/browser/practitioner.spec.ts',
  'test/journeys/races.spec.ts',
  'test/journeys/timing.spec.ts',
  'test/journeys/connectors.spec.ts',
  'test/properties/replays.spec.ts',
  'test/journeys/audit-pages.spec.ts',
  'test/browser/relations.spec.ts',
  'test/journeys/verify.spec.ts',
  'test/journeys/story.spec.ts',
  'test/browser/decisions.spec.ts',
  'test/contract/embedded-postgres.spec.ts',
  'test/browser/governance.spec.ts',
  'test/browser/emergency.spec.ts',
  'test/properties/cedar.spec.ts',
  'test/journeys/shared-child.spec.ts',
];
const placeOf = ({ path }) => {
  const place = LONGEST.findIndex((name) => path.endsWith(name));
  return place === -1 ? LONGEST.length : place;
};

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => placeOf(a) - placeOf(b));
  }
}
