import { checkIdentifier, type IdentifierKind } from './classify-identifier.js';
import {
  compareEach,
  DEMOGRAPHICS,
  readDemographics,
  type ComparableDemographics,
  type Demographic,
  type Verdict,
} from './compare-demographics.js';
import { connected, type Edge } from './connected.js';
import { edgesBetween } from './edges-between.js';
import type { IdentityAnswer } from './fold-answers.js';
import { isMatchable, type IdentityReference } from './identity-reference.js';
import type { LinkageRules } from './linkage-rules.js';

/** Two reference keys, the smaller first. */
export type Link = readonly [string, string];

/**
 * Why people are asked. `differs`: the two neither agree nor contradict. `contradicts`: they share an identifier and
 * contradict. `group-contradicts`: they agree, but the group they would join holds a contradicting pair.
 * `would-join-refused`: a person confirmed the pair, but confirmed pairs alone would join a pair that was refused
 * or that a wall keeps apart.
 */
export type QuestionReason = 'differs' | 'contradicts' | 'group-contradicts' | 'would-join-refused';

/** Names only, never a value. `a` sorts before `b`. */
export interface Question {
  readonly a: string;
  readonly b: string;
  readonly reason: QuestionReason;
  /** Kinds of the verified identifiers that the two share. */
  readonly shared: readonly IdentifierKind[];
  /** What does not agree between these two. */
  readonly differing: readonly (Demographic | IdentifierKind)[];
}

/** Relations made on the staff-only reference act for its organisation's own reference `to`. */
export interface Attachment {
  readonly staffOnly: string;
  readonly to: string;
}

export interface DerivedLinks {
  readonly links: readonly Link[];
  /** The children that people see: every reference is in exactly one, alone where nothing is linked. */
  readonly components: readonly (readonly string[])[];
  readonly questions: readonly Question[];
  readonly attachments: readonly Attachment[];
  /** Over whom a restrictive event acts: every reference is in exactly one. Each component lies within one. */
  readonly restrictiveGroups: readonly (readonly string[])[];
}

type Values = ReadonlyMap<IdentifierKind, ReadonlySet<string>>;

interface Subject {
  readonly key: string;
  readonly organisation: string;
  readonly staffOnly: boolean;
  /** Values with the right check digit, verified or not, those since invalidated included. */
  readonly held: Values;
  /** Verified, neither invalidated nor a placeholder: what is matched on and what can contradict. */
  readonly verified: Values;
  readonly demographics: ComparableDemographics;
}

interface Said {
  readonly kind: IdentifierKind;
  readonly value: string;
}
const NONE: ReadonlySet<string> = new Set();
const tokenOf = (kind: IdentifierKind, value: string): string => `${kind}:${value}`;

const byKind = (identifiers: readonly Said[]): Map<IdentifierKind, Set<string>> => {
  const values = new Map<IdentifierKind, Set<string>>();
  for (const { kind, value } of identifiers) {
    const { normal } = checkIdentifier(kind, value);
    const known = values.get(kind);
    if (known) known.add(normal);
    else values.set(kind, new Set([normal]));
  }
  return values;
};

const invalidatedBy = (references: readonly IdentityReference[]): Set<string> =>
  new Set(
    references.flatMap(({ invalidated = [] }) =>
      invalidated.map(({ kind, value }) => tokenOf(kind, checkIdentifier(kind, value).normal)),
    ),
  );

const readReference = (
  reference: IdentityReference,
  invalidated: ReadonlySet<string>,
  rules: LinkageRules,
): Subject => {
  const matchable = ({ kind, value }: Said) => isMatchable(kind, value, rules);
  const usable = reference.identifiers.filter(
    (identifier) => identifier.status !== 'wrong-check-digit' && matchable(identifier),
  );
  const held = byKind(usable);
  // A reference whose only number of a kind was invalidated still stands on the old side of the wall.
  for (const [kind, values] of byKind((reference.invalidated ?? []).filter(matchable))) {
    if (!held.has(kind)) held.set(kind, values);
  }
  const verified = usable.filter(
    ({ kind, value, status }) =>
      !reference.staffOnly &&
      status === 'traced' &&
      !invalidated.has(tokenOf(kind, checkIdentifier(kind, value).normal)),
  );
  return {
    key: reference.key,
    organisation: reference.organisation,
    staffOnly: reference.staffOnly,
    held,
    verified: byKind(verified),
    demographics: readDemographics(reference.demographics, rules),
  };
};

const differ = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size > 0 && b.size > 0 && (a.size > 1 || b.size > 1 || ![...a].every((value) => b.has(value)));

const differingKinds = (a: Values, b: Values): IdentifierKind[] =>
  [...a.keys()].filter((kind) => differ(a.get(kind) ?? NONE, b.get(kind) ?? NONE)).sort();

/**
 * The two are kept apart by a wall: one holds an identifier that was invalidated, the other holds another of that
 * kind. In an adoption the old number is invalidated and a new one issued, and nothing may lead from one to the
 * other, neither a shared pupil number nor a person's confirmation.
 */
const isWalled = (a: Subject, b: Subject, invalidated: ReadonlySet<string>): boolean => {
  const oneWay = (from: Subject, to: Subject) =>
    [...from.held].some(([kind, values]) =>
      [...values].some(
        (value) =>
          invalidated.has(tokenOf(kind, value)) && [...(to.held.get(kind) ?? NONE)].some((other) => other !== value),
      ),
    );
  return invalidated.size > 0 && (oneWay(a, b) || oneWay(b, a));
};

interface Comparison {
  readonly verdict: Verdict;
  readonly differing: readonly (Demographic | IdentifierKind)[];
}

const compare = (a: Subject, b: Subject, identifiers: 'verified' | 'held' = 'verified'): Comparison => {
  const each = compareEach(a.demographics, b.demographics);
  const kinds = differingKinds(a[identifiers], b.verified);
  const differing = [...kinds, ...DEMOGRAPHICS.filter((name) => each[name] !== 'agrees')];
  const contradicts = kinds.length > 0 || DEMOGRAPHICS.some((name) => each[name] === 'contradicts');
  return { verdict: contradicts ? 'contradicts' : differing.length > 0 ? 'neither' : 'agrees', differing };
};

/** Subjects in the order of their keys, with the answers by pair. Pairs are (i, j), i < j. */
const indexAnswers = (subjects: readonly Subject[], answers: readonly IdentityAnswer[]) => {
  const size = subjects.length;
  const at = new Map(subjects.map(({ key }, i) => [key, i] as const));
  const idOf = (i: number, j: number): number => Math.min(i, j) * size + Math.max(i, j);
  const answered = new Map<number, IdentityAnswer['answer']>();
  for (const { a, b, answer } of answers) {
    const [i, j] = [at.get(a), at.get(b)];
    if (i === undefined || j === undefined || i === j) continue;
    // Where the caller left two answers about one pair, the refusal stands.
    if (answered.get(idOf(i, j)) !== 'refused') answered.set(idOf(i, j), answer);
  }
  return (i: number, j: number) => answered.get(idOf(i, j));
};

interface Candidate extends Comparison {
  readonly pair: Edge;
  readonly shared: readonly IdentifierKind[];
  readonly confirmed: boolean;
}

/** Lists of the places at which each token stands. */
const indexTokens = (subjects: readonly Subject[], tokensOf: (subject: Subject) => readonly string[]) => {
  const index = new Map<string, number[]>();
  subjects.forEach((subject, i) => {
    for (const token of tokensOf(subject)) {
      const known = index.get(token);
      if (known) known.push(i);
      else index.set(token, [i]);
    }
  });
  return index;
};

const verifiedTokens = ({ verified }: Subject): string[] =>
  [...verified].flatMap(([kind, values]) => [...values].map((value) => tokenOf(kind, value)));

/** All pairs of a list, the earlier first. */
function* pairsOf(list: readonly number[]): Generator<Edge> {
  for (let i = 0; i < list.length; i += 1) {
    for (let j = i + 1; j < list.length; j += 1) yield [list[i]!, list[j]!];
  }
}

/**
 * Derives which references are one child. Two that share a verified identifier are candidates. Candidates that agree,
 * or that a person confirmed, are joined. In a group so joined that holds a contradicting, refused or walled pair only
 * confirmed pairs are links, and those confirmed pairs that by themselves would join a refused or walled pair are not
 * either. Every candidate that is neither linked nor refused nor walled is a question.
 *
 * Pure; the same for every order of references and answers, and everything returned is sorted. Answers: the latest of
 * each pair (`foldAnswers`); those about unknown references, or about two that share no verified identifier, have no
 * effect except that a refusal still counts inside a group. Time: linear in the references and in the pairs that
 * share an identifier or a group. Throws a TypeError when two references have one key.
 */
export const deriveLinks = (
  references: readonly IdentityReference[],
  answers: readonly IdentityAnswer[],
  rules: LinkageRules,
): DerivedLinks => {
  const invalidated = invalidatedBy(references);
  const subjects = references
    .map((reference) => readReference(reference, invalidated, rules))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  if (new Set(subjects.map(({ key }) => key)).size < subjects.length) {
    throw new TypeError('two references have the same key');
  }
  const size = subjects.length;
  const answerOf = indexAnswers(subjects, answers);
  const isApart = (i: number, j: number): boolean =>
    answerOf(i, j) === 'refused' || isWalled(subjects[i]!, subjects[j]!, invalidated);

  const candidates = findCandidates(subjects, isApart, answerOf, rules);
  const joins = candidates.filter(({ verdict, confirmed }) => verdict === 'agrees' || confirmed);
  const groups = connected(
    size,
    joins.map(({ pair }) => pair),
  );
  const groupOf = new Map(groups.flatMap((group) => group.map((i) => [i, group] as const)));
  const breaks = ([i, j]: Edge): boolean => {
    if (isApart(i, j)) return true;
    const { verdict } = compare(subjects[i]!, subjects[j]!);
    // A person's confirmation makes a pair agree; two different birth dates stay two different birth dates.
    if (verdict === 'agrees' || (verdict === 'neither' && answerOf(i, j) === 'confirmed')) return false;
    return rules.groupBrokenBy.includes(verdict);
  };
  const broken = new Set(groups.filter((group) => pairsOf(group).some(breaks)));
  const isBroken = ({ pair: [i] }: Candidate) => broken.has(groupOf.get(i)!);

  const confirmed = joins.filter((join) => isBroken(join) && join.confirmed);
  const apartInGroups = [...broken].flatMap((group) => [...pairsOf(group)].filter(([i, j]) => isApart(i, j)));
  const wouldJoin = edgesBetween(
    confirmed.map(({ pair }) => pair),
    apartInGroups,
  );
  const linked = new Set<Candidate>([
    ...joins.filter((join) => !isBroken(join)),
    ...confirmed.filter((_, edge) => !wouldJoin.has(edge)),
  ]);

  const keyOf = (i: number): string => subjects[i]!.key;
  const links = candidates.filter((candidate) => linked.has(candidate));
  return {
    links: links.map(({ pair: [i, j] }) => [keyOf(i), keyOf(j)]),
    components: keyed(
      connected(
        size,
        links.map(({ pair }) => pair),
      ),
      keyOf,
    ),
    questions: candidates
      .filter((candidate) => !linked.has(candidate))
      .map((candidate) => ({
        a: keyOf(candidate.pair[0]),
        b: keyOf(candidate.pair[1]),
        reason: reasonOf(candidate),
        shared: candidate.shared,
        differing: candidate.differing,
      })),
    attachments: attach(subjects, answerOf, isApart),
    restrictiveGroups: keyed(
      connected(
        size,
        candidates.map(({ pair }) => pair),
      ),
      keyOf,
    ),
  };
};

const keyed = (groups: readonly (readonly number[])[], keyOf: (i: number) => string): string[][] =>
  groups.map((group) => group.map(keyOf));

const reasonOf = ({ confirmed, verdict }: Candidate): QuestionReason => {
  if (confirmed) return 'would-join-refused';
  if (verdict === 'agrees') return 'group-contradicts';
  return verdict === 'neither' ? 'differs' : 'contradicts';
};

/** Pairs that share a verified identifier and are kept apart by nobody, sorted. */
const findCandidates = (
  subjects: readonly Subject[],
  isApart: (i: number, j: number) => boolean,
  answerOf: (i: number, j: number) => IdentityAnswer['answer'] | undefined,
  rules: LinkageRules,
): Candidate[] => {
  const pairs = new Map<number, Edge>();
  for (const places of indexTokens(subjects, verifiedTokens).values()) {
    for (const [i, j] of pairsOf(places)) pairs.set(i * subjects.length + j, [i, j]);
  }
  return [...pairs]
    .sort(([a], [b]) => a - b)
    .filter(([, [i, j]]) => !isApart(i, j))
    .map(([, pair]) => {
      const [a, b] = [subjects[pair[0]]!, subjects[pair[1]]!];
      const shared = rules.identifierKinds
        .filter((kind) => [...(a.verified.get(kind) ?? NONE)].some((value) => b.verified.get(kind)?.has(value)))
        .sort();
      return { pair, shared, confirmed: answerOf(...pair) === 'confirmed', ...compare(a, b) };
    });
};

/**
 * A reference known from a staff feed alone acts for those references of its own organisation that hold one of its
 * identifiers verified, where the two agree or a person confirmed them; for none where these contradict one another.
 */
const attach = (
  subjects: readonly Subject[],
  answerOf: (i: number, j: number) => IdentityAnswer['answer'] | undefined,
  isApart: (i: number, j: number) => boolean,
): Attachment[] => {
  const own = (organisation: string, token: string): string => JSON.stringify([organisation, token]);
  const index = indexTokens(subjects, (subject) =>
    verifiedTokens(subject).map((token) => own(subject.organisation, token)),
  );
  return subjects.flatMap((subject, i) => {
    if (!subject.staffOnly) return [];
    const tokens = [...subject.held].flatMap(([kind, values]) => [...values].map((value) => tokenOf(kind, value)));
    const holders = new Set(tokens.flatMap((token) => index.get(own(subject.organisation, token)) ?? []));
    const targets = [...holders]
      .sort((a, b) => a - b)
      .filter((j) => !isApart(i, j))
      .filter((j) => answerOf(i, j) === 'confirmed' || compare(subject, subjects[j]!, 'held').verdict === 'agrees');
    const ambiguous = pairsOf(targets).some(
      ([a, b]) =>
        isApart(a, b) ||
        (answerOf(a, b) !== 'confirmed' && compare(subjects[a]!, subjects[b]!).verdict === 'contradicts'),
    );
    return ambiguous ? [] : targets.map((j) => ({ staffOnly: subject.key, to: subjects[j]!.key }));
  });
};
