import { casbinJudgeOf, casbinShown } from '../support/casbin/casbin-judge.js';
import type { CasbinRow } from '../support/casbin/casbin-rows.js';
import { askHub } from '../support/cedar/ask-hub.js';
import { hubWorldOf } from '../support/cedar/compare-worlds.js';
import type { World } from '../support/cedar/random-worlds.js';
import { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import { agreementOf, questionsAbout } from './decide-documents.js';

const ANY = '*';
const SEEDS = [1, 2, 3, 4, 5, 6];

/** Questions to which casbin and the product do not answer the same, and those in which anything shows. */
const compare = async (seed: number, change?: (row: CasbinRow) => CasbinRow) => {
  const random = new SeededRandom(seed);
  const document = agreementOf(random, 20);
  const questions = questionsAbout(random, document, 300);
  const adopted = { document: document as World['agreements'][number]['document'], adoptions: 'all' } as const;
  const hub = hubWorldOf({ agreements: [adopted], releases: [], files: [], baseline: true });
  const judge = await casbinJudgeOf(document, change);
  const answers = questions.map((question) => [askHub(hub, question).shown, casbinShown(judge, question)] as const);
  return {
    different: answers.filter(([ours, theirs]) => ours.join() !== theirs.join()).length,
    showing: answers.filter(([ours]) => ours.length > 0).length,
  };
};

const CHANGES: Readonly<Record<string, (row: CasbinRow) => CasbinRow>> = {
  'no restrictions': (row) => (row.eft === 'deny' ? { ...row, act: 'nothing' } : row),
  'restrictions reach own records': (row) => ({ ...row, to: row.to.replace(/^!own;?/, '') || ANY }),
  'no own records': (row) => (row.to === 'own' ? { ...row, act: 'nothing' } : row),
  'the tier of the document for all': (row) => ({ ...row, tiers: row.eft === 'allow' ? ANY : row.tiers }),
  'any facet': (row) => ({ ...row, act: row.eft === 'allow' ? ANY : row.act }),
  'any owner': (row) => ({ ...row, from: ANY }),
  'any reader': (row) => ({ ...row, to: row.to === 'own' ? row.to : ANY }),
  'any reason': (row) => ({ ...row, why: ANY }),
  'any role': (row) => ({ ...row, roles: ANY }),
  'any type': (row) => ({ ...row, types: ANY }),
  'about anybody': (row) => ({ ...row, about: ANY }),
  'any facts': (row) => ({ ...row, facts: ANY }),
  'any time': (row) => ({ ...row, when: ANY }),
};

describe('the decision, against casbin', () => {
  it.each(SEEDS)('is the same, facet by facet: %d', async (seed) => {
    const { different, showing } = await compare(seed);
    expect(different).toBe(0);
    expect(showing).toBeGreaterThan(15);
  });

  it.each(Object.entries(CHANGES))('would differ from a translation with a mistake: %s', async (_, change) => {
    for (const seed of SEEDS) if ((await compare(seed, change)).different > 0) return;
    throw new Error('not found');
  });
});
