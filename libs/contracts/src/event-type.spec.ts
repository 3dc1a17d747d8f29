import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { catalogue } from './catalogue.js';
import { defineEventType, upcast, upcastParts, type EventTypeDefinition } from './event-type.js';
import { ABOUT, PARTS, TIERS } from './words.js';

const closed = { additionalProperties: false } as const;

/** A type in its third version: a date became a time, then got a place beside it. */
const definition = defineEventType({
  type: 'visit',
  title: 'Visit',
  kind: 'content',
  statement: 'fact',
  tierFloor: 'ordinary',
  schemaVersion: 3,
  schema: Type.Object({ at: Type.String(), place: Type.Union([Type.String(), Type.Null()]) }, closed),
  fields: { at: { part: 'terms', about: 'child' }, place: { part: 'location', about: 'child' } },
  olderVersions: {
    1: {
      schema: Type.Object({ date: Type.String() }, closed),
      upcast: ({ date }) => ({ at: `${date as string}T00:00:00.000Z` }),
    },
    2: { schema: Type.Object({ at: Type.String() }, closed), upcast: (body) => ({ ...body, place: null }) },
  },
  example: { at: '2025-03-04T00:00:00.000Z', place: null },
}) as unknown as EventTypeDefinition;

const fits = (body: unknown): boolean => TypeCompiler.Compile(definition.schema).Check(body);

describe('upcast', () => {
  it.each([
    [1, { date: '2025-03-04' }],
    [2, { at: '2025-03-04T00:00:00.000Z' }],
    [3, { at: '2025-03-04T00:00:00.000Z', place: null }],
  ])('brings a body of version %i to today’s shape', (version, body) => {
    const former = definition.olderVersions[version]?.schema ?? definition.schema;
    expect(TypeCompiler.Compile(former).Check(body)).toBe(true);
    const today = upcast(definition, version, body);
    expect(today).toEqual(definition.example);
    expect(fits(today)).toBe(true);
  });

  it('leaves the body that was stored as it is', () => {
    const body = Object.freeze({ date: '2025-03-04' });
    upcast(definition, 1, body);
    expect(body).toEqual({ date: '2025-03-04' });
  });

  it('refuses a version from the future, and one that never was', () => {
    expect(() => upcast(definition, 4, {})).toThrow(RangeError);
    expect(() => upcast(definition, 0, {})).toThrow(RangeError);
    const withHole = { ...definition, olderVersions: { 1: definition.olderVersions[1]! } };
    expect(() => upcast(withHole, 1, { date: '2025-03-04' })).toThrow('visit has no version 2');
  });
});

describe('upcastParts', () => {
  it('puts what was opened where today’s classes put it, and makes up nothing in parts that stayed closed', () => {
    expect(upcastParts(definition, 1, { content: { date: '2025-03-04' }, terms: {} })).toEqual({
      terms: { at: '2025-03-04T00:00:00.000Z' },
    });
    expect(upcastParts(definition, 2, { terms: { at: 'x' }, location: {} })).toEqual({
      terms: { at: 'x' },
      location: { place: null },
    });
    const today = { terms: { at: 'x' } };
    expect(upcastParts(definition, 3, today)).toBe(today);
  });
});

const definitions = [...catalogue.values()].map((one) => [one.type, one] as const);

describe.each(definitions)('%s', (_, { type, schema, fields, schemaVersion, olderVersions, title, example }) => {
  it('says of every field where it is sealed and about whom it speaks', () => {
    for (const name of Object.keys(schema.properties)) {
      const field = (fields as Readonly<Record<string, { part: string; about: string; tierFloor?: string }>>)[name];
      expect(PARTS).toContain(field?.part);
      expect([...ABOUT, 'worker', 'organisation']).toContain(field?.about);
      if (field?.tierFloor !== undefined) expect(TIERS).toContain(field.tierFloor);
    }
  });

  it('has a stored name, a title and a way from every former version', () => {
    expect(type).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(title).not.toBe('');
    const former = Array.from({ length: schemaVersion - 1 }, (_one, i) => String(i + 1));
    expect(Object.keys(olderVersions)).toEqual(former);
  });

  it('has an example that tells every field, so that the reference shows it', () => {
    expect(Object.keys(example).sort()).toEqual(Object.keys(schema.properties).sort());
  });

  it('takes no field that is not there', () => {
    expect(schema.additionalProperties).toBe(false);
  });
});
