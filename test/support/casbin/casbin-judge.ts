import { newEnforcer, newModelFromString, type Enforcer } from 'casbin';
import type { AgreementDocument } from '../decision-oracle/agreement-oracle.js';
import type { Calendar } from '../cedar/cedar-request.js';
import type { Question } from '../cedar/cedar-question.js';
import { MATCHER_FUNCTIONS } from './casbin-functions.js';
import { casbinRequests, type CasbinRequest } from './casbin-request.js';
import { casbinRows, type CasbinRow } from './casbin-rows.js';

const FIELDS = ['act', 'from', 'to', 'why', 'roles', 'types', 'tiers', 'about', 'facts', 'when', 'eft'] as const;

/**
 * A field for each attribute, and a function for each way to compare. Rules of their own (`eval`) are slower: casbin puts
 * the matcher together anew for each row. So are more functions, which casbin copies for each row.
 */
const MODEL = `
[request_definition]
r = sub, obj, act, env

[policy_definition]
p = ${FIELDS.join(', ')}

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = ${[
  'isIn(r.act.name, p.act)',
  'isAt(r.obj.place, p.from)',
  'isRead(r.sub.place, r.obj.place, p.to)',
  'isIn(r.obj.types, p.types)',
  'isIn(r.env.why, p.why)',
  'isIn(r.sub.role, p.roles)',
  'isOfTier(r.obj, r.act, p.tiers, p.eft)',
  'isAbout(r.obj, r.act, p.about)',
  'isIn(r.env.facts, p.facts)',
  'isWhen(r.obj, r.env, p.when, p.eft)',
].join(' && ')}
`;

/** An enforcer with its model and its rows loaded, and the calendar that it must be given. */
export interface CasbinJudge {
  readonly enforcer: Enforcer;
  readonly calendar: Calendar;
}

/** @param change plants a mistake in the translation */
export const casbinJudgeOf = async (
  document: AgreementDocument,
  change = (row: CasbinRow): CasbinRow => row,
): Promise<CasbinJudge> => {
  const enforcer = await newEnforcer(newModelFromString(MODEL));
  await Promise.all(Object.entries(MATCHER_FUNCTIONS).map(([name, decide]) => enforcer.addFunction(name, decide)));
  const rows = casbinRows(document)
    .map(change)
    .map((row) => FIELDS.map((field) => row[field]));
  // Two clauses that say the same are one row, which casbin takes once.
  const distinct = [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
  if (!(await enforcer.addPolicies(distinct))) throw new Error('casbin took no policies');
  const lookbacks = new Set(document.permits.flatMap(({ records }) => records.lookback ?? []));
  return { enforcer, calendar: { zone: document.zone, lookbacks: [...lookbacks] } };
};

/** One request: whether casbin allows that facet. */
export const askCasbin = ({ enforcer }: CasbinJudge, { sub, obj, act, env }: CasbinRequest): boolean =>
  enforcer.enforceSync(sub, obj, act, env);

/** What casbin allows of an entry, sorted. */
export const casbinShown = (judge: CasbinJudge, question: Question): string[] => {
  const allowed = casbinRequests(question, judge.calendar).filter((request) => askCasbin(judge, request));
  return [...new Set(allowed.map(({ act }) => act.name))].sort();
};
