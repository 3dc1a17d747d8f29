import { canonicalText, getEventType } from '#contracts';
import type { ContributionDraft, Reference } from '#intake';
import type { DfeOrganisation } from '../decision-oracle/dfe-oracle.js';
import type { WorldAgreement } from './agreements.js';
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
import { READ_AT, recordName, type Question, type World, type WorldItem, type WorldViewer } from './world.js';

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
}

/** Gives the id of the contribution that an item became. */
export type IdOf = (item: WorldItem) => string;

const AT = Date.parse(READ_AT);
const SIGNATURES = 2;

const RELATIONS_OF_PURPOSE: Readonly<Record<string, readonly string[]>> = {
  safeguarding: ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'],
  child_protection: ['allocated', 'team', 'triage', 'duty', 'presenting', 'invited'],
  direct_care: ['registered', 'presenting'],
  emergency: ['emergency'],
};
/** Kinds for which the word of one's own organisation is not enough. */
const NEED_ANOTHERS_WORD = ['on-roll', 'registered'];
/** What shows of a record until somebody else says so too: that it is there, how it stands, since when, whom to ring. */
const WITHOUT_ANOTHERS_WORD = [
  'summary',
  ...['statusesAndPlans', 'noFurtherAction', 'planStart', 'yearStart', 'yearEnd', 'internalReviewDate'],
  ...['initialConferenceTarget', 'initialConferenceDate', 'contacts', 'dutyContacts', 'keyWorker'],
  ...['settingName', 'settingTelephone', 'gpName', 'gpSurgery', 'gpTelephone'],
].map((name) => (name === 'summary' ? name : `content.${name}`));
/** An encounter is open for a day; a contact opened before this was triaged for three working days by the time of reading. */
const ENCOUNTER_SINCE = '2025-12-18T09:00:00.001Z';
const TRIAGE_SINCE = '2025-12-16T00:00:00.000Z';
const RELATIONS_OF_NAMED = ['allocated', 'team', 'duty', 'on-roll', 'registered'];

interface Told {
  readonly item: WorldItem;
  readonly draft: ContributionDraft;
  readonly owner: OwnerPlace;
}

/** A version of a record that stands. */
interface Standing extends Told {
  readonly record: string;
  /** What holds its body: it gives the entry its id. */
  readonly holder: WorldItem;
  readonly receivedFirst: string;
  readonly suspended: boolean;
}

const toldOf = (item: WorldItem): Told[] =>
  item.item.ok
    ? item.item.contributions.map((draft) => ({
        item,
        draft,
        owner: { organisation: item.sender.organisation, service: item.sender.service },
      }))
    : [];

const said = new WeakMap<ContributionDraft, string>();

/** Two versions say the same when all that is compared of them is the same. */
const saysOf = ({ draft }: Told): string => {
  const known = said.get(draft);
  if (known !== undefined) return known;
  const { type, recordType, about, regime, occurred, ended, body, resolve } = draft;
  const facts = [...(draft.facts ?? [])].sort();
  const named = resolve ? { [resolve.field]: resolve.reference.localId } : {};
  const all = { type, recordType, about, tier: tierOf(draft), occurred, facts, body: { ...body, ...named } };
  const text = canonicalText({ ...all, ...(ended ? { ended } : {}), ...(regime ? { regime } : {}) });
  said.set(draft, text);
  return text;
};

const rankOf = ({ draft }: Told): number => Number(draft.rank.value);
const referenceName = (organisation: string, { kind, system, localId }: Reference): string =>
  JSON.stringify([organisation, kind, system, localId]);
const pathsOf = ({ draft }: Told): string[] => [draft.recordKey, ...draft.ancestors];

/** The highest rank of each record; equal rank and other content both; nothing that was withdrawn up to its rank. */
const standingOf = (items: readonly WorldItem[]): Standing[] => {
  const told = items.flatMap(toldOf);
  const scope = ({ item, draft }: Told): string =>
    JSON.stringify([
      item.sender.feed,
      referenceName(draft.subject.organisation ?? item.sender.organisation, draft.subject),
    ]);
  const withdrawals = told.filter(({ draft }) => draft.type === 'entry-retracted');
  const suspensions = items.flatMap(({ item, sender, receivedAt }) =>
    !item.ok && item.suspends?.subject
      ? [
          {
            ...item.suspends,
            scope: JSON.stringify([sender.feed, referenceName(sender.organisation, item.suspends.subject)]),
            receivedAt,
          },
        ]
      : [],
  );
  const versions = told.filter(({ draft }) => draft.type !== 'entry-retracted');
  return [...Map.groupBy(versions, ({ item }) => recordName(item))].flatMap(([record, ofRecord]) => {
    const top = Math.max(...ofRecord.map(rankOf));
    const current = ofRecord.filter((one) => rankOf(one) === top);
    return [...Map.groupBy(current, saysOf)].flatMap(([says, alike]): Standing[] => {
      const one = alike[0]!;
      const isWithdrawn = withdrawals.some(
        (other) => scope(other) === scope(one) && rankOf(other) >= top && pathsOf(one).includes(other.draft.recordKey),
      );
      if (isWithdrawn) return [];
      const sameBody = ofRecord.filter((other) => saysOf(other) === says);
      // What is filed again is a confirmation of the first that said so; what is pending stands for itself.
      const holder = one.item.pending ? one.item : sameBody.find(({ item }) => !item.pending)!.item;
      return [
        {
          ...one,
          record,
          holder,
          receivedFirst: sameBody.map(({ item }) => item.receivedAt).sort()[0]!,
          suspended: suspensions.some(
            (other) =>
              other.scope === scope(one) &&
              pathsOf(one).includes(other.recordKey) &&
              other.receivedAt >= one.item.receivedAt,
          ),
        },
      ];
    });
  });
};

const isContent = ({ draft }: Told): boolean => getEventType(draft.type).kind === 'content';

interface KnownReference {
  readonly name: string;
  readonly organisation: string;
  readonly records: readonly Standing[];
  /** Holds the child's number, from a feed that is authoritative for it. */
  readonly verified: boolean;
  /** Holds it at all. */
  readonly named: boolean;
  readonly demographics: readonly (readonly [string, string])[];
}

const DEMOGRAPHICS = ['givenName', 'familyName', 'sex', 'birthDate'];

const referencesOf = (standing: readonly Standing[], nhsNumber: string): KnownReference[] =>
  [
    ...Map.groupBy(
      standing.filter(({ draft }) => draft.subject.kind === 'child'),
      ({ item, draft }) => referenceName(item.sender.organisation, draft.subject),
    ),
  ].map(([name, records]) => {
    const holding = records.filter(({ draft }) =>
      ((draft.body['identifiers'] ?? []) as { value: string }[]).some(({ value }) => value === nhsNumber),
    );
    return {
      name,
      organisation: records[0]!.item.sender.organisation,
      records,
      verified: holding.some(isContent),
      named: holding.length > 0,
      demographics: records.flatMap(({ draft }) =>
        DEMOGRAPHICS.flatMap((field) => {
          const value = draft.body[field];
          return typeof value === 'string' ? [[field, value] as const] : [];
        }),
      ),
    };
  });

/** Every demographic that both give is one and the same. */
const agree = (a: KnownReference, b: KnownReference): boolean =>
  a.demographics.every(([field, value]) => b.demographics.every(([other, said]) => other !== field || said === value));

interface FoundChild {
  readonly members: readonly KnownReference[];
  /** Share the verified number and are not joined. */
  readonly inQuestion: readonly KnownReference[];
  readonly relations: readonly string[];
  /** Those of them that somebody else bears out, or that need nobody to. */
  readonly borneOut: readonly string[];
}

/** A child that the viewer's own organisation knows by this number, with the viewer's relations to it. */
const childAround = (start: KnownReference, references: readonly KnownReference[], viewer: WorldViewer): FoundChild => {
  const candidates = references.filter(({ verified }) => verified);
  const members = new Set([start]);
  for (let before = 0; before !== members.size;) {
    before = members.size;
    for (const one of candidates) if ([...members].some((member) => agree(member, one))) members.add(one);
  }
  // A relation may name the child by the number alone: it is made on what its own organisation knows by it.
  const byNumber = references.filter(
    (one) => one.named && !one.verified && one.organisation === viewer.organisation && agree(one, start),
  );
  const made = [...members, ...byNumber]
    .flatMap(({ records }) => records)
    .filter(({ draft, suspended }) => draft.type === 'relation' && !suspended);
  const words = [...members]
    .flatMap(({ records }) => records)
    .filter(({ draft, suspended }) => draft.type === 'relation-confirmed' && !suspended);
  const held = made.filter((one) => isHeldBy(one, viewer));
  return {
    members: [...members],
    inQuestion: candidates.filter((one) => !members.has(one)),
    relations: kindsOf(held),
    borneOut: kindsOf(held.filter((one) => isBorneOut(one, words))),
  };
};

/** Somebody of another organisation says in his own name that this one has the relation, which had begun by then. */
const isBorneOut = ({ draft, owner }: Standing, words: readonly Standing[]): boolean => {
  const { relation, service, from } = draft.body as Record<string, string>;
  return (
    !NEED_ANOTHERS_WORD.includes(relation!) ||
    words.some(({ item, draft: { body }, owner: by }) => {
      const says = body as Record<string, string | null>;
      return (
        by.organisation !== owner.organisation &&
        says['confirmer'] === item.sender.client &&
        says['organisation'] === owner.organisation &&
        says['relation'] === relation &&
        (says['service'] === null || says['service'] === service) &&
        Date.parse(from!) <= Date.parse(says['at']!)
      );
    })
  );
};

/** The children that the viewer's own organisation knows as described and that a relation of his opens. */
const childrenMeant = (
  references: readonly KnownReference[],
  { viewer, localId }: Question,
  allows: (relation: string) => boolean,
): FoundChild[] => {
  const isDescribed = ({ records }: KnownReference): boolean =>
    localId === undefined || records.some(({ draft }) => draft.subject.localId === localId);
  const found = references
    .filter(({ verified, organisation }) => verified && organisation === viewer.organisation)
    .filter(isDescribed)
    .map((start) => childAround(start, references, viewer))
    .filter(({ relations }) => relations.some(allows));
  const nameOf = ({ members }: FoundChild): string =>
    members
      .map(({ name }) => name)
      .sort()
      .join();
  return [...new Map(found.map((child) => [nameOf(child), child])).values()];
};

const kindsOf = (held: readonly Standing[]): string[] => [
  ...new Set(held.map(({ draft }) => draft.body['relation'] as string)),
];

const isHeldBy = ({ draft: { body, resolve }, owner }: Standing, viewer: WorldViewer): boolean => {
  const worker = resolve?.reference.localId;
  const { relation, service, from, until } = body as Record<string, string | null>;
  const isOver =
    (relation === 'presenting' && from! < ENCOUNTER_SINCE) || (relation === 'triage' && from! < TRIAGE_SINCE);
  return (
    owner.organisation === viewer.organisation &&
    service === viewer.service &&
    (worker === undefined ? relation !== 'allocated' : worker === viewer.workerId) &&
    Date.parse(from!) <= AT &&
    (until === null || until === undefined || AT < Date.parse(until)) &&
    !isOver
  );
};

interface InForce {
  readonly acting: Acting;
  readonly owners: readonly string[];
}

/**
 * Versions that two people of an owner signed for the same date, which has come; a later date takes over. An owner that
 * adopted what the hub does not hold is closed to others: it might have said so.
 */
const agreementsInForce = (
  standing: readonly Standing[],
  idOf: IdOf,
): { readonly agreements: readonly InForce[]; readonly closed: ReadonlySet<string> } => {
  const bodies = (type: string): ({ readonly holds: string } & Readonly<Record<string, string>>)[] =>
    standing
      .filter(({ draft }) => draft.type === type)
      .map(({ draft, holder }) => ({ holds: idOf(holder), ...(draft.body as Record<string, string>) }));
  const signed = Map.groupBy(bodies('agreement-adoption'), (body) =>
    JSON.stringify([body['agreement'], body['organisation'], body['document'], body['inForceFrom']]),
  );
  const complete = [...signed.values()]
    .filter((signatures) => new Set(signatures.map(({ signer }) => signer)).size >= SIGNATURES)
    .map((signatures) => signatures[0]!)
    .filter((adoption) => Date.parse(adoption['inForceFrom']!) <= AT);
  const standingAdoptions = complete.filter(
    (one) =>
      !complete.some(
        (other) =>
          other['agreement'] === one['agreement'] &&
          other['organisation'] === one['organisation'] &&
          Date.parse(other['inForceFrom']!) > Date.parse(one['inForceFrom']!),
      ),
  );
  const documents = bodies('agreement-document');
  // People sign one very document.
  const isOf =
    ({ holds }: { holds: string }) =>
    (one: Record<string, string>) =>
      one['document'] === holds;
  const agreements = documents.flatMap((body): InForce[] => {
    const owners = standingAdoptions.filter(isOf(body)).map((one) => one['organisation']!);
    const document = JSON.parse(body['document']!) as unknown;
    const name = `${body['agreement']!}/${body['version']!}`;
    const acting: Acting =
      body['shape'] === 'agreement/1'
        ? { name, shape: 'agreement/1', document: document as WorldAgreement }
        : { name, shape: 'policy', document: document as DfeOrganisation };
    return owners.length > 0 ? [{ acting, owners }] : [];
  });
  const unknown = standingAdoptions.filter((adoption) => !documents.some((body) => isOf(body)(adoption)));
  return { agreements, closed: new Set(unknown.map((one) => one['organisation']!)) };
};

const CLOSING = ['restriction-made', 'exclusion-made'];

/**
 * Whether the owners of these records leave one of them open to this viewer: whom an exclusion names sees nothing of
 * it, his own service's included; of what is restricted others see only what names them.
 */
const isLeftOpen = (near: readonly Standing[], viewer: WorldViewer, { record, owner }: Standing): boolean =>
  near
    .filter(({ draft }) => CLOSING.includes(draft.type))
    .filter(({ item: { decision }, owner: by }) => {
      const { of, until } = decision!;
      const isOfRecord = by.organisation === owner.organisation && by.service === owner.service;
      return isOfRecord && (of === null || recordName(of) === record) && (until === null || AT < Date.parse(until));
    })
    .every(({ item, draft }) => {
      const isNamed = item.decision!.who.some(
        ({ organisation, service, workerId }) =>
          organisation === viewer.organisation &&
          (service === null || service === viewer.service) &&
          (workerId === null || workerId === viewer.workerId),
      );
      return draft.type === 'exclusion-made' ? !isNamed : isNamed || isOwn(viewer, owner);
    });

const isOwn = (viewer: WorldViewer, owner: OwnerPlace): boolean =>
  owner.organisation === viewer.organisation && owner.service === viewer.service;

/** An entry as one state of the world shows it. */
interface StateEntry {
  readonly id: string;
  readonly standing: Standing;
  readonly facets: ReadonlySet<string>;
  readonly by: readonly Shown[];
}

interface StateSight extends Pick<Sight, 'notices' | 'linkBeingChecked' | 'moreDetailNeeded' | 'parties'> {
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
    return { ...entry, by, facets: new Set([...entry.facets, ...by.flatMap(({ facets }) => [...facets])]) };
  });
  return entries.filter(({ facets }) => facets.size > 0);
};

/** What one state of a world holds, whoever asks. */
interface State extends ReturnType<typeof agreementsInForce> {
  readonly standing: readonly Standing[];
}

const stateOf = (items: readonly WorldItem[], idOf: IdOf): State => {
  const standing = standingOf(items);
  return { standing, ...agreementsInForce(standing, idOf) };
};

const states = new WeakMap<World, readonly State[]>();

/** What is projected, and with every beginning of what is pending. */
const statesOf = (world: World, idOf: IdOf): readonly State[] => {
  const known = states.get(world);
  if (known) return known;
  const { filed, pending } = world;
  const found = [filed, ...pending.map((_, i) => [...filed, ...pending.slice(0, i + 1)])].map((items) =>
    stateOf(items, idOf),
  );
  states.set(world, found);
  return found;
};

const sightOfState = ({ standing, agreements, closed }: State, question: Question, idOf: IdOf): StateSight => {
  const parties = [...new Set(agreements.flatMap(({ owners }) => owners))].sort();
  const references = referencesOf(standing, question.nhsNumber);
  const purpose = question.purpose.toLowerCase();
  const isNamed = agreements.some(({ acting }) => purposesNamed(acting).some((name) => name.toLowerCase() === purpose));
  const allowing = RELATIONS_OF_PURPOSE[purpose] ?? (isNamed ? RELATIONS_OF_NAMED : []);
  const [child, another] = childrenMeant(references, question, (relation) => allowing.includes(relation));
  if (!child || another) {
    const moreDetailNeeded = another !== undefined;
    return { found: false, entries: [], notices: [], linkBeingChecked: false, moreDetailNeeded, parties };
  }
  const records = child.members.flatMap((member) => member.records);
  const births = new Set(
    records
      .filter(({ suspended }) => !suspended)
      .flatMap(({ draft: { body } }) => (typeof body['birthDate'] === 'string' ? [body['birthDate']] : [])),
  );
  const near = [...child.members, ...child.inQuestion].flatMap((reference) => reference.records);
  const factsIn = (some: readonly Standing[]): string[] => some.flatMap(({ draft }) => draft.facts ?? []);
  // What closes acts over all that share the number; what opens is what the owner's own service has recorded.
  const closing = factsIn(near).filter((fact) => fact === 'address-protected');
  const content = records.filter(isContent);
  const isOpen = (one: Standing): boolean => isLeftOpen(near, question.viewer, one);
  // Two of what his own service recorded and he sees; another's would tell that it knows somebody of that number.
  const isOfViewer = ({ records: its }: KnownReference): boolean =>
    its.some(
      (one) => isContent(one) && isOwn(question.viewer, one.owner) && tierOf(one.draft) !== 'sealed' && isOpen(one),
    );
  const factsFor = (owner: OwnerPlace): Set<string> => {
    const own = content.filter((one) => !one.suspended && JSON.stringify(one.owner) === JSON.stringify(owner));
    return new Set([...closing, ...factsIn(own)]);
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
    const entry = { id: idOf(standing.holder), standing };
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
        : shownBy(actingFor(owner), owner, draft, { ...now, facts: factsFor(owner), relations });
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
        return isInvolvementShown(actingFor(ofService[0]!.owner), ofService[0]!.owner, drafts, now);
      })
      .map((ofService) => {
        const { kind, desk } = organisationOf(ofService[0]!.owner.organisation);
        return { partyKind: kind, desk };
      });
  const entries = cutToNewest(content.map(decide));
  return {
    found: true,
    moreDetailNeeded: false,
    entries,
    parties,
    notices: [...new Map(noticesOf(content).map((notice) => [JSON.stringify(notice), notice])).values()],
    linkBeingChecked: child.members
      .filter(isOfViewer)
      .some((one) => [...child.members, ...child.inQuestion].filter(isOfViewer).some((other) => !agree(one, other))),
  };
};

const within = (a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> =>
  new Set([...a].filter((facet) => b.has(facet)));

/** What survives another state: of the same entry, or of whatever stands for its record there. */
const narrowed = (sight: StateSight, other: StateSight): StateSight => ({
  ...sight,
  entries: sight.entries.flatMap((entry) => {
    const same = other.entries.filter(({ id }) => id === entry.id);
    const against =
      same.length > 0 ? same : other.entries.filter(({ standing }) => standing.record === entry.standing.record);
    if (against.length === 0) return [];
    const facets = against.reduce((left, { facets: its }) => within(left, its), new Set(entry.facets));
    return facets.size > 0 ? [{ ...entry, facets }] : [];
  }),
  notices: sight.notices.filter((notice) =>
    other.notices.some(({ partyKind, desk }) => partyKind === notice.partyKind && desk === notice.desk),
  ),
  linkBeingChecked: other.found && (sight.linkBeingChecked || other.linkBeingChecked),
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
      late: isLate(entry, entries),
      conflicting: entries.some((other) => other !== entry && other.standing.record === entry.standing.record),
    })),
    notices: [...sight.notices].sort((a, b) => (`${a.partyKind}\n${a.desk}` < `${b.partyKind}\n${b.desk}` ? -1 : 1)),
    linkBeingChecked: sight.linkBeingChecked,
    moreDetailNeeded: sight.moreDetailNeeded,
    upTo: [...new Set(limits)].sort((a, b) => a - b),
    parties: sight.parties,
  };
};
