import fc from 'fast-check';
import { pairPlans } from '../../support/worlds/pair.js';
import { TwoWorlds } from '../../support/worlds/two-worlds.js';

const PAIRS = Number(process.env['TWO_WORLDS_PAIRS'] ?? 500);
const SEED = Number(process.env['TWO_WORLDS_SEED'] ?? 20251219);

describe('two worlds that differ only in what a viewer may not see', () => {
  let worlds: TwoWorlds;
  beforeAll(async () => {
    worlds = await TwoWorlds.open();
    await fc.assert(
      fc.asyncProperty(pairPlans, (plan) => worlds.compare(plan)),
      { numRuns: PAIRS, seed: SEED, endOnFailure: false },
    );
  }, 1_800_000);
  afterAll(async () => {
    process.stdout.write(`${worlds.report()}\n`);
    await worlds.close();
  });

  it('ran', () => {
    expect(worlds.figures.pairs).toBeGreaterThanOrEqual(PAIRS);
  });
});
