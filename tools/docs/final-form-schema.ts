import { Type, type TSchema } from '@sinclair/typebox';
import {
  ABOUT,
  catalogue,
  FACTS,
  PARTS,
  PRECISIONS,
  REGIMES,
  SUBJECT_KINDS,
  TIERS,
  type Envelope,
  type FinalForm,
  type Occurred,
  type Rank,
  type SealedPart,
  type Subject,
} from '#contracts';

/** A schema for every field of `T` and for nothing else: a field that comes or goes does not compile here. */
type Fields<T> = { readonly [K in keyof T]-?: TSchema };

const closed = (description: string) => ({ additionalProperties: false, description });
const OneOf = (values: readonly string[], description: string) =>
  Type.Unsafe<string>({ type: 'string', enum: [...values], description });
const Instant = (description: string) => Type.String({ format: 'date-time', description });
const Hmac = (description: string) => Type.String({ pattern: '^[0-9a-f]{64}$', description });
const Key = (description: string) => Type.String({ pattern: '^[0-9a-f]{32}$', description });
const Uuid = (description: string) => Type.String({ format: 'uuid', description });
const Moment = (description: string) =>
  Type.String({ description: `${description}: YYYY, YYYY-MM, YYYY-MM-DD or an RFC 3339 instant.` });
const ByPart = (schema: TSchema, description: string) =>
  Type.Object(Object.fromEntries(PARTS.map((part) => [part, Type.Optional(schema)])), closed(description));

const occurred = {
  from: Type.Optional(Moment('When it happened, or the beginning of when')),
  to: Type.Optional(Moment('The end of a range')),
  precision: OneOf(PRECISIONS, 'How exactly the source knows it.'),
} satisfies Fields<Occurred>;

const subject = {
  kind: OneOf(SUBJECT_KINDS, 'What the subject is.'),
  key: Key('Random key of the subject: the key of the message.'),
} satisfies Fields<Subject>;

const rank = {
  feed: Type.String({ description: 'Feed in whose order the version stands.' }),
  by: OneOf(
    ['version', 'extract', 'sequence', 'append'] satisfies Rank['by'][],
    'What orders the versions of the feed.',
  ),
  value: Type.String({ description: 'The place as the source says it.' }),
  key: Type.String({ description: 'The place as a text that sorts.' }),
} satisfies Fields<Rank>;

const owner = {
  organisation: Type.String({ description: 'Registered id of the organisation.' }),
  service: Type.String({ description: 'Service of it whose record this is.' }),
} satisfies Fields<Envelope['owner']>;

const record = {
  key: Hmac('HMAC of the record’s natural key.'),
  ancestors: Type.Array(Hmac('HMAC of a record that this one is a part of.')),
  body: Hmac('HMAC of the plain body: the same for the same body.'),
} satisfies Fields<Envelope['record']>;

const envelope = {
  v: Type.Literal(1),
  contributionId: Uuid('The same for the same record, version and body, whoever sends it and however often.'),
  subject: Type.Object(subject, closed('Of whom the contribution speaks.')),
  type: OneOf([...catalogue.keys()].sort(), 'Stored name of the event type: see events.md.'),
  schemaVersion: Type.Integer({ minimum: 1, description: 'Version of the event type.' }),
  recordType: Type.String({ description: 'The source’s own name for a kind of record.' }),
  owner: Type.Object(owner, closed('The originator: whose record it is.')),
  sender: Type.String({ description: 'The connector, or the hub, that was authenticated.' }),
  originatorConfirmed: Type.Boolean({ description: 'Whether the originator is known to stand behind it.' }),
  record: Type.Object(record, closed('Which record it is. These values die with the secret of the reference.')),
  rank: Type.Object(rank, closed('Place of this version in the order of its feed.')),
  about: OneOf(ABOUT, 'Whom the record is about.'),
  otherKey: Type.Optional(Key('Key of the other person, where it is about one.')),
  tier: OneOf(TIERS, 'Sensitivity.'),
  regime: OneOf(REGIMES, 'Legal regime of the record.'),
  occurred: Type.Object(occurred, closed('When it happened.')),
  ended: Type.Optional(Moment('When it ended')),
  agencyKnew: Type.Optional(Moment('When the agency knew')),
  hubReceived: Instant('Recorded time at which the hub received it.'),
  fields: ByPart(Type.Array(Type.String()), 'Names of the fields in each sealed part.'),
  facts: Type.Array(OneOf(FACTS, 'A fact that a decision reads without a key.')),
} satisfies Fields<Envelope>;

const sealedPart = {
  alg: Type.Literal('A256GCM'),
  kid: Type.String({
    description: 'Under which submission and for whom its key is wrapped: `<submission>/<recipient>`.',
  }),
  nonce: Type.String({ pattern: '^[A-Za-z0-9_-]{16}$', description: 'Nonce of 12 bytes, base64url.' }),
  ct: Type.String({ pattern: '^[A-Za-z0-9_-]{22,}$', description: 'Ciphertext and 16-byte tag, base64url.' }),
} satisfies Fields<SealedPart>;

const finalForm = {
  v: Type.Literal(1),
  envelope: Type.Object(envelope, closed('What stands in the clear on every hop. Nothing else does.')),
  parts: ByPart(
    Type.Object(sealedPart, closed('AES-256-GCM, with the canonical bytes of the envelope as associated data.')),
    'What is sealed. Its keys travel on no bus.',
  ),
} satisfies Fields<FinalForm>;

/** JSON Schema of the final bytes of a contribution (draft 7). */
export const finalFormSchema: TSchema = Type.Object(
  finalForm,
  closed('Canonical JSON (RFC 8785) in UTF-8, at most 900 KiB, made once at the door and copied by every hop.'),
);
