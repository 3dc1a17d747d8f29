import { getEventType, type About, type Envelope, type Fact, type FieldAbout, type Part, type Tier } from '#contracts';
import type { DerivedLinks } from '#identity';
import {
  allRelations,
  applyNewest,
  decideExistence,
  decideReachingGrants,
  foldCode,
  isOwn,
  remembering,
  rememberingOf,
  usedRelations,
  type Disclosure,
  type Grant,
  type OwnerService,
  type RelationKind,
  type Relations,
  type Release,
  type SharedEntry,
  type SharingState,
  type Viewer,
} from '#sharing';
import { startOf, type FiledContribution } from '#timeline';
import { adoptedAgreements, type AgreementInForce } from './adopted-agreements.js';
import { sealedByAdoption } from './adoption.js';
import { beforeAnswers, isAnswered } from './came-apart.js';
import { coverOf, type Cover } from './child-exclusions.js';
import { directivesOf, isLeftOpen, isServiceLeftOpen, withdrawnAmong } from './directives.js';
import { doNotInformOn } from './do-not-inform.js';
import { activeAccess, EMERGENCY, isOpenedBy, type EmergencyAccess } from './emergency.js';
import { answersAmong } from './identity-answers.js';
import { graphOf, type IdentityGraph } from './identity-graph.js';
import { postsOf } from './posts.js';
import { recordedFacts, type RecordedFacts } from './recorded-facts.js';
import { releasedEntries, releasesOf, SANITISED_FIELD, SANITISED_TEXT } from './releases.js';
import { acceptancesAmong, RESPONSIBILITY_ACCEPTED } from './moves.js';
import { borneOutBy, recordedRelations, relationsByMoves } from './relations.js';
import {
  bodied,
  identityOf,
  isReadable,
  kindOf,
  tierOf,
  type BodiedRecord,
  type ReferenceRecords,
} from './standing-records.js';

/** One reference near the child, with everything filed on it. */
export interface ScopeReference {
  readonly key: string;
  readonly organisation: string;
  readonly contributions: readonly FiledContribution[];
}

/** All that a read decides from, taken in one snapshot. */
export interface ReadScope {
  /** Recorded time of the decision, milliseconds since 1970. */
  readonly at: number;
  readonly purpose: string;
  /** Subject of the viewer's sign-in. */
  readonly login: string;
  /** Everything filed on the viewer's subject keys. */
  readonly staff: readonly FiledContribution[];
  /**
   * References of the viewer's own organisation that fit what he described; where he opened an access in an emergency,
   * of any organisation that ever said that verified identifier.
   */
  readonly start: readonly string[];
  /** The handle with which he asks, where he asks with one. */
  readonly handle?: string;
  /** Those references, and all that share a verified identifier with them. */
  readonly references: readonly ScopeReference[];
  readonly agreements: readonly FiledContribution[];
  /** Accepted and not yet filed, in the order of acceptance; about any of these subjects. */
  readonly pending: readonly FiledContribution[];
  /** Services of which it is asked besides whether the viewer may know that they have to do with the child. */
  readonly asked?: readonly OwnerService[];
}

/** What of one entry is shown. */
export interface ShownEntry {
  readonly id: string;
  readonly version: string;
  readonly record: string;
  readonly contribution: FiledContribution;
  readonly receivedFirst: string;
  readonly conflicting: boolean;
  readonly summary: boolean;
  readonly content: readonly string[];
  readonly location: readonly string[];
  readonly by: readonly string[];
  readonly readerText: string;
  /** Numbers of the clauses that show it and show only the newest so many. */
  readonly upTo: readonly number[];
  /** What its reader is told to do with it: by the clauses that show it, and by its owner's marks. */
  readonly handling: readonly string[];
  /** Releases whose text stands as `sanitisedText` in its content: the contributions that hold it, the first first. */
  readonly releasedBy: readonly FiledContribution[];
}

/** That a kind of party is involved, and whom to ring. No service, date, category or count. */
export interface ExistenceNotice {
  readonly partyKind: string;
  readonly desk: string;
}

/** A service of which it was asked, with what the viewer may know of it. */
export interface ToldService extends OwnerService, ExistenceNotice {}

export interface KnownChild {
  readonly name: string | null;
  readonly birthDate: string | null;
}

/** What a record of the viewer's own service says of who the child is. */
interface Said {
  readonly record: string;
  readonly value: string;
}
/** The record that came last comes first. */
interface SaidOfChild {
  readonly names: readonly Said[];
  readonly birthDates: readonly Said[];
}
const NOBODY: ReadonlySet<About> = new Set();
const NOTHING_SAID: SaidOfChild = { names: [], birthDates: [] };

export interface ChildView {
  readonly entries: readonly ShownEntry[];
  readonly notices: readonly ExistenceNotice[];
  /** Of the services of which it was asked, those of which the viewer may know that they have to do with the child. */
  readonly told: readonly ToldService[];
  readonly relations: readonly RelationKind[];
  readonly posts: readonly Viewer[];
  /** The posts under which a relation to this child allows the purpose, and is more than the viewer's own word. */
  readonly entitled: readonly Viewer[];
  /** The posts of those who work with this child: what they say of others' relations counts. */
  readonly working: readonly Viewer[];
  /** The posts of those to whom the child is given for longer, by records: they say to whom it goes on. */
  readonly responsible: readonly Viewer[];
  readonly references: readonly string[];
  readonly linkBeingChecked: boolean;
  /** Several children to whom the viewer has such a relation fit what he described. */
  readonly moreDetailNeeded: boolean;
  readonly agreements: readonly { readonly id: string; readonly version: string }[];
  readonly inForce: readonly AgreementInForce[];
  readonly childBirthDate: string | null;
  /** The child as the viewer's own service knows it: what it recorded last. */
  readonly known: KnownChild;
  /** Numbers of "up to n", for the clauses that show something. */
  readonly upTo: readonly number[];
  /** The child is closed to this viewer: milliseconds since 1970 from which on nothing is left to him; else null. */
  readonly coveredFrom: number | null;
  /** About whom nothing shows to him then; empty where the child is not closed to him. */
  readonly withheld: ReadonlySet<About>;
  /** The access in an emergency under which this was decided; absent where it was not. */
  readonly emergency?: { readonly access: string; readonly until: number };
}

/** One decision, before it is intersected with what is on its way: who the child is comes of what is left of it. */
type Decided = Omit<ChildView, 'known'> & { readonly said: SaidOfChild };

const EMERGENCY_RELATION: RelationKind = 'emergency';

/** Facts that close act over everything that shares a verified identifier; facts that open, along links alone. */
export const CLOSING_FACTS: readonly Fact[] = ['address-protected'];

/** What is looked for among all that is accepted and not yet filed, whoever says it of whom. */
export const FACTS_THAT_CLOSE: readonly Fact[] = [...CLOSING_FACTS, 'number-void'];

/** Which of these references are one child, which pairs are questions, and over whom restrictions act. */
export const linksOf = (references: readonly ScopeReference[]): IdentityGraph =>
  graphOf(
    references.map(({ contributions, ...reference }) => identityOf({ ...reference, records: bodied(contributions) })),
    answersAmong(references),
  );

/** The one full birth date that the child's records give; unknown where they give none, or two. */
const birthDateOf = (records: readonly BodiedRecord[]): string | undefined => {
  const dates = new Set(
    records
      .map(({ body }) => body.terms?.['birthDate'])
      .filter((date): date is string => typeof date === 'string' && /^\d{4}-\d\d-\d\d$/.test(date)),
  );
  return dates.size === 1 ? [...dates][0] : undefined;
};

/** Of the viewer's own service's records alone: nobody else's word of the child's name shows with them. */
const saidBy = (
  posts: readonly Viewer[],
  records: readonly BodiedRecord[],
  isOpen: (post: Viewer, record: BodiedRecord) => boolean,
): SaidOfChild => {
  const own = records
    .filter(
      (record) =>
        !record.suspended && posts.some((post) => isOwn(post, record.body.envelope.owner) && isOpen(post, record)),
    )
    .filter((record) => entryOf(record).tier !== 'sealed')
    .sort((a, b) => compare(b.receivedFirst, a.receivedFirst) || compare(a.bodyOf, b.bodyOf));
  const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null);
  const said = (of: (record: BodiedRecord) => string | null): Said[] =>
    own.flatMap((record) => {
      const value = of(record);
      return value === null ? [] : [{ record: recordOf(record.body), value }];
    });
  return {
    names: said(({ body: { identity } }) => {
      const parts = [text(identity?.['givenName']), text(identity?.['familyName'])].filter((part) => part !== null);
      return parts.length > 0 ? parts.join(' ') : null;
    }),
    birthDates: said(({ body: { terms } }) => text(terms?.['birthDate'])),
  };
};

/** What came last of what is left: nothing that anybody else recorded changes which that is. */
const knownOf = ({ names, birthDates }: SaidOfChild): KnownChild => ({
  name: names[0]?.value ?? null,
  birthDate: birthDates[0]?.value ?? null,
});

const bothSaid = (said: readonly Said[], others: readonly Said[]): Said[] =>
  said.filter(({ record, value }) => others.some((other) => other.record === record && other.value === value));

const receivedAt = ({ envelope }: FiledContribution): string => `${envelope.hubReceived}/${envelope.contributionId}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const factsOf = (records: readonly BodiedRecord[]): Set<Fact> =>
  new Set(records.flatMap(({ body }) => body.envelope.facts));

/** Agreements name fields in words with hyphens: `homeAddress` is `home-address` there. */
const agreementName = remembering((field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
);

/** The fields of a contribution that a decision named. */
const shownFields = (
  envelope: FiledContribution['envelope'],
  part: 'content' | 'location',
  named: readonly string[],
): string[] => (envelope.fields[part] ?? []).filter((field) => named.includes(agreementName(field))).sort();

const fieldsOf = rememberingOf((envelope: FiledContribution['envelope']): SharedEntry['fields'] => {
  const classes = getEventType(envelope.type).fields as Record<
    string,
    { part: Part; about: FieldAbout; tierFloor?: Tier }
  >;
  return (['content', 'location'] as const).flatMap((part) =>
    (envelope.fields[part] ?? []).map((name) => ({
      name: agreementName(name),
      part,
      about: classes[name]?.about ?? envelope.about,
      ...(classes[name]?.tierFloor ? { tierFloor: classes[name].tierFloor } : {}),
    })),
  );
});

/** Facts of an entry's sender and its service, and above them what people of that service recorded. */
const withRecorded = (facts: Iterable<string>, { given, refused }: RecordedFacts): string[] => [
  ...new Set([...[...facts].filter((fact) => !refused.includes(fact)), ...given]),
];
const NOTHING_RECORDED: RecordedFacts = { given: [], refused: [] };

/** An entry as decisions see it. `opening`: what its own service has recorded that may open its records. */
const entryOf = (
  { body }: BodiedRecord,
  opening: readonly Fact[] = [],
  recorded: RecordedFacts = NOTHING_RECORDED,
): SharedEntry => {
  const { envelope } = body;
  return {
    id: envelope.contributionId,
    owner: envelope.owner,
    type: envelope.type,
    recordType: envelope.recordType,
    tier: tierOf({ body }),
    about: envelope.about,
    occurred: envelope.occurred,
    ...(envelope.ended === undefined ? {} : { ended: envelope.ended }),
    facts: withRecorded([...envelope.facts, ...opening], recorded),
    fields: fieldsOf(envelope),
  };
};

const serviceName = ({ organisation, service }: OwnerService): string => JSON.stringify([organisation, service]);
const serviceOf = ({ body: { envelope } }: BodiedRecord): string => serviceName(envelope.owner);

/** What a service itself has recorded that may open its own records: nobody else's word does. */
const openingFacts = (records: readonly BodiedRecord[]): ((record: BodiedRecord) => readonly Fact[]) => {
  const byService = Map.groupBy(records, serviceOf);
  return (record) =>
    [...factsOf(byService.get(serviceOf(record)) ?? [])].filter((fact) => !CLOSING_FACTS.includes(fact));
};

const recordOf = (contribution: FiledContribution): string => {
  const { subject, rank, record } = contribution.envelope;
  return `${subject.key}/${rank.feed}/${record.key}`;
};

/** What an originator controls, or is sealed, says nothing of a service's involvement either. */
const showsInvolvement = (record: BodiedRecord): boolean =>
  !record.suspended && !['originator', 'sealed'].includes(entryOf(record).tier);

interface Child {
  readonly records: readonly BodiedRecord[];
  readonly relations: ReadonlyMap<Viewer, Relations>;
  /** Those of them that are recorded as such, and follow from no move. */
  readonly recorded: ReadonlyMap<Viewer, Relations>;
  readonly keys: readonly string[];
}

/** What this viewer opened in an emergency with the very handle with which he asks, for the one purpose that is for it. */
const accessIn = (scope: ReadScope, posts: readonly Viewer[]): EmergencyAccess | undefined => {
  if (scope.purpose !== EMERGENCY || scope.handle === undefined) return undefined;
  const access = activeAccess(scope.staff, scope.at);
  // Whoever left the post left this with it.
  return access?.handle === scope.handle.toLowerCase() && posts.some((post) => isOpenedBy(access, post))
    ? access
    : undefined;
};

/** All of an access that says whom it means, open or about to be. */
export type AccessMeant = Pick<EmergencyAccess, 'staffKey' | 'organisation' | 'service' | 'described'>;

const holdsVerified = (reference: ReferenceRecords, { described }: AccessMeant): boolean =>
  described !== null &&
  identityOf(reference).identifiers.some(
    ({ kind, value, status }) => status === 'traced' && kind === described.kind && value === described.value,
  );

/** Where an access in an emergency begins: whoever holds the identifier verified now, and the own organisation's child. */
const emergencyStart = (
  scope: ReadScope,
  access: AccessMeant,
  byKey: ReadonlyMap<string, ReferenceRecords>,
): readonly string[] =>
  scope.start.filter((key) => {
    const reference = byKey.get(key);
    return reference && (reference.organisation === access.organisation || holdsVerified(reference, access));
  });

/** The children that the viewer may have described and to whom a relation of his allows the purpose. */
const childrenMeant = (
  scope: ReadScope,
  posts: readonly Viewer[],
  inForce: readonly AgreementInForce[],
  links: DerivedLinks,
  byKey: ReadonlyMap<string, ReferenceRecords>,
  access?: AccessMeant,
): Child[] => {
  const attachedTo = Map.groupBy(links.attachments, ({ to }) => to);
  const start = access ? emergencyStart(scope, access, byKey) : scope.start;
  const starts = new Set([
    ...start,
    ...links.attachments.filter(({ staffOnly }) => start.includes(staffOnly)).map(({ to }) => to),
  ]);
  const attached = new Set(links.attachments.map(({ staffOnly }) => staffOnly));
  const allows = (relations: Relations): boolean =>
    usedRelations(
      {
        at: scope.at,
        purpose: scope.purpose,
        relations: [...relations.keys()],
        agreements: inForce.map(({ adopted }) => adopted),
        facts: [],
      },
      true,
    ).length > 0;
  const isAccepted = acceptancesAmong([...byKey.values()].flatMap(({ records }) => records));
  const isOwnReference = (key: string): boolean => {
    const organisation = byKey.get(key)?.organisation ?? '';
    return posts.some((post) => foldCode(post.organisation) === foldCode(organisation));
  };
  const meant = links.components
    .filter((component) => component.some((key) => starts.has(key)) && !component.every((key) => attached.has(key)))
    .map((component): Child => {
      const keys = [...component].sort();
      const own = keys.flatMap((key) => byKey.get(key)?.records ?? []);
      const named = keys.flatMap((key) =>
        (attachedTo.get(key) ?? []).flatMap(({ staffOnly }) => byKey.get(staffOnly)?.records ?? []),
      );
      const confirmations = borneOutBy(own, scope.at);
      const all = [...own, ...named];
      const recorded = new Map(posts.map((post) => [post, recordedRelations(post, all, confirmations, scope.at)]));
      const relationsOf = (post: Viewer): Relations => {
        const held = allRelations([recorded.get(post)!, relationsByMoves(post, all, isAccepted, scope.at)]);
        return access && isOpenedBy(access, post) ? new Map([...held, [EMERGENCY_RELATION, 'full']]) : held;
      };
      return { records: own, keys, recorded, relations: new Map(posts.map((post) => [post, relationsOf(post)])) };
    })
    .filter(({ relations }) => [...relations.values()].some(allows));
  if (access) return meant;
  // Through the own organisation's references first: what others name to him takes nothing of those away.
  const known = meant.filter(({ keys }) => keys.some(isOwnReference));
  return known.length > 0 ? known : meant;
};

const nothing = (posts: readonly Viewer[], inForce: readonly AgreementInForce[]): Decided => ({
  entries: [],
  notices: [],
  told: [],
  relations: [],
  posts,
  entitled: [],
  working: [],
  responsible: [],
  references: [],
  linkBeingChecked: false,
  moreDetailNeeded: false,
  agreements: inForce.map(({ id, version }) => ({ id, version })),
  inForce,
  childBirthDate: null,
  said: NOTHING_SAID,
  upTo: [],
  coveredFrom: null,
  withheld: NOBODY,
});

/** An answer in which everything is empty is nothing observable. */
const isObservable = ({ summary, content, location }: Pick<Disclosure, 'summary' | 'content' | 'location'>): boolean =>
  summary || content.length > 0 || location.length > 0;

const numbers = (list: readonly number[]): number[] => [...new Set(list)].sort((a, b) => a - b);
const union = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();

const NO_RELATIONS: Relations = new Map();

/** Relations of those who work with a child themselves. */
const WORKING: readonly RelationKind[] = ['allocated', 'team', 'triage', 'duty'];
/** Of those, the ones that do not end with a contact. */
const RESPONSIBLE: readonly RelationKind[] = ['allocated', 'team', 'duty'];

/** Every type of record of which some agreement tells that its owner is involved. */
const typesOfExistence = (inForce: readonly AgreementInForce[]): readonly string[] =>
  union(
    inForce.flatMap(({ adopted }) =>
      [...adopted.agreement.existence.values()].flat().map(({ types }) => [...(types ?? [])]),
    ),
  );

/** What decides of whichever records of a child. */
interface Deciding {
  readonly scope: ReadScope;
  readonly posts: readonly Viewer[];
  readonly inForce: readonly AgreementInForce[];
  readonly closedOwners: ReadonlySet<string>;
  readonly relations: Child['relations'];
  readonly childBirthDate: string | undefined;
  readonly byKey: ReadonlyMap<string, ReferenceRecords>;
}

/** The text that a release brings with it shows by that release alone. */
const withoutText = (grants: readonly Grant[]): readonly Grant[] =>
  grants.flatMap((grant): Grant[] => {
    if (grant.release !== undefined || !grant.content.includes(SANITISED_TEXT)) return [grant];
    const left = { ...grant, content: grant.content.filter((name) => name !== SANITISED_TEXT) };
    return isObservable(left) ? [left] : [];
  });

/**
 * What shows of these records as a child's. `of`: the references that are the child; `near`: those from which
 * restrictions act on it.
 */
const decideRecords = (
  { scope, posts, inForce, closedOwners, relations, childBirthDate, byKey }: Deciding,
  content: readonly BodiedRecord[],
  of: readonly string[],
  near: readonly string[],
) => {
  const facts = [...factsOf(near.flatMap((key) => byKey.get(key)?.records ?? []))]
    .filter((fact) => CLOSING_FACTS.includes(fact))
    .sort();
  const stateOf = (post: Viewer): SharingState => ({
    at: scope.at,
    purpose: scope.purpose,
    relations: [...(relations.get(post) ?? NO_RELATIONS).keys()],
    agreements: inForce.map(({ adopted }) => adopted),
    facts,
    ...(childBirthDate === undefined ? {} : { childBirthDate }),
    releases,
  });
  const readable = content.filter(isReadable);
  // An owner's word narrows over all that may be this child, linked or in question; it opens along links alone.
  const nearby = scope.references.filter(({ key }) => near.includes(key));
  const directives = nearby.flatMap(({ contributions }) => directivesOf(contributions));
  const handlingOf = doNotInformOn(nearby.flatMap(({ contributions }) => contributions));
  const recordedBy = recordedFacts(
    near.flatMap((key) => byKey.get(key)?.records ?? []),
    of,
    scope.at,
  );
  const made = scope.references
    .filter(({ key }) => of.includes(key))
    .flatMap(({ contributions }) => releasesOf(contributions));
  const releases = releasedEntries(
    made,
    readable.map(({ body }) => body),
  );
  const isOpen = (post: Viewer, { contribution }: BodiedRecord): boolean =>
    isLeftOpen(directives, post, contribution, scope.at);
  const openingOf = openingFacts(readable.filter(({ suspended }) => !suspended));
  const perPost = posts.map((post) => {
    const state = stateOf(post);
    const held = relations.get(post) ?? NO_RELATIONS;
    return applyNewest(
      readable.map((record) => {
        const recorded = recordedBy(record.body.envelope.owner);
        const entry = withReleasedText(entryOf(record, openingOf(record), recorded), post, releases);
        const closed = (record.suspended || closedOwners.has(entry.owner.organisation)) && !isOwn(post, entry.owner);
        const grants =
          closed || !isOpen(post, record) ? [] : withoutText(decideReachingGrants(post, state, held, entry));
        return { record, entry, grants };
      }),
    );
  });
  const entries = readable.flatMap((record, i): ShownEntry[] => {
    const decided = perPost.map(({ entries }) => entries[i]!).filter(({ disclosure }) => isObservable(disclosure));
    const disclosures = decided.map(({ disclosure }) => disclosure);
    if (disclosures.length === 0) return [];
    const grants = decided.flatMap((one) => one.grants);
    const texts = grants.filter(({ content }) => content.includes(SANITISED_TEXT)).map(({ release }) => release);
    const releasedBy = made
      .map(({ contribution }) => contribution)
      .filter(({ envelope }) => texts.includes(envelope.contributionId))
      .sort((a, b) => compare(receivedAt(a), receivedAt(b)));
    return [
      {
        id: record.body.envelope.contributionId,
        version: record.contribution.envelope.rank.value,
        record: recordOf(record.body),
        contribution: record.body,
        receivedFirst: record.receivedFirst,
        conflicting: record.conflicting,
        summary: disclosures.some(({ summary }) => summary),
        content: [
          ...shownFields(record.body.envelope, 'content', union(disclosures.map(({ content }) => content))),
          ...(releasedBy.length > 0 ? [SANITISED_FIELD] : []),
        ].sort(),
        location: shownFields(record.body.envelope, 'location', union(disclosures.map(({ location }) => location))),
        by: union(disclosures.map(({ by }) => by)),
        readerText: union(disclosures.map(({ readerText }) => (readerText === null ? [] : [readerText]))).join('; '),
        upTo: numbers(decided.flatMap(({ upTo }) => upTo.map(({ newest }) => newest))),
        handling: union([...grants.map(({ handling = [] }) => handling), handlingOf(record.body)]),
        releasedBy,
      },
    ];
  });
  const noticeOf = (
    post: Viewer,
    owner: OwnerService,
    recordTypes: readonly string[],
    records: readonly BodiedRecord[],
  ): ExistenceNotice[] => {
    if (isOwn(post, owner) || closedOwners.has(owner.organisation)) return [];
    const { shown, partyKind, desk } = decideExistence(post, stateOf(post), {
      ...owner,
      recordTypes,
      facts: withRecorded(factsOf(records), recordedBy(owner)),
    });
    return shown ? [{ partyKind: partyKind ?? '', desk: desk ?? '' }] : [];
  };
  const involved = Map.groupBy(readable.filter(showsInvolvement), serviceOf);
  const notices = posts.flatMap((post) =>
    [...involved.values()].flatMap((all): ExistenceNotice[] => {
      const records = all.filter((record) => isOpen(post, record));
      const types = union(records.map(({ body }) => [body.envelope.type, body.envelope.recordType]));
      return records.length === 0 ? [] : noticeOf(post, records[0]!.body.envelope.owner, types, records);
    }),
  );
  const { asked = [] } = scope;
  const recording = Map.groupBy(asked.length > 0 ? content : [], serviceOf);
  const everyType = asked.length > 0 ? typesOfExistence(inForce) : [];
  // By what agreements say of a service, whatever it recorded: what is held makes no difference, but facts that close.
  const told = asked.flatMap((service): ToldService[] => {
    const [notice] = posts
      .filter((post) => isServiceLeftOpen(directives, post, service, scope.at))
      .flatMap((post) => noticeOf(post, service, everyType, recording.get(serviceName(service)) ?? []));
    return notice ? [{ ...service, ...notice }] : [];
  });
  return { entries, notices: distinctNotices(notices), told, stateOf, isOpen };
};

/** The keys under which this sign-in was ever known, his posts of other days included. */
const staffKeysOf = ({ staff }: ReadScope): string[] => [...new Set(staff.map(({ envelope }) => envelope.subject.key))];

/**
 * The scope as if his own organisation's references and what the cover leaves of them were all that is held; what
 * another authority accepted stays accepted.
 */
const coveredScope = (scope: ReadScope, cover: Cover, posts: readonly Viewer[], before: number): ReadScope => ({
  ...scope,
  references: scope.references.map((reference) => {
    const isOwnReference = posts.some((post) => foldCode(post.organisation) === foldCode(reference.organisation));
    return {
      ...reference,
      contributions: reference.contributions.filter((one) =>
        isOwnReference
          ? cover.keeps(one) &&
            (getEventType(one.envelope.type).kind !== 'content' || Date.parse(one.envelope.hubReceived) < before)
          : one.envelope.type === RESPONSIBILITY_ACCEPTED,
      ),
    };
  }),
});

const withoutFieldsAbout = (entry: ShownEntry, { withheld }: Cover): ShownEntry[] => {
  const { type, about } = entry.contribution.envelope;
  const classes = getEventType(type).fields as Readonly<Record<string, { about: FieldAbout } | undefined>>;
  const left = (fields: readonly string[]) =>
    fields.filter((field) => !(withheld as ReadonlySet<string>).has(classes[field]?.about ?? about));
  const shown = { ...entry, content: left(entry.content), location: left(entry.location) };
  return isObservable(shown) ? [shown] : [];
};

/**
 * What a person sees of a child that is closed to him: the child as it would be if the hub held nothing but what his
 * own service had recorded by then. What was withdrawn or raised since does not come back.
 */
const decideCovered = (scope: ReadScope, cover: Cover, posts: readonly Viewer[]): Decided => {
  const then = decideState(coveredScope(scope, cover, posts, cover.before));
  const now = decideState(coveredScope(scope, cover, posts, Infinity));
  const view = intersect(then, now);
  return {
    ...view,
    entries: view.entries.flatMap((entry) => withoutFieldsAbout(entry, cover)),
    // A question that arose since then would tell of what was recorded since then.
    linkBeingChecked: then.linkBeingChecked && now.linkBeingChecked,
    told: [],
    coveredFrom: cover.before,
    withheld: cover.withheld,
  };
};

const decideState = (asked: ReadScope): Decided => {
  const scope = withoutSealed(asked);
  const posts = postsOf(scope.staff, scope.at, scope.login);
  const { inForce, closedOwners } = adoptedAgreements(scope.agreements, scope.at);
  const byKey = new Map(
    scope.references.map(({ key, organisation, contributions }) => [
      key,
      { key, organisation, records: bodied(contributions) },
    ]),
  );
  const links = graphOf([...byKey.values()].map(identityOf), answersAmong(scope.references));
  const nearTo = (key: string): readonly string[] =>
    links.restrictiveGroups.find((group) => group.includes(key)) ?? [key];
  const isContent = (record: BodiedRecord): boolean => kindOf(record) === 'content';
  const decideChild = ({ records, relations, keys }: Child) => {
    const childBirthDate = birthDateOf(records.filter(({ suspended }) => !suspended));
    const content = records.filter(isContent);
    const deciding = { scope, posts, inForce, closedOwners, relations, childBirthDate, byKey };
    return { content, deciding, ...decideRecords(deciding, content, keys, nearTo(keys[0]!)) };
  };
  const access = accessIn(scope, posts);
  const opened = access ? { emergency: { access: access.id, until: access.until } } : {};
  const meant = childrenMeant(scope, posts, inForce, links, byKey, access);
  const [child, another] = access ? shownOf(meant, access, byKey, decideChild) : meant;
  if (!child || another) return { ...nothing(posts, inForce), ...opened, moreDetailNeeded: another !== undefined };
  const cover = coverOf(
    scope.references
      .filter(({ key }) => nearTo(child.keys[0]!).includes(key))
      .flatMap(({ contributions }) => contributions),
    { posts, staffKeys: staffKeysOf(scope) },
    scope.at,
  );
  if (cover) return decideCovered(scope, cover, posts);

  const { content, deciding, entries, notices, told, stateOf, isOpen } = decideChild(child);
  const { childBirthDate } = deciding;

  const entitled = posts.filter((post) => usedRelations(stateOf(post), true).some((kind) => kind !== 'asserted'));
  const working = posts.filter((post) => WORKING.some((kind) => child.relations.get(post)?.has(kind)));
  const responsible = posts.filter((post) => RESPONSIBLE.some((kind) => child.recorded.get(post)?.has(kind)));
  // A question about what another service holds, or about what is closed to him, would tell that it is there.
  const isOfViewer = (key: string) =>
    (byKey.get(key)?.records ?? []).some(
      (record) =>
        isContent(record) &&
        isReadable(record) &&
        entryOf(record).tier !== 'sealed' &&
        entitled.some((post) => isOwn(post, record.body.envelope.owner) && isOpen(post, record)),
    );
  const isAsked = links.questions.some(
    ({ a, b }) => (child.keys.includes(a) || child.keys.includes(b)) && [a, b].every(isOfViewer),
  );
  /**
   * People took a reference away from this child: by what this viewer sees now, and would see if they had not, the two
   * were one. Whatever does not show takes no part, so that nobody learns of a reference of which he may not know.
   */
  const cameApart = (): boolean => {
    if (!isAnswered(scope.references)) return false;
    const others = scope.references.filter(({ key }) => !child.keys.includes(key));
    const would = others.flatMap(({ key }) => {
      const records = (byKey.get(key)?.records ?? []).filter(isContent);
      const near = [...nearTo(child.keys[0]!), ...nearTo(key)];
      return decideRecords(deciding, records, [...child.keys, key], near).entries;
    });
    const shows = new Set([...entries, ...would].map(({ id }) => id));
    return beforeAnswers(scope.references, shows).some((before) =>
      linksOf(before).components.some(
        (together) =>
          together.some((key) => child.keys.includes(key)) && together.some((key) => !child.keys.includes(key)),
      ),
    );
  };
  return {
    entries,
    notices,
    told,
    relations: [...new Set([...child.relations.values()].flatMap((held) => [...held.keys()]))].sort(),
    posts,
    references: child.keys,
    linkBeingChecked: isAsked || cameApart(),
    moreDetailNeeded: false,
    agreements: inForce.map(({ id, version }) => ({ id, version })),
    inForce,
    childBirthDate: childBirthDate ?? null,
    entitled,
    working,
    responsible,
    said: saidBy(entitled, content.filter(isReadable), isOpen),
    upTo: [],
    coveredFrom: null,
    withheld: NOBODY,
    ...opened,
  };
};

/** What an adoption has sealed is nobody: neither meant, nor near, nor a question. */
const withoutSealed = (scope: ReadScope): ReadScope => {
  const sealed = sealedByAdoption(scope.references);
  if (sealed.size === 0) return scope;
  return {
    ...scope,
    start: scope.start.filter((key) => !sealed.has(key)),
    references: scope.references.filter(({ key }) => !sealed.has(key)),
  };
};

/**
 * Of the children that an access in an emergency may mean, those of whom something shows, or a hidden one would tell
 * of itself by asking for one more detail. Whoever holds the identifier verified comes before what merely says it.
 */
const shownOf = (
  meant: readonly Child[],
  access: AccessMeant,
  byKey: ReadonlyMap<string, ReferenceRecords>,
  decide: (child: Child) => Pick<ChildView, 'entries' | 'notices'>,
): readonly Child[] => {
  if (meant.length < 2) return meant;
  const showing = meant.filter((child) => {
    const { entries, notices } = decide(child);
    return entries.length > 0 || notices.length > 0;
  });
  const verified = showing.filter(({ keys }) => keys.some((key) => holdsVerified(byKey.get(key)!, access)));
  return verified.length > 0 ? verified : showing;
};

/** Every reference of whomever an access in an emergency would mean, were it open: whether or not anything shows. */
export const referencesMeant = (scope: ReadScope, access: AccessMeant): readonly string[] => {
  const posts = postsOf(scope.staff, scope.at, scope.login);
  const { inForce } = adoptedAgreements(scope.agreements, scope.at);
  const byKey = new Map(
    scope.references.map((reference) => [reference.key, { ...reference, records: bodied(reference.contributions) }]),
  );
  const links = graphOf([...byKey.values()].map(identityOf), answersAmong(scope.references));
  return childrenMeant(scope, posts, inForce, links, byKey, access)
    .flatMap(({ keys }) => keys)
    .sort();
};

const distinctNotices = (notices: readonly ExistenceNotice[]): ExistenceNotice[] =>
  [...new Map(notices.map((notice) => [`${notice.partyKind}\n${notice.desk}`, notice]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, notice]) => notice);

/** An entry as a person sees it to whom a text of its owner's was released: it holds that text. */
const withReleasedText = (entry: SharedEntry, post: Viewer, releases: readonly Release[]): SharedEntry =>
  !isOwn(post, entry.owner) &&
  releases.some(
    ({ entryId, staffKey, fields }) =>
      entryId === entry.id && staffKey === post.staffKey && fields?.includes(SANITISED_TEXT) === true,
  )
    ? { ...entry, fields: [...entry.fields, { name: SANITISED_TEXT, part: 'content', about: entry.about }] }
    : entry;

/** The scope with one more contribution as if it were filed. What it does not touch stays the very same list. */
const withFiled = (scope: ReadScope, contribution: FiledContribution): ReadScope => {
  const { kind, key } = contribution.envelope.subject;
  const grown = (list: readonly FiledContribution[], grows: boolean) => (grows ? [...list, contribution] : list);
  return {
    ...scope,
    staff: grown(scope.staff, kind === 'staff'),
    agreements: grown(scope.agreements, kind === 'agreement'),
    references: scope.references.map((reference) =>
      kind === 'child' && reference.key === key
        ? { ...reference, contributions: grown(reference.contributions, true) }
        : reference,
    ),
  };
};

const isSameContribution = (a: Envelope, b: Envelope): boolean => a.contributionId === b.contributionId;

const both = (a: readonly string[], b: readonly string[]): string[] => a.filter((name) => b.includes(name));

/** What of an entry survives another decision: of the same version, or of whatever stands for its record there. */
const narrowed = (entry: ShownEntry, other: Decided, anyVersion: boolean): ShownEntry | undefined => {
  const same = other.entries.filter(({ id }) => id === entry.id);
  const ofRecord = anyVersion ? other.entries.filter(({ record }) => record === entry.record) : [];
  const against = same.length > 0 ? same : ofRecord;
  if (against.length === 0) return undefined;
  const releasedBy = entry.releasedBy.filter((release) =>
    against.every((one) => one.releasedBy.some(({ envelope }) => isSameContribution(envelope, release.envelope))),
  );
  const isText = (field: string): boolean => field === SANITISED_FIELD && entry.releasedBy.length > 0;
  const left = {
    ...entry,
    releasedBy,
    handling: union([entry.handling, ...against.map(({ handling }) => handling)]),
    summary: against.reduce((yes, one) => yes && one.summary, entry.summary),
    content: against
      .reduce<readonly string[]>((names, one) => both(names, one.content), entry.content)
      .filter((field) => !isText(field) || releasedBy.length > 0),
    location: against.reduce<readonly string[]>((names, one) => both(names, one.location), entry.location),
  };
  return left.summary || left.content.length > 0 || left.location.length > 0 ? left : undefined;
};

/** Posts that are among others too. */
const bothPosts = (posts: readonly Viewer[], others: readonly Viewer[]): Viewer[] =>
  posts.filter((post) => others.some((one) => JSON.stringify(one) === JSON.stringify(post)));

/** Where the child is closed, another version of what was seen is not what was seen. */
const isClosedIn = (...views: readonly Decided[]): boolean => views.some(({ coveredFrom }) => coveredFrom !== null);

const intersect = ({ emergency, ...view }: Decided, other: Decided): Decided => ({
  ...view,
  // An end of it counts at once.
  ...(emergency && other.emergency ? { emergency } : {}),
  entries: view.entries.flatMap((entry) => narrowed(entry, other, !isClosedIn(view, other)) ?? []),
  relations: view.relations.filter((relation) => other.relations.includes(relation)),
  entitled: bothPosts(view.entitled, other.entitled),
  working: bothPosts(view.working, other.working),
  responsible: bothPosts(view.responsible, other.responsible),
  said: {
    names: bothSaid(view.said.names, other.said.names),
    birthDates: bothSaid(view.said.birthDates, other.said.birthDates),
  },
  notices: view.notices.filter((notice) =>
    other.notices.some(({ partyKind, desk }) => partyKind === notice.partyKind && desk === notice.desk),
  ),
  told: view.told.filter((one) => other.told.some((two) => JSON.stringify(one) === JSON.stringify(two))),
  linkBeingChecked: isClosedIn(view, other)
    ? view.linkBeingChecked && other.linkBeingChecked
    : other.references.length > 0 && (view.linkBeingChecked || other.linkBeingChecked),
  moreDetailNeeded: view.moreDetailNeeded && other.moreDetailNeeded,
  coveredFrom: earlier(view.coveredFrom, other.coveredFrom),
  withheld: new Set([...view.withheld, ...other.withheld]),
});

const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

/** What was withdrawn by name is gone, whatever else of its record is on its way. */
const withoutWithdrawn = (view: Decided, { references }: ReadScope): Decided => {
  const byKey = new Map(references.map(({ key, contributions }) => [key, withdrawnAmong(contributions)]));
  return {
    ...view,
    entries: view.entries.filter(
      ({ contribution }) => byKey.get(contribution.envelope.subject.key)?.(contribution) !== true,
    ),
  };
};

/** A conflict is marked where its reader sees both sides; one that he does not see leaves no mark. */
const markConflicts = (entries: readonly ShownEntry[]): ShownEntry[] => {
  const shown = Map.groupBy(entries, ({ record }) => record);
  return entries.map((entry) => ({ ...entry, conflicting: entry.conflicting && shown.get(entry.record)!.length > 1 }));
};

const byOccurrence = (a: ShownEntry, b: ShownEntry): number => {
  const [first, second] = [sortKey(a), sortKey(b)];
  return first < second ? -1 : first > second ? 1 : 0;
};

/** Text by which entries are ordered: when it occurred (what is unknown last), then the entry's id. */
export const sortKey = (entry: ShownEntry): string => {
  const start = startOf(entry.contribution.envelope.occurred);
  return `${start === null ? '~' : String(start + 8.64e15).padStart(17, '0')}/${entry.id}`;
};

/**
 * What one viewer is shown of one child: the intersection of the decisions over what is filed and over every prefix
 * of what is accepted and not yet filed. Whatever narrows counts at once; whatever widens, once it is filed.
 */
export const readChild = (scope: ReadScope): ChildView => {
  let decided = decideState(scope);
  let then = scope;
  for (const pending of scope.pending) {
    then = withFiled(then, pending);
    decided = withoutWithdrawn(intersect(decided, decideState(then)), then);
  }
  const { said, ...view } = decided;
  const entries = markConflicts(view.entries).sort(byOccurrence);
  return { ...view, known: knownOf(said), entries, upTo: numbers(entries.flatMap(({ upTo }) => upTo)) };
};
