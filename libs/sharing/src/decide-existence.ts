import { sortedUnique } from './codes.js';
import { consentHolds } from './consent.js';
import { clausesFor, holdsService, type Standing } from './compiled-agreement.js';
import {
  actingAgreements,
  isOwn,
  relationHolds,
  releaseHolds,
  releasesTo,
  situationHolds,
  usedRelations,
  type Acting,
  Question,
  type UsedRelation,
} from './decide-disclosure.js';
import type { DecisionOptions, Existence, InvolvedService, SharingState, Viewer } from './types.js';

const NOTHING: Existence = { shown: false, partyKind: null, desk: null, by: [] };

/**
 * Forbids that reach everything of a service: they say nothing of type, tier, person or field, and so its
 * involvement is not shown either.
 */
const forbidden = (acting: Acting, question: Question, relation: UsedRelation): boolean =>
  acting.agreement.forbids.some(
    (forbid) =>
      forbid.fields === null &&
      forbid.types === null &&
      forbid.tiers === null &&
      forbid.about === null &&
      (forbid.relations === null || (relation !== null && forbid.relations.has(relation))) &&
      holdsService(forbid.from, acting.standings) &&
      situationHolds(acting, forbid, question, null, 'holds'),
  );

/**
 * Whether this viewer is told that a service is involved with the child, decided for service and child and never for
 * an entry. A notice says the kind of party and the party's desk, the same whatever the service holds.
 * A guarded service shows by a clause that names it, a hidden one by a release alone. One's own service always shows.
 */
export const decideExistence = (
  viewer: Viewer,
  state: SharingState,
  service: InvolvedService,
  { baseline = true }: DecisionOptions = {},
): Existence => {
  const relations = usedRelations(state, baseline);
  if (relations.length === 0) return NOTHING;
  if (baseline && isOwn(viewer, service))
    return { shown: true, partyKind: viewer.organisationKind, desk: null, by: [] };

  const acting = actingAgreements(viewer, state, service);
  const question = new Question(viewer, state, service.facts);
  const allowed = relations.filter((relation) => !acting.some((each) => forbidden(each, question, relation)));
  const found = acting.flatMap((each): { id: string; standing: Standing }[] => {
    const { agreement, standings } = each;
    const open = clausesFor(agreement.existence, standings, service.recordTypes);
    const byRelease = agreement.releases.filter(
      (clause) =>
        holdsService(clause.from, standings) &&
        standings.some(({ serviceClass }) => serviceClass !== null) &&
        releasesTo(state, viewer, service).some((release) => releaseHolds(clause, release, state.at, agreement.zone)),
    );
    return [...open, ...byRelease]
      .filter(
        (clause) =>
          consentHolds(agreement, clause, standings, question) &&
          situationHolds(each, clause, question, null, 'fails') &&
          allowed.some((relation) => relationHolds(agreement, clause, question.purpose, relation)),
      )
      .flatMap(({ id }) => standings.map((standing) => ({ id, standing })));
  });
  if (found.length === 0) return NOTHING;
  return {
    shown: true,
    partyKind: sortedUnique(found.flatMap(({ standing }) => standing.party.kind ?? []))[0] ?? null,
    desk: sortedUnique(found.flatMap(({ standing }) => standing.party.desk ?? []))[0] ?? null,
    by: sortedUnique(found.map(({ id }) => id)),
  };
};
