import { Type, type TSchema } from '@sinclair/typebox';
import { ABOUT, MARKS, PRECISIONS, STATEMENTS } from '#contracts';
import { AgreementSchema, ImportedAgreementSchema } from '#sharing';

const closed = { additionalProperties: false } as const;
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Instant = (description: string) => Type.String({ format: 'date-time', description });
const Uuid = (description: string) => Type.String({ format: 'uuid', description });
const OneOf = <T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], description });

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Kind of problem: `urn:sightline:problem:<slug>`.' }),
    title: Type.String({ description: 'The kind in fixed words.' }),
    status: Type.Integer({ description: 'Status of the answer.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            field: Type.String({ description: 'Place in the request; empty for the whole of it.' }),
            reason: Type.String({ description: 'A code. Never the value that stood there.' }),
          },
          closed,
        ),
      ),
    ),
  },
  { ...closed, description: 'An answer that is no success (RFC 9457). It never repeats what the request said.' },
);

export const Accepted = Type.Object({ receipt: Uuid('Receipt of what is now kept.') }, closed);

export const Receipt = Type.Object(
  {
    receipt: Uuid('This receipt.'),
    feed: Type.String(),
    acceptedAt: Instant('Recorded time of the acceptance.'),
    total: Type.Integer({ description: 'Items of the submission.' }),
    items: Type.Array(
      Type.Object(
        {
          item: Type.Integer({ description: 'Number of the item in the submission.' }),
          path: Type.String({ description: 'Where the item stands in the document.' }),
          contribution: Uuid('The contribution that the item became.'),
          state: OneOf(
            ['accepted', 'filed', 'quarantined', 'duplicate'],
            '`accepted`: kept, on its way to its timeline. The others are for ever.',
          ),
          field: Type.Optional(Type.String({ description: 'Of a quarantined item: where it went wrong.' })),
          reason: Type.Optional(Type.String({ description: 'Of a quarantined item: why, as a code.' })),
        },
        closed,
      ),
    ),
    next: Nullable(Type.Integer({ description: 'Ask for the items after this one; null at the end.' })),
  },
  closed,
);

export const Notices = Type.Object(
  {
    notices: Type.Array(
      Type.Object(
        {
          kind: OneOf(
            ['conflicting-versions', 'absent-from-later-extract'],
            '`conflicting-versions`: two versions of equal rank differ; both stay current. ' +
              '`absent-from-later-extract`: a later extract does not hold this record; nothing was retracted.',
          ),
          receipt: Uuid('Receipt of the submission that the notice is about.'),
          path: Type.String({ description: 'Where the item stood in it.' }),
          at: Instant('Recorded time.'),
        },
        closed,
      ),
    ),
  },
  closed,
);

export const Heartbeat = Type.Object(
  {
    coversUntil: Type.Optional(
      Nullable(Instant('Up to when the feed covers everything; absent: it says only that it lives.')),
    ),
  },
  { description: 'A sign of life of a feed.' },
);
export const HeartbeatTaken = Type.Object({ receivedAt: Instant('Recorded time.') }, closed);

export const ChildSearch = Type.Object(
  {
    purpose: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$', description: 'Why: a purpose of an agreement.' }),
    nhsNumber: Type.Optional(Type.String({ description: 'NHS number with a right check digit.' })),
    upn: Type.Optional(Type.String({ description: 'Unique pupil number with a right check letter.' })),
    system: Type.Optional(
      Type.String({ description: 'System of the viewer’s own organisation; goes with `localId`.' }),
    ),
    localId: Type.Optional(Type.String({ description: 'The organisation’s own id of the child.' })),
    givenName: Type.Optional(Type.String({ description: 'Goes with `familyName` and `birthDate`.' })),
    familyName: Type.Optional(Type.String()),
    birthDate: Type.Optional(Type.String({ format: 'date' })),
  },
  {
    ...closed,
    description:
      'Whom the viewer means: by one identifier, by a local id, or by name and birth date; the first that is given counts.',
  },
);
export const Handle = Type.Object(
  {
    handle: Uuid('Stands for the person this viewer described. The same comes back whether anything is held or not.'),
  },
  closed,
);

const KnownChild = Type.Object(
  { name: Nullable(Type.String()), birthDate: Nullable(Type.String()) },
  { ...closed, description: 'The child as the viewer’s own service recorded it; null: it does not say.' },
);

export const Profile = Type.Object(
  {
    subject: Type.String({ description: 'Subject of the sign-in: all that a token proves.' }),
    name: Nullable(Type.String()),
    posts: Type.Array(
      Type.Object(
        {
          organisation: Type.String(),
          organisationName: Type.String(),
          organisationKind: Type.String(),
          service: Type.String(),
          role: Type.String(),
          team: Nullable(Type.String()),
        },
        closed,
      ),
      { description: 'From the staff feeds, at this instant. None: the hub knows nobody of that sign-in now.' },
    ),
    purposes: Type.Array(Type.String(), { description: 'What a search or read may be for.' }),
    at: Instant('Recorded time.'),
  },
  closed,
);

export const OwnChildren = Type.Object(
  {
    readId: Uuid('The record of this look, written before the answer left.'),
    children: Type.Array(
      Type.Object(
        {
          handle: Uuid('A handle that this viewer keeps for this child.'),
          child: KnownChild,
          relation: Type.Array(Type.String()),
          purposes: Type.Array(Type.String(), { description: 'What these relations allow.' }),
          lastRead: Nullable(Instant('When this viewer last read its chronology.')),
          new: Nullable(Type.Integer({ description: 'Entries he may see that came since; null: he never read.' })),
        },
        closed,
      ),
    ),
    cursor: Nullable(Type.String({ description: 'Goes on after this page; null at the end.' })),
  },
  closed,
);

const reason = Type.String({ minLength: 1, maxLength: 4000, description: 'Why, for your own organisation.' });
const purpose = Type.String({ description: 'A purpose that your relation to the child allows.' });
const NamedParty = Type.Object(
  {
    organisation: Type.String(),
    service: Type.Optional(Nullable(Type.String())),
    team: Type.Optional(Nullable(Type.String())),
    workerId: Type.Optional(Nullable(Type.String({ description: 'The organisation’s own number for one person.' }))),
  },
  { ...closed, description: 'Whoever everything that is given fits.' },
);
const closing = {
  purpose,
  reason,
  entryId: Type.Optional(Nullable(Uuid('One entry; else all that your service recorded of this child.'))),
  until: Type.Optional(Nullable(Instant('Exclusive; else until it is lifted.'))),
};
export const Withdrawal = Type.Object({ purpose, reason, entryId: Uuid('An entry of your own service.') }, closed);
export const Restriction = Type.Object({ ...closing, allow: Type.Array(NamedParty, { minItems: 1 }) }, closed);
export const Exclusion = Type.Object({ ...closing, deny: Type.Array(NamedParty, { minItems: 1 }) }, closed);
export const Lift = Type.Object({ purpose }, closed);
export const DecisionTaken = Type.Object(
  { id: Uuid('Names the decision for good.'), receipt: Uuid('It counts from now on.') },
  closed,
);
export const Restrictions = Type.Object(
  {
    restrictions: Type.Array(
      Type.Object(
        {
          id: Uuid('Names the decision.'),
          kind: OneOf(['restriction', 'exclusion', 'withdrawal'], 'What was decided.'),
          entryId: Nullable(Uuid('The entry, where you see it.')),
          ofOneRecord: Type.Boolean(),
          who: Type.Array(
            Type.Object(
              { organisation: Type.String(), service: Nullable(Type.String()), team: Nullable(Type.String()) },
              closed,
            ),
          ),
          until: Nullable(Instant('Exclusive.')),
          reason: Nullable(Type.String()),
          at: Instant('When it was decided.'),
        },
        closed,
      ),
    ),
  },
  closed,
);

const Occurred = Type.Object(
  {
    from: Type.Optional(Type.String({ description: 'Year, month, day or instant.' })),
    to: Type.Optional(Type.String()),
    precision: OneOf(PRECISIONS, 'How exactly it is known.'),
  },
  closed,
);

/** What the summary of an entry says: all of it or nothing. */
const EntrySummary = Type.Object(
  {
    version: Type.String({ description: 'Version of the source record.' }),
    owner: Type.Object({ organisation: Type.String(), service: Type.String() }, closed),
    type: Type.String({ description: 'Event type; see `events.md`.' }),
    recordType: Type.String({ description: 'The source’s own name for this kind of record.' }),
    statement: OneOf(STATEMENTS, 'How the statement is to be read.'),
    about: OneOf(ABOUT, 'About whom.'),
    summary: Type.String({ description: 'What kind of entry it is, in words.' }),
    times: Type.Object(
      {
        occurred: Occurred,
        ended: Type.Optional(Type.String()),
        agencyKnew: Nullable(Type.String({ description: 'When the agency knew; null: it did not say.' })),
        hubReceived: Instant('When the hub first received the record.'),
        read: Instant('When this reader reads it.'),
      },
      closed,
    ),
    marks: Type.Array(
      OneOf(
        ['conflicting', 'late', 'cannot-be-read', 'dated-after-receipt', ...MARKS],
        'What to know of the entry beside what it says.',
      ),
    ),
  },
  closed,
);

/** Facets stand apart: an entry whose summary does not show says neither what it is, nor whose, nor when. */
export const Entry = Type.Object(
  {
    entryId: Uuid('The contribution behind the entry.'),
    ...Type.Partial(EntrySummary).properties,
    content: Type.Record(Type.String(), Type.Unknown(), { description: 'The fields of `content` that may be seen.' }),
    location: Type.Record(Type.String(), Type.Unknown(), { description: 'The fields of `location` that may be seen.' }),
    readerText: Type.String({ description: 'Why this reader sees it, and under what terms.' }),
  },
  closed,
);

export const Chronology = Type.Object(
  {
    readId: Uuid('The record of this read, written before the answer left.'),
    handle: Uuid('As asked.'),
    purpose: Type.String(),
    child: KnownChild,
    entries: Type.Array(Entry, { description: 'In order of occurrence, what is undated last.' }),
    notices: Type.Array(
      Type.Object({ partyKind: Type.String(), desk: Type.String({ description: 'Whom to ring.' }) }, closed),
      { description: 'That a kind of party is involved. No service, date, category or count.' },
    ),
    linkBeingChecked: Type.Boolean({ description: 'Whether people are asked if records belong to this child.' }),
    moreDetailNeeded: Type.Boolean({
      description: 'Several children to whom you have such a relation fit what was said: give one more detail.',
    }),
    upTo: Type.Array(Type.Integer(), { description: 'Numbers of “up to n” that limited what is shown.' }),
    completeness: Type.Object(
      {
        lines: Type.Array(
          Type.Object(
            {
              partyKind: Type.String(),
              party: Type.String(),
              covers: Type.String(),
              freshTo: Nullable(Instant('Up to when the party’s feeds said they cover.')),
            },
            closed,
          ),
        ),
        statement: Type.String(),
      },
      { ...closed, description: 'Of the agreements’ parties and the time alone, never of the child.' },
    ),
    token: Type.String({ description: 'Up to where the hub had read when it answered, sealed.' }),
    cursor: Nullable(Type.String({ description: 'Goes on after this page; null at the end.' })),
  },
  closed,
);

const PolicyRules = Nullable(
  Type.Array(
    Type.Object({
      effect: OneOf(['allow', 'deny'], 'In any case.'),
      modes: Type.Array(OneOf(['EXISTENCE', 'CONTENT'], 'In any case.')),
      recordTypes: Type.Array(Type.String()),
      purposes: Type.Array(Type.String()),
      destOrgIds: Type.Optional(Nullable(Type.Array(Type.String()))),
      destOrgTypes: Type.Optional(Nullable(Type.Array(Type.String()))),
      validFrom: Type.Optional(Nullable(Instant('Inclusive.'))),
      validUntil: Type.Optional(Nullable(Instant('Inclusive.'))),
      reason: Type.Optional(Nullable(Type.String())),
    }),
  ),
);

export const SharingPolicy = Type.Object(
  {
    orgId: Type.String({ minLength: 1 }),
    orgName: Type.Optional(Nullable(Type.String())),
    orgType: Type.Optional(Nullable(Type.String())),
    recordTypes: Type.Optional(Nullable(Type.Array(Type.String()))),
    dsaPolicy: Type.Object({
      version: Type.Optional(Nullable(Type.String())),
      exceptions: Type.Optional(PolicyRules),
      defaults: Type.Optional(PolicyRules),
    }),
  },
  { description: 'The policy of one organisation in the shape of the DfE prototype: exceptions first, then defaults.' },
);

export const AgreementBrought = Type.Object(
  {
    document: Type.Unsafe<unknown>({
      anyOf: ['Agreement', 'SharingPolicy', 'ImportedAgreement'].map((name) => ({
        $ref: `#/components/schemas/${name}`,
      })),
      description: 'In the hub’s own vocabulary, as a policy of the DfE prototype, or as the cells of an import.',
    }),
    desk: Type.Optional(
      Nullable(Type.String({ description: 'Whom a notice of involvement says to ring, where the document has none.' })),
    ),
  },
  { description: 'A version of an agreement. It has no effect before its owners adopt it.' },
);
export const AgreementTaken = Type.Object(
  {
    agreement: Type.String(),
    version: Type.String(),
    receipt: Nullable(Uuid('Receipt; see the parameter `receipt` of a read. Null: the hub holds it already.')),
  },
  closed,
);
export const Adoption = Type.Object({
  inForceFrom: Instant('From when the version is in force for the owner.'),
  organisation: Type.Optional(
    Type.String({ description: 'For which organisation, where the caller has a governance post in several.' }),
  ),
});
export const AdoptionTaken = Type.Object(
  {
    agreement: Type.String(),
    version: Type.String(),
    organisation: Type.String({ description: 'For which organisation it was signed.' }),
    receipt: Uuid('Receipt.'),
    inForceFrom: Instant('As signed.'),
    signatures: Type.Integer({ description: 'Different people of this owner who have signed this version and date.' }),
    needed: Type.Integer({ description: 'How many put it in force.' }),
  },
  closed,
);
export const AgreementsInForce = Type.Object(
  {
    agreements: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          version: Type.String(),
          owners: Type.Array(Type.String(), { description: 'Organisations whose records it acts on.' }),
        },
        closed,
      ),
    ),
  },
  closed,
);

export const Health = Type.Object({ status: Type.Literal('up') }, closed);

/** Every schema by the name it has in the document. */
export const ANSWER_SCHEMAS: Readonly<Record<string, TSchema>> = {
  Accepted,
  Adoption,
  AdoptionTaken,
  Agreement: AgreementSchema,
  AgreementBrought,
  AgreementsInForce,
  AgreementTaken,
  ChildSearch,
  Chronology,
  DecisionTaken,
  Exclusion,
  Handle,
  Health,
  Heartbeat,
  HeartbeatTaken,
  ImportedAgreement: ImportedAgreementSchema,
  Lift,
  Notices,
  OwnChildren,
  Problem,
  Profile,
  Receipt,
  Restriction,
  Restrictions,
  SharingPolicy,
  Withdrawal,
};
