import { isOwn, type Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import { directivesOf, excludes, isInForce, isLeftOpen } from './directives.js';
import type { KnownChild, ScopeReference } from './read-child.js';
import { bodied, isReadable, kindOf, tierOf, type BodiedRecord } from './standing-records.js';

const UP_TO_SPECIAL = ['contact', 'ordinary', 'special'];

/** Of what his own service recorded all but what is sealed; of another service of his organisation as of any party. */
const mayName = (post: Viewer, record: BodiedRecord): boolean =>
  UP_TO_SPECIAL.includes(tierOf(record)) || (isOwn(post, record.body.envelope.owner) && tierOf(record) !== 'sealed');

const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null);

/** Undefined where an exclusion names this person. */
const namedBy = (post: Viewer, references: readonly ScopeReference[], at: number): KnownChild | undefined => {
  const directives = references
    .flatMap(({ contributions }) => directivesOf(contributions))
    .filter((directive) => isInForce(directive, at));
  if (directives.some((directive) => excludes(directive, post))) return undefined;
  const records = references
    .flatMap(({ contributions }) => bodied(contributions))
    .filter(
      (record) =>
        kindOf(record) === 'content' &&
        !record.suspended &&
        isReadable(record) &&
        mayName(post, record) &&
        isLeftOpen(directives, post, record.contribution, at),
    )
    .sort((a, b) => (a.receivedFirst < b.receivedFirst ? 1 : -1));
  const first = (of: (record: BodiedRecord) => string | null): string | null =>
    records.map(of).find((value) => value !== null) ?? null;
  return {
    name: first(
      ({ body: { identity } }) =>
        [text(identity?.['givenName']), text(identity?.['familyName'])].filter((part) => part !== null).join(' ') ||
        null,
    ),
    birthDate: first(({ body: { terms } }) => text(terms?.['birthDate'])),
  };
};

/**
 * The child of an access in an emergency as the organisation of whoever reviews it knows it: by these references of its
 * own, over what is filed and every prefix of what is pending. Undefined where an exclusion names the reviewer: such a
 * review is for somebody else.
 */
export const childForReviewer = (
  post: Viewer,
  references: readonly ScopeReference[],
  pending: readonly FiledContribution[],
  at: number,
): KnownChild | undefined => {
  const upTo = (n: number): ScopeReference[] =>
    references.map((reference) => ({
      ...reference,
      contributions: [
        ...reference.contributions,
        ...pending.slice(0, n).filter(({ envelope }) => envelope.subject.key === reference.key),
      ],
    }));
  const each = Array.from({ length: pending.length + 1 }, (_, n) => namedBy(post, upTo(n), at));
  return each.reduce((known, then) =>
    known && then
      ? {
          name: known.name === then.name ? known.name : null,
          birthDate: known.birthDate === then.birthDate ? known.birthDate : null,
        }
      : undefined,
  );
};
