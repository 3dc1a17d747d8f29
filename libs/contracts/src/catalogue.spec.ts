import { readdirSync } from 'node:fs';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { canonicalText } from './canonical.js';
import { catalogue, getEventType } from './catalogue.js';
import { TIERS } from './words.js';

const definitions = [...catalogue.values()];

describe('the catalogue', () => {
  it('has one file for every event type, named after it', () => {
    const files = readdirSync(new URL('./events/', import.meta.url))
      .filter((file) => !file.endsWith('.spec.ts'))
      .map((file) => file.replace('.ts', ''));
    expect(files.sort()).toEqual([...catalogue.keys()].sort());
    expect(definitions.map(({ type }) => type).sort()).toEqual(files);
  });

  it.each(definitions.map((definition) => [definition.type, definition] as const))(
    '%s has an example that fits and a class for every field',
    (_, { schema, fields, example }) => {
      const check = TypeCompiler.Compile(schema);
      expect([...check.Errors(example)]).toEqual([]);
      expect(check.Check({ ...example, another: 1 })).toBe(false);
      expect(Object.keys(fields).sort()).toEqual(Object.keys(schema.properties).sort());
      expect(JSON.parse(canonicalText(example))).toEqual(example);
    },
  );

  it.each(
    definitions.filter(({ kind }) => kind === 'content').map((definition) => [definition.type, definition] as const),
  )('%s carries identifiers and stays below the tiers that no ordinary agreement opens', (_, { fields, tierFloor }) => {
    expect(fields).toHaveProperty('identifiers', { part: 'identity', about: 'child' });
    expect(['contact', 'ordinary', 'special']).toContain(tierFloor);
  });

  it('keeps weapon markers special and adoption sealed, whoever sends them', () => {
    const floorOf = (type: string, field: string) =>
      (getEventType(type).fields as Record<string, { tierFloor?: string }>)[field]?.tierFloor;
    expect(floorOf('crime-justice-status', 'policeMarkerDetails')).toBe('special');
    expect(floorOf('personal-details', 'relatedPeople')).toBe('special');
    expect(floorOf('referral', 'sealedClosureReason')).toBe('sealed');
    expect(
      definitions
        .flatMap(({ fields }) => Object.values(fields))
        .every(({ tierFloor }) => tierFloor === undefined || TIERS.includes(tierFloor)),
    ).toBe(true);
  });
});
