import fc from 'fast-check';
import { HIDING } from '../../support/worlds/hidden.js';
import { pairPlans } from '../../support/worlds/pair.js';
import { leaks, wrongDeciders } from '../../support/worlds/planted.js';
import { LANES, TwoWorlds } from '../../support/worlds/two-worlds.js';

/** `TWO_WORLDS_PAIRS=2000 npm test -- test/properties/two-worlds` looks at more; `TWO_WORLDS_SEED` at others. */
const PAIRS = Number(process.env['TWO_WORLDS_PAIRS'] ?? 500);
const SEED = Number(process.env['TWO_WORLDS_SEED'] ?? 20251219);
const HTTP_PAIRS = Math.min(PAIRS, Number(process.env['TWO_WORLDS_HTTP_PAIRS'] ?? 40));
/** Each reason for hiding occurs at least in this share of the pairs. */
const LEAST_SHARE_OF_A_REASON = 0.1;

describe('two worlds that differ only in what a viewer may not see', () => {
  let worlds: TwoWorlds;

  beforeAll(async () => {
    worlds = await TwoWorlds.open({ pairsOverHttp: HTTP_PAIRS });
  });
  afterAll(async () => {
    process.stdout.write(`${worlds.figures.report()}\n`);
    await worlds.close();
  });

  it('look the same to that viewer, and show exactly what the rules show', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(...Array<typeof pairPlans>(LANES).fill(pairPlans)), (plans) => worlds.compare(plans)),
      { numRuns: Math.ceil(PAIRS / LANES), seed: SEED },
    );
    expect(worlds.figures.pairs).toBeGreaterThanOrEqual(PAIRS);
    expect(worlds.figures.pairsOverHttp).toBe(HTTP_PAIRS);
  }, 3_600_000);

  it('show something in four pairs of five, and hide for every reason', () => {
    expect(worlds.figures.shareShown).toBeGreaterThanOrEqual(0.8);
    const seldom = HIDING.filter((reason) => worlds.figures.hidden.get(reason)! < PAIRS * LEAST_SHARE_OF_A_REASON);
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
});
