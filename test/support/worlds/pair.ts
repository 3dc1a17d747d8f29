import { getEventType, type Part } from '#contracts';
import type { ContributionDraft } from '#intake';
import { parseAgreement } from '#sharing';
import fc from 'fast-check';
import { SeededRandom } from '../decision-oracle/seeded-random.js';
import { instantsRound, randomAgreement, randomPolicy, type AgreementSetting } from './agreements.js';
import { CAST, PURPOSES, READING_CAST, RELATIONS_OF_PURPOSE, organisationOf, type CastOrganisation } from './cast.js';
import { childClosingItems, recordedItems } from './decisions.js';
import { historyOf, relationOf, suspensionOf } from './common-history.js';
import { randomHidden, type HiddenGroup, type Surroundings } from './hidden.js';
import {
  agreementItems,
  caseReference,
  identityItem,
  postItem,
  type Seal,
  type Told,
  type WorldChild,
} from './records.js';
import { sightOf, type Sight } from './sight-oracle.js';
import {
  draftsOf,
  recordName,
  testNhsNumber,
  type Question,
  type World,
  type WorldItem,
  type WorldViewer,
} from './world.js';
import type { WorldSealer } from './world-sealer.js';

/** What a pair of worlds is made from. Lists shrink; the numbers in them are seeds and do not. */
export interface PairPlan {
  readonly setting: number;
  readonly permits: number;
  readonly existence: number;
  readonly policies: boolean;
  /** One seed an entry of the common history. */
  readonly base: readonly number[];
  /** One seed a group of what only that world holds. */
  readonly hidden: readonly [readonly number[], readonly number[]];
  /** Fields of shown entries that no permit names may hold something else in each world. */
  readonly fields: boolean;
}

const seed = fc.noShrink(fc.integer({ min: 0, max: 0x7fffffff }));
const seeds = (maxLength: number) => fc.array(seed, { maxLength, size: 'max' });

export const pairPlans: fc.Arbitrary<PairPlan> = fc.record({
  setting: seed,
  permits: fc.integer({ min: 0, max: 6 }),
  existence: fc.integer({ min: 0, max: 4 }),
  policies: fc.boolean(),
  base: seeds(8),
  hidden: fc.tuple(seeds(6), seeds(6)),
  fields: fc.boolean(),
});

/** Two worlds that the rules say are one to this viewer. */
export interface Pair {
  readonly serial: number;
  readonly child: WorldChild;
  readonly question: Question;
  /** Another purpose that the viewer asks for, allowed by his relation or not. */
  readonly otherPurpose: string;
  readonly stranger: string;
  readonly relation: string;
  readonly unknownNhsNumber: string;
  readonly worlds: readonly [World, World];
  /** What the rules show in the first world, and in the second: the same but for the ids of `aliases`. */
  readonly sights: readonly [Sight, Sight];
  readonly hidden: readonly [readonly HiddenGroup[], readonly HiddenGroup[]];
  /** Ids of entries whose hidden fields differ, which makes their ids differ: the same name for both. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly idOf: (item: WorldItem) => string;
  readonly kindOf: (organisation: string) => string;
  /** Page size at which the worlds are paged through. */
  readonly pageSize: number;
}

const compiles = (document: object): boolean => !('refused' in parseAgreement(document));

/** Signatures of two people of each owner; sometimes of one alone, or for a date that has not come. */
const signatures = (random: SeededRandom, owners: readonly CastOrganisation[]) =>
  owners.flatMap((organisation) => {
    const { before, after } = instantsRound(random);
    const from = random.chance(0.93) ? before : after;
    const signers = random.chance(0.95) ? ['first', 'second'] : ['first'];
    return signers.map((signer) => ({ organisation, signer: `${organisation.id}-${signer}`, from }));
  });

const agreementsOf = async (
  random: SeededRandom,
  child: WorldChild,
  setting: AgreementSetting,
  plan: PairPlan,
  seal: Seal,
): Promise<WorldItem[]> => {
  const items: WorldItem[] = [];
  if (plan.permits + plan.existence > 0) {
    const document = randomAgreement(random, `${child.prefix}-core`, '1', setting, plan);
    if (!compiles(document)) throw new Error('a document of the generator does not compile');
    const owners = CAST.filter((one) => random.chance(setting.organisations.includes(one) ? 0.85 : 0.2));
    const core = { id: 'core', version: '1', document, desk: null, signatures: signatures(random, owners) };
    items.push(...(await agreementItems(child, core, seal)));
  }
  for (const organisation of plan.policies ? setting.organisations : []) {
    if (organisation.party === 'refuge' || random.chance(0.5)) continue;
    const document = randomPolicy(random, organisation, setting);
    if (!compiles(document)) throw new Error('a policy of the generator does not compile');
    const id = `policy-${organisation.id}`;
    const policy = {
      id,
      version: '1',
      document,
      desk: organisation.desk,
      signatures: signatures(random, [organisation]),
    };
    const [held, ...adoptions] = await agreementItems(child, policy, seal);
    // Now and then the hub does not hold what was signed.
    items.push(...(held && random.chance(0.88) ? [held] : []), ...adoptions);
  }
  return items;
};

/** Keeps what was said of one record in its order, wherever else it comes in the log. */
const shuffled = (random: SeededRandom, items: readonly WorldItem[]): WorldItem[] => {
  const places = items.map((item) => ({ item, at: random.next() })).sort((a, b) => a.at - b.at);
  const queues = Map.groupBy(items, recordName);
  return places.map(({ item }) => queues.get(recordName(item))!.shift()!);
};

/** The hidden at random places among the common: in the log, and in the order of acceptance. */
const weave = (common: readonly WorldItem[], hidden: readonly HiddenGroup[]): World => {
  const keyed = [
    ...common.map((item, i) => ({ item, at: i })),
    ...hidden.flatMap(({ items, places }) => items.map((item, i) => ({ item, at: places[i]! * common.length }))),
  ].sort((a, b) => a.at - b.at);
  const woven = keyed.map(({ item }) => item);
  return { filed: woven.filter(({ pending }) => !pending), pending: woven.filter(({ pending }) => pending) };
};

/** A world that might be one of the pair, and what is shown in it. */
interface Candidate {
  readonly groups: readonly HiddenGroup[];
  readonly world: World;
  readonly sights: readonly Sight[];
}

const textOf = (sights: readonly Sight[], aliases: ReadonlyMap<string, string>): string =>
  JSON.stringify(sights, (key, value: unknown) => (key === 'id' ? (aliases.get(value as string) ?? value) : value));

/** The item with other contents in one field of content or location. */
const withField = (item: WorldItem, field: string, value: unknown): WorldItem => {
  if (!item.item.ok) return item;
  const [draft] = item.item.contributions as [ContributionDraft];
  const body = Object.fromEntries(Object.entries(draft.body).filter(([name]) => name !== field));
  const contributions = [{ ...draft, body: value === undefined ? body : { ...body, [field]: value } }];
  return { ...item, item: { ...item.item, contributions } };
};

/** A field of a shown entry that is not shown, with something to hold. */
const hiddenFieldOf = (random: SeededRandom, item: WorldItem, facets: readonly string[]): string | undefined => {
  if (!item.item.ok) return undefined;
  const { fields, example } = getEventType(item.item.contributions[0]!.type) as unknown as {
    fields: Record<string, { part: Part }>;
    example: Record<string, unknown>;
  };
  const candidates = Object.entries(fields)
    .filter(([, { part }]) => part === 'content' || part === 'location')
    .filter(([name, { part }]) => !facets.includes(`${part}.${name}`) && example[name] != null)
    .map(([name]) => name);
  return candidates.length === 0 ? undefined : random.pick(candidates);
};

/**
 * Builds the worlds of a plan. The common history is read by the rules first; of what a world might hold besides, only
 * that is kept which, by the rules, changes nothing of what this viewer is shown.
 */
export const buildPair = async (plan: PairPlan, serial: number, sealer: WorldSealer): Promise<Pair> => {
  const random = new SeededRandom(plan.setting);
  const sealTo =
    (group: 'common' | 'first' | 'second'): Seal =>
    async (item) => {
      await sealer.seal(group, [item]);
      return sealer.idOf(item);
    };
  const child: WorldChild = {
    prefix: `w${String(serial)}`,
    nhsNumber: testNhsNumber(serial * 2),
    givenName: 'Kai',
    familyName: `Reed${String(serial)}`,
    birthDate: random.pick([
      '2009-12-19',
      '2007-12-19',
      '2007-12-20',
      '2013-03-01',
      '2018-07-05',
      '2011-11-20',
      '2012-02-29',
      '2015-09-01',
    ]),
  };
  const organisation = random.pick(READING_CAST);
  const viewer: WorldViewer = {
    login: `${child.prefix}-viewer`,
    workerId: `${child.prefix}-W1`,
    organisation: organisation.id,
    organisationKind: organisation.kind,
    service: random.pick(Object.keys(organisation.services).filter((one) => organisation.services[one] !== 'hidden')),
    role: random.pick(organisation.roles),
  };
  const others = random.some(
    CAST.filter(({ id }) => id !== organisation.id),
    0,
    4,
  );
  const organisations = [organisation, ...others];
  const references = organisations.map((one) => ({ organisation: one, reference: caseReference(child, one) }));
  const own = references[0]!.reference;
  const relation = relationOf(random, child, organisation, viewer, own, references);
  // The last is one that a document must name.
  const named = plan.permits + plan.existence > 0 ? PURPOSES : PURPOSES.slice(0, -1);
  const allowed = named.filter((purpose) => RELATIONS_OF_PURPOSE[purpose].includes(relation.kind));
  const purpose = random.chance(0.7) || allowed.length === 0 ? 'SAFEGUARDING' : random.pick(allowed);
  const question: Question = { viewer, nhsNumber: child.nhsNumber, purpose };
  const otherPurpose = purpose === 'DIRECT_CARE' ? 'SAFEGUARDING' : 'DIRECT_CARE';
  const stranger = `${child.prefix}-stranger`;
  const setting: AgreementSetting = { viewer, relation: relation.kind, purpose, organisations };
  const surroundings: Surroundings = { child, viewer, references, setting };

  const otherwise = random.chance(0.045)
    ? [identityItem(random, child, organisation, viewer.service, caseReference(child, organisation, 2), 'other-name')]
    : [];
  // Now and then the last one's name is another, and none without a name joins it to the rest: it is a question.
  const isOneApart = random.chance(0.1);
  const toldBy = (i: number): Told => {
    if (isOneApart) return i > 0 && i === references.length - 1 ? 'other-name' : 'same';
    return random.chance(0.25) ? 'none' : i > 0 && random.chance(0.08) ? 'other-name' : 'same';
  };
  const naming = references.flatMap(({ organisation: one, reference }, i) => {
    const told = toldBy(i);
    const service = i === 0 ? viewer.service : random.pick(Object.keys(one.services));
    const item = identityItem(random, child, one, service, reference, told, {
      tier: random.pick(['contact', 'ordinary']),
      ...(random.chance(told === 'other-name' ? 0.7 : 0.1) ? { facts: ['address-protected'] } : {}),
    });
    return random.chance(0.05) ? [item, suspensionOf(random, item)] : [item];
  });
  const told = plan.base.flatMap((entry, i) => historyOf(new SeededRandom(entry), surroundings, `E${String(i + 1)}`));
  const guardian = random.pick(references);
  const isClosedToViewer = random.chance(0.35);
  const closing = random.chance(0.12)
    ? childClosingItems(
        random,
        child,
        viewer,
        { ...guardian, service: random.pick(Object.keys(guardian.organisation.services)) },
        random.pick(CAST),
        'of the child',
        isClosedToViewer,
        told.filter((item) => item.decision === undefined && draftsOf(item)[0]?.recordKey.startsWith('case-1/')),
      )
    : [];
  const common = shuffled(random, [
    postItem(organisation, viewer),
    postItem(organisation, {
      workerId: `${child.prefix}-W2`,
      login: stranger,
      service: 'archive',
      role: viewer.role,
    }),
    ...relation.items,
    ...(await agreementsOf(random, child, setting, plan, sealTo('common'))),
    ...naming,
    ...otherwise,
    ...references.flatMap(({ organisation: one, reference }) =>
      Object.keys(one.services)
        .filter(() => random.chance(0.45))
        .flatMap((service) => recordedItems(random, { organisation: one, service, reference }, 'of all')),
    ),
    ...told,
    ...closing,
  ]);
  await sealer.seal('common', common);
  // The first is what the number shows. The organisation's own id means no other where it has one case alone.
  const questions: readonly Question[] = [
    question,
    { ...question, purpose: otherPurpose },
    ...(otherwise.length > 0 ? [{ ...question, localId: own.localId }] : []),
  ];
  const sightsOf = (world: World): Sight[] => questions.map((one) => sightOf(world, one, sealer.idOf));

  const base: World = { filed: common.filter((i) => !i.pending), pending: common.filter((i) => i.pending) };
  const baseSight = plan.fields ? sightOf(base, question, sealer.idOf) : undefined;
  const aliases = new Map<string, string>();
  let histories: readonly [readonly WorldItem[], readonly WorldItem[]] = [common, common];
  const released = common.map(({ decision }) => decision?.of);
  for (const item of plan.fields ? common : []) {
    // A release is of one version's very body.
    if (released.includes(item)) continue;
    const shown = baseSight?.entries.find(({ id }) => !item.pending && id === sealer.idOf(item));
    const field = shown && random.chance(0.85) ? hiddenFieldOf(random, item, shown.facets) : undefined;
    if (field === undefined) continue;
    const { example } = getEventType(item.item.ok ? item.item.contributions[0]!.type : '') as {
      example: Record<string, unknown>;
    };
    const both = [withField(item, field, example[field]), withField(item, field, undefined)] as const;
    await sealer.seal('first', [both[0]]);
    await sealer.seal('second', [both[1]]);
    const trial = histories.map((history, w) => history.map((one) => (one === item ? both[w]! : one))) as [
      WorldItem[],
      WorldItem[],
    ];
    const alias = `00000000-0000-4000-8000-${String(aliases.size / 2 + 1).padStart(12, '0')}`;
    const trialAliases = new Map([...aliases, ...both.map((one) => [sealer.idOf(one), alias] as const)]);
    const sights = trial.map((history) => textOf(sightsOf(weave(history, [])), trialAliases));
    if (sights[0] !== sights[1]) continue;
    histories = trial;
    for (const [id, name] of trialAliases) aliases.set(id, name);
  }

  const common2 = shuffled(
    random,
    histories[1].filter(({ pending }) => !pending),
  );
  const woven = [histories[0], [...common2, ...histories[1].filter(({ pending }) => pending)]] as const;
  // The rules do not depend on the order of what is filed, and find what varies alike.
  const wanted = textOf(sightsOf(weave(woven[0], [])), aliases);
  const sightsAmong = ({ world, sights }: Candidate) => (sights.length > 0 ? sights : sightsOf(world));
  const kept = await Promise.all(
    plan.hidden.map(async (groups, w) => {
      const group = w === 0 ? 'first' : 'second';
      const candidates = await Promise.all(
        groups.map((one, i) =>
          randomHidden(new SeededRandom(one), surroundings, `H${String(i + 1)}`, woven[w]!, sealTo(group)),
        ),
      );
      const items = candidates.flatMap((candidate) => candidate.items);
      await sealer.seal(group, items);
      const having = (groups: readonly HiddenGroup[]): Candidate | undefined => {
        const world = weave(woven[w]!, groups);
        const sights = sightsOf(world);
        return textOf(sights, aliases) === wanted ? { groups, world, sights } : undefined;
      };
      const nothing: Candidate = { groups: [], world: weave(woven[w]!, []), sights: [] };
      return (
        having(candidates) ??
        candidates.reduce<Candidate>((kept, one) => having([...kept.groups, one]) ?? kept, nothing)
      );
    }),
  );
  const [first, second] = kept as [Candidate, Candidate];
  const hidden = [first.groups, second.groups] as const;
  const worlds = [first.world, second.world] as const;
  const sights = [sightsAmong(first), sightsAmong(second)] as const;
  if (textOf(sights[0], aliases) !== textOf(sights[1], aliases)) throw new Error('the rules tell these worlds apart');
  return {
    serial,
    child,
    question,
    otherPurpose,
    stranger,
    relation: relation.kind,
    unknownNhsNumber: testNhsNumber(serial * 2 + 1),
    worlds,
    sights: [sights[0][0]!, sights[1][0]!],
    hidden,
    aliases,
    idOf: sealer.idOf,
    kindOf: (id) => organisationOf(id).kind,
    // At most three pages.
    pageSize: Math.max(random.pick([1, 2, 2, 3, 4]), Math.ceil(sights[0][0]!.entries.length / 3)),
  };
};

/** Whose people read: for messages. */
export const describeViewer = ({ question: { viewer, purpose }, relation }: Pair): string =>
  `${viewer.role} of ${viewer.organisation}.${viewer.service} (${organisationOf(viewer.organisation).kind}), ${
    relation || 'no relation'
  }, ${purpose}`;
