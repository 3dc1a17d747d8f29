import { ABOUT, getEventType, type About } from '#contracts';
import { foldCode, isOwn, type OwnerService, type Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import { fits, isInForce, standingDirectives, type PartyNamed } from './directives.js';
import { DO_NOT_INFORM } from './do-not-inform.js';

/** A guardian's word that a whole child is closed to somebody. */
export interface ChildExclusion {
  readonly id: string;
  readonly owner: OwnerService;
  readonly who: readonly PartyNamed[];
  readonly view: 'cover' | 'frozen';
  readonly seen: readonly { readonly staffKey: string; readonly at: string }[];
  readonly withhold: readonly About[];
  readonly records: readonly { readonly subject: string; readonly feed: string; readonly record: string }[];
  readonly until: string | null;
  readonly contribution: FiledContribution;
  /** It cannot be read: it closes the child to everybody. */
  readonly unreadable: boolean;
}

export const CHILD_EXCLUSION = 'child-exclusion-made';

/** What is about these shows to nobody from whom a child is closed, whatever the guardian says. */
const NEVER_SHOWN: readonly About[] = ['alleged-perpetrator', 'informant'];
/** Where nothing else is said, what is about anybody but the child may be about the excluded person's family. */
export const WITHHELD_BY_DEFAULT: readonly About[] = ABOUT.filter((about) => about !== 'child');

/** Every exclusion from a whole child among these contributions that was not lifted, in time or not. */
export const childExclusionsOf = (contributions: readonly FiledContribution[]): ChildExclusion[] =>
  standingDirectives(contributions, [CHILD_EXCLUSION]).map(({ contribution, terms }): ChildExclusion => {
    const { contributionId, owner } = contribution.envelope;
    if (!terms) {
      const closed = {
        who: [],
        view: 'cover',
        seen: [],
        withhold: WITHHELD_BY_DEFAULT,
        records: [],
        until: null,
      } as const;
      return { ...closed, id: contributionId, owner, contribution, unreadable: true };
    }
    type Terms = Omit<ChildExclusion, 'id' | 'owner' | 'contribution' | 'unreadable'> & { readonly directive: string };
    const { directive, ...said } = terms as unknown as Terms;
    return { ...said, id: directive, owner, contribution, unreadable: false };
  });

/** A person: the posts he holds, and the keys under which he was ever known. */
export interface PersonLooking {
  readonly posts: readonly Viewer[];
  readonly staffKeys: readonly string[];
}

/** Whether it closes the child to this person: one post or key that is named closes it to all that he is. */
export const closesTo = (
  { who, unreadable }: Pick<ChildExclusion, 'who' | 'unreadable'>,
  person: PersonLooking,
): boolean =>
  unreadable ||
  who.some(
    (party) =>
      (party.staffKey !== null && person.staffKeys.includes(party.staffKey)) ||
      person.posts.some((post) => fits(post, party)),
  );

/** What is left of a child to somebody from whom it is closed. */
export interface Cover {
  /** Milliseconds since 1970, exclusive: what the hub received from then on is as if it were not there. */
  readonly before: number;
  /** Whether something filed on a reference is in what is left, whenever it was received. */
  readonly keeps: (contribution: FiledContribution) => boolean;
  /** About whom neither entries nor fields show. */
  readonly withheld: ReadonlySet<About>;
}

/** By when this person last opened the child: what came later he has not seen. */
const openedBy = ({ seen }: ChildExclusion, { staffKeys }: PersonLooking): number =>
  Math.max(
    -Infinity,
    ...seen.filter(({ staffKey }) => staffKeys.includes(staffKey)).map(({ at }) => Date.parse(at) + 1),
  );

const endOf = (exclusion: ChildExclusion, person: PersonLooking): number => {
  const made = Date.parse(exclusion.contribution.envelope.hubReceived);
  return exclusion.view === 'frozen' ? Math.min(made, openedBy(exclusion, person)) : made;
};

/** Whether a contribution names this person: as the other one that it is about, or anywhere in its terms. */
const names = ({ envelope, terms }: FiledContribution, staffKeys: readonly string[]): boolean => {
  const text = terms === undefined ? '' : JSON.stringify(terms);
  return staffKeys.some((key) => envelope.otherKey === key || text.includes(key));
};

const placeOf = (subject: string, feed: string, record: string): string => JSON.stringify([subject, feed, record]);
const placeOfRecord = ({ envelope: { subject, rank, record } }: FiledContribution): string =>
  placeOf(subject.key, rank.feed, record.key);

/**
 * The cover view of a person from whom a child is closed by what is in force among these contributions; undefined where
 * it is not. What is left is what his own services recorded, and what his organisation says of its own relations and
 * decisions: less what is about him or his family, by whom it is about, by his key, or by the guardian's list.
 */
export const coverOf = (
  contributions: readonly FiledContribution[],
  person: PersonLooking,
  at: number,
): Cover | undefined => {
  const closing = childExclusionsOf(contributions).filter((one) => isInForce(one, at) && closesTo(one, person));
  if (closing.length === 0) return undefined;
  const withheld = new Set([...NEVER_SHOWN, ...closing.flatMap(({ withhold }) => withhold)]);
  const isAbout = (contribution: FiledContribution): boolean =>
    withheld.has(contribution.envelope.about) || names(contribution, person.staffKeys);
  // By record: what one version says of him, no other version tells.
  const hidden = new Set([
    ...closing.flatMap(({ records }) => records.map(({ subject, feed, record }) => placeOf(subject, feed, record))),
    ...contributions.filter(isAbout).map(placeOfRecord),
  ]);
  const before = Math.min(...closing.map((one) => endOf(one, person)));
  return {
    before,
    withheld,
    keeps: (contribution) => {
      const { type, owner, hubReceived } = contribution.envelope;
      if (type === CHILD_EXCLUSION) return false;
      // Whom not to tell is told to readers: what was marked since is likely to be about him.
      if (type === DO_NOT_INFORM && Date.parse(hubReceived) >= before) return false;
      if (getEventType(type).kind !== 'content')
        return person.posts.some((post) => foldCode(post.organisation) === foldCode(owner.organisation));
      return person.posts.some((post) => isOwn(post, owner)) && !hidden.has(placeOfRecord(contribution));
    },
  };
};
