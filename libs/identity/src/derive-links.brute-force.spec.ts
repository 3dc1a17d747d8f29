import fc from 'fast-check';
import type { ClassifiedIdentifier, IdentifierKind } from './classify-identifier.js';
import { deriveLinks, type DerivedLinks } from './derive-links.js';
import type { IdentityAnswer } from './fold-answers.js';
import { identifierTokens, type IdentityReference } from './identity-reference.js';
import { LINKAGE_RULES_V1, type LinkageRules } from './linkage-rules.js';

/**
 * The rules written a second time, as slowly and plainly as possible, over symbols whose agreement is stated here by
 * hand. Nothing of the product takes part but the types and the data of the rules.
 */

const IDENTIFIERS: Record<string, { kind: IdentifierKind; spelt: string[]; matchable: boolean }> = {
  N1: { kind: 'nhs-number', spelt: ['9990000018', '999 000 0018'], matchable: true },
  N2: { kind: 'nhs-number', spelt: ['9990000026', '999-000-0026'], matchable: true },
  U1: { kind: 'upn', spelt: ['B801200005001', 'b801200005001'], matchable: true },
  U2: { kind: 'upn', spelt: ['A950000178301'], matchable: true },
  wrong: { kind: 'nhs-number', spelt: ['9990000019'], matchable: false },
  zeros: { kind: 'nhs-number', spelt: ['0000000000'], matchable: false },
};

/** Names that agree are of one class; a placeholder agrees with none. */
const NAMES = {
  none: { is: null, placeholder: false, spelt: null },
  amy: { is: 'amy', placeholder: false, spelt: 'Amy' },
  AMY: { is: 'amy', placeholder: false, spelt: 'ÁMY ' },
  nickname: { is: 'amelia', placeholder: false, spelt: 'Amelia' },
  baby: { is: 'baby', placeholder: true, spelt: 'baby' },
} as const;
type Name = keyof typeof NAMES;

const DATES = { none: null, d1: '2015-06-07', d2: '2016-03-04', month: '2015-06', year: '2016', first: '2015-01-01' };
type BirthDate = keyof typeof DATES;
const AGREEING_DATES: [BirthDate, BirthDate][] = [
  ['d1', 'd1'],
  ['d2', 'd2'],
  ['month', 'month'],
  ['year', 'year'],
  ['d1', 'month'],
  ['d2', 'year'],
];

interface Said {
  id: string;
  spelling: number;
  status: 'traced' | 'asserted';
}
interface Sketch {
  said: Said[];
  invalidated: string[];
  name: Name;
  /** One date, or two where versions are in conflict. */
  dates: BirthDate[];
  staffOnly: boolean;
  organisation: string;
}
interface World {
  sketches: Sketch[];
  answers: { a: number; b: number; answer: 'confirmed' | 'refused' }[];
}

const expected = ({ sketches, answers }: World, brokenByNeither: boolean) => {
  const places = sketches.map((_, i) => i);
  const void_ = new Set(sketches.flatMap(({ invalidated }) => invalidated));
  const kindOf = (id: string) => IDENTIFIERS[id]!.kind;
  const held = places.map((i) => {
    const { said, invalidated } = sketches[i]!;
    const own = said.map(({ id }) => id).filter((id) => IDENTIFIERS[id]!.matchable);
    return [...own, ...invalidated.filter((id) => !own.some((other) => kindOf(other) === kindOf(id)))];
  });
  const good = places.map((i) =>
    sketches[i]!.staffOnly
      ? []
      : sketches[i]!.said.filter(
          ({ id, status }) => status === 'traced' && IDENTIFIERS[id]!.matchable && !void_.has(id),
        ).map(({ id }) => id),
  );
  const some = <T, U>(as: T[], bs: U[], test: (a: T, b: U) => boolean) => as.some((a) => bs.some((b) => test(a, b)));
  const otherOfKind = (a: string, b: string) => a !== b && kindOf(a) === kindOf(b);

  const said = (i: number, j: number, answer: string) =>
    answers.some((x) => x.answer === answer && ((x.a === i && x.b === j) || (x.a === j && x.b === i)));
  const refused = (i: number, j: number) => said(i, j, 'refused');
  const confirmed = (i: number, j: number) => said(i, j, 'confirmed') && !refused(i, j);
  const wall = (i: number, j: number) =>
    some(held[i]!, held[j]!, (a, b) => otherOfKind(a, b) && (void_.has(a) || void_.has(b)));
  const apart = (i: number, j: number) => refused(i, j) || wall(i, j);

  const datesContradict = (i: number, j: number) =>
    some(sketches[i]!.dates, sketches[j]!.dates, (a, b) => `${a}${b}` === 'd1d2' || `${a}${b}` === 'd2d1');
  const contradicts = (i: number, j: number) => datesContradict(i, j) || some(good[i]!, good[j]!, otherOfKind);
  const demographicsAgree = (i: number, j: number) => {
    const [a, b] = [NAMES[sketches[i]!.name], NAMES[sketches[j]!.name]];
    const names = a.is === null || b.is === null || (a.is === b.is && !a.placeholder && !b.placeholder);
    const dates = !some(
      sketches[i]!.dates,
      sketches[j]!.dates,
      (x, y) =>
        x !== 'none' &&
        y !== 'none' &&
        !AGREEING_DATES.some(([one, other]) => (one === x && other === y) || (one === y && other === x)),
    );
    return names && dates;
  };
  const agrees = (i: number, j: number) => !contradicts(i, j) && demographicsAgree(i, j);

  const shares = (i: number, j: number) => some(good[i]!, good[j]!, (a, b) => a === b);
  const candidate = (i: number, j: number) => i !== j && shares(i, j) && !apart(i, j);
  const joined = (i: number, j: number) => candidate(i, j) && (confirmed(i, j) || agrees(i, j));

  const closure = (edge: (i: number, j: number) => boolean) => {
    const reach = places.map((i) => places.map((j) => i === j || edge(i, j)));
    for (const k of places)
      for (const i of places) for (const j of places) reach[i]![j] ||= reach[i]![k]! && reach[k]![j]!;
    return reach;
  };
  const inGroup = closure(joined);
  const breaks = (i: number, j: number) =>
    apart(i, j) || contradicts(i, j) || (brokenByNeither && !agrees(i, j) && !confirmed(i, j));
  const broken = (i: number) =>
    places.some((a) => places.some((b) => a !== b && inGroup[i]![a] && inGroup[i]![b] && breaks(a, b)));

  const byPeople = (i: number, j: number) => candidate(i, j) && confirmed(i, j);
  const wouldJoin = new Set<string>();
  const walk = (path: number[], to: number): void => {
    const at = path.at(-1)!;
    if (at === to) path.slice(1).forEach((step, k) => wouldJoin.add(`${path[k]!},${step}`).add(`${step},${path[k]!}`));
    else for (const next of places) if (!path.includes(next) && byPeople(at, next)) walk([...path, next], to);
  };
  for (const i of places) for (const j of places) if (i !== j && apart(i, j)) walk([i], j);

  const linked = (i: number, j: number) =>
    joined(i, j) && (broken(i) ? byPeople(i, j) && !wouldJoin.has(`${i},${j}`) : true);
  const name = (i: number) => `r${i}`;
  const pairs = (test: (i: number, j: number) => boolean) =>
    places.flatMap((i) => places.filter((j) => i < j && test(i, j)).map((j) => `${name(i)} ${name(j)}`));
  const groups = (edge: (i: number, j: number) => boolean) => {
    const reach = closure(edge);
    return [
      ...new Set(
        places.map((i) =>
          places
            .filter((j) => reach[i]![j])
            .map(name)
            .join(' '),
        ),
      ),
    ];
  };

  const targets = (s: number) => {
    const own = places.filter(
      (t) =>
        sketches[s]!.staffOnly &&
        sketches[t]!.organisation === sketches[s]!.organisation &&
        some(held[s]!, good[t]!, (a, b) => a === b) &&
        !apart(s, t) &&
        (confirmed(s, t) ||
          (!datesContradict(s, t) && !some(held[s]!, good[t]!, otherOfKind) && demographicsAgree(s, t))),
    );
    const clash = some(own, own, (a, b) => a !== b && (apart(a, b) || (contradicts(a, b) && !confirmed(a, b))));
    return clash ? [] : own;
  };
  return {
    links: pairs(linked),
    components: groups(linked),
    questions: pairs((i, j) => candidate(i, j) && !linked(i, j)),
    restrictiveGroups: groups(candidate),
    attachments: places.flatMap((s) => targets(s).map((t) => `${name(s)} ${name(t)}`)),
    about: { apart, contradicts, agrees, byPeople, candidate, inGroup, wall },
  };
};

const referenceOf = (sketch: Sketch, i: number): IdentityReference => ({
  key: `r${i}`,
  organisation: sketch.organisation,
  staffOnly: sketch.staffOnly,
  identifiers: sketch.said.map(({ id, spelling, status }): ClassifiedIdentifier => {
    const { kind, spelt } = IDENTIFIERS[id]!;
    return { kind, value: spelt[spelling % spelt.length]!, status };
  }),
  invalidated: sketch.invalidated.map((id) => ({ kind: IDENTIFIERS[id]!.kind, value: IDENTIFIERS[id]!.spelt[0]! })),
  demographics: sketch.dates.map((date) => ({ givenName: NAMES[sketch.name].spelt, birthDate: DATES[date] })),
});

const answersOf = ({ answers }: World): IdentityAnswer[] =>
  answers.map(({ a, b, answer }) => ({ a: `r${a}`, b: `r${b}`, answer }));

const plain = (derived: DerivedLinks) => ({
  links: derived.links.map((pair) => pair.join(' ')),
  components: derived.components.map((group) => group.join(' ')),
  questions: derived.questions.map(({ a, b }) => `${a} ${b}`),
  restrictiveGroups: derived.restrictiveGroups.map((group) => group.join(' ')),
  attachments: derived.attachments.map(({ staffOnly, to }) => `${staffOnly} ${to}`),
});

const said = fc.record({
  id: fc.oneof(
    { weight: 8, arbitrary: fc.constant('N1') },
    { weight: 3, arbitrary: fc.constantFrom('U1', 'U2', 'N2') },
    { weight: 1, arbitrary: fc.constantFrom('wrong', 'zeros') },
  ),
  spelling: fc.nat(1),
  status: fc.oneof(
    { weight: 7, arbitrary: fc.constant('traced' as const) },
    { weight: 1, arbitrary: fc.constant('asserted' as const) },
  ),
});
const often = <T>(usual: T, ...others: T[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(usual) },
    { weight: others.length, arbitrary: fc.constantFrom(...others) },
  );
const dateOf = often<BirthDate>('none', 'd1', 'd1', 'd2', 'month', 'year', 'first');

const sketch: fc.Arbitrary<Sketch> = fc.record({
  said: fc.uniqueArray(said, { minLength: 1, maxLength: 2, selector: ({ id }) => id }),
  invalidated: often<string[]>([], [], [], [], [], ['N2'], ['U1']),
  name: often<Name>('none', 'amy', 'AMY', 'nickname', 'baby'),
  dates: fc.oneof(
    { weight: 9, arbitrary: dateOf.map((date) => [date]) },
    { weight: 1, arbitrary: fc.uniqueArray(dateOf, { minLength: 1, maxLength: 2 }) },
  ),
  staffOnly: often(false, false, true),
  organisation: fc.constantFrom('LA-01', 'POLICE-01'),
});
const world = (maxLength: number): fc.Arbitrary<World> =>
  fc.array(sketch, { minLength: 3, maxLength }).chain((sketches) =>
    fc.record({
      sketches: fc.constant(sketches),
      answers: fc.array(
        fc.record({
          a: fc.nat(sketches.length - 1),
          b: fc.nat(sketches.length - 1),
          answer: often<'confirmed' | 'refused'>('confirmed', 'refused', 'refused'),
        }),
        { maxLength: 7 },
      ),
    }),
  );

const permutations = <T>(list: T[]): T[][] =>
  list.length < 2
    ? [list]
    : list.flatMap((first, i) =>
        permutations([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [first, ...rest]),
      );

const strict: LinkageRules = { ...LINKAGE_RULES_V1, version: 0, groupBrokenBy: ['contradicts', 'neither'] };

describe('deriveLinks against a second, naive writing of the rules', () => {
  it('gives the same links, children, questions, attachments and groups for thousands of groups', () => {
    const seen: Record<string, number> = {};
    const count = (what: string, happened: boolean) => (seen[what] = (seen[what] ?? 0) + (happened ? 1 : 0));
    fc.assert(
      fc.property(world(7), fc.boolean(), fc.boolean(), (drawn, backwards, brokenByNeither) => {
        const references = drawn.sketches.map(referenceOf);
        const answers = answersOf(drawn);
        const derived = deriveLinks(
          backwards ? references.toReversed() : references,
          backwards ? answers.toReversed() : answers,
          brokenByNeither ? strict : LINKAGE_RULES_V1,
        );
        const { about, ...rest } = expected(drawn, brokenByNeither);
        expect(plain(derived)).toEqual(rest);
        for (const reason of ['differs', 'contradicts', 'group-contradicts', 'would-join-refused'])
          count(
            reason,
            derived.questions.some((question) => question.reason === reason),
          );
        count('links', derived.links.length > 0);
        count(
          'components of three',
          derived.components.some((component) => component.length > 2),
        );
        count('attachments', derived.attachments.length > 0);
        count(
          'walls',
          drawn.sketches.some((_, i) => drawn.sketches.some((_, j) => about.wall(i, j))),
        );
      }),
      { numRuns: 6000 },
    );
    // A test that never meets a case proves nothing about it.
    expect(Object.entries(seen).filter(([, times]) => times < 60)).toEqual([]);
  });

  it('does not depend on the order of up to five references and of the answers', () => {
    fc.assert(
      fc.property(world(5), (drawn) => {
        const references = drawn.sketches.map(referenceOf);
        const answers = answersOf(drawn);
        const first = deriveLinks(references, answers, LINKAGE_RULES_V1);
        permutations(references).forEach((order, i) => {
          const turn = answers.length ? i % answers.length : 0;
          const turned = [...answers.slice(turn), ...answers.slice(0, turn)].map(({ a, b, ...rest }) =>
            i % 2 ? { ...rest, a: b, b: a } : { ...rest, a, b },
          );
          expect(deriveLinks(order, turned, LINKAGE_RULES_V1)).toEqual(first);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('gives for the group that a reference can reach the same as for everything', () => {
    fc.assert(
      fc.property(world(7), (drawn) => {
        const references = drawn.sketches.map(referenceOf);
        const tokens = references.map((reference) => identifierTokens(reference, LINKAGE_RULES_V1));
        const reached = new Set([0]);
        for (const i of reached)
          tokens.forEach((list, j) => list.some((token) => tokens[i]!.includes(token)) && reached.add(j));
        const keys = new Set([...reached].map((i) => `r${i}`));
        const whole = deriveLinks(references, answersOf(drawn), LINKAGE_RULES_V1);
        const alone = deriveLinks(
          references.filter(({ key }) => keys.has(key)),
          answersOf(drawn),
          LINKAGE_RULES_V1,
        );
        expect(alone).toEqual({
          links: whole.links.filter(([a]) => keys.has(a)),
          components: whole.components.filter(([a]) => keys.has(a!)),
          questions: whole.questions.filter(({ a }) => keys.has(a)),
          attachments: whole.attachments.filter(({ to }) => keys.has(to)),
          restrictiveGroups: whole.restrictiveGroups.filter(([a]) => keys.has(a!)),
        });
      }),
      { numRuns: 1500 },
    );
  });

  it('never discloses on what is uncertain', () => {
    fc.assert(
      fc.property(world(7), (drawn) => {
        const { links, components, questions, restrictiveGroups } = deriveLinks(
          drawn.sketches.map(referenceOf),
          answersOf(drawn),
          LINKAGE_RULES_V1,
        );
        const { about } = expected(drawn, false);
        const at = (key: string) => Number(key.slice(1));
        for (const [a, b] of links) {
          expect(about.candidate(at(a), at(b))).toBe(true);
          expect(about.agrees(at(a), at(b)) || about.byPeople(at(a), at(b))).toBe(true);
          expect(questions.some((question) => question.a === a && question.b === b)).toBe(false);
        }
        for (const component of components) {
          const members = component.map(at);
          const within = restrictiveGroups.filter((group) => component.every((key) => group.includes(key)));
          expect(within).toHaveLength(1);
          for (const i of members)
            for (const j of members) {
              if (i === j) continue;
              expect(about.apart(i, j)).toBe(false);
              if (!about.contradicts(i, j)) continue;
              const inside = links.filter(([a]) => component.includes(a));
              expect(inside.every(([a, b]) => about.byPeople(at(a), at(b)))).toBe(true);
            }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
