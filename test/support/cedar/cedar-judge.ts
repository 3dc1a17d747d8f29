import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { cedarRequests, type Calendar, type CedarRequest } from './cedar-request.js';
import type { Policy } from './cedar-text.js';
import type { Answer, Question } from './cedar-question.js';

/** Policies that Cedar has parsed once, with what it must be given to decide by them. */
export interface Judge {
  readonly name: string;
  readonly policies: readonly Policy[];
  readonly calendars: readonly Calendar[];
  readonly clauses: ReadonlyMap<string, string | null>;
}

const complain = (errors: readonly { readonly message: string }[]): Error =>
  new Error(`Cedar: ${errors.map(({ message }) => message).join('; ')}`);

/** Lets Cedar parse the policies under a name. Throws where it cannot, or where two policies have one id. */
export const prepareJudge = (name: string, policies: readonly Policy[], calendars: readonly Calendar[]): Judge => {
  const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
  if (Object.keys(staticPolicies).length !== policies.length) throw new Error('two policies have one id');
  const parsed = cedar.preparsePolicySet(name, { staticPolicies });
  if (parsed.type === 'failure') throw complain(parsed.errors);
  return { name, policies, calendars, clauses: new Map(policies.map(({ id, clause }) => [id, clause])) };
};

/** One request: whether Cedar allows it and by which policies. Throws where a policy could not be evaluated. */
export const askCedar = (
  { name }: Pick<Judge, 'name'>,
  request: CedarRequest,
): { readonly allowed: boolean; readonly reason: readonly string[] } => {
  const answer = cedar.statefulIsAuthorized({
    ...request,
    preparsedPolicySetId: name,
    preparsedSchemaName: null,
    validateRequest: false,
  } as unknown as cedar.StatefulAuthorizationCall);
  if (answer.type === 'failure') throw complain(answer.errors);
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) throw complain(diagnostics.errors.map(({ error }) => error));
  return { allowed: decision === 'allow', reason: diagnostics.reason };
};

/** The whole answer to a question: what shows is what Cedar allows under one relation at least. */
export const judge = (
  { name, calendars, clauses }: Judge,
  question: Question,
): Answer & { readonly requests: number; readonly allowed: number } => {
  const shown = new Set<string>();
  const by = new Set<string>();
  const requests = cedarRequests(question, calendars);
  let allowed = 0;
  for (const request of requests) {
    const answer = askCedar({ name }, request);
    if (!answer.allowed) continue;
    allowed += 1;
    shown.add(request.action.id);
    const reasons = answer.reason.map((id) => clauses.get(id));
    // What is one's own needs no clause, though one may allow it too.
    if (!reasons.includes(null)) for (const clause of reasons) if (clause) by.add(clause);
  }
  return { shown: [...shown].sort(), by: [...by].sort(), requests: requests.length, allowed };
};
