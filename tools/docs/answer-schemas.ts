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
            line: Type.Optional(Type.Integer({ minimum: 1, description: 'Line of the text that was read.' })),
            column: Type.Optional(Type.Integer({ minimum: 1, description: 'Column in that line.' })),
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

export const Heartbeats = Type.Object(
  {
    heartbeats: Type.Array(
      Type.Object(
        {
          organisation: Type.String(),
          receivedAt: Instant('Recorded time.'),
          coversUntil: Nullable(Instant('Up to when the feed covers everything; null: it said only that it lives.')),
        },
        closed,
      ),
    ),
  },
  closed,
);
export const OwnFeeds = Type.Object(
  {
    feeds: Type.Array(
      Type.Object(
        {
          feed: Type.String(),
          title: Type.String(),
          organisation: Type.String(),
          lastHeartbeat: Nullable(Instant('Recorded time of the last sign of life.')),
          coversUntil: Nullable(Instant('What it said it covers.')),
          waiting: Type.Integer({ description: 'Items that are kept and on their way.' }),
          quarantined: Type.Integer({ description: 'Items in quarantine about which nobody has decided.' }),
        },
        closed,
      ),
    ),
  },
  closed,
);
const nextCursor = Nullable(Type.String({ description: 'Goes on after this page; null at the end.' }));
export const Submissions = Type.Object(
  {
    submissions: Type.Array(
      Type.Object(
        {
          organisation: Type.String(),
          receipt: Uuid('Its receipt.'),
          acceptedAt: Instant('Recorded time.'),
          items: Type.Integer({ description: 'All of them: the sum of the four that follow.' }),
          filed: Type.Integer(),
          quarantined: Type.Integer(),
          duplicate: Type.Integer(),
          accepted: Type.Integer({ description: 'Kept, on their way.' }),
        },
        closed,
      ),
    ),
    cursor: nextCursor,
  },
  closed,
);
export const QuarantinedItem = Type.Object(
  {
    organisation: Type.String(),
    id: Uuid('The contribution that opened the item.'),
    field: Type.String({ description: 'Where in the document: names and numbers, never a value.' }),
    reason: Type.String({ description: 'Why it could not be read, as a code.' }),
    receivedAt: Instant('When it came last.'),
    receipt: Uuid('Receipt of the submission with which it came last.'),
    path: Type.String({ description: 'Path of the item in that receipt.' }),
    state: OneOf(['open', 'released', 'discarded'], '`open`: it waits for a decision.'),
    by: Nullable(Type.Object({ role: Type.String({ description: 'Role of whoever decided.' }) }, closed)),
    at: Nullable(Instant('When it was decided.')),
  },
  { ...closed, description: 'An item in quarantine. An item that is sent again after a decision is open again.' },
);
export const QuarantinedItems = Type.Object({ items: Type.Array(QuarantinedItem), cursor: nextCursor }, closed);
export const OpenedItem = Type.Object(
  {
    id: Uuid('As asked.'),
    feed: Type.String(),
    field: Type.String(),
    reason: Type.String(),
    receivedAt: Instant('When it came first.'),
    raw: Nullable(Type.String({ description: 'As it was sent; of a long item the beginning. Null: it was erased.' })),
    decisions: Type.Array(
      Type.Object(
        {
          outcome: OneOf(['released', 'discarded'], 'What was decided.'),
          by: Type.Object({ role: Type.String() }, closed),
          at: Instant('Recorded time.'),
          reason: Nullable(Type.String({ description: 'Null: it was erased.' })),
        },
        closed,
      ),
      { description: 'Oldest first.' },
    ),
  },
  closed,
);
const decisionReason = Type.String({ minLength: 1, maxLength: 4000, description: 'Why, for your own organisation.' });
export const Release = Type.Object(
  {
    reason: decisionReason,
    document: Type.String({
      description: 'Text of a document in the feed’s own form. Of a staff feed one post or relation by itself will do.',
    }),
  },
  closed,
);
export const Discard = Type.Object({ reason: decisionReason }, closed);

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

const pairPart = {
  pair: Uuid('What this viewer’s pages call the pair, for good.'),
  state: OneOf(
    ['question', 'linked', 'refused', 'apart'],
    '`refused`: people say that they are two children. `apart`: neither a link nor a question.',
  ),
  why: OneOf(
    ['contradicts', 'differs', 'unclear'],
    'By what this viewer sees. `unclear`: all of it agrees, and still the hub is not certain.',
  ),
  since: Instant('Since when the hub has had a record of both that shows here.'),
};
const sidePart = {
  organisation: Type.String(),
  organisationName: Type.String(),
  organisationKind: Type.String(),
  own: Type.Boolean(),
};
const ListedPair = Type.Object(
  {
    ...pairPart,
    references: Type.Array(
      Type.Object(
        { ...sidePart, label: Nullable(Type.String({ description: 'The child as one’s own reference names it.' })) },
        closed,
      ),
      { description: 'One’s own first.' },
    ),
  },
  closed,
);
export const IdentityQuestions = Type.Object(
  {
    questions: Type.Array(ListedPair),
    cursor: Nullable(Type.String({ description: 'Goes on after this page; null at the end.' })),
  },
  closed,
);
export const Links = Type.Object({ pairs: Type.Array(ListedPair) }, closed);
const said = Type.Array(Type.String(), { description: 'As recorded, the latest first.' });
export const PairEvidence = Type.Object(
  {
    lookId: Uuid('The record of this look, written before the answer left.'),
    ...pairPart,
    references: Type.Array(
      Type.Object(
        {
          ...sidePart,
          fields: Type.Object({ givenName: said, familyName: said, birthDate: said, sex: said }, closed),
          identifiers: Type.Array(
            Type.Object(
              {
                kind: OneOf(['nhs-number', 'upn'], 'Which number.'),
                value: Nullable(Type.String({ description: 'Of another organisation’s only where both share it.' })),
                status: OneOf(['traced', 'asserted', 'wrong-check-digit'], 'Only `traced` is matched on.'),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
      { description: 'One’s own first.' },
    ),
    comparison: Type.Array(
      Type.Object(
        { field: Type.String(), verdict: OneOf(['same', 'similar', 'different', 'missing'], 'How the two compare.') },
        closed,
      ),
    ),
    answers: Type.Array(
      Type.Object(
        {
          answer: OneOf(['same', 'different'], 'What was said last.'),
          by: Type.Object({ organisation: Type.String(), role: Type.String() }, closed),
          at: Instant('When.'),
          reason: Nullable(Type.String({ description: 'Of one’s own organisation’s alone.' })),
        },
        closed,
      ),
    ),
  },
  closed,
);
export const PairAnswer = Type.Object(
  {
    answer: OneOf(['same', 'different'], 'Whether the two are the same child.'),
    leaves: Type.Optional(
      Nullable(
        OneOf(
          ['first', 'second'],
          'Of a link that is taken away: which of the two, as the evidence orders them, does not belong to the child. ' +
            'All others stay together. Without it people are asked about whatever hangs together with both.',
        ),
      ),
    ),
    reason,
  },
  closed,
);
export const Disclosures = Type.Object(
  {
    disclosures: Type.Array(
      Type.Object(
        {
          readId: Uuid('The record of that read.'),
          at: Instant('When it was answered.'),
          reader: Type.Array(
            Type.Object({ organisation: Type.String(), service: Type.String(), role: Type.String() }, closed),
            { description: 'The posts that the reader held then.' },
          ),
          purpose: Type.String(),
          entries: Type.Integer({ description: 'How many entries the page showed.' }),
        },
        closed,
      ),
    ),
    cursor: Nullable(Type.String({ description: 'Goes on after this page; null at the end.' })),
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
    party: Type.Object({ name: Type.String(), kind: Type.String() }, closed),
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
    conflictsWith: Type.Array(Uuid('Another version of the same record.'), {
      description: 'Versions of equal rank that this reader sees and that contradict this one.',
    }),
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
      anyOf: [
        ...['Agreement', 'SharingPolicy', 'ImportedAgreement'].map((name) => ({
          $ref: `#/components/schemas/${name}`,
        })),
        { type: 'string' },
      ],
      description:
        'In the hub’s own vocabulary, as a policy of the DfE prototype, or as the cells of an import; or the text of ' +
        'any of these, which is kept as it is.',
    }),
    desk: Type.Optional(
      Nullable(Type.String({ description: 'Whom a notice of involvement says to ring, where the document has none.' })),
    ),
  },
  { description: 'A version of an agreement. It has no effect before its owners adopt it.' },
);
const DocumentFault = Type.Object(
  {
    field: Type.String({ description: 'Place in the document.' }),
    reason: Type.String({ description: 'What is wrong there.' }),
    line: Type.Integer({ minimum: 1, description: 'Line of its text.' }),
    column: Type.Integer({ minimum: 1, description: 'Column in that line.' }),
  },
  closed,
);
export const AgreementTaken = Type.Object(
  {
    agreement: Type.String(),
    version: Type.String(),
    receipt: Nullable(Uuid('Receipt; see the parameter `receipt` of a read. Null: the hub holds it already.')),
    refusals: Type.Array(DocumentFault, { description: 'Why it may not be adopted as it is.' }),
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
export const AgreementTest = Type.Object({
  organisation: Type.Optional(
    Type.String({ description: 'For which organisation, where the caller has a governance post in several.' }),
  ),
});
export const AgreementTestTaken = Type.Object(
  {
    agreement: Type.String(),
    version: Type.String(),
    receipt: Uuid('Receipt.'),
    cases: Type.Integer({ description: 'Expectations that held.' }),
  },
  closed,
);
export const AgreementRevocation = Type.Object({
  reason: Type.String({ minLength: 1, maxLength: 2000, description: 'Why it is taken back.' }),
  from: Type.Optional(Nullable(Instant('From when; at once where it is missing or past.'))),
  organisation: Type.Optional(
    Type.String({ description: 'For which organisation, where the caller has a governance post in several.' }),
  ),
});
export const AgreementRevocationTaken = Type.Object(
  {
    agreement: Type.String(),
    version: Type.String(),
    organisation: Type.String({ description: 'For which organisation it was revoked.' }),
    receipt: Uuid('Receipt.'),
    from: Instant('From when its clauses act on that owner’s records no longer.'),
  },
  closed,
);

const OWNER_STATES = ['signed', 'adopted', 'in-force', 'superseded', 'revoked'] as const;
const AgreementState = OneOf(
  ['draft', 'tested', ...OWNER_STATES],
  'The furthest that it is to any owner; `draft` and `tested` before any signature.',
);
export const AgreementVersion = Type.Object(
  {
    agreement: Type.String(),
    version: Type.String(),
    title: Type.String(),
    organisation: Type.String({ description: 'The caller’s organisation that is a party.' }),
    document: Type.String({ description: 'The text, as it was sent where it has lines.' }),
    explanation: Type.Array(
      Type.Object(
        {
          title: Type.String(),
          sentences: Type.Array(
            Type.Object(
              {
                clause: Nullable(Type.String({ description: 'Id of the clause; null: of the document as a whole.' })),
                place: Type.String({ description: 'Place in the document.' }),
                text: Type.String({ description: 'What it says, in plain English.' }),
                line: Type.Integer({ minimum: 1, description: 'Line of the text.' }),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    refusals: Type.Array(DocumentFault, { description: 'Why it may not be adopted as it is.' }),
    cases: Type.Integer({ description: 'Expectations that the document is tested against.' }),
    life: Type.Object(
      {
        state: AgreementState,
        testedAt: Nullable(Instant('When the record of its test was received.')),
        needed: Type.Integer({ description: 'Signatures that put it in force for an owner.' }),
        owners: Type.Array(
          Type.Object(
            {
              organisation: Type.String(),
              state: OneOf(OWNER_STATES, '`adopted`: from a date that is still to come.'),
              inForceFrom: Nullable(Instant('From when it is or will be in force.')),
              revokedFrom: Nullable(Instant('From when it is revoked.')),
              signatures: Type.Array(
                Type.Object(
                  {
                    inForceFrom: Instant('As signed.'),
                    signedAt: Instant('When the hub received it.'),
                    own: Type.Boolean({ description: 'Whether it is the caller’s own.' }),
                  },
                  closed,
                ),
              ),
            },
            closed,
          ),
        ),
      },
      closed,
    ),
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
          state: AgreementState,
          owners: Type.Array(Type.String(), { description: 'Organisations whose records it acts on.' }),
        },
        closed,
      ),
    ),
  },
  closed,
);

const AskedReference = Type.Object(
  {
    organisation: Type.String(),
    system: Type.String({
      description: 'The system that gave the id; where a record names none, the feed of records.',
    }),
    localId: Type.String(),
  },
  closed,
);
export const ReplayQuestion = Type.Object(
  {
    nhsNumber: Type.Optional(Type.String({ description: 'NHS number with a right check digit.' })),
    reference: Type.Optional(AskedReference),
    handle: Type.Optional(Uuid('A handle with which a read is recorded.')),
    at: Instant('Recorded time, not in the future.'),
    viewer: Type.Object({ login: Type.String({ description: 'Subject of the sign-in.' }) }, closed),
    purpose: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' }),
  },
  { ...closed, description: 'Exactly one of `nhsNumber`, `reference` and `handle` says which child.' },
);
export const ReadSearch = Type.Object(
  {
    child: Type.Optional(
      Type.Object(
        {
          nhsNumber: Type.Optional(Type.String()),
          organisation: Type.Optional(Type.String()),
          system: Type.Optional(Type.String()),
          localId: Type.Optional(Type.String()),
        },
        { ...closed, description: 'An NHS number, or all three of the others.' },
      ),
    ),
    person: Type.Optional(
      Type.Object(
        {
          login: Type.Optional(Type.String()),
          organisation: Type.Optional(Type.String()),
          workerId: Type.Optional(Type.String()),
        },
        { ...closed, description: 'A sign-in, or an organisation and its id of the worker.' },
      ),
    ),
    from: Type.Optional(Nullable(Instant('Inclusive.'))),
    to: Type.Optional(Nullable(Instant('Exclusive.'))),
    cursor: Type.Optional(Nullable(Type.String({ description: '`cursor` of the page before.' }))),
  },
  { ...closed, description: 'Of a child or by a person: exactly one of the two.' },
);

const PostThen = Type.Object(
  { organisation: Type.String(), service: Type.String(), role: Type.String(), team: Nullable(Type.String()) },
  closed,
);
const AgreementThen = Type.Object({ id: Type.String(), version: Type.String() }, closed);
const NoticeThen = Type.Object({ partyKind: Type.String(), desk: Type.String() }, closed);
const ReplayedEntry = Type.Object(
  {
    ...Entry.properties,
    record: Type.String({ description: 'Names the record of which this is a version; versions share it.' }),
  },
  closed,
);

export const Replay = Type.Object(
  {
    replayId: Uuid('The record of this look, written before the answer left.'),
    at: Instant('As asked.'),
    position: Type.Integer({ description: 'The last event that counts as filed at that time.' }),
    purpose: Type.String(),
    viewer: Type.Object(
      {
        login: Type.String(),
        posts: Type.Array(
          Type.Object(
            { ...PostThen.properties, organisationName: Type.String(), organisationKind: Type.String() },
            closed,
          ),
        ),
      },
      { ...closed, description: 'Who the viewer was to the hub at that time.' },
    ),
    child: KnownChild,
    entries: Type.Array(ReplayedEntry, { description: 'All that would have shown, in order of occurrence.' }),
    notices: Type.Array(NoticeThen),
    relations: Type.Array(Type.String()),
    agreements: Type.Array(AgreementThen),
    linkBeingChecked: Type.Boolean(),
    moreDetailNeeded: Type.Boolean(),
    upTo: Type.Array(Type.Integer()),
    erasedParts: Type.Integer({
      description: 'Sealed parts of what it rests on that were erased since: what was shown then may have been more.',
    }),
  },
  closed,
);

const RecordedLook = Type.Object(
  {
    readId: Uuid('The record.'),
    kind: OneOf(
      ['chronology', 'list', 'other'],
      '`list`: the viewer’s list of own children. `other`: something that is not decided again; `what` says which.',
    ),
    what: Type.String({ description: 'Event type of the record.' }),
    at: Instant('Recorded time of the look.'),
    reader: Type.Object(
      {
        login: Nullable(Type.String({ description: 'Null: the record keeps none, or it does not open.' })),
        posts: Type.Array(PostThen),
      },
      closed,
    ),
    handle: Nullable(Uuid('The handle that was used; null where there was none.')),
    purpose: Nullable(Type.String()),
    relations: Type.Array(Type.String()),
    shown: Type.Object({ entries: Type.Integer(), notices: Type.Integer(), children: Type.Integer() }, closed),
    outcome: OneOf(
      ['same', 'erased', 'other-code', 'differs', 'not-replayed'],
      'What comes of deciding it again. `erased`: it rests on something erased since. `other-code`: the hub’s code has ' +
        'changed since and decides otherwise. `differs`: it does not show what was recorded.',
    ),
  },
  closed,
);
export const FoundReads = Type.Object(
  {
    lookId: Uuid('The record of this look.'),
    reads: Type.Array(RecordedLook, { description: 'The newest first.' }),
    cursor: Nullable(Type.String({ description: 'Goes on after this page; null at the end.' })),
  },
  closed,
);
export const RecordedRead = Type.Object(
  {
    lookId: Uuid('The record of this look.'),
    ...RecordedLook.properties,
    basis: Nullable(
      Type.Object(
        {
          position: Type.Integer({ description: 'The last event that counted as filed.' }),
          pending: Type.Integer({
            description: 'How much was accepted and not yet filed that was taken into account.',
          }),
          agreements: Type.Array(AgreementThen),
          versions: Type.Object(
            { linkageRules: Type.String(), decisionCode: Type.Integer(), catalogue: Type.Integer() },
            closed,
          ),
        },
        { ...closed, description: 'What it was decided from; null for what is not decided again.' },
      ),
    ),
    recorded: Type.Array(
      Type.Object({ entryId: Type.String(), version: Type.String(), facets: Type.Array(Type.String()) }, closed),
      { description: 'What the record says was shown.' },
    ),
    notices: Type.Array(NoticeThen),
    entries: Nullable(
      Type.Array(ReplayedEntry, { description: 'As they were shown; null unless deciding again gives the same.' }),
    ),
    children: Nullable(
      Type.Array(Type.Object({ relations: Type.Array(Type.String()), new: Nullable(Type.Integer()) }, closed)),
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
  AgreementRevocation,
  AgreementRevocationTaken,
  AgreementsInForce,
  AgreementTaken,
  AgreementTest,
  AgreementTestTaken,
  AgreementVersion,
  ChildSearch,
  Chronology,
  DecisionTaken,
  Discard,
  Disclosures,
  Exclusion,
  FoundReads,
  Handle,
  Health,
  Heartbeat,
  Heartbeats,
  HeartbeatTaken,
  IdentityQuestions,
  ImportedAgreement: ImportedAgreementSchema,
  Lift,
  Links,
  Notices,
  OpenedItem,
  OwnChildren,
  OwnFeeds,
  PairAnswer,
  PairEvidence,
  Problem,
  Profile,
  QuarantinedItem,
  QuarantinedItems,
  ReadSearch,
  Receipt,
  RecordedRead,
  Release,
  Replay,
  ReplayQuestion,
  Restriction,
  Restrictions,
  SharingPolicy,
  Submissions,
  Withdrawal,
};
