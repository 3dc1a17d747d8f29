import { readChild, type ReadScope } from '#chronology';
import { CAST } from './cast.js';
import type { Near } from './near.js';
import type { Seen } from './observe.js';

/** Every service of the cast, those that are hidden among them. */
const SERVICES = CAST.flatMap(({ id, services }) =>
  Object.keys(services).map((service) => ({ organisation: id, service })),
);

/** Who closes what to whom is no secret of the service that closes: its crossing is as if it had not been. */
const CLOSING = ['exclusion-made', 'restriction-made', 'child-exclusion-made'];

const closing = ({ references, pending }: ReadScope): string[] =>
  [...references.flatMap(({ contributions }) => contributions), ...pending]
    .filter(({ envelope }) => CLOSING.includes(envelope.type))
    .map(({ envelope }) => (envelope.type === 'child-exclusion-made' ? '' : JSON.stringify(envelope.owner)));

/** What facts the records of a service say, by service. */
const factsBy = ({ references, pending }: ReadScope): ReadonlyMap<string, string> => {
  const all = [...references.flatMap(({ contributions }) => contributions), ...pending];
  return new Map(
    [...Map.groupBy(all, ({ envelope }) => JSON.stringify(envelope.owner))].map(([owner, of]) => [
      owner,
      JSON.stringify([...new Set(of.flatMap(({ envelope }) => envelope.facts))].sort()),
    ]),
  );
};

/** Services of whose records one world says other facts: whatever closes may rest on them. */
const factsDiffer = (near: readonly Near[]): string[] => {
  const each = near.map(({ scope }) => factsBy(scope));
  const owners = new Set(each.flatMap((one) => [...one.keys()]));
  return [...owners].filter((owner) => new Set(each.map((one) => one.get(owner) ?? '[]')).size > 1);
};

/**
 * What a viewer would be told in each world of the services that crossed, had every one of the cast. Of a service that
 * closes something in either world, or says other facts, nothing is asked; and nothing where a guardian closes the child.
 */
export const observeTold = (near: readonly Near[]): readonly Seen[][] => {
  const closed = new Set([...near.flatMap(({ scope }) => closing(scope)), ...factsDiffer(near)]);
  const asked = closed.has('')
    ? []
    : SERVICES.filter(({ organisation, service }) => !closed.has(JSON.stringify({ organisation, service })));
  const views = near.map(({ scope }) => readChild({ ...scope, asked }));
  // Clauses have ages: whose record says how old the child is opens whatever they show, here as on every page. And which
  // agreements are in force, or soon will be, is no secret.
  const waiting = near.map(({ scope }) =>
    scope.pending.flatMap(({ envelope: { subject } }) => (subject.kind === 'agreement' ? [subject.key] : [])).sort(),
  );
  const said = views.map(({ childBirthDate, agreements }, w) =>
    JSON.stringify([childBirthDate, agreements, waiting[w]]),
  );
  const isComparable = new Set(said).size === 1;
  return views.map((view) => {
    const told = isComparable ? view.told : [];
    return [{ status: 200, headers: '', size: 0, body: { told }, surface: 'notices', asked: 'told of a crossing' }];
  });
};
