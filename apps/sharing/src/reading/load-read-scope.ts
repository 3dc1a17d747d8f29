import type { PoolClient } from 'pg';
import { activeAccess, EMERGENCY, FACTS_THAT_CLOSE, postsOf, type ReadScope, type ScopeReference } from '#chronology';
import { tripleOf } from '#intake';
import type { KeyService, PartOpener } from '#platform';
import type { Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import type { BlindIndex } from './blind-index.js';
import type { Description } from './handles.js';
import { identifiersOf, withErasedIdentity } from './erased-identity.js';
import {
  agreementSubjects,
  blindOfSubjects,
  closureOf,
  filedRows,
  pendingRows,
  subjectsOfBlind,
  type Coordinates,
} from './load-scope.js';
import { unsealForDecision } from '#platform';

export interface ScopeLoader {
  readonly keys: KeyService;
  readonly opener: PartOpener;
  readonly blind: BlindIndex;
}

/** A scope, and what its record names: the staff keys, and the pending contributions in order. */
export interface LoadedScope {
  readonly scope: ReadScope;
  readonly staffKeys: readonly string[];
}

/** Subject keys of the posts that ever named this login; which of them still do is for `postsOf` to say. */
export const findStaff = async (
  client: PoolClient,
  blind: BlindIndex,
  generation: number,
  upTo: number,
  login: string,
): Promise<string[]> => {
  const found = await subjectsOfBlind(client, generation, upTo, ['login'], [blind.login(login)]);
  return [...new Set(found.map((one) => one.subjectKey))];
};

/**
 * References of whichever organisation on which one of these people was ever invited by name, or whose child ever moved
 * to the front door where they work.
 */
const findInvited = async (
  client: PoolClient,
  { generation, position }: Coordinates,
  staff: readonly string[],
  posts: readonly Viewer[],
): Promise<string[]> => {
  if (staff.length === 0) return [];
  const { rows } = await client.query({
    name: 'read-invited',
    text: `select distinct subject_key from projection.relation
            where generation = $1 and position <= $2 and staff_key = any ($3::text[]) and relation = 'invited'
           union
           select distinct subject_key from projection.relation
            where generation = $1 and position <= $2 and staff_key is null and owner <> organisation
              and (organisation, service) in (select * from unnest($4::text[], $5::text[]))`,
    values: [
      generation,
      position,
      staff,
      posts.map(({ organisation }) => organisation),
      posts.map(({ service }) => service),
    ],
  });
  return (rows as { subject_key: string }[]).map((row) => row.subject_key);
};

/** References of these organisations, and those to which the viewer is invited, that fit the description. */
const findStart = async (
  client: PoolClient,
  { blind, keys }: ScopeLoader,
  { generation, position }: Coordinates,
  organisations: readonly string[],
  invited: readonly string[],
  description: Description,
): Promise<string[]> => {
  if (description.by === 'key') {
    const { rows } = await client.query(
      `select subject_key from refs.reference
        where subject_key = $1 and (organisation = any ($2::text[]) or subject_key = any ($3::text[]))`,
      [description.key, organisations, invited],
    );
    return (rows as { subject_key: string }[]).map((row) => row.subject_key);
  }
  if (description.by === 'reference') {
    const triples = await Promise.all(
      organisations.map(async (organisation) =>
        tripleOf(await keys.secret(`index:${organisation}`), organisation, {
          kind: 'child',
          system: description.system,
          localId: description.localId,
        }),
      ),
    );
    const { rows } = await client.query('select subject_key from refs.reference where triple = any ($1::bytea[])', [
      triples,
    ]);
    return (rows as { subject_key: string }[]).map((row) => row.subject_key);
  }
  const [kinds, hmac] =
    description.by === 'identifier'
      ? [['traced', 'asserted'], blind.identifier(description.kind, description.value)]
      : [['name'], blind.name(description.givenName, description.familyName, description.birthDate)];
  const found = await subjectsOfBlind(client, generation, position, kinds, hmac ? [hmac] : []);
  const isStart = (one: (typeof found)[number]) =>
    organisations.includes(one.organisation) || invited.includes(one.subjectKey);
  return [...new Set(found.filter(isStart).map((one) => one.subjectKey))];
};

/** References of any organisation that ever said this identifier verified; whether they still do is for the decision. */
const findVerified = async (
  client: PoolClient,
  { blind }: ScopeLoader,
  { generation, position }: Coordinates,
  description: Description,
): Promise<string[]> => {
  if (description.by !== 'identifier') return [];
  const hmac = blind.identifier(description.kind, description.value);
  const found = await subjectsOfBlind(client, generation, position, ['traced'], [hmac]);
  return found.map(({ subjectKey }) => subjectKey);
};

/** With which handle somebody asks; `opening`: as if what he is about to open in an emergency were open already. */
export interface Asking {
  readonly handle: string;
  readonly opening?: boolean;
}

/** Loads what a read decides from, in the snapshot that the client holds open. */
export const loadReadScope = async (
  client: PoolClient,
  loader: ScopeLoader,
  coordinates: Coordinates,
  login: string,
  purpose: string,
  description: Description,
  asking?: Asking,
): Promise<LoadedScope> => {
  const { generation, position } = coordinates;
  const staff = await findStaff(client, loader.blind, generation, position, login);
  const posts = await unsealForDecision(client, loader.opener, await filedRows(client, generation, position, staff));
  const standing = postsOf(posts, coordinates.at.getTime(), login);
  const organisations = new Set(standing.map((post) => post.organisation));
  const invited = organisations.size === 0 ? [] : await findInvited(client, coordinates, staff, standing);
  const own = await findStart(client, loader, coordinates, [...organisations], invited, description);
  const isOpened =
    asking !== undefined &&
    purpose === EMERGENCY &&
    (asking.opening === true || activeAccess(posts, coordinates.at.getTime())?.handle === asking.handle.toLowerCase());
  const verified = isOpened ? await findVerified(client, loader, coordinates, description) : [];
  const start = [...new Set([...own, ...verified])];
  const agreements = await agreementSubjects(client, coordinates);
  const { references, pending, of } = await loadChildren(client, loader, coordinates, start, [...staff, ...agreements]);
  return {
    staffKeys: staff,
    scope: {
      at: coordinates.at.getTime(),
      purpose,
      login,
      staff: of(staff),
      start,
      ...(asking ? { handle: asking.handle } : {}),
      references,
      agreements: of(agreements),
      pending,
    },
  };
};

/** References near each other, with everything filed on them, and what is pending about them. */
export interface LoadedChildren {
  readonly references: readonly ScopeReference[];
  readonly pending: readonly FiledContribution[];
  /** Everything filed on these subjects. */
  readonly of: (keys: readonly string[]) => FiledContribution[];
}

/** These references, all that share a verified identifier with them, and the other subjects named. */
export const loadChildren = async (
  client: PoolClient,
  loader: ScopeLoader,
  coordinates: Coordinates,
  start: readonly string[],
  others: readonly string[] = [],
): Promise<LoadedChildren> => {
  const { generation, position } = coordinates;
  const near = await closureOf(client, generation, position, start);
  const childKeys = [...new Set([...start, ...near.map(({ key }) => key)])];
  const subjects = [...others, ...childKeys];
  const filed = await filedRows(client, generation, position, subjects);
  const pending = await pendingRows(client, generation, subjects, FACTS_THAT_CLOSE);
  const opened = await withErasedIdentity(
    client,
    loader.blind,
    generation,
    position,
    await unsealForDecision(client, loader.opener, [...filed, ...pending]),
  );
  const foreign = pending.some(({ subjectKey }) => !subjects.includes(subjectKey));
  const known = foreign ? await blindOfSubjects(client, generation, position, childKeys) : [];
  const isNear = nearTo(loader.blind, subjects, known);
  const inReach = opened.slice(filed.length).filter(isNear);
  const references = [...near, ...firstWords(inReach, [...subjects, ...near.map(({ key }) => key)])];
  const bySubject = new Map<string, FiledContribution[]>();
  filed.forEach((row, i) => {
    const list = bySubject.get(row.subjectKey) ?? [];
    list.push(opened[i]!);
    bySubject.set(row.subjectKey, list);
  });
  const of = (keys: readonly string[]) => keys.flatMap((key) => bySubject.get(key) ?? []);
  return {
    references: references.map(({ key, organisation }) => ({ key, organisation, contributions: of([key]) })),
    pending: inReach,
    of,
  };
};

/** Whether something pending is about these subjects, or about a child of one of these verified identifiers. */
const nearTo = (
  blind: BlindIndex,
  subjects: readonly string[],
  known: readonly { readonly kind: string; readonly hmac: Buffer }[],
): ((contribution: FiledContribution) => boolean) => {
  const traced = new Set(known.filter(({ kind }) => kind === 'traced').map(({ hmac }) => hmac.toString('hex')));
  return (contribution) =>
    subjects.includes(contribution.envelope.subject.key) ||
    identifiersOf(contribution).some(
      ({ kind, value, status }) => status === 'traced' && traced.has(blind.identifier(kind, value).toString('hex')),
    );
};

/** References of which the hub has nothing but what is pending. */
const firstWords = (pending: readonly FiledContribution[], known: readonly string[]) => [
  ...new Map(
    pending
      .filter(({ envelope }) => envelope.subject.kind === 'child' && !known.includes(envelope.subject.key))
      .map(({ envelope }) => [
        envelope.subject.key,
        { key: envelope.subject.key, organisation: envelope.owner.organisation },
      ]),
  ).values(),
];
