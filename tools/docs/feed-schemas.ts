import { fieldsOf, RecordHead, RecordRest, type FeedDefinition } from '#intake';
import type { RecordFeedDefinition, RecordKind, StaffFeedDefinition } from '#intake';
import { ClassSchemas, nullable, type JsonSchema } from './class-schema.js';
import { DATED_LISTS, FIELDS } from './feed-descriptions.js';

const isRecordFeed = (feed: FeedDefinition): feed is RecordFeedDefinition => 'kinds' in feed;
const isStaffFeed = (feed: FeedDefinition): feed is StaffFeedDefinition => 'items' in feed;

/** `crime-justice.details` as `CrimeJusticeDetails`. */
const pascal = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** Most dated items in one list, and most records in one document. */
const MOST_ITEMS = 1000;
const MOST_RECORDS = 10_000;

const payloadSchema = (classes: ClassSchemas, kind: RecordKind<object>): JsonSchema => {
  const { properties, required } = classes.of(kind.payload);
  const dated = kind.dated.map(({ field, item, single }): [string, JsonSchema] => {
    const description = DATED_LISTS[kind.recordType]?.[field];
    if (description === undefined) throw new Error(`${kind.recordType}.${field} has no description`);
    const inner = single === undefined ? undefined : classes.of(item).properties[single];
    const value = inner ?? { type: 'array', maxItems: MOST_ITEMS, items: classes.refTo(item) };
    return [field, { ...nullable(value), description }];
  });
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: { ...properties, ...Object.fromEntries(dated) },
    additionalProperties: false,
  };
};

const recordSchema = (classes: ClassSchemas, kind: RecordKind<object>): JsonSchema => {
  const head = classes.of(RecordHead);
  const rest = classes.of(RecordRest);
  return {
    type: 'object',
    description:
      `A record of the kind \`${kind.recordType}\`. Its statuses become one \`${kind.type}\`` +
      `${kind.dated.map(({ field, type }) => `; \`${field}\`: \`${type}\``).join('')}.`,
    required: [...head.required, ...rest.required, 'payload'],
    properties: {
      ...head.properties,
      recordType: { const: kind.recordType, description: FIELDS['RecordHead']!['recordType'] },
      purge: { enum: [false, null], description: 'False, or left out.' },
      ...rest.properties,
      payload: payloadSchema(classes, kind),
    },
    additionalProperties: false,
  };
};

/** A record that its source withdraws: only its head is read. */
const withdrawnSchema = (classes: ClassSchemas): JsonSchema => {
  const { properties, required } = classes.of(RecordHead);
  return {
    type: 'object',
    description:
      'A record that its source withdraws, with everything below it. It may come before what it withdraws; ' +
      'what else it holds is not looked at.',
    required: [...required, 'purge'],
    properties: { ...properties, purge: { const: true, description: FIELDS['RecordHead']!['purge'] } },
  };
};

const documentOfRecords = (feed: RecordFeedDefinition): JsonSchema => {
  const record = {
    oneOf: [...feed.kinds.map(({ recordType }) => ref(`${pascal(recordType)}Record`)), ref('Withdrawn')],
  };
  const records = { type: 'array', maxItems: MOST_RECORDS, items: record };
  return {
    description: `${feed.title}: a file of a custodian, a list of records, or one record; at most 1 MiB.`,
    oneOf: [
      {
        type: 'object',
        required: ['orgId', 'records'],
        properties: {
          orgId: { type: 'string', description: 'Code of the organisation, one registered for this feed.' },
          orgName: { description: 'Not read: the registry names the organisation.' },
          orgType: { description: 'Not read: the registry says what the organisation is.' },
          records,
        },
        additionalProperties: false,
      },
      records,
      record,
    ],
  };
};

/** The schema of one item, and of one that is only taken away: of that no more is looked at than its names. */
const staffItem = (
  classes: ClassSchemas,
  { item, removed }: { readonly item: new () => object; readonly removed: new () => object },
): JsonSchema => {
  const withdrawn = classes.of(removed);
  const kept = classes.of(item);
  const sequence = {
    oneOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: String.raw`^\d{1,20}$` },
    ],
  };
  const ranked = (properties: Record<string, JsonSchema>) => ({
    ...properties,
    sequence: { description: properties['sequence']?.['description'], ...nullable(sequence) },
  });
  const needsChild = fieldsOf(item).has('child') ? ['child'] : [];
  return {
    oneOf: [
      {
        type: 'object',
        required: [...kept.required, ...needsChild],
        properties: {
          ...ranked(kept.properties),
          removed: { enum: [false, null], description: 'False, or left out.' },
        },
        additionalProperties: false,
      },
      {
        type: 'object',
        description: 'Withdraws what it names. What else it holds is not looked at.',
        required: [...withdrawn.required, ...needsChild, 'removed'],
        properties: {
          ...ranked(withdrawn.properties),
          removed: { const: true, description: withdrawn.properties['removed']?.['description'] },
        },
      },
    ],
  };
};

const documentOfStaff = (classes: ClassSchemas, { items }: StaffFeedDefinition): JsonSchema => ({
  type: 'object',
  description:
    'Who works in an organisation and who has to do with which child; at most 1 MiB. One of `staff` and `relations` ' +
    'must be there. Items rank by their own `sequence`, else by `extractedAt`: one of the two is required.',
  required: ['organisation'],
  anyOf: [{ required: ['staff'] }, { required: ['relations'] }],
  properties: {
    organisation: { type: 'string', description: 'Code of the organisation, one registered for this feed.' },
    extractedAt: {
      ...nullable({ type: 'string', format: 'date-time' }),
      description: 'When this was taken from the source system: the rank of items without a sequence of their own.',
    },
    staff: { ...nullable({ type: 'array', items: staffItem(classes, items.staff) }), description: 'Posts.' },
    relations: {
      ...nullable({ type: 'array', items: staffItem(classes, items.relations) }),
      description: 'Relations.',
    },
  },
  additionalProperties: false,
});

export interface FeedSchemas {
  readonly components: Readonly<Record<string, JsonSchema>>;
  /** Bodies that a submission may have, by media type. */
  readonly bodies: Readonly<Record<string, JsonSchema>>;
  /** Component of each feed whose documents are JSON. */
  readonly byFeed: ReadonlyMap<string, string>;
}

/** The published schemas of what the feeds take, made from the classes that check it. */
export const feedSchemas = (feeds: readonly FeedDefinition[]): FeedSchemas => {
  const classes = new ClassSchemas(FIELDS);
  const documents: Record<string, JsonSchema> = {};
  const byFeed = new Map<string, string>();
  for (const feed of feeds) {
    if (isRecordFeed(feed)) {
      for (const kind of feed.kinds) documents[`${pascal(kind.recordType)}Record`] ??= recordSchema(classes, kind);
      documents['Withdrawn'] ??= withdrawnSchema(classes);
      documents[`${pascal(feed.name)}Document`] = documentOfRecords(feed);
      byFeed.set(feed.name, `${pascal(feed.name)}Document`);
    }
    if (isStaffFeed(feed)) {
      documents['StaffDocument'] ??= documentOfStaff(classes, feed);
      byFeed.set(feed.name, 'StaffDocument');
    }
  }
  const others = feeds.filter(({ name }) => !byFeed.has(name));
  const streamed = others.flatMap(({ name, title, mediaTypes, size }) =>
    mediaTypes.map((mediaType): [string, JsonSchema] => [
      mediaType,
      {
        type: 'string',
        description: `\`${name}\`: ${title}${size === 'stream' ? ', of any size, read as a stream' : ''}. A DOCTYPE is refused.`,
      },
    ]),
  );
  const names = [...new Set(byFeed.values())].sort();
  return {
    components: { ...classes.components, ...documents },
    bodies: { 'application/json': { anyOf: names.map(ref) }, ...Object.fromEntries(streamed) },
    byFeed,
  };
};
