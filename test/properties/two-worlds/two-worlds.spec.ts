import fc from 'fast-check';
import { forgetful } from '../../support/worlds/forgetful.js';
import { HIDING } from '../../support/worlds/hidden.js';
import { leaks } from '../../support/worlds/leaks.js';
import { SURFACES } from '../../support/worlds/observe.js';
import { pairPlans } from '../../support/worlds/pair.js';
import { LANES, TwoWorlds } from '../../support/worlds/two-worlds.js';
import { wrongDeciders } from '../../support/worlds/wrong-deciders.js';

/**
 * `TWO_WORLDS_PAIRS=20000 npm test -- test/properties/two-worlds` looks at more, `TWO_WORLDS_SEED` at others, and
 * `TWO_WORLDS_FROM=10000` at those after the first so many: two processes share a long run.
 */
const PAIRS = Number(process.env['TWO_WORLDS_PAIRS'] ?? 2000);
const FROM = Number(process.env['TWO_WORLDS_FROM'] ?? 0);
/** Milliseconds: about four times what a pair takes on two quiet cores. */
const LIMIT = Math.max(3_600_000, PAIRS * 1_000);
const SEED = Number(process.env['TWO_WORLDS_SEED'] ?? 20251219);
const HTTP_PAIRS = Math.min(PAIRS, Number(process.env['TWO_WORLDS_HTTP_PAIRS'] ?? 200));
/** Each reason for hiding occurs at least in this share of the pairs. */
const LEAST_SHARE_OF_A_REASON = 0.1;
/** Few pairs may by chance be others. */
const LEAST_SHARE_SHOWN = PAIRS < 500 ? 0.8 : 0.9;
/** Each reason lies at least so often behind what is seen on each surface; fewer pairs may by chance lack one. */
const LEAST_ON_A_SURFACE = HTTP_PAIRS < 200 ? 0 : 20;

describe('two worlds that differ only in what a viewer may not see', () => {
  let worlds: TwoWorlds;

  beforeAll(async () => {
    worlds = await TwoWorlds.open({ pairsOverHttp: HTTP_PAIRS });
  });
  afterAll(async () => {
    process.stdout.write(`${worlds.figures.report()}\n`);
    await worlds.close();
  });

  it(
    'look the same to that viewer, and show exactly what the rules show',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.tuple(...Array<typeof pairPlans>(LANES).fill(pairPlans)), (plans) => worlds.compare(plans)),
        { numRuns: Math.ceil(PAIRS / LANES), seed: SEED, ...(FROM > 0 ? { path: String(FROM / LANES) } : {}) },
      );
      expect(worlds.figures.pairs).toBeGreaterThanOrEqual(PAIRS);
      expect(worlds.figures.pairsOverHttp).toBe(HTTP_PAIRS);
    },
    LIMIT,
  );

  it('show something in nine pairs of ten, and hide for every reason', () => {
    expect(worlds.figures.shareShown).toBeGreaterThanOrEqual(LEAST_SHARE_SHOWN);
    const seldom = HIDING.filter((reason) => worlds.figures.hidden.get(reason)! < PAIRS * LEAST_SHARE_OF_A_REASON);
    expect(seldom).toEqual([]);
  });

  it.each(SURFACES)('hide for every reason behind: %s', (surface) => {
    const seldom = HIDING.filter((reason) => worlds.figures.seenOn(reason, surface) < LEAST_ON_A_SURFACE);
    expect(seldom).toEqual([]);
  });

  it.each(Object.keys(leaks))('look different where there is a leak: %s', (leak) => {
    expect([...worlds.figures.found.keys()]).toContain(leak);
  });

  it.each(Object.keys(wrongDeciders))(
    'do not show what the rules show where a build decides wrongly: %s',
    (decider) => {
      expect([...worlds.figures.found.keys()]).toContain(decider);
    },
  );

  // Of some kinds only few pairs hold something that matters.
  (PAIRS < 1000 ? it.skip : it).each(Object.keys(forgetful))(
    'do not show what the rules show where a build forgets: %s',
    (build) => {
      expect([...worlds.figures.found.keys()]).toContain(build);
    },
  );
});
