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
  readonly tag: 'Feeds' | 'Children' | 'Agreements' | 'Health';
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  /** Component of a JSON body; `feeds` for whatever the feeds take. */
  readonly body?: string;
  readonly answer: { readonly description: string; readonly schema: string; readonly headers?: JsonSchema };
  readonly problems: Readonly<Record<number, string>>;
}

const text = { type: 'string' };
const feed: Parameter = {
  name: 'feed',
  in: 'path',
  description: 'Name of a feed that this connector is registered for.',
  required: true,
  schema: text,
};
const agreement: readonly Parameter[] = [
  { name: 'id', in: 'path', description: 'Id of the agreement.', required: true, schema: text },
  { name: 'version', in: 'path', description: 'Version of the agreement.', required: true, schema: text },
];

const NO_SUCH_FEED = 'This connector is registered for no such feed. A feed that is another’s is answered the same.';
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
const NOT_OWN = 'This is no handle, child, entry or decision with which you may do this; which of them is not said.';
const TOO_LARGE = 'The body is larger than 1 MiB.';

/** Every operation by its route. A route without one fails the generator, and so does one without a route. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
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
    summary: 'What the hub has to say about the sender’s own data',
    parameters: [feed],
    answer: { description: 'The notices, oldest first.', schema: 'Notices' },
    problems: { 404: NO_SUCH_FEED },
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
    problems: { 404: 'This connector has no such receipt.' },
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
  'GET /v1/agreements': {
    id: 'listAgreements',
    tag: 'Agreements',
    summary: 'The agreements in force now, by owner',
    description: 'Empty for a person who holds no post.',
    answer: { description: 'The agreements.', schema: 'AgreementsInForce' },
    problems: {},
  },
  'PUT /v1/agreements/{id}/versions/{version}': {
    id: 'bringAgreement',
    tag: 'Agreements',
    summary: 'Bring a version of an agreement in',
    description: 'For governance people of an owner. It has no effect before it is adopted.',
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
      404: 'The hub holds no such version.',
      409: 'The caller has governance posts in several organisations and does not say for which.',
      413: TOO_LARGE,
    },
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
