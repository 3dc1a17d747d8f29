import { safeName } from '#intake';
import { Problem } from '#platform';

export type Json = Readonly<Record<string, unknown>>;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** Reads bodies field by field. What does not fit is a Problem 400 of this title, with the field and never its value. */
export const bodyReader = (title: string) => {
  const bad = (field: string, reason: string): never => {
    throw new Problem(400, 'bad-request', title, { errors: [{ field, reason }] });
  };

  /** A body or a member of it, with no field but these. */
  const objectOf = (body: unknown, fields: readonly string[]): Json => {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return bad('', 'not-an-object');
    for (const name of Object.keys(body)) if (!fields.includes(name)) bad(safeName(name), 'unknown-field');
    return body as Json;
  };

  const textOf = (json: Json, field: string, max: number, path = field): string => {
    const value = json[field];
    if (value === undefined || value === null || value === '') return bad(path, 'missing');
    if (typeof value !== 'string' || value.trim() === '') return bad(path, 'not-text');
    return value.length <= max ? value.trim() : bad(path, 'too-long');
  };

  const optionalText = (json: Json, field: string, max: number, path = field): string | null =>
    json[field] === undefined || json[field] === null || json[field] === '' ? null : textOf(json, field, max, path);

  const oneOf = <T extends string>(json: Json, field: string, words: readonly T[]): T =>
    words.find((word) => word === textOf(json, field, 64)) ?? bad(field, 'not-allowed');

  /** RFC 3339, in UTC. */
  const instantOf = (json: Json, field: string): string => {
    const value = textOf(json, field, 64);
    return INSTANT.test(value) && !Number.isNaN(Date.parse(value))
      ? new Date(value).toISOString()
      : bad(field, 'not-an-instant');
  };

  return { bad, objectOf, textOf, optionalText, oneOf, instantOf };
};
