import { AT, isContent, referenceName, type Standing } from './standing-oracle.js';
import type { Question, WorldViewer } from './world.js';

/** Kinds for which the word of one's own organisation is not enough. */
const NEED_ANOTHERS_WORD = ['on-roll', 'registered'];
/** An encounter is open for a day; a contact opened before this was triaged for three working days by the time of reading. */
const ENCOUNTER_SINCE = '2025-12-18T09:00:00.001Z';
const TRIAGE_SINCE = '2025-12-16T00:00:00.000Z';

export interface KnownReference {
  readonly name: string;
  readonly organisation: string;
  readonly records: readonly Standing[];
  /** Holds the child's number, from a feed that is authoritative for it. */
  readonly verified: boolean;
  /** Holds it at all. */
  readonly named: boolean;
  readonly demographics: readonly (readonly [string, string])[];
}

export const DEMOGRAPHICS = ['givenName', 'familyName', 'sex', 'birthDate'];

export const referencesOf = (standing: readonly Standing[], nhsNumber: string): KnownReference[] =>
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
export const agree = (a: KnownReference, b: KnownReference): boolean =>
  a.demographics.every(([field, value]) => b.demographics.every(([other, said]) => other !== field || said === value));

export interface FoundChild {
  readonly members: readonly KnownReference[];
  /** Share the verified number and are not joined. */
  readonly inQuestion: readonly KnownReference[];
  readonly relations: readonly string[];
  /** Those of them that somebody else bears out, or that need nobody to. */
  readonly borneOut: readonly string[];
}

/** A child that the viewer's own organisation knows by this number, with the viewer's relations to it. */
export const childAround = (
  start: KnownReference,
  references: readonly KnownReference[],
  viewer: WorldViewer,
): FoundChild => {
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
    .filter(({ draft, suspended }) => ['relation-confirmed', 'relation'].includes(draft.type) && !suspended);
  const held = made.filter((one) => isHeldBy(one, viewer));
  return {
    members: [...members],
    inQuestion: candidates.filter((one) => !members.has(one)),
    relations: kindsOf(held),
    borneOut: kindsOf(held.filter((one) => isBorneOut(one, words))),
  };
};

/**
 * Somebody of another organisation says in his own name that this one has the relation, which had begun by then; or a
 * record of another organisation says now where the child is.
 */
export const isBorneOut = ({ draft, owner }: Standing, words: readonly Standing[]): boolean => {
  const { relation, service, from } = draft.body as Record<string, string>;
  return (
    !NEED_ANOTHERS_WORD.includes(relation!) ||
    words.some(({ item, draft: { type, body }, owner: by }) => {
      const says = body as Record<string, string | null>;
      const isOfIt =
        by.organisation !== owner.organisation &&
        says['organisation'] === owner.organisation &&
        says['relation'] === relation;
      if (type === 'relation') {
        const { from: since, until } = says;
        return isOfIt && Date.parse(since!) <= AT && (until === null || until === undefined || AT < Date.parse(until));
      }
      return (
        isOfIt &&
        says['confirmer'] === item.sender.client &&
        (says['service'] === null || says['service'] === service) &&
        Date.parse(from!) <= Date.parse(says['at']!)
      );
    })
  );
};

/** The children that the viewer's own organisation knows as described and that a relation of his opens. */
export const childrenMeant = (
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

export const kindsOf = (held: readonly Standing[]): string[] => [
  ...new Set(held.map(({ draft }) => draft.body['relation'] as string)),
];

export const isHeldBy = ({ draft: { body, resolve }, owner }: Standing, viewer: WorldViewer): boolean => {
  const worker = resolve?.reference.localId;
  const { relation, service, from, until } = body as Record<string, string | null>;
  const isOver =
    (relation === 'presenting' && from! < ENCOUNTER_SINCE) || (relation === 'triage' && from! < TRIAGE_SINCE);
  return (
    owner.organisation === viewer.organisation &&
    (body['organisation'] ?? viewer.organisation) === viewer.organisation &&
    service === viewer.service &&
    (worker === undefined ? relation !== 'allocated' : worker === viewer.workerId) &&
    Date.parse(from!) <= AT &&
    (until === null || until === undefined || AT < Date.parse(until)) &&
    !isOver
  );
};
