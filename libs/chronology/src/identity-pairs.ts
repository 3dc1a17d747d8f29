import {
  compareSides,
  foldReference,
  pairName,
  type ClassifiedIdentifier,
  type ComparedField,
  type Demographic,
  type IdentityReference,
} from '#identity';
import { isOwn, type Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import { coverOf } from './child-exclusions.js';
import { directivesOf, isLeftOpen } from './directives.js';
import { answersAmong, type RecordedAnswer } from './identity-answers.js';
import { graphOf, type IdentityGraph } from './identity-graph.js';
import { CLOSING_FACTS, type ScopeReference } from './read-child.js';
import { bodied, identityOf, isReadable, kindOf, statementOf, tierOf, type BodiedRecord } from './standing-records.js';

/** What pairs of references are decided from, taken in one snapshot. */
export interface PairScope {
  /** Recorded time, milliseconds since 1970. */
  readonly at: number;
  readonly references: readonly ScopeReference[];
  /** Accepted and not yet filed, in the order of acceptance. */
  readonly pending: readonly FiledContribution[];
}

/**
 * `refused`: people say that they are two children. `apart`: neither a link nor a question: they have no verified
 * identifier in common any more, or one that was invalidated lies between them.
 */
export type PairState = 'question' | 'linked' | 'refused' | 'apart';

/** What one viewer may see of one side. Values as recorded, the latest first. */
export interface SeenSide {
  readonly key: string;
  readonly organisation: string;
  readonly own: boolean;
  readonly fields: Readonly<Record<Demographic, readonly string[]>>;
  /** Another organisation's number shows only where this viewer's own reference has the same one. */
  readonly identifiers: readonly (Omit<ClassifiedIdentifier, 'value'> & { readonly value: string | null })[];
}

export interface SeenPair {
  readonly state: PairState;
  /** By what this viewer sees. `unclear`: all of it agrees, and still it is no link. */
  readonly why: 'contradicts' | 'differs' | 'unclear';
  /** Since when the hub has had a record of both that shows here; RFC 3339, UTC. */
  readonly since: string;
  /** The viewer's own first; of two of his own the one whose key comes first. */
  readonly sides: readonly [SeenSide, SeenSide];
  readonly comparison: readonly ComparedField[];
  readonly answers: readonly RecordedAnswer[];
}

interface Held extends ScopeReference {
  readonly records: readonly BodiedRecord[];
  readonly identity: IdentityReference;
}

interface PairGraph {
  readonly held: ReadonlyMap<string, Held>;
  readonly graph: IdentityGraph;
  readonly standing: readonly RecordedAnswer[];
}

const hold = (reference: ScopeReference): Held => {
  const records = bodied(reference.contributions);
  return { ...reference, records, identity: identityOf({ ...reference, records }) };
};

const pairGraph = (held: ReadonlyMap<string, Held>): PairGraph => {
  const answers = answersAmong([...held.values()]);
  const graph = graphOf(
    [...held.values()].map(({ identity }) => identity),
    answers,
  );
  return { held, graph, standing: answers.standing };
};

/** What is filed, and that with every prefix of what is pending, in order. */
const graphsOf = ({ references, pending }: PairScope): PairGraph[] => {
  const graphs = [pairGraph(new Map(references.map((reference) => [reference.key, hold(reference)])))];
  for (const one of pending) {
    const { held } = graphs.at(-1)!;
    const reference = held.get(one.envelope.subject.key);
    if (!reference) continue;
    const after = hold({ ...reference, contributions: [...reference.contributions, one] });
    graphs.push(pairGraph(new Map([...held, [reference.key, after]])));
  }
  return graphs;
};

const stateIn = ({ graph }: PairGraph, a: string, b: string): PairState => {
  const name = pairName(a, b);
  if (graph.answers.some((one) => one.answer === 'refused' && pairName(one.a, one.b) === name)) return 'refused';
  if (graph.components.some((component) => component.includes(a) && component.includes(b))) return 'linked';
  return graph.questions.some((one) => pairName(one.a, one.b) === name) ? 'question' : 'apart';
};

/** What joins counts once it is filed; what takes apart, at once. */
const stateOf = (graphs: readonly PairGraph[], a: string, b: string): PairState => {
  const states = graphs.map((graph) => stateIn(graph, a, b));
  if (states.every((state) => state === 'linked')) return 'linked';
  return (['refused', 'question', 'apart'] as const).find((state) => states.includes(state)) ?? 'apart';
};

const isOf = (posts: readonly Viewer[], { organisation }: ScopeReference): boolean =>
  posts.some((post) => post.organisation === organisation);

const isOrdinary = (record: BodiedRecord): boolean => ['contact', 'ordinary', 'special'].includes(tierOf(record));

/**
 * Records of a reference from which these posts may be shown who it is; undefined where they may not know of it.
 *
 * - Of one's own reference: what one's own service recorded, but nothing sealed; of another service of the own
 *   organisation, as of others.
 * - Of another organisation's: records below the tier that its originator controls. Where it has none that shows, or
 *   where the address is protected on it or on another reference that may be the same child (one's own apart), the
 *   reference is as if it were not there.
 * - Restrictions and exclusions of the owner hold, and so does a suspension. To somebody to whom a guardian closed the
 *   child, what is another organisation's is not there, and of his own what the cover leaves.
 */
const recordsFor = (
  { held, graph }: PairGraph,
  key: string,
  { posts, all }: Looking,
  at: number,
): readonly BodiedRecord[] | undefined => {
  const reference = held.get(key);
  if (!reference || reference.identity.staffOnly) return undefined;
  const near = (graph.restrictiveGroups.find((group) => group.includes(key)) ?? [key]).map((one) => held.get(one)!);
  const nearby = near.flatMap(({ contributions }) => contributions);
  const cover = coverOf(nearby, { posts: all, staffKeys: all.map(({ staffKey }) => staffKey) }, at);
  if (cover && !isOf(posts, reference)) return undefined;
  const directives = directivesOf(nearby);
  const records = reference.records.filter(
    (record) =>
      kindOf(record) === 'content' &&
      !record.suspended &&
      isReadable(record) &&
      (!cover || (cover.keeps(record.body) && Date.parse(record.body.envelope.hubReceived) < cover.before)) &&
      posts.some(
        (post) =>
          isLeftOpen(directives, post, record.contribution, at) &&
          (isOrdinary(record) || (isOwn(post, record.body.envelope.owner) && tierOf(record) !== 'sealed')),
      ),
  );
  if (isOf(posts, reference)) return records;
  const isProtected = near
    .filter((one) => !isOf(posts, one))
    .some((one) => one.records.some(({ body }) => body.envelope.facts.some((fact) => CLOSING_FACTS.includes(fact))));
  return isProtected || records.length === 0 ? undefined : records;
};

const fieldsOf = (records: readonly BodiedRecord[]): SeenSide['fields'] => {
  const latestFirst = [...records].sort((a, b) => (a.receivedFirst < b.receivedFirst ? 1 : -1));
  const values = (of: (record: BodiedRecord) => unknown): string[] => [
    ...new Set(
      latestFirst.map(of).filter((value): value is string => typeof value === 'string' && value.trim() !== ''),
    ),
  ];
  return {
    givenName: values(({ body }) => body.identity?.['givenName']),
    familyName: values(({ body }) => body.identity?.['familyName']),
    birthDate: values(({ body }) => body.terms?.['birthDate']),
    sex: values(({ body }) => body.identity?.['sex']),
  };
};

const both = (a: SeenSide['fields'], b: SeenSide['fields']): SeenSide['fields'] => ({
  givenName: a.givenName.filter((value) => b.givenName.includes(value)),
  familyName: a.familyName.filter((value) => b.familyName.includes(value)),
  birthDate: a.birthDate.filter((value) => b.birthDate.includes(value)),
  sex: a.sex.filter((value) => b.sex.includes(value)),
});

interface Shown {
  readonly reference: Held;
  readonly fields: SeenSide['fields'];
  readonly identity: IdentityReference;
  readonly receivedFirst: string | undefined;
}

/** By which posts somebody looks, and all that he holds. */
interface Looking {
  readonly posts: readonly Viewer[];
  readonly all: readonly Viewer[];
}

/** What shows of a reference in all of these graphs; undefined where one of them hides it. */
const shownIn = (graphs: readonly PairGraph[], key: string, looking: Looking, at: number): Shown | undefined => {
  const each = graphs.map((graph) => recordsFor(graph, key, looking, at));
  if (!each.every((records) => records !== undefined)) return undefined;
  const filed = each[0]!.filter((record) => each.every((records) => records.some((one) => isSame(one, record))));
  const reference = graphs[0]!.held.get(key)!;
  return {
    reference,
    fields: each.map((records) => fieldsOf(records!)).reduce(both),
    identity: foldReference(reference, filed.map(statementOf)),
    receivedFirst: filed.map(({ receivedFirst }) => receivedFirst).sort()[0],
  };
};

const isSame = (a: BodiedRecord, b: BodiedRecord): boolean => a.bodyOf === b.bodyOf;

const isVerified = ({ status }: ClassifiedIdentifier): boolean => status === 'traced';

const sideOf = ({ reference, fields, identity }: Shown, other: Shown, own: boolean): SeenSide => {
  const isShared = (one: ClassifiedIdentifier): boolean =>
    isVerified(one) &&
    other.identity.identifiers.some((its) => isVerified(its) && its.kind === one.kind && its.value === one.value);
  return {
    key: reference.key,
    organisation: reference.organisation,
    own,
    fields,
    identifiers: identity.identifiers.map((one) => ({ ...one, value: own || isShared(one) ? one.value : null })),
  };
};

const whyOf = (comparison: readonly ComparedField[], sides: readonly SeenSide[]): SeenPair['why'] => {
  const isOfNumber = ({ field }: ComparedField): boolean => field === 'nhs-number' || field === 'upn';
  const against = comparison.filter(
    (one) => one.verdict === 'different' || (isOfNumber(one) && one.verdict === 'similar'),
  );
  if (against.some((one) => isOfNumber(one) || one.field === 'birthDate')) return 'contradicts';
  const isSaid = ({ field }: ComparedField): boolean =>
    sides.every(({ fields }) => (fields as Readonly<Record<string, readonly string[]>>)[field]?.length);
  return against.length > 0 || comparison.some((one) => one.verdict === 'missing' && isSaid(one))
    ? 'differs'
    : 'unclear';
};

/** The pairs of a scope as one viewer may see them. */
export class Pairs {
  private readonly graphs: readonly PairGraph[];

  /** `posts`: those by which the viewer may answer; `all`: every post that he holds. */
  constructor(
    private readonly scope: PairScope,
    private readonly posts: readonly Viewer[],
    private readonly all: readonly Viewer[] = posts,
  ) {
    this.graphs = graphsOf(scope);
  }

  /** Undefined where no reference of the two is of the viewer's organisation, or where he may not know of the other. */
  find(a: string, b: string): SeenPair | undefined {
    const looking = { posts: this.posts, all: this.all };
    const [first, second] = [a, b].sort().map((key) => shownIn(this.graphs, key, looking, this.scope.at));
    if (!first || !second || a === b) return undefined;
    const [isFirstOwn, isSecondOwn] = [isOf(this.posts, first.reference), isOf(this.posts, second.reference)];
    if (!isFirstOwn && !isSecondOwn) return undefined;
    const one = sideOf(first, second, isFirstOwn);
    const other = sideOf(second, first, isSecondOwn);
    const sides: [SeenSide, SeenSide] = isFirstOwn ? [one, other] : [other, one];
    const comparison = compareSides(first.identity, second.identity);
    const name = pairName(a, b);
    return {
      state: stateOf(this.graphs, a, b),
      why: whyOf(comparison, sides),
      since:
        [first, second].map(({ receivedFirst }) => receivedFirst ?? '').sort()[1] ||
        new Date(this.scope.at).toISOString(),
      sides,
      comparison,
      answers: this.graphs.at(-1)!.standing.filter((said) => pairName(said.a, said.b) === name),
    };
  }

  /** The other references that are linked with this one, in question with it, or refused. */
  othersOf(key: string): string[] {
    return [...this.graphs[0]!.held.keys()]
      .filter((other) => other !== key && stateOf(this.graphs, key, other) !== 'apart')
      .sort();
  }

  /**
   * The sides that taking the link of a pair away makes of its child: the one that leaves and all others; where nobody
   * says which leaves, what hangs together without that link. Null where there are just the two, or where the rest
   * hangs together with both: about these people are asked then.
   */
  sidesOf(a: string, b: string, leaving: string | null): [string[], string[]] | null {
    const { graph } = this.graphs[0]!;
    const child = graph.components.find((component) => component.includes(a) && component.includes(b));
    if (!child || child.length === 2) return null;
    if (leaving !== null) return [[leaving], child.filter((key) => key !== leaving)];
    const kept = graph.links.filter((link) => pairName(...link) !== pairName(a, b));
    const side = reachable(a, kept);
    return side.has(b) ? null : [child.filter((key) => side.has(key)), child.filter((key) => !side.has(key))];
  }
}

const reachable = (from: string, links: IdentityGraph['links']): Set<string> => {
  const reached = new Set([from]);
  for (const key of reached) {
    for (const [one, other] of links) {
      if (one === key) reached.add(other);
      if (other === key) reached.add(one);
    }
  }
  return reached;
};
