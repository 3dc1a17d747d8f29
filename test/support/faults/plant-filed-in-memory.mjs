import { plantBug } from './plant-bug.mjs';

/** A planted bug: what is filed is known to the process alone, whatever its stream holds, and an event's id is random. */
plantBug(
  '/apps/timeline/src/file-contributions.js',
  /decide: fileContribution\(contribution\),/,
  (source) => `${source.replace('decide: fileContribution(contribution),', 'decide: () => fileOnce(contribution),')}
const filed = new Set();
const fileOnce = (contribution) => {
  const { contributionId } = contribution.envelope;
  if (filed.has(contributionId)) return [];
  filed.add(contributionId);
  return fileContribution(contribution)(initialState).map((event) => ({ ...event, id: crypto.randomUUID() }));
};
`,
);
