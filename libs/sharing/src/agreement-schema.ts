import { Type, type Static, type TSchema } from '@sinclair/typebox';

const Text = Type.String({ minLength: 1, maxLength: 1024 });
const List = Type.Array(Text, { minItems: 1, maxItems: 10_000 });
const AnyOr = <T extends TSchema>(schema: T) => Type.Union([Type.Literal('any'), schema]);
const closed = { additionalProperties: false } as const;

const Age = {
  min: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: 150 }), Type.Literal('unborn')])),
  max: Type.Optional(Type.Integer({ minimum: 0, maximum: 150 })),
  at: Type.Optional(Type.Union([Type.Literal('read'), Type.Literal('occurred')])),
};

const Records = {
  types: Type.Optional(AnyOr(List)),
  about: Type.Optional(AnyOr(List)),
  tiers: Type.Optional(List),
};

const Show = Type.Object(
  { summary: Type.Optional(Type.Boolean()), content: Type.Optional(List), location: Type.Optional(List) },
  closed,
);

const clause = {
  id: Text,
  title: Type.Optional(Text),
  note: Type.Optional(Text),
  basis: Type.Optional(Text),
  to: List,
  roles: Type.Optional(AnyOr(List)),
  relation: Type.Optional(AnyOr(List)),
  purposes: Type.Optional(AnyOr(List)),
  childAge: Type.Optional(Type.Object(Age, closed)),
  when: Type.Optional(List),
  unless: Type.Optional(List),
};

const aboutAge = Type.Optional(Type.Object({ of: List, ...Age }, closed));

const Permit = Type.Object(
  {
    ...clause,
    readerText: Text,
    becomes: Type.Optional(Text),
    from: List,
    records: Type.Optional(Type.Object({ ...Records, lookback: Type.Optional(Text) }, closed)),
    aboutAge,
    newest: Type.Optional(Type.Integer({ minimum: 1 })),
    handling: Type.Optional(List),
    deliver: Type.Optional(Type.Object({}, { additionalProperties: true })),
    onRead: Type.Optional(List),
    show: Show,
  },
  closed,
);

const ExistenceClause = Type.Object(
  {
    ...clause,
    of: List,
    records: Type.Optional(Type.Object({ types: Type.Optional(AnyOr(List)) }, closed)),
    while: Type.Optional(Type.Union([Text, List])),
    shows: Type.Optional(List),
  },
  closed,
);

const ReleaseClause = Type.Object(
  {
    ...clause,
    readerText: Type.Optional(Text),
    from: Type.Optional(List),
    tiers: Type.Optional(List),
    by: List,
    names: Type.Optional(Type.Literal('person')),
    maxFor: Type.Optional(Text),
    handling: Type.Optional(List),
    show: Show,
  },
  closed,
);

const RestrictedRecords = Type.Optional(Type.Object({ ...Records, from: Type.Optional(List) }, closed));

const Cap = Type.Object({ ...clause, aboutAge, records: RestrictedRecords, max: Show }, closed);

const Forbid = Type.Object({ ...clause, aboutAge, records: RestrictedRecords, fields: Type.Optional(List) }, closed);

/** Other values for one thing of a case, each in turn: those named, or every other that the document knows, but some. */
const Others = Type.Optional(Type.Union([Type.Literal('*'), List, Type.Object({ except: List }, closed)]));

const Case = Type.Object(
  {
    name: Text,
    viewer: Type.Object(
      {
        service: Text,
        role: Type.Optional(Text),
        relation: Type.Optional(
          Type.Record(Type.String(), Type.Array(Type.Union([Text, Type.Null()]), { minItems: 2, maxItems: 2 })),
        ),
      },
      closed,
    ),
    purpose: Text,
    born: Type.Optional(Text),
    aboutBorn: Type.Optional(Text),
    facts: Type.Optional(Type.Array(Text)),
    entry: Type.Object(
      {
        from: Text,
        type: Text,
        tier: Type.Optional(Text),
        about: Type.Optional(Text),
        occurred: Type.Optional(Text),
        ended: Type.Optional(Text),
      },
      closed,
    ),
    expect: Type.Array(
      Type.Object(
        {
          at: Text,
          purpose: Type.Optional(Text),
          facts: Type.Optional(Type.Array(Text)),
          set: Type.Optional(
            Type.Object(
              {
                from: Type.Optional(Text),
                type: Type.Optional(Text),
                tier: Type.Optional(Text),
                about: Type.Optional(Text),
                occurred: Type.Optional(Text),
                ended: Type.Optional(Text),
              },
              closed,
            ),
          ),
          release: Type.Optional(Type.Array(Text, { minItems: 2, maxItems: 2 })),
          /** Role of whoever released it; absent: the first that the clause names. */
          releasedBy: Type.Optional(Text),
          /** The case again with each of these in place of its own, one at a time: all must give what is expected. */
          instead: Type.Optional(
            Type.Object(
              {
                viewer: Others,
                role: Others,
                relation: Others,
                purpose: Others,
                from: Others,
                type: Others,
                tier: Others,
                about: Others,
                releasedBy: Others,
              },
              { ...closed, minProperties: 1 },
            ),
          ),
          /** Exactly these clauses show it. */
          by: Type.Optional(Type.Array(Text)),
          /** None of these clauses shows it or tells of it, whatever others do. */
          notBy: Type.Optional(List),
          /** Exactly these clauses tell that the service is involved. */
          existence: Type.Optional(Type.Array(Text)),
          summary: Type.Optional(Type.Boolean()),
          content: Type.Optional(Type.Array(Text)),
          location: Type.Optional(Type.Array(Text)),
          /** Only the newest so many show. */
          upTo: Type.Optional(Type.Integer({ minimum: 1 })),
        },
        closed,
      ),
      { minItems: 1 },
    ),
  },
  closed,
);

/** A change that no case of the document sees, and that its parties accept by name. */
const Waiver = Type.Object(
  {
    /** Id of a clause; or `force`, `purposes` or `parties` for those parts of the document. */
    clause: Text,
    /** `deleted`, a value such as `relation`, or one change of it such as `relation team`. */
    change: Text,
    reason: Text,
  },
  closed,
);

/** JSON Schema of an agreement in the hub's own vocabulary. What it leaves open, `parseAgreement` checks. */
export const AgreementSchema = Type.Object(
  {
    schema: Type.Literal('agreement/1'),
    id: Text,
    version: Text,
    title: Type.Optional(Text),
    note: Type.Optional(Text),
    zone: Type.Optional(Text),
    force: Type.Optional(
      Type.Object({ from: Type.Optional(Text), until: Type.Optional(Text), reviewBy: Type.Optional(Text) }, closed),
    ),
    parties: Type.Record(
      Type.String(),
      Type.Object({ kind: Text, orgs: List, desk: Text, services: Type.Record(Type.String(), Text) }, closed),
    ),
    purposes: Type.Optional(
      Type.Record(Type.String(), Type.Object({ relations: List, title: Type.Optional(Text) }, closed)),
    ),
    bases: Type.Optional(
      Type.Record(Type.String(), List, {
        description:
          'Lawful bases by name. One whose list holds `UK GDPR 6(1)(a)` or `UK GDPR 9(2)(a)` is consent: a permit, ' +
          'existence or release clause on it opens only what a service recorded of whose child it holds a standing ' +
          'consent. Consent touches no other clause.',
      }),
    ),
    existence: Type.Optional(Type.Array(ExistenceClause)),
    permits: Type.Optional(Type.Array(Permit)),
    releases: Type.Optional(Type.Array(ReleaseClause)),
    caps: Type.Optional(Type.Array(Cap)),
    forbids: Type.Optional(Type.Array(Forbid)),
    cases: Type.Optional(Type.Array(Case)),
    waivers: Type.Optional(Type.Array(Waiver)),
  },
  { $id: 'agreement/1', ...closed },
);

export type AgreementDocument = Static<typeof AgreementSchema>;
export type AgreementCase = Static<typeof Case>;
