import { createHash } from 'node:crypto';
import { decideDisclosure } from '#sharing';
import { askHub, hubQuestion, type HubWorld } from '../support/cedar/ask-hub.js';
import { askCedar, judge, type Judge } from '../support/cedar/cedar-judge.js';
import { cedarRequests } from '../support/cedar/cedar-request.js';
import type { Question } from '../support/cedar/cedar-question.js';
import { hubWorldOf, judgeOf } from '../support/cedar/compare-worlds.js';
import type { AgreementDocument } from '../support/decision-oracle/agreement-oracle.js';
import type { World as CedarWorld } from '../support/cedar/random-worlds.js';
import { askCasbin, casbinJudgeOf, casbinShown, type CasbinJudge } from '../support/casbin/casbin-judge.js';
import { casbinRequests } from '../support/casbin/casbin-request.js';
import { measureCell, runRound, type Cell, type Measured } from './cells.js';
import { agreementOf, questionsAbout } from './decide-documents.js';
import { gateOf, type Gate } from './gate.js';
import { DECIDED, DECIDED_AGAIN, DECIDED_BY_CASBIN, DECIDED_BY_CEDAR, DECIDED_BY_MANY, GOALS } from './goals.js';
import { fittingSize, type StageContext, type StageFigures } from './stage.js';

const GOAL = GOALS.decide;
const FEW = 20;
const MANY = 1000;
/** A cell of the product's own decision, which is fast, decides at least so many times. */
const LEAST_DECISIONS = 500_000;
/** Different questions that everybody is asked over and over: as many as a page of the chronology decides. */
const DISTINCT = 200;
/** Between two looks at the clock. */
const AT_ONCE = 100;

type Documents = Pick<CedarWorld, 'agreements' | 'releases' | 'files' | 'baseline'>;

interface Asked {
  readonly hub: HubWorld;
  readonly asked: Judge;
  readonly questions: readonly Question[];
}

const prepare = (context: StageContext, clauses: number): Asked & { readonly document: AgreementDocument } => {
  const document = agreementOf(context.random, clauses);
  const documents = {
    agreements: [{ document: document as CedarWorld['agreements'][number]['document'], adoptions: 'all' }],
    releases: [],
    files: [],
    baseline: true,
  } satisfies Documents;
  return {
    document,
    hub: hubWorldOf(documents),
    asked: judgeOf(document.id, documents),
    questions: questionsAbout(context.random, document, context.options.size),
  };
};

/** Looks at the clock after so many decisions: looking costs a tenth of a decision. */
const timed = (count: number, atOnce: number, decide: (index: number) => void): Measured => {
  const latenciesMs: number[] = [];
  const started = performance.now();
  let before = started;
  for (let index = 0; index < count; index += 1) {
    decide(index);
    if ((index + 1) % atOnce !== 0) continue;
    const now = performance.now();
    latenciesMs.push((now - before) / atOnce);
    before = now;
  }
  return { events: count, seconds: (performance.now() - started) / 1000, latenciesMs };
};

/** The product's whole answer: every facet of the entry, and the clauses that show it. */
const decideAll = ({ hub, questions }: Asked, count: number): Measured => {
  const ready = questions.slice(0, DISTINCT).map((question) => hubQuestion(hub, question));
  return timed(count, AT_ONCE, (index) => {
    const { viewer, state, entry } = ready[index % ready.length]!;
    decideDisclosure(viewer, state, entry!);
  });
};

/** Cedar's whole answer: it is asked each facet of the entry, and names the policies that allow it. */
const judgeAll = ({ asked, questions }: Asked, count: number): Measured => {
  const ready = questions.slice(0, DISTINCT).map((question) => cedarRequests(question, asked.calendars));
  return timed(count, 1, (index) => {
    for (const request of ready[index % ready.length]!) askCedar(asked, request);
  });
};

/** Casbin's whole answer: it is asked each facet of the entry. */
const enforceAll = (judge: CasbinJudge, { questions }: Asked, count: number): Measured => {
  const ready = questions.slice(0, DISTINCT).map((question) => casbinRequests(question, judge.calendar));
  return timed(count, 1, (index) => {
    for (const request of ready[index % ready.length]!) askCasbin(judge, request);
  });
};

const checkAnswers = (
  { hub, asked, questions }: Asked,
  casbin: CasbinJudge,
  progress: () => void,
): { gate: Gate; facets: number } => {
  const problems: string[] = [];
  let [facets, allowed, showing] = [0, 0, 0];
  for (const question of questions) {
    const [ours, theirs] = [askHub(hub, question), judge(asked, question)];
    facets += theirs.requests;
    allowed += theirs.allowed;
    if (theirs.shown.length > 0) showing += 1;
    if (ours.shown.join() !== theirs.shown.join() || ours.by.join() !== theirs.by.join())
      problems.push(`request ${question.entry?.id ?? ''}: ${ours.shown.join(' ')}, not ${theirs.shown.join(' ')}`);
    const enforced = casbinShown(casbin, question);
    if (ours.shown.join() !== enforced.join())
      problems.push(`request ${question.entry?.id ?? ''}: ${ours.shown.join(' ')}, casbin ${enforced.join(' ')}`);
    progress();
  }
  // Always nothing and always everything are quick, and equal too.
  if (showing < questions.length / 20 || showing > questions.length * 0.95) problems.push('nearly all answers are one');
  const counted =
    `${questions.length} answers and ${facets} facets equal to Cedar’s with their reasons and to casbin’s, ` +
    `${((100 * allowed) / facets).toFixed(1)} % of the facets allowed`;
  return { gate: gateOf(counted, problems), facets };
};

/** Measures G7: the decision in this process, against Cedar and casbin with policies that they hold, and with many clauses. */
export const runDecideStage = async (context: StageContext): Promise<StageFigures> => {
  const { world, options, random, say, progress } = context;
  const [few, many] = [prepare(context, FEW), prepare(context, MANY)];
  const casbin = await casbinJudgeOf(few.document);
  say(`${GOAL.id}: asking Cedar and casbin the same`);
  const { gate, facets } = checkAnswers(few, casbin, progress);
  const measured = (name: string, work: () => Measured) => async (): Promise<Cell> => {
    const cell = await measureCell(world, name, undefined, () => Promise.resolve(work()));
    progress();
    return cell;
  };
  const decisions = Math.max(LEAST_DECISIONS, options.size);
  say(`${GOAL.id}: warming up`);
  const fitting = ({ events, seconds }: Measured): number =>
    fittingSize(options.size, { rate: events / seconds }, context.cellSeconds / 2, DISTINCT);
  const judged = fitting(judgeAll(few, DISTINCT));
  enforceAll(casbin, few, DISTINCT);
  const enforced = fitting(enforceAll(casbin, few, DISTINCT));
  decideAll(few, decisions);
  decideAll(many, decisions);
  const rounds: Cell[][] = [];
  if (gate.passed) {
    for (let round = 1; round <= options.rounds; round += 1) {
      const runs = {
        [DECIDED]: measured(DECIDED, () => decideAll(few, decisions)),
        [DECIDED_AGAIN]: measured(DECIDED_AGAIN, () => decideAll(few, decisions)),
        [DECIDED_BY_MANY]: measured(DECIDED_BY_MANY, () => decideAll(many, decisions)),
        [DECIDED_BY_CEDAR]: measured(DECIDED_BY_CEDAR, () => judgeAll(few, judged)),
        [DECIDED_BY_CASBIN]: measured(DECIDED_BY_CASBIN, () => enforceAll(casbin, few, enforced)),
      };
      rounds.push(await runRound(random, runs, (cell) => context.onCell(GOAL.id, round, cell)));
    }
  }
  const hash = createHash('sha256').update(
    JSON.stringify([few.document, few.questions, many.document, many.questions]),
  );
  return {
    goal: GOAL,
    rounds,
    gate,
    input: { events: few.questions.length + many.questions.length, sha256: hash.digest('hex') },
    notes: [
      'a decision is the whole answer about one entry: Cedar and casbin are asked ' +
        `${(facets / few.questions.length).toFixed(1)} facets for it one after the other, with policies that they hold`,
      `the same ${DISTINCT} questions for everybody, as many as a page decides, over and over`,
      `the clock is looked at after ${AT_ONCE} decisions of the product, and after each of the others`,
      'everything is decided in the process of the benchmark: its processor time stands under load',
    ],
  };
};
