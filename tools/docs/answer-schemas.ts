import { Type, type TSchema } from '@sinclair/typebox';
import {
  ABOUT,
  CONFIRMABLE_RELATIONS,
  EMERGENCY_OUTCOMES,
  RELATION_OUTCOMES,
  REVIEWED_RELATIONS,
  EMERGENCY_REASONS,
  MARKS,
  PRECISIONS,
  REVIEW_LEVELS,
  STATEMENTS,
} from '#contracts';
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

export const Crossings = Type.Object(
  {
    readId: Uuid('The record of this look, written before the answer left.'),
    crossings: Type.Array(
      Type.Object(
        {
          handle: Uuid('A handle that this viewer keeps for this child.'),
          child: KnownChild,
          service: Nullable(
            Type.Object(
              { organisation: Type.String(), organisationName: Type.String(), service: Type.String() },
              { ...closed, description: 'Whose people began to see the child, where you see entries of theirs.' },
            ),
          ),
          party: Nullable(
            Type.Object(
              { kind: Type.String(), desk: Type.String() },
              { ...closed, description: 'The kind of party and its desk, where you may know no more than that.' },
            ),
          ),
          new: Type.Boolean({ description: 'It was since you read this child’s chronology last, or were told last.' }),
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
const Meta = Type.Object(
  {
    resourceType: Type.String(),
    created: Instant('When it was provisioned.'),
    lastModified: Instant('When it was changed last.'),
    location: Type.String(),
  },
  closed,
);
const Schemas = Type.Array(Type.String(), { description: 'Schemas of the resource.' });
const MayHave = { id: Type.Optional(Uuid('Given by the hub.')), meta: Type.Optional(Meta) };
/** What is not listed is left out, so these are open. */
export const ScimUser = Type.Object({
  ...MayHave,
  schemas: Schemas,
  userName: Type.String({ maxLength: 256, description: 'Subject of the sign-in.' }),
  externalId: Type.String({
    maxLength: 128,
    description: 'The organisation’s own number for the person; never changes.',
  }),
  displayName: Type.Optional(Type.String({ maxLength: 256 })),
  active: Type.Optional(Type.Boolean({ description: 'False: no post is held from the answer on.' })),
  roles: Type.Array(Type.Object({ value: Type.String({ maxLength: 64 }), primary: Type.Optional(Type.Boolean()) }), {
    minItems: 1,
    description: 'One, or one that is primary.',
  }),
  'urn:sightline:params:scim:schemas:extension:post:2.0:User': Type.Optional(
    Type.Object({
      service: Type.Optional(Type.String({ maxLength: 64, description: 'Else that of the feed.' })),
      from: Type.Optional(Instant('Since when; else since it was provisioned.')),
    }),
  ),
});
export const ScimGroup = Type.Object({
  ...MayHave,
  schemas: Schemas,
  displayName: Type.String({ maxLength: 128, description: 'Name of the team, as relations name it.' }),
  externalId: Type.Optional(Type.String({ maxLength: 128 })),
  members: Type.Optional(Type.Array(Type.Object({ value: Uuid('Id of a user.') }))),
});
export const ScimPatch = Type.Object({
  schemas: Schemas,
  Operations: Type.Array(
    Type.Object({
      op: Type.String({ pattern: '^([Aa]dd|[Rr]emove|[Rr]eplace)$' }),
      path: Type.Optional(Type.String()),
      value: Type.Optional(Type.Unknown()),
    }),
    { minItems: 1 },
  ),
});
export const ScimList = Type.Object(
  {
    schemas: Schemas,
    totalResults: Type.Integer(),
    startIndex: Type.Integer(),
    itemsPerPage: Type.Integer(),
    Resources: Type.Array(Type.Object({ id: Uuid('Of a user or group.') })),
  },
  closed,
);
export const ScimAbout = Type.Object({ schemas: Schemas });
export const ScimError = Type.Object(
  {
    schemas: Schemas,
    status: Type.String({ pattern: '^[45][0-9][0-9]$' }),
    scimType: Type.Optional(Type.String()),
    detail: Type.String({ description: 'In fixed words; nothing that was sent.' }),
  },
  closed,
);
const Why = Type.String({ minLength: 1, maxLength: 4000 });
export const RelationConfirmation = Type.Object(
  {
    organisation: Type.String({ description: 'Whose relation it is: another organisation of this hub.' }),
    service: Type.Optional(Nullable(Type.String({ maxLength: 64, description: 'Else whichever service of it.' }))),
    relation: OneOf(['on-roll', 'registered', 'invited'], 'What that organisation says of itself.'),
    reason: Why,
  },
  closed,
);
export const Invitation = Type.Object(
  {
    organisation: Type.String({ description: 'Where the person works: an organisation of this hub.' }),
    workerId: Type.String({ minLength: 1, maxLength: 256, description: 'That organisation’s own number for him.' }),
    meeting: OneOf(['strategy-discussion', 'core-group'], 'To what he is invited.'),
    from: Instant('Inclusive.'),
    until: Instant('Exclusive.'),
  },
  closed,
);
export const Assertion = Type.Object({ reason: Why }, closed);
export const ContactOutcome = Type.Object({ outcome: Why }, closed);
export const AssertionTaken = Type.Object(
  { id: Uuid('Names what was said for good.'), until: Instant('When it is over.') },
  closed,
);
export const Nothing = Type.Object({}, closed);
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

export const DoNotInform = Type.Object(
  {
    purpose,
    reason,
    entryId: Type.Optional(Nullable(Uuid('One entry; else all that your service recorded of this child.'))),
    allCarers: Type.Optional(Type.Boolean()),
    adult: Type.Optional(Nullable(Type.String({ maxLength: 256, description: 'An adult by name.' }))),
    agency: Type.Optional(Nullable(Type.String({ maxLength: 128, description: 'A registered organisation.' }))),
  },
  { ...closed, description: 'Names at least one of the three.' },
);
export const StandingRelations = Type.Object(
  {
    contacts: Type.Array(
      Type.Object(
        {
          id: Uuid('Names the contact.'),
          from: Instant('Inclusive.'),
          until: Instant('Exclusive: when it is over at the latest.'),
          reason: Nullable(Type.String()),
        },
        closed,
      ),
    ),
    moves: Type.Array(
      Type.Object(
        {
          id: Uuid('Names the move.'),
          by: Type.String({ description: 'The first authority.' }),
          organisation: Type.String({ description: 'The second.' }),
          from: Instant('Since when both are responsible.'),
          reason: Nullable(Type.String()),
          own: Type.Boolean({ description: 'Your service said so and may take it back; else it waits for yours.' }),
          accepted: Nullable(
            Type.Object(
              { at: Instant('When.'), statement: Nullable(Type.String()) },
              { ...closed, description: 'What the second gave in writing; null: it has not accepted.' },
            ),
          ),
        },
        closed,
      ),
    ),
    confirmations: Type.Array(
      Type.Object(
        {
          id: Uuid('Names the confirmation.'),
          organisation: Type.String(),
          service: Nullable(Type.String({ description: 'null: whichever service of it.' })),
          relation: OneOf(CONFIRMABLE_RELATIONS, 'What was confirmed.'),
          at: Instant('What began later is not confirmed.'),
          reason: Nullable(Type.String()),
        },
        closed,
      ),
    ),
  },
  { ...closed, description: 'The oldest first. A reason that cannot be opened is null.' },
);

export const Move = Type.Object(
  {
    organisation: Type.String({ description: 'The authority to which the family moves. It must have a front door.' }),
    from: Type.Optional(Nullable(Instant('Since when both are responsible; left out: from now on.'))),
    reason: Type.String({ minLength: 1, maxLength: 4000, description: 'Both authorities read it.' }),
  },
  closed,
);
export const MoveAcceptance = Type.Object(
  { statement: Type.String({ minLength: 1, maxLength: 4000, description: 'What the first is given in writing.' }) },
  closed,
);
export const MoveLift = Type.Object({}, closed);

export const DoNotInformMarks = Type.Object(
  {
    marks: Type.Array(
      Type.Object(
        {
          id: Uuid('Names the mark.'),
          entryId: Nullable(Uuid('The entry, where you see it.')),
          ofOneRecord: Type.Boolean(),
          handling: Type.Array(Type.String(), { description: 'As every reader reads it.' }),
          reason: Nullable(Type.String()),
          at: Instant('When it was decided.'),
        },
        closed,
      ),
    ),
  },
  closed,
);

const longText = Type.String({ minLength: 1, maxLength: 4000 });
const optionalLongText = Type.Optional(Nullable(longText));
export const ProcessingConsent = Type.Object(
  {
    purpose,
    decision: OneOf(['given', 'withdrawn'], 'What is recorded.'),
    by: OneOf(['young-person', 'parental-responsibility'], 'By which right.'),
    until: Type.Optional(Nullable(Instant('Exclusive; else until it is withdrawn.'))),
    person: Type.String({ ...longText, description: 'Who. Of one person what is recorded last counts.' }),
    standing: Type.String({ ...longText, description: 'Capacity, or what gives parental responsibility.' }),
    courtLimits: optionalLongText,
    scope: longText,
    told: Type.Boolean({ description: 'Whether the family was told of the processing.' }),
    toldReason: optionalLongText,
    childView: optionalLongText,
  },
  closed,
);
export const YoungPersonDecision = Type.Object(
  {
    purpose,
    agreed: Type.Boolean(),
    competent: Type.Boolean({ description: 'For this one decision.' }),
    assessment: longText,
    assessedBy: Type.String({ minLength: 1, maxLength: 256 }),
    youngPersonsWords: optionalLongText,
  },
  closed,
);
export const SignificantHarm = Type.Object(
  { purpose, stands: Type.Boolean({ description: 'False: it ended.' }), reason: longText },
  closed,
);
export const Allegation = Type.Object(
  { purpose, allegation: longText, against: longText, childView: optionalLongText },
  closed,
);
export const AllegationOutcome = Type.Object(
  {
    purpose,
    entryId: Uuid('The entry of the allegation.'),
    outcome: OneOf(['substantiated', 'unsubstantiated', 'unfounded', 'malicious'], 'What came of it.'),
    withdrawn: Type.Boolean({ description: 'Whether whoever made it took it back.' }),
    reason: longText,
  },
  closed,
);
export const WorkingAgreement = Type.Object(
  { purpose, agrees: Type.Boolean(), decidedBy: longText, reason: optionalLongText, childView: optionalLongText },
  closed,
);
const recorded = { authorRole: Type.Optional(Type.String()), at: Instant('When it was recorded.') };
const recordedText = Type.Optional(Nullable(Type.String()));
export const Consent = Type.Object(
  {
    consents: Type.Array(
      Type.Object(
        {
          ...recorded,
          decision: Type.Optional(OneOf(['given', 'withdrawn'], 'What was recorded.')),
          by: Type.Optional(OneOf(['young-person', 'parental-responsibility'], 'By which right.')),
          until: Type.Optional(Nullable(Instant('Exclusive.'))),
          person: recordedText,
          standing: recordedText,
          courtLimits: recordedText,
          scope: recordedText,
          told: Type.Optional(Type.Boolean()),
          toldReason: recordedText,
          childView: recordedText,
        },
        closed,
      ),
    ),
    youngPersonDecisions: Type.Array(
      Type.Object(
        {
          ...recorded,
          agreed: Type.Optional(Type.Boolean()),
          competent: Type.Optional(Type.Boolean()),
          assessment: recordedText,
          assessedBy: recordedText,
          youngPersonsWords: recordedText,
        },
        closed,
      ),
    ),
    significantHarm: Type.Array(
      Type.Object({ ...recorded, stands: Type.Optional(Type.Boolean()), reason: recordedText }, closed),
    ),
  },
  { ...closed, description: 'What cannot be opened of a record is missing.' },
);

export const EntryRelease = Type.Object(
  {
    purpose,
    reason,
    entryId: Uuid('An entry of your own service; another version of it is not released.'),
    to: Type.Object({ organisation: Type.String(), workerId: Type.String() }, closed),
    fields: Type.Optional(
      Type.Array(Type.String({ maxLength: 128 }), { maxItems: 100, description: 'By the names that agreements use.' }),
    ),
    sanitisedText: Type.Optional(
      Nullable(Type.String({ maxLength: 20_000, description: 'Written by the owner for this person.' })),
    ),
    until: Instant('Exclusive.'),
  },
  { ...closed, description: 'Fields, a text, or both.' },
);
export const Releases = Type.Object(
  {
    releases: Type.Array(
      Type.Object(
        {
          id: Uuid('Names the release.'),
          entryId: Nullable(Uuid('The entry, where you see that version.')),
          to: Type.Object({ organisation: Type.String() }, closed),
          byRole: Type.String(),
          fields: Type.Array(Type.String()),
          sanitisedText: Nullable(Type.String()),
          until: Instant('Exclusive.'),
          reason: Nullable(Type.String()),
          at: Instant('When it was released.'),
        },
        closed,
      ),
    ),
  },
  closed,
);

const exclusionView = OneOf(
  ['cover', 'frozen'],
  '`cover`: all that their own service had recorded before. `frozen`: of that, what each had opened.',
);
export const ChildExclusion = Type.Object(
  {
    purpose,
    reason,
    deny: Type.Array(NamedParty, { minItems: 1 }),
    view: Type.Optional(exclusionView),
    withhold: Type.Optional(
      Nullable(
        Type.Array(OneOf(ABOUT, 'About whom.'), {
          description: 'What is about these is not left to them either; else what is about anybody but the child.',
        }),
      ),
    ),
    entryIds: Type.Optional(Type.Array(Uuid('An entry about them or their family.'), { maxItems: 1000 })),
    until: Type.Optional(Nullable(Instant('Exclusive; else until it is lifted.'))),
  },
  closed,
);
export const ChildExclusions = Type.Object(
  {
    exclusions: Type.Array(
      Type.Object(
        {
          id: Uuid('Names the exclusion.'),
          who: Type.Array(
            Type.Object(
              {
                organisation: Type.String(),
                service: Nullable(Type.String()),
                team: Nullable(Type.String()),
                person: Type.Boolean({ description: 'One person is meant.' }),
              },
              closed,
            ),
          ),
          view: exclusionView,
          withhold: Type.Array(OneOf(ABOUT, 'About whom.')),
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
export const Attempts = Type.Object(
  {
    attempts: Type.Array(
      Type.Object(
        {
          exclusion: Uuid('The exclusion.'),
          handle: Uuid('What this guardian’s pages call the child.'),
          at: Instant('Recorded time.'),
          purpose: Type.String(),
          reader: Type.Array(
            Type.Object({ organisation: Type.String(), service: Type.String(), role: Type.String() }, closed),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);

const emergencyReason = OneOf(EMERGENCY_REASONS, 'Why, beside the words.');
export const EmergencyOpening = Type.Object(
  {
    reason: emergencyReason,
    text: Type.String({ minLength: 1, maxLength: 4000, description: 'What happened. Whoever reviews it reads this.' }),
    organisation: Type.Optional(Nullable(Type.String({ description: 'Of the post, for whoever holds several.' }))),
    service: Type.Optional(Nullable(Type.String({ description: 'Of the post, for whoever holds several.' }))),
  },
  closed,
);
export const EmergencyOpened = Type.Object(
  {
    accessId: Uuid('Names it for good.'),
    until: Instant('When it ends by itself. Exclusive.'),
    receipt: Uuid('It counts once this is in view.'),
  },
  closed,
);
export const EmergencyEnd = Type.Object({}, closed);
const listedAccess = {
  accessId: Uuid('Names it.'),
  by: Type.Object(
    {
      organisation: Type.String(),
      organisationName: Type.String(),
      service: Type.String(),
      role: Type.String(),
      name: Nullable(Type.String()),
    },
    { ...closed, description: 'Who opened it, under which post.' },
  ),
  reason: emergencyReason,
  openedAt: Instant('When.'),
  until: Instant('When it ended or ends. Exclusive.'),
  endedAt: Nullable(Instant('When whoever opened it ended it; null: he did not.')),
};
export const EmergencyAccesses = Type.Object(
  {
    readId: Uuid('The record of this look, written before the answer left.'),
    accesses: Type.Array(
      Type.Object(
        {
          ...listedAccess,
          open: Type.Boolean({ description: 'Whether an owner of records has not decided.' }),
          late: Type.Boolean({ description: 'Whether one has let the first time pass.' }),
        },
        closed,
      ),
    ),
    cursor: Nullable(Type.String({ description: 'Goes on after this page; null at the end.' })),
  },
  closed,
);
export const EmergencyReviews = Type.Object(
  {
    readId: Uuid('The record of this look, written before the answer left.'),
    reviews: Type.Array(
      Type.Object(
        {
          ...listedAccess,
          organisation: Type.String({ description: 'The owner of records for which this review is.' }),
          organisationName: Type.String(),
          state: OneOf(['open', 'justified', 'not-justified'], 'Where it stands.'),
          level: OneOf(REVIEW_LEVELS, 'Who decides now, or who did.'),
          late: Type.Boolean({ description: 'Not decided before the reviewer’s time was over.' }),
          text: Nullable(Type.String({ description: 'The words of whoever opened it; null: they cannot be read.' })),
          child: Nullable(KnownChild),
          mayReview: Type.Boolean({ description: 'Whether you may decide now.' }),
          reviewBy: Instant('The owner’s reviewer decides until then. Exclusive.'),
          deputyBy: Instant('Its deputy decides until then, afterwards the partnership. Exclusive.'),
          calendar: Type.String({ description: 'Calendar and version by which the two were set.' }),
          reviews: Type.Array(
            Type.Object(
              {
                level: OneOf(REVIEW_LEVELS, 'Who said it.'),
                outcome: OneOf(EMERGENCY_OUTCOMES, 'What was said.'),
                at: Instant('When.'),
                note: Nullable(Type.String()),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    cursor: Nullable(Type.String({ description: 'Goes on after this page; null at the end.' })),
  },
  closed,
);
export const RelationReviews = Type.Object(
  {
    readId: Uuid('The record of this look, written before the answer left.'),
    reviews: Type.Array(
      Type.Object(
        {
          reviewId: Uuid('Names it.'),
          organisation: Type.String({ description: 'Whose people gained by the relation.' }),
          organisationName: Type.String(),
          relation: OneOf(REVIEWED_RELATIONS, 'Its kind.'),
          service: Type.String(),
          team: Nullable(Type.String()),
          role: Nullable(Type.String()),
          from: Type.String({ description: 'Instant or day on which it began.' }),
          until: Nullable(Type.String({ description: 'Instant or day on which it ended or ends, exclusive.' })),
          reason: Nullable(Type.String({ description: 'What its holder gave as reason; null: none can be read.' })),
          child: KnownChild,
          readers: Type.Array(
            Type.Object(
              { name: Nullable(Type.String()), role: Type.String(), reads: Type.Integer({ minimum: 1 }) },
              closed,
            ),
            { maxItems: 20, description: 'Who read the child’s chronology by it, the most often first.' },
          ),
          otherReaders: Type.Integer({ minimum: 0, description: 'How many more did, beside those.' }),
          state: OneOf(['open', 'genuine', 'not-genuine'], 'Where it stands.'),
          reviews: Type.Array(
            Type.Object(
              {
                outcome: OneOf(RELATION_OUTCOMES, 'What was said.'),
                at: Instant('When.'),
                note: Nullable(Type.String()),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    cursor: Nullable(Type.String({ description: 'Goes on after this page; null at the end.' })),
  },
  closed,
);
export const RelationReview = Type.Object(
  {
    outcome: OneOf(RELATION_OUTCOMES, '`more-needed` leaves it open.'),
    note: Type.String({ minLength: 1, maxLength: 4000, description: 'Why. Whoever reviews it after you reads it.' }),
  },
  closed,
);
export const EmergencyReview = Type.Object(
  {
    outcome: OneOf(EMERGENCY_OUTCOMES, '`more-needed` leaves it open.'),
    note: Type.String({
      minLength: 1,
      maxLength: 4000,
      description: 'Why. Whoever reviews it for this owner reads it.',
    }),
    organisation: Type.Optional(
      Nullable(Type.String({ description: 'The owner, where the caller reviews for several.' })),
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
        ['conflicting', 'late', 'cannot-be-read', 'dated-after-receipt', 'has-outcome', ...MARKS],
        'What to know of the entry beside what it says.',
      ),
    ),
    conflictsWith: Type.Array(Uuid('Another version of the same record.'), {
      description: 'Versions of equal rank that this reader sees and that contradict this one.',
    }),
    closes: Type.Array(Uuid('An entry.'), {
      description: 'Allegations that this reader sees and whose outcome this is.',
    }),
    closedBy: Type.Array(Uuid('An entry.'), { description: 'Outcomes of this allegation that this reader sees.' }),
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
    handling: Type.Array(Type.String(), {
      description: 'What the reader is told to do with it, such as `do-not-inform:all-carers`.',
    }),
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
    emergency: Type.Optional(
      Type.Object(
        { accessId: Uuid('Names it.'), until: Instant('When it ends by itself. Exclusive.') },
        { ...closed, description: 'Under EMERGENCY: what this viewer opened with this handle, while it lasts.' },
      ),
    ),
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
  Allegation,
  AllegationOutcome,
  Attempts,
  ChildExclusion,
  ChildExclusions,
  Assertion,
  AssertionTaken,
  AgreementTest,
  AgreementTestTaken,
  AgreementVersion,
  ChildSearch,
  Chronology,
  Consent,
  ContactOutcome,
  DecisionTaken,
  Discard,
  Disclosures,
  DoNotInform,
  DoNotInformMarks,
  EntryRelease,
  Crossings,
  EmergencyAccesses,
  EmergencyEnd,
  EmergencyOpened,
  EmergencyOpening,
  EmergencyReview,
  EmergencyReviews,
  Exclusion,
  FoundReads,
  Handle,
  Health,
  Heartbeat,
  Heartbeats,
  HeartbeatTaken,
  IdentityQuestions,
  ImportedAgreement: ImportedAgreementSchema,
  Invitation,
  Lift,
  Links,
  Nothing,
  Notices,
  OpenedItem,
  Move,
  MoveAcceptance,
  MoveLift,
  OwnChildren,
  OwnFeeds,
  PairAnswer,
  PairEvidence,
  Problem,
  ProcessingConsent,
  Profile,
  QuarantinedItem,
  QuarantinedItems,
  ReadSearch,
  Receipt,
  RecordedRead,
  RelationConfirmation,
  RelationReview,
  RelationReviews,
  Release,
  Releases,
  Replay,
  ReplayQuestion,
  Restriction,
  Restrictions,
  ScimAbout,
  ScimError,
  ScimGroup,
  ScimList,
  ScimPatch,
  ScimUser,
  SharingPolicy,
  SignificantHarm,
  StandingRelations,
  Submissions,
  Withdrawal,
  WorkingAgreement,
  YoungPersonDecision,
};
