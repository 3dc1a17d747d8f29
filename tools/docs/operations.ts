import type { JsonSchema } from './class-schema.js';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly required?: true;
  readonly schema: JsonSchema;
}

/** What the source of a route does not say. Problems are by status: 401 and 403 come with every route of a scope. */
export interface Operation {
  readonly id: string;
  readonly tag: 'Feeds' | 'Staff' | 'Children' | 'Identity' | 'Agreements' | 'Audit' | 'Health';
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  /** Component of a JSON body; `feeds` for whatever the feeds take. */
  readonly body?: string;
  /** `schema` null: an answer without a body. */
  readonly answer: { readonly description: string; readonly schema: string | null; readonly headers?: JsonSchema };
  readonly problems: Readonly<Record<number, string>>;
}

const text = { type: 'string' };
const feed: Parameter = {
  name: 'feed',
  in: 'path',
  description: 'Name of a feed that this connector is registered for, or that a data manager’s organisation sends.',
  required: true,
  schema: text,
};
const agreement: readonly Parameter[] = [
  { name: 'id', in: 'path', description: 'Id of the agreement.', required: true, schema: text },
  { name: 'version', in: 'path', description: 'Version of the agreement.', required: true, schema: text },
];

const NO_SUCH_FEED = 'The caller has no such feed. A feed that is another’s is answered the same.';
const NO_SUCH_ITEM = 'The caller has no such feed, or the feed has no such item in quarantine.';
const NOT_NOW = 'Who the caller is cannot be found out now; try again.';
const itemInQuarantine: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The contribution that opened the item.',
  required: true,
  schema: { type: 'string', format: 'uuid' },
};
const decisionKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'One a decision: the same again gives the same receipt. Without one, each request is a decision of its own.',
  schema: { type: 'string', pattern: String.raw`^[\x21-\x7e]{1,255}$` },
};
const nextPage: Parameter = {
  name: 'cursor',
  in: 'query',
  description: '`cursor` of the page before.',
  schema: { type: 'string' },
};
const handle: Parameter = {
  name: 'handle',
  in: 'path',
  description: 'A handle of this viewer’s own.',
  required: true,
  schema: text,
};
const purpose: Parameter = {
  name: 'purpose',
  in: 'query',
  description: 'Why: a purpose of an agreement.',
  required: true,
  schema: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' },
};
const NOT_RECORDED = 'The look could not be recorded, so nothing is shown.';
const BAD_DECISION = 'Something is missing or cannot be right: the field is named.';
const NOT_WORKING =
  'This is no handle, child or confirmation with which the caller may do this; which of them is not said.';
const NO_HANDLE = 'This is no handle of the caller’s.';
const NO_DOOR = 'The caller’s service may not open this, or the token lacks the scope.';
const NOT_OWN = 'This is no handle, child, entry or decision with which you may do this; which of them is not said.';
const NO_SUCH_HANDLE = 'This is no handle of this viewer’s.';
const NO_REVIEWER = 'The caller does not review accesses in an emergency, or the token lacks the scope.';
const emergencyAccess: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The access in an emergency.',
  required: true,
  schema: { type: 'string', format: 'uuid' },
};
const relationReview: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The relation that is reviewed.',
  required: true,
  schema: { type: 'string', format: 'uuid' },
};
const move: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The move.',
  required: true,
  schema: { type: 'string', format: 'uuid' },
};
const pair: Parameter = {
  name: 'pair',
  in: 'path',
  description: 'A pair as this viewer’s lists name it.',
  required: true,
  schema: text,
};
const NO_DATA_MANAGER = 'The caller is no data manager of an organisation, or the token lacks the scope.';
const NO_GUARDIAN = 'The caller is no hub guardian, or the token lacks the scope.';
const NO_SUCH_PAIR = 'This is no pair of this viewer’s, or he may not know of one of the two.';
const NO_GOVERNANCE = 'The caller is not of the governance people of an owner, or the token lacks the scope.';
const NO_SUCH_VERSION = 'The hub holds no such version, or one to which the caller’s organisation is no party.';
const NOT_ADOPTABLE =
  'A case fails, something can be deleted or loosened unseen, or a condition tells a hidden fact. Every place is listed.';
const TOO_LARGE = 'The body is larger than 1 MiB.';
const NO_AUDITOR = 'The caller is no auditor, whatever is asked, or the token lacks the scope.';
const NOT_LOOKED = 'The look could not be recorded, or what is recorded is not in view yet, so nothing is shown.';

const scimId: Parameter = { name: 'id', in: 'path', description: 'Id of the resource.', required: true, schema: text };
const scimList = (named: string): readonly Parameter[] => [
  { name: 'filter', in: 'query', description: `\`${named} eq "..."\` or \`externalId eq "..."\`.`, schema: text },
  { name: 'startIndex', in: 'query', description: 'From 1.', schema: text },
  { name: 'count', in: 'query', description: '200 at most.', schema: text },
];
const SCIM_BAD = 'It cannot be carried out; `scimType` says why, and the attribute is named.';
const SCIM_GONE = 'There is no such resource of the caller’s organisation.';
const SCIM_TWICE = 'One of this name or `externalId` is there already.';

/** Users and groups are served alike (RFC 7644). */
const scimOperations = (
  kind: 'User' | 'Group',
  named: string,
  what: { readonly one: string; readonly many: string; readonly gone: string },
): Readonly<Record<string, Operation>> => ({
  [`POST /scim/v2/${kind}s`]: {
    id: `scimCreate${kind}`,
    tag: 'Staff',
    summary: `Provision ${what.one} (SCIM 2.0)`,
    description: 'What it says of posts counts from the answer on, as if the staff feed had sent it.',
    body: `Scim${kind}`,
    answer: {
      description: 'Provisioned.',
      schema: `Scim${kind}`,
      headers: { location: { description: 'Address of the resource.', schema: text } },
    },
    problems: { 400: SCIM_BAD, 409: SCIM_TWICE, 413: TOO_LARGE },
  },
  [`GET /scim/v2/${kind}s`]: {
    id: `scimList${kind}s`,
    tag: 'Staff',
    summary: `What is provisioned: ${what.many}`,
    parameters: scimList(named),
    answer: { description: 'Of the caller’s organisation alone.', schema: 'ScimList' },
    problems: { 400: SCIM_BAD },
  },
  [`GET /scim/v2/${kind}s/{id}`]: {
    id: `scimFind${kind}`,
    tag: 'Staff',
    summary: `Look ${what.one} up`,
    parameters: [scimId],
    answer: { description: 'As it is provisioned.', schema: `Scim${kind}` },
    problems: { 404: SCIM_GONE },
  },
  [`PUT /scim/v2/${kind}s/{id}`]: {
    id: `scimReplace${kind}`,
    tag: 'Staff',
    summary: `Replace ${what.one}`,
    parameters: [scimId],
    body: `Scim${kind}`,
    answer: { description: 'Replaced.', schema: `Scim${kind}` },
    problems: { 400: SCIM_BAD, 404: SCIM_GONE, 409: SCIM_TWICE, 413: TOO_LARGE },
  },
  [`PATCH /scim/v2/${kind}s/{id}`]: {
    id: `scimPatch${kind}`,
    tag: 'Staff',
    summary: `Change ${what.one}`,
    description: what.gone,
    parameters: [scimId],
    body: 'ScimPatch',
    answer: { description: 'Changed.', schema: `Scim${kind}` },
    problems: { 400: SCIM_BAD, 404: SCIM_GONE, 409: SCIM_TWICE, 413: TOO_LARGE },
  },
  [`DELETE /scim/v2/${kind}s/{id}`]: {
    id: `scimDelete${kind}`,
    tag: 'Staff',
    summary: `Take ${what.one} away`,
    parameters: [scimId],
    answer: { description: 'Taken away.', schema: null },
    problems: { 404: SCIM_GONE },
  },
});
const scimAbout = (id: string, summary: string): Operation => ({
  id,
  tag: 'Staff',
  summary,
  answer: { description: 'As RFC 7643 has it.', schema: 'ScimAbout' },
  problems: {},
});

/** Every operation by its route. A route without one fails the generator, and so does one without a route. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...scimOperations('User', 'userName', {
    one: 'a member of staff',
    many: 'members of staff',
    gone: 'With `active` false no post is held from the answer on: a leaver reads nothing more.',
  }),
  ...scimOperations('Group', 'displayName', {
    one: 'a team',
    many: 'teams',
    gone: 'Members hold a post in the team from when the answer is filed; who leaves it, none from the answer on.',
  }),
  'GET /scim/v2/ServiceProviderConfig': scimAbout('scimConfig', 'What of SCIM 2.0 is served'),
  'GET /scim/v2/ResourceTypes': scimAbout('scimResourceTypes', 'The kinds of resource'),
  'GET /scim/v2/Schemas': scimAbout('scimSchemas', 'The attributes that are kept'),
  'POST /v1/feeds/{feed}/submissions': {
    id: 'submit',
    tag: 'Feeds',
    summary: 'Send a document',
    description:
      'Answered when everything in the document is durable. Items that cannot be read are kept in quarantine; the rest ' +
      'flows. The same key with the same body gives the same receipt, however often it is sent; after any answer that is ' +
      'not certain, send it again with the same key.',
    parameters: [
      feed,
      {
        name: 'Idempotency-Key',
        in: 'header',
        description: 'Chosen by the sender, one for each document.',
        required: true,
        schema: { type: 'string', pattern: String.raw`^[\x21-\x7e]{1,255}$` },
      },
    ],
    body: 'feeds',
    answer: {
      description: 'Kept. `Location` is the address of the receipt.',
      schema: 'Accepted',
      headers: { Location: { description: 'Address of the receipt.', schema: text } },
    },
    problems: {
      400: 'The key is missing, or the document cannot be taken as a whole. Nothing is kept and the key stays free.',
      404: NO_SUCH_FEED,
      409: 'The key was used for another body.',
      413: 'A document that is not streamed may hold 1 MiB at most.',
      415: 'The feed takes no such media type.',
      503: 'The inbox is full, or the outcome is not certain. Send it again with the same key.',
    },
  },
  'GET /v1/feeds/{feed}/notices': {
    id: 'listNotices',
    tag: 'Feeds',
    summary: 'What the hub has to say about what was sent',
    description: 'To a connector about what it sent itself; to a data manager about all that the organisation sent.',
    parameters: [feed],
    answer: { description: 'The notices, oldest first.', schema: 'Notices' },
    problems: { 404: NO_SUCH_FEED, 503: NOT_NOW },
  },
  'GET /v1/feeds': {
    id: 'listFeeds',
    tag: 'Feeds',
    summary: 'One’s own feeds, and how they stand',
    description:
      'Those that the connector is registered for, or those of the organisations where the caller is data manager.',
    answer: { description: 'The feeds; none for anybody else.', schema: 'OwnFeeds' },
    problems: { 503: NOT_NOW },
  },
  'GET /v1/feeds/{feed}/submissions': {
    id: 'listSubmissions',
    tag: 'Feeds',
    summary: 'What was sent, and what became of it',
    parameters: [feed, nextPage],
    answer: { description: 'The newest first.', schema: 'Submissions' },
    problems: { 400: 'The cursor is none of this list.', 404: NO_SUCH_FEED, 503: NOT_NOW },
  },
  'GET /v1/feeds/{feed}/heartbeats': {
    id: 'listHeartbeats',
    tag: 'Feeds',
    summary: 'The latest signs of life of a feed',
    parameters: [feed],
    answer: { description: 'The newest first.', schema: 'Heartbeats' },
    problems: { 404: NO_SUCH_FEED, 503: NOT_NOW },
  },
  'GET /v1/feeds/{feed}/quarantine': {
    id: 'listQuarantine',
    tag: 'Feeds',
    summary: 'Items that could not be read: where and why, never what stood there',
    parameters: [
      feed,
      {
        name: 'state',
        in: 'query',
        description: '`open`: nobody has decided; `closed`: somebody has. Absent: both.',
        schema: { type: 'string', enum: ['open', 'closed'] },
      },
      nextPage,
    ],
    answer: { description: 'The newest first.', schema: 'QuarantinedItems' },
    problems: { 400: 'The state is none, or the cursor is none of this list.', 404: NO_SUCH_FEED, 503: NOT_NOW },
  },
  'GET /v1/feeds/{feed}/quarantine/{id}': {
    id: 'getQuarantinedItem',
    tag: 'Feeds',
    summary: 'How one item in quarantine stands',
    parameters: [feed, itemInQuarantine],
    answer: { description: 'The item, without what stood there.', schema: 'QuarantinedItem' },
    problems: { 404: NO_SUCH_ITEM, 503: NOT_NOW },
  },
  'POST /v1/feeds/{feed}/quarantine/{id}/releases': {
    id: 'releaseItem',
    tag: 'Feeds',
    summary: 'Send an item in quarantine corrected, and close it',
    description:
      'The document is taken like any other of the feed. With it the item is closed and a suspension that came with it ends, in one acceptance.',
    parameters: [feed, itemInQuarantine, decisionKey],
    body: 'Release',
    answer: {
      description: 'Kept. `Location` is the address of the receipt.',
      schema: 'Accepted',
      headers: { Location: { description: 'Address of the receipt.', schema: text } },
    },
    problems: {
      400: 'The reason or the document is missing, or something else is there.',
      404: NO_SUCH_ITEM,
      409: 'Somebody has decided about this item, or the key was used for something else.',
      413: 'The body is larger than 1 MiB.',
      422: 'The document would go to quarantine again. The fields are named; nothing has changed.',
      503: 'The inbox is full, or the outcome is not certain. Send it again with the same key.',
    },
  },
  'POST /v1/feeds/{feed}/quarantine/{id}/discards': {
    id: 'discardItem',
    tag: 'Feeds',
    summary: 'Decide that nothing is filed of an item in quarantine',
    description: 'A suspension that came with it ends. An item that is sent again is open again.',
    parameters: [feed, itemInQuarantine, decisionKey],
    body: 'Discard',
    answer: {
      description: 'Kept. `Location` is the address of the receipt.',
      schema: 'Accepted',
      headers: { Location: { description: 'Address of the receipt.', schema: text } },
    },
    problems: {
      400: 'The reason is missing, or something else is there.',
      404: NO_SUCH_ITEM,
      409: 'Somebody has decided about this item, or the key was used for something else.',
      413: 'The body is larger than 1 MiB.',
      503: 'The inbox is full, or the outcome is not certain. Send it again with the same key.',
    },
  },
  'GET /v1/quarantine/{id}': {
    id: 'openQuarantinedItem',
    tag: 'Feeds',
    summary: 'What stood in an item in quarantine',
    description: 'For data managers of the organisation that sent it. Looking is recorded before the answer leaves.',
    parameters: [itemInQuarantine],
    answer: { description: 'The item, and what was decided about it.', schema: 'OpenedItem' },
    problems: {
      404: 'The caller’s organisation has no such item. One that is another’s is answered the same.',
      503: 'The look could not be recorded, so nothing is shown.',
    },
  },
  'POST /v1/feeds/{feed}/heartbeats': {
    id: 'beat',
    tag: 'Feeds',
    summary: 'Say that a feed lives, and up to when it covers everything',
    parameters: [feed],
    body: 'Heartbeat',
    answer: { description: 'Taken.', schema: 'HeartbeatTaken' },
    problems: { 400: '`coversUntil` is no instant.', 404: NO_SUCH_FEED, 413: TOO_LARGE },
  },
  'GET /v1/receipts/{id}': {
    id: 'getReceipt',
    tag: 'Feeds',
    summary: 'What became of a submission',
    parameters: [
      { name: 'id', in: 'path', description: 'The receipt.', required: true, schema: { ...text, format: 'uuid' } },
      {
        name: 'after',
        in: 'query',
        description: 'Number of an item: those after it.',
        schema: { type: 'integer', default: 0 },
      },
      {
        name: 'limit',
        in: 'query',
        description: 'How many items.',
        schema: { type: 'integer', minimum: 1, maximum: 10_000, default: 1000 },
      },
    ],
    answer: { description: 'The receipt and its items, in order.', schema: 'Receipt' },
    problems: { 404: 'The caller has no such receipt.', 503: NOT_NOW },
  },
  'POST /v1/child-searches': {
    id: 'searchChild',
    tag: 'Children',
    summary: 'Say whom you mean, and get a handle for that person',
    description: 'It does not look whether anything is held.',
    body: 'ChildSearch',
    answer: { description: 'A handle, whatever is held.', schema: 'Handle' },
    problems: { 400: 'The search says too little, or something that cannot be right.', 413: TOO_LARGE },
  },
  'GET /v1/my/profile': {
    id: 'getProfile',
    tag: 'Children',
    summary: 'Who the hub takes the caller for, at this instant',
    answer: { description: 'Posts and purposes; no posts for whoever holds none.', schema: 'Profile' },
    problems: {},
  },
  'GET /v1/my/children': {
    id: 'listOwnChildren',
    tag: 'Children',
    summary: 'The children of one’s own relations, with what is new since one’s own last read',
    description: 'Looking is recorded before the answer leaves.',
    parameters: [{ name: 'cursor', in: 'query', description: '`cursor` of the page before.', schema: text }],
    answer: { description: 'The newest relation first.', schema: 'OwnChildren' },
    problems: { 400: 'The cursor is none of this viewer’s.', 503: NOT_RECORDED },
  },
  'GET /v1/my/crossings': {
    id: 'listCrossings',
    tag: 'Children',
    summary: 'Services whose people began to see the children allocated to oneself through their links',
    description:
      'Each service once, from its first such read on, and only as far as the caller may know that it has to do with the ' +
      'child. Who read, and when, is not told. Looking is recorded before the answer leaves.',
    parameters: [{ name: 'cursor', in: 'query', description: '`cursor` of the page before.', schema: text }],
    answer: { description: 'The newest allocation first.', schema: 'Crossings' },
    problems: { 400: 'The cursor is none of this viewer’s.', 503: NOT_RECORDED },
  },
  'POST /v1/children/{handle}/withdrawals': {
    id: 'withdrawEntry',
    tag: 'Children',
    summary: 'Take back a version that one’s own service recorded',
    description: 'Nobody sees it from the acknowledgement on. Other content that the source sends later stands again.',
    parameters: [handle],
    body: 'Withdrawal',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/restrictions': {
    id: 'restrict',
    tag: 'Children',
    summary: 'Leave what one’s own service recorded to those named alone',
    parameters: [handle],
    body: 'Restriction',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/exclusions': {
    id: 'exclude',
    tag: 'Children',
    summary: 'Close what one’s own service recorded to those named, colleagues included',
    parameters: [handle],
    body: 'Exclusion',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'GET /v1/children/{handle}/restrictions': {
    id: 'listRestrictions',
    tag: 'Children',
    summary: 'What stands of one’s own service’s decisions about a child',
    description: 'Looking is recorded before the answer leaves.',
    parameters: [handle, purpose],
    answer: { description: 'Restrictions, exclusions and withdrawals.', schema: 'Restrictions' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 503: NOT_RECORDED },
  },
  'POST /v1/children/{handle}/restrictions/{id}/lifts': {
    id: 'liftRestriction',
    tag: 'Children',
    summary: 'End a decision of one’s own service',
    description: 'What it closed shows again once this is filed.',
    parameters: [handle, { name: 'id', in: 'path', description: 'The decision.', required: true, schema: text }],
    body: 'Lift',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/do-not-inform': {
    id: 'markDoNotInform',
    tag: 'Children',
    summary: 'Mark what one’s own service recorded: who must not be told of it',
    description: 'Every reader of it reads the mark in its `handling`. It hides nothing.',
    parameters: [handle],
    body: 'DoNotInform',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'GET /v1/children/{handle}/do-not-inform': {
    id: 'listDoNotInform',
    tag: 'Children',
    summary: 'What stands of one’s own service’s marks about a child',
    description: 'Looking is recorded before the answer leaves.',
    parameters: [handle, purpose],
    answer: { description: 'Marks.', schema: 'DoNotInformMarks' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 503: NOT_RECORDED },
  },
  'POST /v1/children/{handle}/do-not-inform/{id}/lifts': {
    id: 'liftDoNotInform',
    tag: 'Children',
    summary: 'End a mark of one’s own service',
    parameters: [handle, { name: 'id', in: 'path', description: 'The mark.', required: true, schema: text }],
    body: 'Lift',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/allegations': {
    id: 'recordAllegation',
    tag: 'Children',
    summary: 'Record an allegation, as an entry of one’s own service',
    parameters: [handle],
    body: 'Allegation',
    answer: { description: 'Kept.', schema: 'Accepted' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/allegation-outcomes': {
    id: 'recordAllegationOutcome',
    tag: 'Children',
    summary: 'Record what came of an allegation of one’s own service',
    description: 'Whoever reads the allegation reads that there is an outcome. No outcome takes an allegation away.',
    parameters: [handle],
    body: 'AllegationOutcome',
    answer: { description: 'Kept.', schema: 'Accepted' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/processing-consents': {
    id: 'recordProcessingConsent',
    tag: 'Children',
    summary: 'Record that consent to processing was given or withdrawn',
    description: 'It touches clauses whose basis is consent, for what one’s own service recorded, and nothing else.',
    parameters: [handle],
    body: 'ProcessingConsent',
    answer: { description: 'Kept.', schema: 'Accepted' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/young-person-decisions': {
    id: 'recordYoungPersonDecision',
    tag: 'Children',
    summary: 'Record the young person’s decision about what one’s own service shares',
    description: 'It closes that service’s records at once where it does not agree; it opens once it is filed.',
    parameters: [handle],
    body: 'YoungPersonDecision',
    answer: { description: 'Kept.', schema: 'Accepted' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/significant-harm': {
    id: 'recordSignificantHarm',
    tag: 'Children',
    summary: 'Record that one’s own service suspects significant harm, or no longer does',
    parameters: [handle],
    body: 'SignificantHarm',
    answer: { description: 'Kept.', schema: 'Accepted' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/working-agreements': {
    id: 'recordWorkingAgreement',
    tag: 'Children',
    summary: 'Record that a family agrees or refuses to work with services',
    description: 'It is an entry of the chronology and changes nothing of what may be seen.',
    parameters: [handle],
    body: 'WorkingAgreement',
    answer: { description: 'Kept.', schema: 'Accepted' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'GET /v1/children/{handle}/consent': {
    id: 'listConsent',
    tag: 'Children',
    summary: 'What stands of what one’s own service recorded of consent, of the young person and of harm',
    description: 'Looking is recorded before the answer leaves.',
    parameters: [handle, purpose],
    answer: { description: 'One’s own service’s records.', schema: 'Consent' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 503: NOT_RECORDED },
  },
  'POST /v1/children/{handle}/releases': {
    id: 'release',
    tag: 'Children',
    summary: 'Show an entry of one’s own service to one named person',
    description:
      'A clause of an agreement that names the releaser’s role decides to whom, for how long and what of it opens. ' +
      'The text that comes with a release stands as `sanitisedText` in the entry’s content.',
    parameters: [handle],
    body: 'EntryRelease',
    answer: { description: 'Kept. It opens once it is filed.', schema: 'DecisionTaken' },
    problems: {
      400: BAD_DECISION,
      403: 'No agreement of the caller’s organisation lets his role release, or the token lacks the scope.',
      404: NOT_OWN,
      413: TOO_LARGE,
    },
  },
  'GET /v1/children/{handle}/releases': {
    id: 'listReleases',
    tag: 'Children',
    summary: 'What stands of one’s own service’s releases of a child’s entries',
    description: 'Looking is recorded before the answer leaves.',
    parameters: [handle, purpose],
    answer: { description: 'Releases that were not lifted.', schema: 'Releases' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 503: NOT_RECORDED },
  },
  'POST /v1/children/{handle}/releases/{id}/lifts': {
    id: 'liftRelease',
    tag: 'Children',
    summary: 'End a release of one’s own service, at once',
    parameters: [handle, { name: 'id', in: 'path', description: 'The release.', required: true, schema: text }],
    body: 'Lift',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/child-exclusions': {
    id: 'excludeFromChild',
    tag: 'Children',
    summary: 'Close a whole child to persons, teams and their other sign-ins, as a guardian',
    description:
      'They see what their own service had recorded before, less what is about them or their family; all else is to ' +
      'them as if it were not there. It beats every permit and release.',
    parameters: [handle],
    body: 'ChildExclusion',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 403: NO_GUARDIAN, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'GET /v1/children/{handle}/child-exclusions': {
    id: 'listChildExclusions',
    tag: 'Children',
    summary: 'To whom the guardians of one’s own organisation closed a child',
    description: 'Looking is recorded before the answer leaves.',
    parameters: [handle, purpose],
    answer: { description: 'Those in force.', schema: 'ChildExclusions' },
    problems: { 400: BAD_DECISION, 403: NO_GUARDIAN, 404: NOT_OWN, 503: NOT_RECORDED },
  },
  'POST /v1/children/{handle}/child-exclusions/{id}/lifts': {
    id: 'liftChildExclusion',
    tag: 'Children',
    summary: 'End an exclusion of one’s own organisation’s guardians',
    description: 'What it closed shows again once this is filed.',
    parameters: [handle, { name: 'id', in: 'path', description: 'The exclusion.', required: true, schema: text }],
    body: 'Lift',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 403: NO_GUARDIAN, 404: NOT_OWN, 413: TOO_LARGE },
  },
  'GET /v1/my/attempts': {
    id: 'listAttempts',
    tag: 'Children',
    summary: 'Who opened a child after this guardian’s organisation closed it to him',
    description: 'Nobody but guardians is told. Looking is recorded before the answer leaves.',
    answer: { description: 'The newest first.', schema: 'Attempts' },
    problems: { 403: NO_GUARDIAN, 503: NOT_RECORDED },
  },
  'POST /v1/children/{handle}/emergency-access': {
    id: 'openEmergencyAccess',
    tag: 'Children',
    summary: 'Open, for two hours, what agreements name for an emergency',
    description:
      'For this handle and the purpose EMERGENCY alone, one at a time. The answer is the same whether or not anything is ' +
      'held. Every owner of records of the child is told and reviews it.',
    parameters: [handle],
    body: 'EmergencyOpening',
    answer: {
      description: 'Recorded. It counts once the receipt is in view: read with `receipt`.',
      schema: 'EmergencyOpened',
    },
    problems: {
      400: BAD_DECISION,
      404: NO_SUCH_HANDLE,
      409: 'Something is open already, or the caller holds several posts and did not say which.',
      413: TOO_LARGE,
      503: 'No review could be due: the hub’s calendar of working days has ended.',
    },
  },
  'POST /v1/children/{handle}/emergency-access/{id}/end': {
    id: 'endEmergencyAccess',
    tag: 'Children',
    summary: 'End an access in an emergency before its time',
    description: 'It counts at once.',
    parameters: [handle, emergencyAccess],
    body: 'EmergencyEnd',
    answer: { description: 'Kept.', schema: 'Accepted' },
    problems: {
      400: BAD_DECISION,
      404: 'This is no handle of this viewer’s, or he opened no such access with it.',
      409: 'It is over already.',
      413: TOO_LARGE,
    },
  },
  'GET /v1/emergency-access': {
    id: 'watchEmergencyAccess',
    tag: 'Children',
    summary: 'Everything that was opened in emergencies, by whom and why, never about whom',
    description: 'For guardians of the partnership. Looking is recorded before the answer leaves.',
    parameters: [nextPage],
    answer: { description: 'The latest first.', schema: 'EmergencyAccesses' },
    problems: { 400: 'The cursor is none of this viewer’s.', 403: NO_REVIEWER, 503: NOT_RECORDED },
  },
  'GET /v1/emergency-access/reviews': {
    id: 'listEmergencyReviews',
    tag: 'Children',
    summary: 'What was opened in emergencies and is for the caller to review',
    description:
      'For the reviewers and deputies of an owner: what concerns children of whom it holds records. For the partnership: ' +
      'what owners let pass. Looking is recorded before the answer leaves.',
    parameters: [
      {
        name: 'state',
        in: 'query',
        description: '`open`: nobody has decided, the first first; `decided`: somebody has, the latest first.',
        schema: { type: 'string', enum: ['open', 'decided'], default: 'open' },
      },
      nextPage,
    ],
    answer: { description: 'A page of reviews.', schema: 'EmergencyReviews' },
    problems: { 400: 'The state is none, or the cursor is none of this list.', 403: NO_REVIEWER, 503: NOT_RECORDED },
  },
  'POST /v1/emergency-access/{id}/reviews': {
    id: 'reviewEmergencyAccess',
    tag: 'Children',
    summary: 'Say for an owner of records whether an access in an emergency was justified',
    description:
      'The owner’s reviewer decides until the end of the next working day, its deputy one working day more, then the ' +
      'partnership. Nobody’s ordinary access changes by it.',
    parameters: [emergencyAccess],
    body: 'EmergencyReview',
    answer: { description: 'Kept.', schema: 'Accepted' },
    problems: {
      400: BAD_DECISION,
      403: NO_REVIEWER,
      404: 'This is no review of the caller’s.',
      409: 'It is decided, it is for somebody else to decide now, or it is not said for which owner.',
      413: TOO_LARGE,
    },
  },
  'GET /v1/relation-reviews': {
    id: 'listRelationReviews',
    tag: 'Children',
    summary: 'Relations of one’s own organisation’s people that were used and fell to be reviewed',
    description:
      'For its reviewers and deputies. Relations that need no word from outside (allocated, team, triage, duty, ' +
      'presenting) and those on a person’s own word (asserted), by lot: how many of a hundred, the registry says. ' +
      'Nobody reviews what he read by himself. Looking is recorded before the answer leaves.',
    parameters: [
      {
        name: 'state',
        in: 'query',
        description: '`open`: nobody has decided, the first first; `decided`: somebody has, the latest first.',
        schema: { type: 'string', enum: ['open', 'decided'], default: 'open' },
      },
      nextPage,
    ],
    answer: { description: 'A page of relations.', schema: 'RelationReviews' },
    problems: { 400: 'The state is none, or the cursor is none of this list.', 403: NO_REVIEWER, 503: NOT_RECORDED },
  },
  'POST /v1/relation-reviews/{id}/reviews': {
    id: 'reviewRelation',
    tag: 'Children',
    summary: 'Say whether a relation that was used is genuine',
    description: 'It ends no relation: whoever recorded it ends it.',
    parameters: [relationReview],
    body: 'RelationReview',
    answer: { description: 'Kept.', schema: 'Accepted' },
    problems: {
      400: BAD_DECISION,
      403: NO_REVIEWER,
      404: 'This is no review of the caller’s.',
      409: 'It is decided.',
      413: TOO_LARGE,
    },
  },
  'POST /v1/children/{handle}/relation-confirmations': {
    id: 'confirmRelation',
    tag: 'Children',
    summary: 'Confirm what another organisation says of itself: that the child is on its roll, or registered there',
    description:
      'Of those who work with the child (allocated, team, duty, triage) alone, and never of one’s own organisation. ' +
      'Until somebody confirms it, such a relation gives status, dates and contact at most. The answer is the same ' +
      'whether or not that organisation ever said so.',
    parameters: [handle],
    body: 'RelationConfirmation',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_WORKING, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/relation-confirmations/{id}/lifts': {
    id: 'liftRelationConfirmation',
    tag: 'Children',
    summary: 'Take a confirmation of one’s own organisation back',
    description: 'It counts no longer from the acknowledgement on.',
    parameters: [handle, { name: 'id', in: 'path', description: 'The confirmation.', required: true, schema: text }],
    body: 'Nothing',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_WORKING, 413: TOO_LARGE },
  },
  'GET /v1/children/{handle}/relations': {
    id: 'listStandingRelations',
    tag: 'Children',
    summary: 'What one’s own service said of who works with a child, and what can be ended',
    description:
      'Contacts of its front door that are open, moves to another authority that wait for their acceptance (by it, or ' +
      'for its own front door), and the confirmations that it gave. Looking is recorded before the answer leaves.',
    parameters: [handle, purpose],
    answer: { description: 'Open contacts, moves and confirmations.', schema: 'StandingRelations' },
    problems: { 400: BAD_DECISION, 404: NOT_OWN, 503: NOT_RECORDED },
  },
  'POST /v1/children/{handle}/moves': {
    id: 'moveToAnotherAuthority',
    tag: 'Children',
    summary: 'The family moves to another authority: both are responsible until that accepts in writing',
    description:
      'Of those who work with the child at an authority alone. The service of whoever says so, and the front door of the ' +
      'second, have the relation `duty` until then, whatever their own systems say.',
    parameters: [handle],
    body: 'Move',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_WORKING, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/moves/{id}/acceptances': {
    id: 'acceptMove',
    tag: 'Children',
    summary: 'The second authority accepts in writing: from now on it alone is responsible',
    description: 'Of its front door alone, once it has a record of its own of the child. It counts at once.',
    parameters: [handle, move],
    body: 'MoveAcceptance',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: {
      400: BAD_DECISION,
      404: 'No such move waits for the caller’s service.',
      409: 'The caller’s organisation has recorded nothing of this child yet.',
      413: TOO_LARGE,
    },
  },
  'POST /v1/children/{handle}/moves/{id}/lifts': {
    id: 'liftMove',
    tag: 'Children',
    summary: 'Take a move back: the family stays',
    description: 'Of the service that said so. It counts at once.',
    parameters: [handle, move],
    body: 'MoveLift',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: 'No such move of the caller’s service waits.', 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/invitations': {
    id: 'inviteToMeeting',
    tag: 'Children',
    summary: 'Name a person of any organisation for a strategy discussion or core group',
    description: 'He has the relation `invited` for that time. Of those who work with the child alone.',
    parameters: [handle],
    body: 'Invitation',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_WORKING, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/assertions': {
    id: 'assertRelation',
    tag: 'Children',
    summary: 'Give a reason of one’s own: for 24 hours the summaries that agreements show under it',
    description: 'The answer is the same whether or not anything opens.',
    parameters: [handle],
    body: 'Assertion',
    answer: { description: 'Kept.', schema: 'AssertionTaken' },
    problems: { 400: BAD_DECISION, 404: NO_HANDLE, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/triage': {
    id: 'openContact',
    tag: 'Children',
    summary: 'A contact about a child comes in at a front door',
    description:
      'Open to the caller’s service until it has an outcome, and for 3 working days at most. Of the services that the ' +
      'registry names as a front door alone. The answer is the same whether or not anything opens.',
    parameters: [handle],
    body: 'Assertion',
    answer: { description: 'Kept.', schema: 'AssertionTaken' },
    problems: { 400: BAD_DECISION, 403: NO_DOOR, 404: NO_HANDLE, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/triage/{id}/outcome': {
    id: 'closeContact',
    tag: 'Children',
    summary: 'What came of a contact; with it, the contact is over',
    parameters: [handle, { name: 'id', in: 'path', description: 'The contact.', required: true, schema: text }],
    body: 'ContactOutcome',
    answer: { description: 'Kept.', schema: 'DecisionTaken' },
    problems: { 400: BAD_DECISION, 404: NOT_WORKING, 413: TOO_LARGE },
  },
  'POST /v1/children/{handle}/encounters': {
    id: 'openEncounter',
    tag: 'Children',
    summary: 'A child is there, in unscheduled care',
    description:
      'Open to the caller for 24 hours. Of the services that the registry names as unscheduled care alone. The answer is ' +
      'the same whether or not anything opens.',
    parameters: [handle],
    body: 'Assertion',
    answer: { description: 'Kept.', schema: 'AssertionTaken' },
    problems: { 400: BAD_DECISION, 403: NO_DOOR, 404: NO_HANDLE, 413: TOO_LARGE },
  },
  'GET /v1/children/{handle}/chronology': {
    id: 'readChronology',
    tag: 'Children',
    summary: 'Read what this viewer may see of one child',
    description:
      'The read is recorded before the answer leaves; one that cannot be recorded is refused. Nothing held and nothing ' +
      'allowed are answered alike.',
    parameters: [
      handle,
      purpose,
      {
        name: 'limit',
        in: 'query',
        description: 'How many entries a page holds.',
        schema: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
      },
      { name: 'cursor', in: 'query', description: '`cursor` of the page before.', schema: text },
      {
        name: 'receipt',
        in: 'query',
        description: 'A receipt of the viewer’s own organisation: answer only when all of it is in view.',
        schema: { ...text, format: 'uuid' },
      },
    ],
    answer: {
      description: 'A page of the chronology.',
      schema: 'Chronology',
      headers: { 'Cache-Control': { description: '`no-store`.', schema: text } },
    },
    problems: {
      400: 'A parameter is missing or cannot be read.',
      404: 'This is no handle of this viewer’s.',
      503: 'The read could not be recorded, so nothing is shown; or what the receipt names is not in view yet.',
    },
  },
  'GET /v1/identity/questions': {
    id: 'listIdentityQuestions',
    tag: 'Identity',
    summary: 'Pairs of references of which only people can say whether they are one child',
    description:
      'For data managers: those about a reference of their own organisation, the oldest first, but for what its owner ' +
      'alone may know. Looking is recorded before the answer leaves.',
    parameters: [{ name: 'cursor', in: 'query', description: '`cursor` of the page before.', schema: text }],
    answer: { description: 'A page of questions.', schema: 'IdentityQuestions' },
    problems: { 400: 'The cursor is none of this viewer’s.', 403: NO_DATA_MANAGER, 503: NOT_RECORDED },
  },
  'GET /v1/identity/links': {
    id: 'listLinks',
    tag: 'Identity',
    summary: 'What is linked, in question or refused about a child of one’s own organisation',
    description: 'Looking is recorded before the answer leaves.',
    parameters: [
      { name: 'handle', in: 'query', description: 'A handle of this viewer’s own.', required: true, schema: text },
    ],
    answer: { description: 'The pairs; none where one’s own organisation holds nobody like that.', schema: 'Links' },
    problems: { 400: 'The handle is missing.', 403: NO_DATA_MANAGER, 404: 'No handle of yours.', 503: NOT_RECORDED },
  },
  'GET /v1/identity/pairs/{pair}': {
    id: 'readPair',
    tag: 'Identity',
    summary: 'The evidence about a pair, side by side',
    description: 'Looking is recorded before the answer leaves.',
    parameters: [pair],
    answer: { description: 'What both sides say, and who answered what.', schema: 'PairEvidence' },
    problems: { 403: NO_DATA_MANAGER, 404: NO_SUCH_PAIR, 503: NOT_RECORDED },
  },
  'POST /v1/identity/pairs/{pair}/answers': {
    id: 'answerPair',
    tag: 'Identity',
    summary: 'Say whether the two are the same child',
    description:
      '`different` counts from the acknowledgement on, `same` once it is filed. A later answer of one organisation takes ' +
      'the place of its earlier one; where two organisations contradict each other, the two are no link.',
    parameters: [pair],
    body: 'PairAnswer',
    answer: { description: 'Kept.', schema: 'Accepted' },
    problems: {
      400: BAD_DECISION,
      403: NO_DATA_MANAGER,
      404: NO_SUCH_PAIR,
      409: 'The two have no verified identifier in common any more.',
      413: TOO_LARGE,
    },
  },
  'GET /v1/identity/pairs/{pair}/disclosures': {
    id: 'listDisclosures',
    tag: 'Identity',
    summary: 'Reads that took the two for one child, once they are not',
    description: 'Looking is recorded before the answer leaves.',
    parameters: [pair, { name: 'cursor', in: 'query', description: '`cursor` of the page before.', schema: text }],
    answer: { description: 'The reads, the latest first.', schema: 'Disclosures' },
    problems: {
      400: 'The cursor is none of this viewer’s.',
      403: NO_DATA_MANAGER,
      404: NO_SUCH_PAIR,
      409: 'The two are one child still.',
      503: NOT_RECORDED,
    },
  },
  'GET /v1/agreements': {
    id: 'listAgreements',
    tag: 'Agreements',
    summary: 'The agreements in force now, by owner',
    description:
      'Empty for a person who holds no post. Governance people of a party see every version of its agreements, with ' +
      'where it stands.',
    answer: { description: 'The agreements.', schema: 'AgreementsInForce' },
    problems: {},
  },
  'PUT /v1/agreements/{id}/versions/{version}': {
    id: 'bringAgreement',
    tag: 'Agreements',
    summary: 'Bring a version of an agreement in',
    description:
      'For governance people of an owner. It has no effect before it is adopted; what keeps it from being adopted is ' +
      'answered with it.',
    parameters: agreement,
    body: 'AgreementBrought',
    answer: { description: 'Kept.', schema: 'AgreementTaken' },
    problems: {
      400: 'The document is not an agreement, or not the one that the address names. Every wrong place is listed.',
      403: 'The caller is not of the governance people of a party, or the token lacks the scope.',
      409: 'The hub holds another document of this version, or the caller has governance posts in several organisations.',
      413: TOO_LARGE,
    },
  },
  'GET /v1/agreements/{id}/versions/{version}': {
    id: 'openAgreement',
    tag: 'Agreements',
    summary: 'Read a version: its text, what it says in plain English, and where it stands',
    description: 'For governance people of a party.',
    parameters: agreement,
    answer: { description: 'The version.', schema: 'AgreementVersion' },
    problems: { 404: NO_SUCH_VERSION },
  },
  'POST /v1/agreements/{id}/versions/{version}/tests': {
    id: 'testAgreement',
    tag: 'Agreements',
    summary: 'Record that a version passes its own cases and the checks of adoption',
    description: 'A signature does the same where it was not done before.',
    parameters: agreement,
    body: 'AgreementTest',
    answer: { description: 'Passed.', schema: 'AgreementTestTaken' },
    problems: {
      400: 'The body is not JSON.',
      403: NO_GOVERNANCE,
      404: NO_SUCH_VERSION,
      409: 'The caller has governance posts in several organisations and does not say for which.',
      413: TOO_LARGE,
      422: NOT_ADOPTABLE,
    },
  },
  'POST /v1/agreements/{id}/versions/{version}/adoptions': {
    id: 'adoptAgreement',
    tag: 'Agreements',
    summary: 'Sign a version for one’s own organisation',
    description: 'Two people of one owner who sign the same version and date put it in force for that owner’s records.',
    parameters: agreement,
    body: 'Adoption',
    answer: { description: 'Signed.', schema: 'AdoptionTaken' },
    problems: {
      400: '`inForceFrom` is missing or no instant.',
      403: 'The caller is not of the governance people of an owner, or the token lacks the scope.',
      404: NO_SUCH_VERSION,
      409: 'The caller has governance posts in several organisations and does not say for which.',
      413: TOO_LARGE,
      422: NOT_ADOPTABLE,
    },
  },
  'POST /v1/agreements/{id}/versions/{version}/revocations': {
    id: 'revokeAgreement',
    tag: 'Agreements',
    summary: 'Take a version back for one’s own organisation',
    description:
      'One person of an owner suffices. It counts from its acknowledgement on, or from the later instant given; ' +
      'adopting again takes two new signatures.',
    parameters: agreement,
    body: 'AgreementRevocation',
    answer: { description: 'Taken back.', schema: 'AgreementRevocationTaken' },
    problems: {
      400: '`reason` is missing or too long, or `from` is no instant.',
      403: NO_GOVERNANCE,
      404: NO_SUCH_VERSION,
      409: 'Nobody of the organisation has signed it, or the caller does not say for which organisation.',
      413: TOO_LARGE,
    },
  },
  'POST /v1/audit/replays': {
    id: 'replay',
    tag: 'Audit',
    summary: 'The chronology as a viewer would have had it at a recorded time',
    description: 'Decided again from the record. The look is recorded before the answer leaves.',
    body: 'ReplayQuestion',
    answer: { description: 'All that would have shown.', schema: 'Replay' },
    problems: {
      400: BAD_DECISION,
      403: NO_AUDITOR,
      404: 'No read with this handle is recorded.',
      413: TOO_LARGE,
      503: NOT_LOOKED,
    },
  },
  'POST /v1/audit/read-searches': {
    id: 'searchReads',
    tag: 'Audit',
    summary: 'Who looked at a child, or at what a person looked',
    description: 'Every recorded look, each with what comes of deciding it again. The search is recorded itself.',
    body: 'ReadSearch',
    answer: { description: 'The looks, the newest first.', schema: 'FoundReads' },
    problems: { 400: BAD_DECISION, 403: NO_AUDITOR, 413: TOO_LARGE, 503: NOT_LOOKED },
  },
  'GET /v1/audit/reads/{readId}': {
    id: 'getRead',
    tag: 'Audit',
    summary: 'One recorded look, and what it showed',
    parameters: [
      { name: 'readId', in: 'path', description: 'The record.', required: true, schema: { ...text, format: 'uuid' } },
    ],
    answer: { description: 'The record, and the entries as they were shown.', schema: 'RecordedRead' },
    problems: { 403: NO_AUDITOR, 404: 'No read of this id is recorded.', 503: NOT_LOOKED },
  },
  'GET /health/live': {
    id: 'isAlive',
    tag: 'Health',
    summary: 'Whether the process lives',
    answer: { description: 'It does.', schema: 'Health' },
    problems: {},
  },
  'GET /health/ready': {
    id: 'isReady',
    tag: 'Health',
    summary: 'Whether the process can answer',
    answer: { description: 'It can.', schema: 'Health' },
    problems: { 503: 'Something that the process needs is not there. Which is not said.' },
  },
};
