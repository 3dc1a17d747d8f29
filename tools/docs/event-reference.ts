import type { TObject, TSchema } from '@sinclair/typebox';
import { CATALOGUE_VERSION, catalogue, type EventTypeDefinition, type FieldClass } from '#contracts';

type Schema = TSchema & {
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
};

const limitsOf = ({ pattern, minimum, maximum, maxLength }: Schema): string =>
  [
    pattern === undefined ? '' : ` matching ${pattern}`,
    minimum === undefined ? '' : ` from ${minimum}`,
    maximum === undefined ? '' : ` to ${maximum}`,
    maxLength === undefined ? '' : ` of at most ${maxLength} characters`,
  ].join('');

/** A schema in words: `text or null`, `list of {status?: text or null}`. */
export const describeType = (schema: TSchema): string => {
  const given = schema as Schema;
  if (given.const !== undefined) return `"${String(given.const as string)}"`;
  if (given.anyOf) return given.anyOf.map(describeType).join(' or ');
  switch (given['type'] as string | undefined) {
    case 'array':
      return given.items ? `list of ${describeType(given.items)}` : 'list';
    case 'object':
      return `{${Object.entries(given.properties ?? {})
        .map(([name, field]) => `${name}${given.required?.includes(name) ? '' : '?'}: ${describeType(field)}`)
        .join(', ')}}`;
    case 'string':
      return `text${limitsOf(given)}`;
    case 'integer':
      return `whole number${limitsOf(given)}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    default:
      throw new Error(`a schema of the type ${String(given['type'])} has no words here`);
  }
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

const fieldRows = (schema: TObject, fields: Readonly<Record<string, FieldClass>>): string[] =>
  Object.entries(schema.properties).map(([name, field]) => {
    const { part, about, tierFloor } = fields[name]!;
    const required = (schema.required as readonly string[] | undefined)?.includes(name) ? 'yes' : 'no';
    const said = field.description === undefined ? '' : ` (${field.description})`;
    return `| \`${name}\` | ${cell(describeType(field) + said)} | ${required} | ${part} | ${about} | ${tierFloor ?? ''} |`;
  });

const KINDS = {
  content: 'content (it makes an entry)',
  disclosure: 'disclosure (it only changes what may be seen)',
  hub: 'hub (the hub’s own record)',
} as const;

const olderVersions = ({ olderVersions, schemaVersion }: EventTypeDefinition): string[] => {
  const older = Object.entries(olderVersions);
  if (older.length === 0) return ['Former versions: none.'];
  return older.flatMap(([version, { schema }]) => [
    `Version ${version}, upcast to ${Math.min(Number(version) + 1, schemaVersion)}: ${describeType(schema)}.`,
    '',
  ]);
};

const section = (definition: EventTypeDefinition): string[] => [
  `## ${definition.type}`,
  '',
  `${definition.title}.`,
  '',
  `- kind: ${KINDS[definition.kind]}`,
  `- statement: ${definition.statement}`,
  `- tier floor: ${definition.tierFloor}`,
  `- schema version: ${definition.schemaVersion}`,
  '',
  ...(Object.keys(definition.schema.properties).length === 0
    ? ['It has no fields: the envelope says all.']
    : [
        '| field | type | required | sealed part | about | tier floor |',
        '|---|---|---|---|---|---|',
        ...fieldRows(definition.schema, definition.fields),
      ]),
  '',
  ...olderVersions(definition),
  '',
  'Example:',
  '',
  '```json',
  JSON.stringify(definition.example, null, 2),
  '```',
  '',
];

/** Every event type of the catalogue, in the order of the stored names. */
export const eventReference = (): string => {
  const definitions = [...catalogue.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  return [
    '# Event types',
    '',
    `Version ${CATALOGUE_VERSION} of the catalogue. A heading is the stored name. Every field travels in one sealed part; ` +
      '`about` says of whom it speaks, and a tier floor of its own acts on that field alone.',
    '',
    '| stored name | title | kind | statement | tier floor |',
    '|---|---|---|---|---|',
    ...definitions.map(
      ({ type, title, kind, statement, tierFloor }) =>
        `| [${type}](#${type}) | ${title} | ${kind} | ${statement} | ${tierFloor} |`,
    ),
    '',
    ...definitions.flatMap(section),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
};
