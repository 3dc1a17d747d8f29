import { getMetadataStorage } from 'class-validator';
import { fieldsOf, findFieldClass } from '#intake';

export type JsonSchema = Readonly<Record<string, unknown>>;
type Class = new () => object;

/** Sentences by class and field. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A full or partial date: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
const DATE = String.raw`\d{4}(-\d{2}(-\d{2})?)?`;
const INSTANT = String.raw`\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})`;

interface Rule {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly each: boolean;
}

const rulesOf = (type: Class, field: string): readonly Rule[] =>
  getMetadataStorage()
    .getTargetValidationMetadatas(type, '', false, false)
    .filter(({ propertyName }) => propertyName === field)
    .map(({ name, type: kind, constraints, each }) => ({
      name: name ?? kind,
      args: (constraints as unknown[] | undefined) ?? [],
      each,
    }));

/** What each rule of the classes says in JSON Schema. A rule without an entry fails the generator. */
const MEANINGS: Readonly<Record<string, (args: readonly unknown[]) => JsonSchema>> = {
  isThere: () => ({ pattern: String.raw`\S` }),
  isString: () => ({ type: 'string' }),
  maxLength: ([max]) => ({ maxLength: max }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  min: ([least]) => ({ minimum: least }),
  max: ([most]) => ({ maximum: most }),
  isIn: ([values]) => ({ enum: values }),
  isArray: () => ({ type: 'array' }),
  arrayMaxSize: ([most]) => ({ maxItems: most }),
  isDate: () => ({ type: 'string', pattern: `^(${DATE}|${INSTANT})$` }),
  isDecimalText: () => ({
    oneOf: [
      { type: 'number', minimum: 0, exclusiveMaximum: 1_000_000 },
      { type: 'string', pattern: String.raw`^\d{1,6}(\.\d{1,12})?$` },
    ],
  }),
  isRank: () => ({
    oneOf: [
      { type: 'number', minimum: 0 },
      { type: 'string', pattern: String.raw`^[^\s].{0,63}$` },
    ],
  }),
  isPlainObject: () => ({}),
  isOptional: () => ({}),
  nestedValidation: () => ({}),
};

const meaningOf = (type: Class, field: string, rules: readonly Rule[]): JsonSchema => {
  const unknown = rules.find(({ name }) => !(name in MEANINGS));
  if (unknown) throw new Error(`${type.name}.${field}: the rule ${unknown.name} has no meaning in JSON Schema here`);
  return Object.assign({}, ...rules.map(({ name, args }) => MEANINGS[name]!(args))) as JsonSchema;
};

/** The same, or `null`, which says that it is not known. */
export const nullable = (schema: JsonSchema): JsonSchema => {
  if (Array.isArray(schema['enum'])) return { ...schema, type: ['string', 'null'], enum: [...schema['enum'], null] };
  return typeof schema['type'] === 'string'
    ? { ...schema, type: [schema['type'], 'null'] }
    : { anyOf: [schema, { type: 'null' }] };
};

/** Schemas of classes, each once, as components that others refer to by name. */
export class ClassSchemas {
  readonly components: Record<string, JsonSchema> = {};
  private readonly known = new Map<string, Class>();

  constructor(private readonly descriptions: Descriptions) {}

  /** The properties of a class and which must be there. */
  of(type: Class): { readonly properties: Record<string, JsonSchema>; readonly required: readonly string[] } {
    const fields = [...fieldsOf(type)];
    this.checkDescribed(type, fields);
    return {
      properties: Object.fromEntries(fields.map((field) => [field, this.fieldOf(type, field)])),
      required: fields.filter((field) => rulesOf(type, field).every(({ name }) => name !== 'isOptional')),
    };
  }

  /** The class as an object that has no other fields. */
  objectOf(type: Class): JsonSchema {
    const { properties, required } = this.of(type);
    return {
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      properties,
      additionalProperties: false,
    };
  }

  refTo(type: Class): JsonSchema {
    const { name } = type;
    if ((this.known.get(name) ?? type) !== type) throw new Error(`two classes are called ${name}`);
    if (!this.known.has(name)) {
      this.known.set(name, type);
      this.components[name] = this.objectOf(type);
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  private fieldOf(type: Class, field: string): JsonSchema {
    const rules = rulesOf(type, field);
    const inner = findFieldClass(type, field);
    const whole = meaningOf(
      type,
      field,
      rules.filter(({ each }) => !each),
    );
    const each = meaningOf(
      type,
      field,
      rules.filter((rule) => rule.each),
    );
    const items = inner ? this.refTo(inner) : each;
    const value = whole['type'] === 'array' ? { ...whole, items } : inner ? items : whole;
    const isOptional = rules.some(({ name }) => name === 'isOptional');
    return { description: this.descriptions[type.name]?.[field], ...(isOptional ? nullable(value) : value) };
  }

  private checkDescribed(type: Class, fields: readonly string[]): void {
    const described = Object.keys(this.descriptions[type.name] ?? {});
    const without = fields.filter((field) => !described.includes(field));
    const stale = described.filter((field) => !fields.includes(field));
    if (without.length > 0) throw new Error(`${type.name} has fields without a description: ${without.join(', ')}`);
    if (stale.length > 0) throw new Error(`${type.name} has no such fields: ${stale.join(', ')}`);
  }
}
