import { agree, childrenMeant, referencesOf, type KnownReference } from './child-oracle.js';
import { organisationOf } from './cast.js';
import {
  facetName,
  facetsOf,
  isInvolvementShown,
  isOrdinarilyPermitted,
  occurredBetween,
  purposesNamed,
  shownBy,
  tierOf,
  type Acting,
  type Circumstances,
  type OwnerPlace,
  type Shown,
} from './clause-oracle.js';
import {
  agreementsInForce,
  asRecorded,
  handlingOf,
  isLeftOpen,
  isOwn,
  leftUnderCover,
  releasesTo,
  type IdOf,
  type LeftUnderCover,
} from './owner-oracle.js';
import { AT, isContent, standingOf, type Standing } from './standing-oracle.js';
import { draftsOf, type Question, type World, type WorldItem } from './world.js';

/** What one viewer is shown, by the rules: written from them, with nothing of the product's reading or deciding. */
export interface Sight {
  /** In the order of the page. */
  readonly entries: readonly SightEntry[];
  readonly notices: readonly { readonly partyKind: string; readonly desk: string }[];
  readonly linkBeingChecked: boolean;
  readonly moreDetailNeeded: boolean;
  /** Numbers of "up to n", of clauses that show something. */
  readonly upTo: readonly number[];
  /** Parties that the completeness block names. */
  readonly parties: readonly string[];
  /** Whether the child is closed to him. */
  readonly covered: boolean;
}

export interface SightEntry {
  readonly id: string;
  readonly facets: readonly string[];
  /** Clauses that show something of it; none for the viewer's own records. */
  readonly by: readonly string[];
  readonly version: string;
  readonly receivedFirst: string;
  readonly late: boolean;
  readonly conflicting: boolean;
  /** What its reader is told to do with it. */
  readonly handling: readonly string[];
}

const RELATIONS_OF_PURPOSE: Readonly<Record<string, readonly string[]>> = {
  safeguarding: ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'],
  child_protection: ['allocated', 'team', 'triage', 'duty', 'presenting', 'invited'],
  direct_care: ['registered', 'presenting'],
  emergency: ['emergency'],
};
/** What shows of a record until somebody else says so too: that it is there, how it stands, since when, whom to ring. */
const WITHOUT_ANOTHERS_WORD = [
  'summary',
  ...['statusesAndPlans', 'noFurtherAction', 'planStart', 'yearStart', 'yearEnd', 'internalReviewDate'],
  ...['initialConferenceTarget', 'initialConferenceDate', 'contacts', 'dutyContacts', 'keyWorker'],
  ...['settingName', 'settingTelephone', 'gpName', 'gpSurgery', 'gpTelephone'],
].map((name) => (name === 'summary' ? name : `content.${name}`));
const RELATIONS_OF_NAMED = ['allocated', 'team', 'duty', 'on-roll', 'registered'];

/** An entry as one state of the world shows it. */
interface StateEntry {
  readonly id: string;
  readonly standing: Standing;
  readonly facets: ReadonlySet<string>;
  readonly by: readonly Shown[];
  readonly handling: ReadonlySet<string>;
}

interface StateSight extends Pick<Sight, 'notices' | 'linkBeingChecked' | 'moreDetailNeeded' | 'parties' | 'covered'> {
  /** Whether one child is meant. */
  readonly found: boolean;
  readonly entries: readonly StateEntry[];
}

const byTime = (a: StateEntry, b: StateEntry, unknown: number): number => {
  const [first, second] = [a, b].map(({ standing }) => occurredBetween(standing.draft)?.[0] ?? unknown) as [
    number,
    number,
  ];
  return first - second || (a.id < b.id ? -1 : 1);
};

/** Lists of what is shown of each record, by clause, cut to the newest where a clause says so. */
const cutToNewest = (decided: readonly StateEntry[]) => {
  const limits = new Map(
    decided.flatMap(({ by }) =>
      by.flatMap(({ clause, newest }) => (newest === null ? [] : [[clause, newest] as const])),
    ),
  );
  const kept = new Map(
    [...limits].map(([clause, newest]) => [
      clause,
      decided
        .filter(({ by }) => by.some((one) => one.clause === clause))
        .sort((a, b) => byTime(b, a, Number.MIN_SAFE_INTEGER))
        .slice(0, newest)
        .map(({ id }) => id),
    ]),
  );
  const entries = decided.map((entry): StateEntry => {
    const by = entry.by.filter(
      ({ clause, facets }) => facets.size > 0 && kept.get(clause)?.includes(entry.id) !== false,
    );
    const handling = new Set([...entry.handling, ...by.flatMap((one) => one.handling ?? [])]);
    return { ...entry, by, handling, facets: new Set([...entry.facets, ...by.flatMap(({ facets }) => [...facets])]) };
  });
  return entries.filter(({ facets }) => facets.size > 0);
};

/** What one state of a world holds, whoever asks. */
interface State extends ReturnType<typeof agreementsInForce> {
  readonly items: readonly WorldItem[];
  readonly standing: readonly Standing[];
}

const stateOf = (items: readonly WorldItem[], idOf: IdOf): State => {
  const standing = standingOf(items);
  return { items, standing, ...agreementsInForce(standing, idOf) };
};

const states = new WeakMap<World, readonly State[]>();

/** What is looked for among all that waits, of whichever reference. */
const CLOSING: readonly string[] = ['address-protected', 'number-void'];

const subjectsOf = (item: WorldItem): string[] =>
  draftsOf(item).map(({ subject: { kind, system, localId } }) =>
    JSON.stringify([item.sender.organisation, kind, system, localId]),
  );

/** Of a reference of which the hub knows nothing yet, only what closes counts before it is projected. */
const counts = (filed: readonly WorldItem[]): ((item: WorldItem) => boolean) => {
  const known = new Set(filed.flatMap(subjectsOf));
  return (item) => {
    const drafts = draftsOf(item);
    const subjects = subjectsOf(item);
    return (
      drafts.length === 0 ||
      drafts.some(
        ({ subject, facts = [] }, i) =>
          subject.kind !== 'child' || known.has(subjects[i]!) || facts.some((fact) => CLOSING.includes(fact)),
      )
    );
  };
};

/** What is projected, and with every beginning of what is pending. */
const statesOf = (world: World, idOf: IdOf): readonly State[] => {
  const known = states.get(world);
  if (known) return known;
  const { filed } = world;
  const pending = world.pending.filter(counts(filed));
  const found = [filed, ...pending.map((_, i) => [...filed, ...pending.slice(0, i + 1)])].map((items) =>
    stateOf(items, idOf),
  );
  states.set(world, found);
  return found;
};

const sightOfState = ({ items, standing, agreements, closed }: State, question: Question, idOf: IdOf): StateSight => {
  const parties = [...new Set(agreements.flatMap(({ owners }) => owners))].sort();
  const references = referencesOf(standing, question.nhsNumber);
  const purpose = question.purpose.toLowerCase();
  const isNamed = agreements.some(({ acting }) => purposesNamed(acting).some((name) => name.toLowerCase() === purpose));
  const allowing = RELATIONS_OF_PURPOSE[purpose] ?? (isNamed ? RELATIONS_OF_NAMED : []);
  const [child, another] = childrenMeant(references, question, (relation) => allowing.includes(relation));
  if (!child || another) {
    const moreDetailNeeded = another !== undefined;
    return {
      found: false,
      covered: false,
      entries: [],
      notices: [],
      linkBeingChecked: false,
      moreDetailNeeded,
      parties,
    };
  }
  const records = child.members.flatMap((member) => member.records);
  const births = new Set(
    records
      .filter(({ suspended }) => !suspended)
      .flatMap(({ draft: { body } }) => (typeof body['birthDate'] === 'string' ? [body['birthDate']] : [])),
  );
  const near = [...child.members, ...child.inQuestion].flatMap((reference) => reference.records);
  const left = leftUnderCover(items, near, question.viewer);
  if (left) return covered(left, question, idOf);
  const factsIn = (some: readonly Standing[]): string[] => some.flatMap(({ draft }) => draft.facts ?? []);
  // What closes acts over all that share the number; what opens is what the owner's own service has recorded.
  const closing = factsIn(near).filter((fact) => fact === 'address-protected');
  const content = records.filter(isContent);
  const released = releasesTo(records, question.viewer).filter(({ isOf }) => content.some(isOf));
  const isOpen = (one: Standing): boolean => isLeftOpen(near, question.viewer, one);
  // Two of what his own service recorded and he sees; another's would tell that it knows somebody of that number.
  const isOfViewer = ({ records: its }: KnownReference): boolean =>
    its.some(
      (one) => isContent(one) && isOwn(question.viewer, one.owner) && tierOf(one.draft) !== 'sealed' && isOpen(one),
    );
  const factsFor = (owner: OwnerPlace): Set<string> => {
    const own = content.filter((one) => !one.suspended && JSON.stringify(one.owner) === JSON.stringify(owner));
    return new Set([...asRecorded(new Set(factsIn(own)), owner, near, records), ...closing]);
  };
  const now: Circumstances = {
    at: AT,
    viewer: question.viewer,
    purpose: question.purpose,
    relations: child.relations.filter((relation) => allowing.includes(relation)),
    facts: new Set(closing),
    born: births.size === 1 ? [...births][0] : undefined,
  };
  const actingFor = (owner: OwnerPlace): Acting[] =>
    agreements.filter(({ owners }) => owners.includes(owner.organisation)).map(({ acting }) => acting);
  const decide = (standing: Standing): StateEntry => {
    const entry = { id: idOf(standing.holder), standing, handling: new Set(handlingOf(near, standing)) };
    const { draft, owner, suspended } = standing;
    if (now.relations.length === 0 || tierOf(draft) === 'sealed' || !isOpen(standing))
      return { ...entry, facets: new Set<string>(), by: [] };
    if (isOwn(question.viewer, owner)) {
      return {
        ...entry,
        facets: new Set(
          facetsOf(draft)
            .filter(({ tier }) => tier !== 'sealed')
            .map(facetName),
        ),
        by: [],
      };
    }
    const shown = (relations: readonly string[]) =>
      suspended || closed.has(owner.organisation)
        ? []
        : shownBy(
            actingFor(owner),
            owner,
            draft,
            { ...now, facts: factsFor(owner), relations },
            released.filter(({ isOf }) => isOf(standing)),
          );
    const inFull = shown(now.relations.filter((relation) => child.borneOut.includes(relation)));
    const by = shown(now.relations).map((one): Shown => {
      const full = inFull.find(({ clause }) => clause === one.clause)?.facets ?? new Set();
      const facets = [...one.facets].filter((facet) => full.has(facet) || WITHOUT_ANOTHERS_WORD.includes(facet));
      return { ...one, facets: new Set(facets) };
    });
    return { ...entry, facets: new Set<string>(), by };
  };
  const noticesOf = (entries: readonly Standing[]) =>
    [
      ...Map.groupBy(
        entries.filter((one) => !one.suspended && isOpen(one)),
        ({ owner }) => JSON.stringify(owner),
      ).values(),
    ]
      .filter(([first]) => !isOwn(question.viewer, first!.owner) && !closed.has(first!.owner.organisation))
      .filter((ofService) => {
        const drafts = ofService.map(({ draft }) => draft).filter(isOrdinarilyPermitted);
        const [{ owner }] = ofService as [Standing];
        const ofOwner = released.filter(({ owner: by }) => JSON.stringify(by) === JSON.stringify(owner));
        return (
          drafts.length > 0 &&
          isInvolvementShown(actingFor(owner), owner, drafts, { ...now, facts: factsFor(owner) }, ofOwner)
        );
      })
      .map((ofService) => {
        const { kind, desk } = organisationOf(ofService[0]!.owner.organisation);
        return { partyKind: kind, desk };
      });
  const entries = cutToNewest(content.map(decide));
  return {
    found: true,
    covered: false,
    moreDetailNeeded: false,
    entries,
    parties,
    notices: [...new Map(noticesOf(content).map((notice) => [JSON.stringify(notice), notice])).values()],
    linkBeingChecked: child.members
      .filter(isOfViewer)
      .some((one) => [...child.members, ...child.inQuestion].filter(isOfViewer).some((other) => !agree(one, other))),
  };
};

/** What is left to somebody to whom the child is closed, of what shows now and would have shown then. */
const covered = ({ held, then, withheld }: LeftUnderCover, question: Question, idOf: IdOf): StateSight => {
  const [before, now] = [then, held].map((items) => sightOfState(stateOf(items, idOf), question, idOf)) as [
    StateSight,
    StateSight,
  ];
  const sight = narrowed(before, now);
  const entries = sight.entries.flatMap((entry) => {
    const isLeft = new Map(
      facetsOf(entry.standing.draft).map((facet) => [facetName(facet), !withheld.has(facet.about)]),
    );
    const facets = new Set([...entry.facets].filter((facet) => isLeft.get(facet)));
    return facets.size > 0 ? [{ ...entry, facets }] : [];
  });
  return { ...sight, entries, linkBeingChecked: before.linkBeingChecked && now.linkBeingChecked, covered: true };
};

const within = (a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> =>
  new Set([...a].filter((facet) => b.has(facet)));

/** What survives another state: of the same entry, or of whatever stands for its record there. */
const narrowed = (sight: StateSight, other: StateSight): StateSight => ({
  ...sight,
  entries: sight.entries.flatMap((entry) => {
    const same = other.entries.filter(({ id }) => id === entry.id);
    // Where it is closed, another version of what was seen is not what was seen.
    const isClosed = sight.covered || other.covered;
    const against =
      same.length > 0 || isClosed
        ? same
        : other.entries.filter(({ standing }) => standing.record === entry.standing.record);
    if (against.length === 0) return [];
    const facets = against.reduce((left, { facets: its }) => within(left, its), new Set(entry.facets));
    const handling = new Set([entry, ...against].flatMap((one) => [...one.handling]));
    return facets.size > 0 ? [{ ...entry, facets, handling }] : [];
  }),
  notices: sight.notices.filter((notice) =>
    other.notices.some(({ partyKind, desk }) => partyKind === notice.partyKind && desk === notice.desk),
  ),
  linkBeingChecked:
    sight.covered || other.covered
      ? sight.linkBeingChecked && other.linkBeingChecked
      : other.found && (sight.linkBeingChecked || other.linkBeingChecked),
  covered: sight.covered || other.covered,
  moreDetailNeeded: sight.moreDetailNeeded && other.moreDetailNeeded,
});

const isLate = (entry: StateEntry, among: readonly StateEntry[]): boolean => {
  const own = occurredBetween(entry.standing.draft);
  return (
    own !== undefined &&
    entry.facets.has('summary') &&
    among.some(({ standing, facets }) => {
      const other = facets.has('summary') && occurredBetween(standing.draft);
      if (!other) return false;
      const later = other[0] > own[0] || (other[0] === own[0] && other[1] > own[1]);
      return later && standing.receivedFirst < entry.standing.receivedFirst;
    })
  );
};

/**
 * The intersection of what the rules show over what is projected and over every beginning of what is pending. Nothing
 * here depends on the order of what was filed.
 */
export const sightOf = (world: World, question: Question, idOf: IdOf): Sight => {
  const sight = statesOf(world, idOf)
    .map((state) => sightOfState(state, question, idOf))
    .reduce(narrowed);
  const entries = [...sight.entries].sort((a, b) => byTime(a, b, Number.MAX_SAFE_INTEGER));
  const limits = entries.flatMap(({ by }) => by.flatMap(({ newest }) => (newest === null ? [] : [newest])));
  return {
    entries: entries.map((entry) => ({
      id: entry.id,
      facets: [...entry.facets].sort(),
      by: entry.by.map(({ clause }) => clause).sort(),
      version: entry.standing.draft.rank.value,
      receivedFirst: entry.standing.receivedFirst,
      handling: [...entry.handling].sort(),
      late: isLate(entry, entries),
      conflicting: entries.some((other) => other !== entry && other.standing.record === entry.standing.record),
    })),
    notices: [...sight.notices].sort((a, b) => (`${a.partyKind}\n${a.desk}` < `${b.partyKind}\n${b.desk}` ? -1 : 1)),
    linkBeingChecked: sight.linkBeingChecked,
    moreDetailNeeded: sight.moreDetailNeeded,
    upTo: [...new Set(limits)].sort((a, b) => a - b),
    parties: sight.parties,
    covered: sight.covered,
  };
};
