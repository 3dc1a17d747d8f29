import type { Static, TObject } from '@sinclair/typebox';
import type { FieldAbout, Kind, Part, Statement, Tier } from './words.js';

/** Where a field is sealed and about whom it speaks; `tierFloor` acts on this field alone. */
export interface FieldClass {
  readonly part: Part;
  readonly about: FieldAbout;
  readonly tierFloor?: Tier;
}

/** A former shape of an event type and how it becomes the next one. */
export interface OlderVersion {
  readonly schema: TObject;
  readonly upcast: (body: Record<string, unknown>) => Record<string, unknown>;
}

/** The whole truth about one event type. A field without a class does not compile. */
export interface EventTypeDefinition<S extends TObject = TObject> {
  /** The stored name: a written string, never a class name. */
  readonly type: string;
  readonly title: string;
  readonly kind: Kind;
  readonly statement: Statement;
  readonly tierFloor: Tier;
  readonly schemaVersion: number;
  readonly schema: S;
  readonly fields: { readonly [K in keyof Static<S>]-?: FieldClass };
  /** Former versions by number, each with the step to the next. Empty for a type in its first version. */
  readonly olderVersions: Readonly<Record<number, OlderVersion>>;
  readonly example: Static<S>;
}

export const defineEventType = <S extends TObject>(definition: EventTypeDefinition<S>): EventTypeDefinition<S> =>
  definition;

/** The body in today's shape, whatever version wrote it. Throws a RangeError on a version from the future. */
export const upcast = (
  definition: EventTypeDefinition,
  version: number,
  body: Record<string, unknown>,
): Record<string, unknown> => {
  if (version > definition.schemaVersion) throw new RangeError(`${definition.type} has no version ${version} here`);
  let current = body;
  for (let v = version; v < definition.schemaVersion; v += 1) {
    const older = definition.olderVersions[v];
    if (!older) throw new RangeError(`${definition.type} has no version ${v}`);
    current = older.upcast(current);
  }
  return current;
};

type Parts = Readonly<Partial<Record<Part, Readonly<Record<string, unknown>>>>>;

/** What was opened of a body, in today's shape and in the parts where today's classes put it. */
export const upcastParts = (definition: EventTypeDefinition, version: number, parts: Parts): Parts => {
  if (version === definition.schemaVersion) return parts;
  const body = upcast(definition, version, Object.assign({}, ...Object.values(parts)) as Record<string, unknown>);
  const classes = definition.fields as Readonly<Record<string, FieldClass | undefined>>;
  const current: Partial<Record<Part, Record<string, unknown>>> = {};
  for (const [name, value] of Object.entries(body)) {
    const part = classes[name]?.part;
    if (part && parts[part]) (current[part] ??= {})[name] = value;
  }
  return current;
};
