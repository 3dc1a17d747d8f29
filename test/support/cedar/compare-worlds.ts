import type { DfePolicyFile } from '../decision-oracle/dfe-oracle.js';
import { adoptedBy, askHub, type HubWorld } from './ask-hub.js';
import { judge, prepareJudge, type Judge } from './cedar-judge.js';
import type { Answer, Question } from './cedar-question.js';
import type { Policy } from './cedar-text.js';
import type { World } from './random-worlds.js';
import { lookbacksOf, purposesOf, translateAgreement, zoneOf, type AdoptedDocument } from './translate-agreement.js';
import { OWN, translateBaseline } from './translate-baseline.js';
import { purposesOfPolicies, translatePolicies } from './translate-policies.js';

/** What a comparison counted. */
export interface Compared {
  /** Questions, each about every facet of an entry or about the involvement of a service. */
  readonly questions: number;
  /** Questions to whose viewer anything shows. */
  readonly showing: number;
  /** Requests to Cedar: a question's facets, under each relation apart. */
  readonly requests: number;
  readonly allowed: number;
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly world: string;
  readonly question: Question;
  readonly hub: Answer;
  readonly cedar: Answer;
}

type Documents = Pick<World, 'agreements' | 'releases' | 'files' | 'baseline'>;

/** Everything that decides in a world, as Cedar policies. */
export const policiesOf = ({ agreements, releases, files, baseline }: Documents): Policy[] => {
  const documents = agreements.map((one): AdoptedDocument => ({ ...one, releases }));
  const named = [...documents.flatMap(({ document }) => purposesOf(document)), ...files.flatMap(purposesOfPolicies)];
  return [
    ...(baseline ? translateBaseline(named) : []),
    ...documents.flatMap((document) => (baseline ? translateAgreement(document, OWN) : translateAgreement(document))),
    ...files.flatMap((file: DfePolicyFile, index) => translatePolicies(file, `file ${String(index)}`)),
  ];
};

export const judgeOf = (name: string, world: Documents, change = (policy: Policy): Policy => policy): Judge => {
  const zones = new Map<string, Set<string>>();
  for (const { document } of world.agreements) {
    const known = zones.get(zoneOf(document)) ?? new Set();
    zones.set(zoneOf(document), known.union(new Set(lookbacksOf(document))));
  }
  const calendars = [...zones].map(([zone, lookbacks]) => ({ zone, lookbacks: [...lookbacks] }));
  return prepareJudge(name, policiesOf(world).map(change), calendars);
};

export const hubWorldOf = ({ agreements, releases, files, baseline }: Documents): HubWorld => ({
  agreements: [
    ...agreements.map(({ document, adoptions }) => adoptedBy(document, adoptions)),
    ...files.map((file) => adoptedBy(file, 'all')),
  ],
  releases,
  baseline,
});

/** One name for the policies of every world: Cedar keeps the last only. */
const COMPARED = 'compared';

const isSame = (a: Answer, b: Answer): boolean => JSON.stringify([a.shown, a.by]) === JSON.stringify([b.shown, b.by]);

/**
 * Asks the product and Cedar every question of a world. `by` is compared too: the clauses that show something are the
 * policies that Cedar names as its reason.
 *
 * @param change plants a mistake in the translation
 * @param most differences after which it asks no more
 */
export const compareWorld = (world: World, change?: (policy: Policy) => Policy, most = Infinity): Compared => {
  const asked = judgeOf(COMPARED, world, change);
  const hub = hubWorldOf(world);
  const differences: Difference[] = [];
  let [showing, requests, allowed] = [0, 0, 0];
  for (const question of world.questions) {
    if (differences.length >= most) break;
    const decided = askHub(hub, question);
    const judged = judge(asked, question);
    requests += judged.requests;
    allowed += judged.allowed;
    if (judged.shown.length > 0) showing += 1;
    if (!isSame(decided, judged)) differences.push({ world: world.name, question, hub: decided, cedar: judged });
  }
  return { questions: world.questions.length, showing, requests, allowed, differences };
};

export const NOTHING_COMPARED: Compared = { questions: 0, showing: 0, requests: 0, allowed: 0, differences: [] };

export const addCompared = (a: Compared, b: Compared): Compared => ({
  questions: a.questions + b.questions,
  showing: a.showing + b.showing,
  requests: a.requests + b.requests,
  allowed: a.allowed + b.allowed,
  differences: [...a.differences, ...b.differences],
});

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

export const describeCompared = ({ questions, showing, requests, allowed, differences }: Compared): string =>
  `${questions} requests, something shows in ${percent(showing, questions)}; ${requests} facets asked of Cedar, ` +
  `${percent(allowed, requests)} allowed; differences ${differences.length}`;

/** The difference in words, with the policies that could have to do with it. */
export const describeDifference = ({ world, question, hub, cedar }: Difference): string =>
  [
    `in ${world}: ${JSON.stringify(question)}`,
    `the hub: ${JSON.stringify({ shown: hub.shown, by: hub.by })}`,
    `Cedar: ${JSON.stringify({ shown: cedar.shown, by: cedar.by })}`,
  ].join('\n');
