import { plantBug } from './plant-bug.mjs';

/** A planted bug: what is sent again gets a random contribution id. */
plantBug(
  '/libs/contracts/src/ids.js',
  /export const contributionId = /,
  (source) => `
${source.replace('export const contributionId = ', 'const trueContributionId = ')}
const given = new Set();
export const contributionId = (name) => {
  const id = trueContributionId(name);
  if (given.has(id)) return crypto.randomUUID();
  given.add(id);
  return id;
};
`,
);
