import { isUuid } from '#contracts';
import { checkNhsNumber } from '#identity';
import { isInstant, safeName, toInstant } from '#intake';
import { Problem } from '#platform';

const PURPOSE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

type Json = Readonly<Record<string, unknown>>;

export interface ReferenceAsked {
  readonly organisation: string;
  readonly system: string;
  readonly localId: string;
}

export type ChildAsked =
  { readonly handle: string } | { readonly reference: ReferenceAsked } | { readonly nhsNumber: string };

export type PersonAsked = { readonly login: string } | { readonly organisation: string; readonly workerId: string };

export interface ReplayAsked {
  readonly child: ChildAsked;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly login: string;
  readonly purpose: string;
}

export interface ReadSearchAsked {
  readonly about: { readonly child: ChildAsked } | { readonly person: PersonAsked };
  /** RFC 3339, UTC. */
  readonly from: string | null;
  readonly to: string | null;
  readonly before: number | null;
}

export const bad = (field: string, reason: string): never => {
  throw new Problem(400, 'bad-request', 'The question was not understood', { errors: [{ field, reason }] });
};

const objectOf = (value: unknown, place: string, known: readonly string[]): Json => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return bad(place, value === undefined ? 'missing' : 'not-an-object');
  }
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) bad(place === '' ? safeName(name) : `${place}.${safeName(name)}`, 'unknown-field');
  }
  return value as Json;
};

const textOf = (value: unknown, place: string): string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 256
    ? value
    : bad(place, value === undefined || value === '' ? 'missing' : 'not-text');

const instantOf = (value: unknown, place: string): number => {
  const text = textOf(value, place);
  return isInstant(text) ? Date.parse(toInstant(text)) : bad(place, 'not-an-instant');
};

const nhsNumberOf = (value: unknown, place: string): string => {
  const { normal, valid } = checkNhsNumber(textOf(value, place));
  return valid ? normal : bad(place, 'wrong-check-digit');
};

const referenceOf = (value: unknown, place: string): ReferenceAsked => {
  const { organisation, system, localId } = objectOf(value, place, ['organisation', 'system', 'localId']);
  return {
    organisation: textOf(organisation, `${place}.organisation`),
    system: textOf(system, `${place}.system`),
    localId: textOf(localId, `${place}.localId`).trim(),
  };
};

/** Exactly one of these says whom it is about. */
const oneOf = (given: Json, names: readonly string[], place: string): string => {
  const there = names.filter((name) => given[name] !== undefined);
  if (there.length === 1) return there[0]!;
  return bad(there[1] ?? `${place}${names[0]!}`, there.length === 0 ? 'missing' : 'one-too-many');
};

/** Reads the question of a replay strictly. Throws a Problem that names the field and repeats nothing. */
export const readReplay = (body: unknown): ReplayAsked => {
  const given = objectOf(body, '', ['handle', 'reference', 'nhsNumber', 'at', 'viewer', 'purpose']);
  const viewer = objectOf(given['viewer'], 'viewer', ['login']);
  const purpose = textOf(given['purpose'], 'purpose');
  if (!PURPOSE.test(purpose)) bad('purpose', 'not-allowed');
  return {
    child: childOf(given, oneOf(given, ['nhsNumber', 'reference', 'handle'], ''), ''),
    at: instantOf(given['at'], 'at'),
    login: textOf(viewer['login'], 'viewer.login'),
    purpose: purpose.toUpperCase(),
  };
};

const childOf = (given: Json, name: string, place: string): ChildAsked => {
  if (name === 'nhsNumber') return { nhsNumber: nhsNumberOf(given[name], `${place}${name}`) };
  if (name === 'reference') return { reference: referenceOf(given[name], `${place}${name}`) };
  const handle = textOf(given['handle'], `${place}handle`);
  return isUuid(handle) ? { handle } : bad(`${place}handle`, 'not-allowed');
};

const searchedChild = (value: unknown): ChildAsked => {
  const given = objectOf(value, 'child', ['nhsNumber', 'organisation', 'system', 'localId']);
  return oneOf(given, ['nhsNumber', 'localId'], 'child.') === 'nhsNumber'
    ? { nhsNumber: nhsNumberOf(given['nhsNumber'], 'child.nhsNumber') }
    : { reference: referenceOf(given, 'child') };
};

const searchedPerson = (value: unknown): PersonAsked => {
  const given = objectOf(value, 'person', ['login', 'organisation', 'workerId']);
  return oneOf(given, ['login', 'workerId'], 'person.') === 'login'
    ? { login: textOf(given['login'], 'person.login') }
    : {
        organisation: textOf(given['organisation'], 'person.organisation'),
        workerId: textOf(given['workerId'], 'person.workerId'),
      };
};

/** A place in the order of reads, as text. */
export const cursorOf = (position: number): string =>
  Buffer.from(JSON.stringify({ v: 1, position })).toString('base64url');

const placeOf = (value: unknown): number => {
  try {
    const place = JSON.parse(Buffer.from(textOf(value, 'cursor'), 'base64url').toString('utf8')) as Json;
    const { v, position } = place;
    if (v === 1 && Number.isSafeInteger(position)) return position as number;
  } catch {
    // The same answer for whatever is no cursor.
  }
  return bad('cursor', 'not-allowed');
};

/** Reads the question of a search for reads strictly. */
export const readReadSearch = (body: unknown): ReadSearchAsked => {
  const given = objectOf(body, '', ['child', 'person', 'from', 'to', 'cursor']);
  const instant = (name: 'from' | 'to'): string | null =>
    given[name] === undefined || given[name] === null ? null : new Date(instantOf(given[name], name)).toISOString();
  return {
    about:
      oneOf(given, ['child', 'person'], '') === 'child'
        ? { child: searchedChild(given['child']) }
        : { person: searchedPerson(given['person']) },
    from: instant('from'),
    to: instant('to'),
    before: given['cursor'] === undefined || given['cursor'] === null ? null : placeOf(given['cursor']),
  };
};
