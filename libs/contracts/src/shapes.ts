import { Type, type TSchema } from '@sinclair/typebox';

/** `null` as sent: not known, or not said. It is never the same as `false`. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/**
 * `traced`: the check digit is right and the feed is registered as authoritative for this kind, or the payload
 * carries a verified status. `asserted`: said, not verified. `wrong-check-digit`: kept, flagged, never matched on.
 */
export const Identifier = Type.Object(
  {
    kind: Type.Union([Type.Literal('nhs-number'), Type.Literal('upn')]),
    value: Type.String({ minLength: 1, maxLength: 64 }),
    status: Type.Union([Type.Literal('traced'), Type.Literal('asserted'), Type.Literal('wrong-check-digit')]),
  },
  { additionalProperties: false },
);

export const Identifiers = Type.Array(Identifier, { maxItems: 16 });

/** Somebody an owner names: everybody of an organisation, or of a service or team of it, or one person by key. */
export const PartyNamed = Type.Object(
  {
    organisation: Type.String({ minLength: 1, maxLength: 128 }),
    service: Nullable(Type.String({ maxLength: 64 })),
    team: Nullable(Type.String({ maxLength: 128 })),
    staffKey: Nullable(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
);

/** A postal address as recorded. */
export const Address = Type.Object(
  {
    line1: Type.Optional(Nullable(Type.String())),
    line2: Type.Optional(Nullable(Type.String())),
    townOrCity: Type.Optional(Nullable(Type.String())),
    county: Type.Optional(Nullable(Type.String())),
    postcode: Type.Optional(Nullable(Type.String())),
  },
  { additionalProperties: false },
);

/** A desk to ring: a team, never a person at home. */
export const Contact = Type.Object(
  {
    name: Type.Optional(Nullable(Type.String())),
    description: Type.Optional(Nullable(Type.String())),
    telephone: Type.Optional(Nullable(Type.String())),
    email: Type.Optional(Nullable(Type.String())),
    address: Type.Optional(Nullable(Type.String())),
  },
  { additionalProperties: false },
);

export const RecordLink = Type.Object(
  { url: Type.Optional(Nullable(Type.String())), title: Type.Optional(Nullable(Type.String())) },
  { additionalProperties: false },
);

export const StatusAndPlan = Type.Object(
  { status: Type.Optional(Nullable(Type.String())), plan: Type.Optional(Nullable(Type.String())) },
  { additionalProperties: false },
);

/** A date as the source has it: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
export const PartialDate = Type.String({ pattern: '^\\d{4}(-\\d{2}(-\\d{2})?)?$' });

/**
 * What is impossible, or nearly, and filed all the same. Each is a statement about one document alone, so that the
 * same document always gives the same body; what lies after receipt is seen from the envelope.
 */
export const MARKS = [
  'after-death',
  'before-birth',
  'ends-before-start',
  'ends-after-death',
  /** Later than the extract that carries it. */
  'in-the-future',
] as const;
export type Mark = (typeof MARKS)[number];

export const Marks = Type.Array(Type.Union(MARKS.map((mark) => Type.Literal(mark))), { maxItems: MARKS.length });
