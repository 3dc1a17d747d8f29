import { plantBug } from './plant-bug.mjs';

/** A planted bug: which contributions are filed is known to the process alone, whatever their stream holds. */
plantBug(
  '/apps/timeline/src/file-contributions.js',
  /decide: fileContribution\(contribution\),/,
  (source) => `${source.replace('decide: fileContribution(contribution),', 'decide: () => fileOnce(contribution),')}
const filed = new Set();
const fileOnce = (contribution) => {
  const { contributionId } = contribution.envelope;
  if (filed.has(contributionId)) return [];
  filed.add(contributionId);
  return fileContribution(contribution)(initialState);
};
`,
);
