import { safeName } from '#intake';
import { Problem } from '#platform';

type Json = Readonly<Record<string, unknown>>;

export const bad = (field: string, reason: string): never => {
  throw new Problem(400, 'bad-request', 'The request was not understood', { errors: [{ field, reason }] });
};

export const objectIn = (body: unknown, fields: readonly string[]): Json => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return bad('', 'not-an-object');
  for (const name of Object.keys(body)) if (!fields.includes(name)) bad(safeName(name), 'unknown-field');
  return body as Json;
};

export const textIn = (json: Json, field: string, max: number): string => {
  const value = json[field];
  if (value === undefined || value === null || value === '') return bad(field, 'missing');
  if (typeof value !== 'string' || value.trim() === '') return bad(field, 'not-text');
  return value.length <= max ? value.trim() : bad(field, 'too-long');
};

export const optionalTextIn = (json: Json, field: string, max: number): string | null =>
  json[field] === undefined || json[field] === null || json[field] === '' ? null : textIn(json, field, max);

export const oneIn = <T extends string>(json: Json, field: string, values: readonly T[]): T =>
  values.find((value) => value === textIn(json, field, 64)) ?? bad(field, 'not-allowed');
