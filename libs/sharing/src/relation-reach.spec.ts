import * as fc from 'fast-check';
import { anyQuestion } from '../testing/arbitraries.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import { applyNewest } from './apply-newest.js';
import { decideGrants, disclosureOf } from './decide-disclosure.js';
import { parseAgreement } from './parse-agreement.js';
import {
  allRelations,
  commonRelations,
  decideReachingGrants,
  reachingRelations,
  STATUS_DATES_AND_CONTACT,
  type Reach,
  type RelationConfirmation,
  type Relations,
} from './relation-reach.js';
import type { RelationRecord } from './relations-of.js';
import { RELATION_KINDS, type AdoptedAgreement, type Disclosure, type RelationKind, type Viewer } from './types.js';

const school: Viewer = {
  staffKey: 'a1',
  organisation: 'urn:100@la:901',
  organisationKind: 'EDUCATION',
  service: 'dsl',
  role: 'dsl',
};
const AT = Date.parse('2026-06-01T09:00:00Z');
const onRoll: RelationRecord = {
  owner: { organisation: 'urn:100@la:901' },
  relation: 'on-roll',
  service: 'dsl',
  from: '2026-01-05T00:00:00Z',
};
const confirmed: RelationConfirmation = {
  by: 'la:901',
  organisation: 'urn:100@la:901',
  service: null,
  relation: 'on-roll',
  at: '2026-01-05T00:00:00Z',
};
const reachesOf = (record: RelationRecord, ...confirmations: readonly RelationConfirmation[]) =>
  Object.fromEntries(reachingRelations(school, [record], confirmations, AT));

describe('how far a relation reaches', () => {
  it('is status, dates and contact where one’s own organisation alone says it', () => {
    expect(reachesOf(onRoll)).toEqual({ 'on-roll': 'status' });
    expect(reachesOf({ ...onRoll, relation: 'registered' })).toEqual({ registered: 'status' });
  });

  it('is everything once a person of another organisation confirms it', () => {
    expect(reachesOf(onRoll, confirmed)).toEqual({ 'on-roll': 'full' });
    expect(reachesOf(onRoll, { ...confirmed, service: 'dsl', organisation: 'URN:100@LA:901' })).toEqual({
      'on-roll': 'full',
    });
  });

  it.each<[string, Partial<RelationConfirmation>]>([
    ['of one’s own organisation', { by: 'urn:100@LA:901' }],
    ['of another organisation’s relation', { organisation: 'urn:200@la:901' }],
    ['of another service’s', { service: 'pastoral' }],
    ['of another kind', { relation: 'registered' }],
    ['given before it began', { at: '2026-01-04T23:59:59Z' }],
    ['of which the time cannot be read', { at: 'lately' }],
  ])('is not widened by a word %s', (_, change) => {
    expect(reachesOf(onRoll, { ...confirmed, ...change })).toEqual({ 'on-roll': 'status' });
  });

  it.each(['team', 'triage', 'duty', 'presenting'])('is everything for %s, which needs no confirmation', (relation) => {
    expect(reachesOf({ ...onRoll, relation, from: '2026-06-01T08:00:00Z' })).toEqual({ [relation]: 'full' });
  });

  it('is everything for an allocation', () => {
    expect(reachesOf({ ...onRoll, relation: 'allocated', staffKey: 'a1' })).toEqual({ allocated: 'full' });
  });

  it('is the summary for one’s own word, whoever confirms what', () => {
    const own = { ...onRoll, relation: 'asserted', staffKey: 'a1', from: '2026-06-01T08:00:00Z' };
    expect(reachesOf(own, { ...confirmed, relation: 'asserted' })).toEqual({ asserted: 'summary' });
  });

  it('is everything for whom another organisation invites, and not for whom his own does', () => {
    const invited = { ...onRoll, relation: 'invited', staffKey: 'a1', service: 'csc' };
    expect(reachesOf({ ...invited, owner: { organisation: 'la:901' }, organisation: school.organisation })).toEqual({
      invited: 'full',
    });
    expect(reachesOf(invited)).toEqual({ invited: 'status' });
    expect(reachesOf(invited, { ...confirmed, relation: 'invited' })).toEqual({ invited: 'full' });
  });

  it('is the most that any record gives, and the least of versions that contradict each other', () => {
    const [a, b]: Relations[] = [
      new Map<RelationKind, Reach>([
        ['on-roll', 'status'],
        ['team', 'full'],
      ]),
      new Map<RelationKind, Reach>([['on-roll', 'full']]),
    ];
    expect(Object.fromEntries(allRelations([a!, b!]))).toEqual({ 'on-roll': 'full', team: 'full' });
    expect(Object.fromEntries(commonRelations([a!, b!]))).toEqual({ 'on-roll': 'status' });
    expect(commonRelations([]).size).toBe(0);
  });
});

/** The example with other names of fields, so that some of them are status or contact. */
const named = (status: string): AdoptedAgreement => {
  const text = JSON.stringify(exampleAgreement()).replaceAll('"status"', `"${status}"`);
  const parsed = parseAgreement(JSON.parse(text));
  if ('refused' in parsed) throw new Error(JSON.stringify(parsed.refused));
  return { agreement: parsed.agreement, adoptions: 'all' };
};
const agreements = [named('statuses-and-plans')];
const NAMES: Readonly<Record<string, string>> = { status: 'statuses-and-plans' };

const questions = anyQuestion.map(([viewer, state, entry]) => {
  const fields = entry.fields.map((field) => ({ ...field, name: NAMES[field.name] ?? field.name }));
  return [viewer, { ...state, agreements }, { ...entry, fields }] as const;
});
const anyReaches = fc.dictionary(
  fc.constantFrom(...RELATION_KINDS),
  fc.constantFrom<Reach>('summary', 'status', 'full'),
);
const relationsFrom = (kinds: readonly RelationKind[], reaches: Readonly<Record<string, Reach>>): Relations =>
  new Map(kinds.map((kind) => [kind, reaches[kind] ?? 'status']));
const facets = ({ summary, content, location }: Disclosure): string[] => [
  ...(summary ? ['summary'] : []),
  ...content.map((name) => `content.${name}`),
  ...location.map((name) => `location.${name}`),
];

describe('what shows under relations that do not all reach as far', () => {
  it('is what shows without any of this, where all reach everything', () => {
    fc.assert(
      fc.property(questions, ([viewer, state, entry]) => {
        const relations: Relations = new Map(state.relations.map((kind) => [kind, 'full']));
        expect(decideReachingGrants(viewer, state, relations, entry)).toEqual(decideGrants(viewer, state, entry));
      }),
      { numRuns: 1000 },
    );
  });

  it('is a part of it always, and of others’ records no more than the summary, status, dates and contact', () => {
    let shown = 0;
    fc.assert(
      fc.property(questions, fc.constantFrom<Reach>('summary', 'status'), ([viewer, state, entry], reach) => {
        const relations: Relations = new Map(state.relations.map((kind) => [kind, reach]));
        const limited = disclosureOf(applied(decideReachingGrants(viewer, state, relations, entry)));
        const whole = facets(disclosureOf(decideGrants(viewer, state, entry)));
        expect(whole).toEqual(expect.arrayContaining(facets(limited)));
        const isOwn =
          viewer.organisation.toLowerCase() === entry.owner.organisation && viewer.service === entry.owner.service;
        if (isOwn && reach === 'status') return expect(facets(limited)).toEqual(whole);
        expect(limited.location).toEqual([]);
        const allowed = reach === 'status' ? [...STATUS_DATES_AND_CONTACT] : [];
        expect(allowed).toEqual(expect.arrayContaining([...limited.content]));
        shown += limited.content.length;
      }),
      { numRuns: 2000 },
    );
    expect(shown).toBeGreaterThan(0);
  });

  it('never loses anything by a confirmation, the newest of a clause included', () => {
    let changed = 0;
    fc.assert(
      fc.property(
        questions,
        anyReaches,
        fc.constantFrom(...RELATION_KINDS),
        fc.array(questions, { minLength: 1, maxLength: 3 }),
        ([viewer, state], reaches, kind, others) => {
          const entries = others.map(([, , entry], i) => ({ ...entry, id: `e${String(i)}` }));
          const before = relationsFrom(state.relations, reaches);
          const after: Relations = new Map([...before].map(([one, reach]) => [one, one === kind ? 'full' : reach]));
          const shownBy = (relations: Relations) =>
            applyNewest(
              entries.map((entry) => ({ entry, grants: decideReachingGrants(viewer, state, relations, entry) })),
            ).entries.map(({ disclosure }) => facets(disclosure));
          const [first, then] = [shownBy(before), shownBy(after)];
          first.forEach((one, i) => expect(then[i]).toEqual(expect.arrayContaining(one)));
          if (JSON.stringify(first) !== JSON.stringify(then)) changed += 1;
        },
      ),
      { numRuns: 2000 },
    );
    expect(changed).toBeGreaterThan(0);
  });

  it('is the union of what each relation shows by itself', () => {
    fc.assert(
      fc.property(questions, anyReaches, ([viewer, state, entry], reaches) => {
        const relations = relationsFrom(state.relations, reaches);
        const together = facets(disclosureOf(applied(decideReachingGrants(viewer, state, relations, entry))));
        const apart = [...relations].flatMap((one) =>
          facets(disclosureOf(applied(decideReachingGrants(viewer, state, new Map([one]), entry)))),
        );
        expect([...new Set(together)].sort()).toEqual([...new Set(apart)].sort());
      }),
      { numRuns: 2000 },
    );
  });
});

const applied = (grants: ReturnType<typeof decideReachingGrants>) =>
  grants.filter(({ summary, content, location }) => summary || content.length + location.length > 0);
