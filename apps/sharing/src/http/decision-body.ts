import type { FastifyRequest } from 'fastify';
import { isUuid } from '#contracts';
import { Problem, traceOf, type Caller } from '#platform';
import type { Asked, Named } from '../directives/child-decisions.js';
import type { Handles } from '../reading/handles.js';
import { ReadNotRecorded } from '../reading/read-chronology.js';
import { bodyReader, type Json } from './body-reader.js';

const PURPOSE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

export type { Json };

/** Longest text that somebody writes as a reason or the like. */
export const LONG_TEXT = 4000;

const reader = bodyReader('The decision was not taken');
const { instantOf } = reader;
export const { bad, objectOf, textOf, optionalText, oneOf } = reader;

export const booleanOf = (json: Json, field: string): boolean => {
  const value = json[field];
  if (value === undefined || value === null) return bad(field, 'missing');
  return typeof value === 'boolean' ? value : bad(field, 'not-true-or-false');
};

/** A list of texts; empty where it is not there. */
export const textsOf = (json: Json, field: string, most: number, length: number): string[] => {
  const given = json[field] ?? [];
  if (!Array.isArray(given)) return bad(field, 'not-a-list');
  if (given.length > most) return bad(field, 'too-large');
  return (given as unknown[]).map((one, i) => textOf({ [field]: one }, field, length, `${field}[${i}]`));
};

export const untilOf = (json: Json): string | null =>
  optionalText(json, 'until', 64) === null ? null : instantOf(json, 'until');

/** What is over before it is decided decides nothing: who gives a day of the past meant another. `at`: milliseconds. */
export const refusePast = (until: string | null, at: number): void => {
  if (until !== null && Date.parse(until) <= at) bad('until', 'past');
};

export const entryOf = (json: Json, required: boolean): string | null => {
  const entryId = required ? textOf(json, 'entryId', 64) : optionalText(json, 'entryId', 64);
  return entryId === null || isUuid(entryId) ? entryId : bad('entryId', 'not-allowed');
};

/** A list of people, teams and organisations, none of which may be unknown to the hub's registry. */
export const namedIn = (json: Json, list: string, organisations: ReadonlySet<string>): Named[] => {
  const given = json[list];
  if (!Array.isArray(given)) return bad(list, given === undefined ? 'missing' : 'not-a-list');
  if (given.length === 0) return bad(list, 'missing');
  if (given.length > 200) return bad(list, 'too-large');
  return given.map((one: unknown, i): Named => {
    const at = (field: string) => `${list}[${i}].${field}`;
    const party = objectOf(one, ['organisation', 'service', 'team', 'workerId']);
    const organisation = textOf(party, 'organisation', 128, at('organisation'));
    if (!organisations.has(organisation)) bad(at('organisation'), 'not-allowed');
    return {
      organisation,
      service: optionalText(party, 'service', 64, at('service')),
      team: optionalText(party, 'team', 128, at('team')),
      workerId: optionalText(party, 'workerId', 256, at('workerId')),
    };
  });
};

const purposeOf = (value: unknown): string => {
  if (typeof value !== 'string' || !PURPOSE.test(value)) {
    return bad('purpose', value === undefined ? 'missing' : 'not-allowed');
  }
  return value.toUpperCase();
};

/** Who asks, about whom and why. Throws a Problem 400 without a purpose, 404 for a handle that is not his own. */
export const askedOf = async (
  handles: Handles,
  caller: Caller,
  handle: string,
  purpose: unknown,
  request: FastifyRequest,
): Promise<Asked> => {
  const wanted = purposeOf(purpose);
  const description = await handles.find(caller.subject, handle);
  if (!description) throw new Problem(404, 'no-such-handle', 'This is no handle of yours; search again');
  return { login: caller.subject, handle, description, purpose: wanted, trace: traceOf(request) };
};

/** A look that could not be recorded shows nothing. */
export const whenRecorded = async <T>(look: Promise<T>): Promise<T> => {
  try {
    return await look;
  } catch (error) {
    if (!(error instanceof ReadNotRecorded)) throw error;
    throw new Problem(503, 'not-recorded', 'The look could not be recorded, so nothing is shown; try again');
  }
};
