import { AUTHORITY, LONG_AGO, POLICE, SCHOOL } from '../journeys/scene.js';
import type { Answer } from '../journeys/hub-api.js';
import { MATRIX_AGREEMENT } from './agreement.js';
import { PURPOSES, RELATIONS, ROLES, type Purpose } from './axes.js';
import { mayDecide, worksWith, type Viewer } from './rules.js';
import { askerOf, type MatrixScene } from './scene.js';

/** Whoever may call: a viewer of the matrix, somebody of another role, nobody's login, a connector, or no one. */
export interface Caller {
  readonly login: string | null;
  /** Absent: somebody who has no relation to any child. */
  readonly viewer?: Viewer;
}

export interface Cell {
  readonly caller: Caller;
  readonly purpose: Purpose;
  /** Asks with the handle of somebody else. */
  readonly withOthersHandle?: true;
}

export interface Asked {
  readonly path: string;
  readonly body?: object;
}

/** One route: who may use it, by the rules, and how an answer tells that somebody might. */
export interface Row {
  /** Takes a handle. */
  readonly child?: true;
  /** Gives somebody a relation, and so is asked last. */
  readonly relates?: true;
  /** Takes a purpose. */
  readonly purposes?: true;
  readonly ask: (cell: Cell, handle: string, scene: MatrixScene) => Asked;
  readonly may: (cell: Cell) => boolean;
  /** Besides success: kinds of problem that only somebody gets who may. */
  readonly passes?: readonly string[];
  /** Further than the status: whether the answer gives anything. */
  readonly gives?: (answer: Answer) => boolean;
}

/** Of every place one, and who guards: what another role of a place may do with a child is what its relation allows. */
const EVERY_RELATION = ['social-worker', 'mash-researcher', 'ed-clinician', 'dsl', 'ppu-officer', 'hub-guardian'];
const VIEWERS: readonly Caller[] = ROLES.flatMap((role) =>
  RELATIONS.filter(
    (relation) => EVERY_RELATION.includes(role.role) || relation === 'allocated' || relation === 'none',
  ).map((relation) => ({ login: askerOf(role), viewer: { role, relation } })),
);
export const CONNECTOR = AUTHORITY.connector;
const OTHERS: readonly Caller[] = ['auditor', 'governance', 'reviewer', 'watcher', 'nobody', CONNECTOR, null].map(
  (login) => ({ login }),
);
const CALLERS: readonly Caller[] = [...VIEWERS, ...OTHERS];

/** Nothing is open in an emergency here: so nobody has that relation. */
const relationOf = ({ relation, ...viewer }: Viewer): Viewer => ({
  ...viewer,
  relation: relation === 'emergency' ? 'none' : relation,
});
const isPerson = ({ caller: { login } }: Cell): boolean => login !== null && login !== CONNECTOR;
const isConnector = ({ caller: { login } }: Cell): boolean => login === CONNECTOR;
const isRole =
  (...roles: readonly string[]) =>
  ({ caller: { login, viewer } }: Cell): boolean =>
    roles.includes(viewer?.role.role ?? login ?? '');
const isEverybody = (): boolean => true;
const decides = ({ caller: { viewer }, purpose }: Cell): boolean =>
  viewer !== undefined && mayDecide(relationOf(viewer), purpose);
const works = ({ caller: { viewer } }: Cell): boolean => viewer !== undefined && worksWith(relationOf(viewer));

/** To whom a child goes on is nothing for anybody to whom it is closed, and is said by nobody on a contact alone. */
const worksOpenly = (cell: Cell): boolean => works(cell) && cell.caller.viewer?.relation !== 'excluded';
const moves = (cell: Cell): boolean =>
  worksOpenly(cell) && cell.caller.viewer?.role.party === 'la' && cell.caller.viewer.relation !== 'triage';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const REASON = 'The matrix asks';
const party = { organisation: SCHOOL.organisation };

/** A look at what one's own service decided. */
const look = (what: string, may = decides): Row => ({
  child: true,
  purposes: true,
  ask: ({ purpose }, handle) => ({ path: `/v1/children/${handle}/${what}?purpose=${purpose}` }),
  may,
});

const decision = (what: string, body: object, more: Partial<Row> = {}): Row => ({
  child: true,
  purposes: true,
  ask: ({ purpose }, handle) => ({ path: `/v1/children/${handle}/${what}`, body: { purpose, ...body } }),
  may: decides,
  ...more,
});

const ofRelation = (what: string, body: object, may: Row['may'], more: Partial<Row> = {}): Row => ({
  child: true,
  ask: (_, handle) => ({ path: `/v1/children/${handle}/${what}`, body }),
  may,
  ...more,
});

const plain = (path: string, may: Row['may'], more: Partial<Row> = {}, body?: object): Row => ({
  ask: () => ({ path, ...(body === undefined ? {} : { body }) }),
  may,
  ...more,
});

const holdsPost = (cell: Cell): boolean => isPerson(cell) && !isRole('nobody')(cell);
const isGuarding = (cell: Cell): boolean => decides(cell) && isRole('hub-guardian')(cell);
const isDataManager = isRole('data-manager');
const isGovernance = isRole('governance');
const isAuditor = isRole('auditor');
const isManaging = (cell: Cell): boolean => isDataManager(cell) || isConnector(cell);

const FEED = `/v1/feeds/${AUTHORITY.records}`;
const VERSION = `/v1/agreements/${MATRIX_AGREEMENT.id}/versions/${MATRIX_AGREEMENT.version}`;
const scim = (kind: 'Users' | 'Groups'): Readonly<Record<string, Row>> => {
  const one = `/scim/v2/${kind}/unknown`;
  const of = { schemas: [`urn:ietf:params:scim:schemas:core:2.0:${kind.slice(0, -1)}`] };
  // What a connector may do is tried with what is not there: its status tells that from a refusal.
  const gives = ({ status }: Answer): boolean => status !== 401 && status !== 403;
  return {
    [`GET /scim/v2/${kind}`]: plain(`/scim/v2/${kind}`, isConnector),
    [`POST /scim/v2/${kind}`]: plain(`/scim/v2/${kind}`, isConnector, { gives }, of),
    [`GET /scim/v2/${kind}/{id}`]: plain(one, isConnector, { gives }),
    [`PUT /scim/v2/${kind}/{id}`]: plain(one, isConnector, { gives }, of),
    [`PATCH /scim/v2/${kind}/{id}`]: plain(one, isConnector, { gives }, of),
    [`DELETE /scim/v2/${kind}/{id}`]: plain(one, isConnector, { gives }),
  };
};

/** Every route of the API by its method and path. */
export const ROWS: Readonly<Record<string, Row>> = {
  'GET /health/live': plain('/health/live', isEverybody),
  'GET /health/ready': plain('/health/ready', isEverybody),

  'POST /v1/child-searches': {
    purposes: true,
    ask: ({ purpose }, _, { children: [child] }) => ({
      path: '/v1/child-searches',
      body: { nhsNumber: child!.number, purpose },
    }),
    may: isPerson,
  },
  // What shows there is for the other part of the matrix to say: the page is the same for nothing held.
  'GET /v1/children/{handle}/chronology': look('chronology', isPerson),
  'GET /v1/my/children': plain('/v1/my/children', isPerson),
  'GET /v1/my/crossings': plain('/v1/my/crossings', isPerson),
  'GET /v1/my/profile': plain('/v1/my/profile', isPerson),
  'GET /v1/my/attempts': plain('/v1/my/attempts', isRole('hub-guardian', 'watcher')),

  'GET /v1/children/{handle}/restrictions': look('restrictions'),
  'GET /v1/children/{handle}/do-not-inform': look('do-not-inform'),
  'GET /v1/children/{handle}/consent': look('consent'),
  'GET /v1/children/{handle}/releases': look('releases'),
  'GET /v1/children/{handle}/relations': look('relations'),
  'GET /v1/children/{handle}/child-exclusions': look('child-exclusions', isGuarding),

  'POST /v1/children/{handle}/withdrawals': decision('withdrawals', { entryId: NOBODY, reason: REASON }, { passes: ['no-such-entry'] }), // prettier-ignore
  'POST /v1/children/{handle}/restrictions': decision('restrictions', { allow: [{ ...party, workerId: 'W' }], entryId: NOBODY, reason: REASON }, { passes: ['no-such-entry'] }), // prettier-ignore
  'POST /v1/children/{handle}/exclusions': decision('exclusions', { deny: [{ ...party, workerId: 'nobody' }], reason: REASON }), // prettier-ignore
  'POST /v1/children/{handle}/restrictions/{id}/lifts': decision(`restrictions/${NOBODY}/lifts`, {}, { passes: ['no-such-restriction'] }), // prettier-ignore
  'POST /v1/children/{handle}/do-not-inform': decision('do-not-inform', { allCarers: true, reason: REASON }),
  'POST /v1/children/{handle}/do-not-inform/{id}/lifts': decision(`do-not-inform/${NOBODY}/lifts`, {}, { passes: ['no-such-mark'] }), // prettier-ignore
  'POST /v1/children/{handle}/allegations': decision('allegations', { allegation: 'Was seen', against: 'A member of staff' }), // prettier-ignore
  'POST /v1/children/{handle}/allegation-outcomes': decision('allegation-outcomes', { entryId: NOBODY, outcome: 'unfounded', withdrawn: false, reason: REASON }, { passes: ['no-such-entry'] }), // prettier-ignore
  'POST /v1/children/{handle}/processing-consents': decision('processing-consents', { decision: 'given', by: 'parental-responsibility', person: 'Mother', standing: 'By birth', scope: 'All', told: true }), // prettier-ignore
  'POST /v1/children/{handle}/young-person-decisions': decision('young-person-decisions', { agreed: true, competent: true, assessment: 'Understands', assessedBy: 'A nurse' }), // prettier-ignore
  'POST /v1/children/{handle}/significant-harm': decision('significant-harm', { stands: true, reason: REASON }),
  'POST /v1/children/{handle}/working-agreements': decision('working-agreements', { agrees: false, decidedBy: 'Father' }), // prettier-ignore
  // Whether a clause lets him release it is asked once an entry is his own service's: here it never is.
  'POST /v1/children/{handle}/releases': decision('releases', { entryId: NOBODY, to: { ...party, workerId: 'W' }, fields: ['teams'], until: '2026-03-16T00:00:00.000Z', reason: REASON }, { passes: ['no-such-entry'] }), // prettier-ignore
  'POST /v1/children/{handle}/releases/{id}/lifts': decision(`releases/${NOBODY}/lifts`, {}, { passes: ['no-such-release'] }), // prettier-ignore
  'POST /v1/children/{handle}/child-exclusions': decision('child-exclusions', { deny: [{ ...party, workerId: 'nobody' }], reason: REASON }, { may: isGuarding }), // prettier-ignore
  'POST /v1/children/{handle}/child-exclusions/{id}/lifts': decision(`child-exclusions/${NOBODY}/lifts`, {}, { may: isGuarding, passes: ['no-such-exclusion'] }), // prettier-ignore

  'POST /v1/children/{handle}/relation-confirmations': {
    child: true,
    // Nobody confirms what his own organisation says.
    ask: ({ caller: { viewer } }, handle) => ({
      path: `/v1/children/${handle}/relation-confirmations`,
      body: {
        organisation: viewer?.role.party === 'school' ? POLICE.organisation : SCHOOL.organisation,
        service: null,
        relation: 'on-roll',
        reason: REASON,
      },
    }),
    may: works,
  },
  'POST /v1/children/{handle}/moves': ofRelation('moves', { organisation: SCHOOL.organisation, reason: REASON }, moves, { passes: ['bad-request'] }), // prettier-ignore
  'POST /v1/children/{handle}/moves/{id}/acceptances': ofRelation(`moves/${NOBODY}/acceptances`, { statement: REASON }, worksOpenly, { passes: ['no-such-move'] }), // prettier-ignore
  'POST /v1/children/{handle}/moves/{id}/lifts': ofRelation(`moves/${NOBODY}/lifts`, {}, worksOpenly, {
    passes: ['no-such-move'],
  }),
  'POST /v1/children/{handle}/relation-confirmations/{id}/lifts': ofRelation(`relation-confirmations/${NOBODY}/lifts`, {}, works, { passes: ['no-such-confirmation'] }), // prettier-ignore
  'POST /v1/children/{handle}/invitations': ofRelation('invitations', { ...party, workerId: 'nobody', meeting: 'strategy-discussion', from: LONG_AGO, until: '2026-03-16T00:00:00.000Z' }, works), // prettier-ignore
  // The same answer to everybody: where no child is known, nothing opens.
  'POST /v1/children/{handle}/assertions': ofRelation('assertions', { reason: REASON }, isPerson, { relates: true }),
  'POST /v1/children/{handle}/triage': ofRelation('triage', { reason: REASON }, isRole('mash-researcher'), {
    relates: true,
  }),
  'POST /v1/children/{handle}/triage/{id}/outcome': ofRelation(`triage/${NOBODY}/outcome`, { outcome: 'No further action' }, works, { passes: ['no-such-contact'] }), // prettier-ignore
  'POST /v1/children/{handle}/encounters': ofRelation('encounters', { reason: REASON }, isRole('ed-clinician'), {
    relates: true,
  }),

  // Whoever holds a post, whatever is held of the child: that he has one open is his own business.
  'POST /v1/children/{handle}/emergency-access': ofRelation('emergency-access', { reason: 'injury', text: REASON }, holdsPost, { passes: ['already-open'] }), // prettier-ignore
  'POST /v1/children/{handle}/emergency-access/{id}/end': ofRelation(`emergency-access/${NOBODY}/end`, {}, () => false), // prettier-ignore
  'GET /v1/emergency-access': plain('/v1/emergency-access', isRole('watcher')),
  'GET /v1/emergency-access/reviews': plain('/v1/emergency-access/reviews', isRole('reviewer', 'watcher')),
  'POST /v1/emergency-access/{id}/reviews': plain(`/v1/emergency-access/${NOBODY}/reviews`, isRole('reviewer', 'watcher'), { passes: ['no-such-review'] }, { outcome: 'justified', note: REASON }), // prettier-ignore
  'GET /v1/relation-reviews': plain('/v1/relation-reviews', isRole('reviewer')),
  'POST /v1/relation-reviews/{id}/reviews': plain(`/v1/relation-reviews/${NOBODY}/reviews`, isRole('reviewer'), { passes: ['no-such-review'] }, { outcome: 'genuine', note: REASON }), // prettier-ignore

  'GET /v1/identity/questions': plain('/v1/identity/questions', isDataManager),
  'GET /v1/identity/links': {
    child: true,
    ask: (_, handle) => ({ path: `/v1/identity/links?handle=${handle}` }),
    may: isDataManager,
  },
  'GET /v1/identity/pairs/{pair}': plain('/v1/identity/pairs/x', isDataManager, { passes: ['no-such-pair'] }),
  'GET /v1/identity/pairs/{pair}/disclosures': plain('/v1/identity/pairs/x/disclosures', isDataManager, { passes: ['no-such-pair'] }), // prettier-ignore
  'POST /v1/identity/pairs/{pair}/answers': plain('/v1/identity/pairs/x/answers', isDataManager, { passes: ['no-such-pair'] }, { answer: 'different', reason: REASON }), // prettier-ignore

  // Which agreements there are is no secret of anybody who holds a post.
  'GET /v1/agreements': plain('/v1/agreements', holdsPost, { gives: ({ json }) => ((json as { agreements?: unknown[] }).agreements ?? []).length > 0 }), // prettier-ignore
  'GET /v1/agreements/{id}/versions/{version}': plain(VERSION, isGovernance),
  'PUT /v1/agreements/{id}/versions/{version}': plain(VERSION, isGovernance, { passes: ['version-held', 'bad-agreement'] }, { document: {} }), // prettier-ignore
  'POST /v1/agreements/{id}/versions/{version}/tests': plain(`${VERSION}0/tests`, isGovernance, { passes: ['no-such-agreement'] }, {}), // prettier-ignore
  'POST /v1/agreements/{id}/versions/{version}/adoptions': plain(`${VERSION}0/adoptions`, isGovernance, { passes: ['no-such-agreement'] }, { inForceFrom: LONG_AGO }), // prettier-ignore
  'POST /v1/agreements/{id}/versions/{version}/revocations': plain(`${VERSION}0/revocations`, isGovernance, { passes: ['no-such-agreement'] }, { reason: REASON }), // prettier-ignore

  'POST /v1/audit/replays': {
    ask: (_, __, { children: [child] }) => ({
      path: '/v1/audit/replays',
      body: {
        nhsNumber: child!.number,
        at: '2026-03-02T09:00:00.000Z',
        viewer: { login: 'nobody' },
        purpose: 'SAFEGUARDING',
      },
    }),
    may: isAuditor,
  },
  'POST /v1/audit/read-searches': {
    ask: (_, __, { children: [child] }) => ({
      path: '/v1/audit/read-searches',
      body: { child: { nhsNumber: child!.number } },
    }),
    may: isAuditor,
  },
  'GET /v1/audit/reads/{readId}': plain(`/v1/audit/reads/${NOBODY}`, isAuditor, { passes: ['no-such-read'] }),

  'GET /v1/feeds': plain('/v1/feeds', isManaging, { gives: ({ json }) => ((json as { feeds?: unknown[] }).feeds ?? []).length > 0 }), // prettier-ignore
  'POST /v1/feeds/{feed}/submissions': plain(`${FEED}/submissions`, isConnector, { passes: ['document-refused'] }, { records: 1 }), // prettier-ignore
  'GET /v1/feeds/{feed}/submissions': plain(`${FEED}/submissions`, isManaging),
  'POST /v1/feeds/{feed}/heartbeats': plain(`${FEED}/heartbeats`, isConnector, { passes: ['bad-request'] }, { colour: 1 }), // prettier-ignore
  'GET /v1/feeds/{feed}/heartbeats': plain(`${FEED}/heartbeats`, isManaging),
  'GET /v1/feeds/{feed}/notices': plain(`${FEED}/notices`, isManaging),
  'GET /v1/feeds/{feed}/quarantine': plain(`${FEED}/quarantine`, isManaging),
  'GET /v1/feeds/{feed}/quarantine/{id}': {
    ask: (_, __, { quarantined }) => ({ path: `${FEED}/quarantine/${quarantined}` }),
    may: isManaging,
  },
  'POST /v1/feeds/{feed}/quarantine/{id}/releases': {
    ask: (_, __, { quarantined }) => ({
      path: `${FEED}/quarantine/${quarantined}/releases`,
      body: { reason: REASON, document: {} },
    }),
    may: isManaging,
    passes: ['bad-request', 'would-quarantine', 'bad-document'],
  },
  'POST /v1/feeds/{feed}/quarantine/{id}/discards': {
    ask: (_, __, { quarantined }) => ({ path: `${FEED}/quarantine/${quarantined}/discards`, body: { reason: '' } }),
    may: isManaging,
    passes: ['bad-request'],
  },
  'GET /v1/quarantine/{id}': {
    ask: (_, __, { quarantined }) => ({ path: `/v1/quarantine/${quarantined}` }),
    may: isDataManager,
  },
  'GET /v1/receipts/{id}': {
    ask: (_, __, { receipt }) => ({ path: `/v1/receipts/${receipt}` }),
    may: isManaging,
  },

  ...scim('Users'),
  ...scim('Groups'),
  'GET /scim/v2/ServiceProviderConfig': plain('/scim/v2/ServiceProviderConfig', isConnector),
  'GET /scim/v2/ResourceTypes': plain('/scim/v2/ResourceTypes', isConnector),
  'GET /scim/v2/Schemas': plain('/scim/v2/Schemas', isConnector),
};

/** What takes no handle says nothing of a child: who is allocated to some asks it, and whoever has no relation. */
const isOfNoChild = ({ viewer }: Caller): boolean => viewer === undefined || viewer.relation === 'allocated';

/** Every cell of a row: where it takes a purpose, the one that most relations allow and one other, each in its turn. */
export const cellsOf = ({ child, purposes }: Row): Cell[] =>
  CALLERS.filter((caller) => child === true || isOfNoChild(caller)).flatMap((caller, i) => {
    const other = PURPOSES[1 + (i % (PURPOSES.length - 1))]!;
    const asked = purposes ? (['SAFEGUARDING', other] as const) : (['SAFEGUARDING'] as const);
    const own = asked.map((purpose): Cell => ({ caller, purpose }));
    const isTried = child === true && caller.viewer?.relation === 'allocated';
    return isTried ? [...own, { caller, purpose: 'SAFEGUARDING', withOthersHandle: true }] : own;
  });

/** Whether somebody may, by the rules: with another's handle nobody may anything. */
export const mayBy = (row: Row, cell: Cell): boolean => cell.withOthersHandle !== true && row.may(cell);

/** Whose handle a cell uses. */
export const holderOf = ({ caller: { login, viewer }, withOthersHandle }: Cell): string | null => {
  if (!withOthersHandle || !viewer) return login;
  return askerOf(ROLES[(ROLES.indexOf(viewer.role) + 1) % ROLES.length]!);
};

const problemOf = ({ json }: Answer): string =>
  ((json as { type?: string } | undefined)?.type ?? '').split(':').at(-1) ?? '';

/** Whether an answer tells that its caller might: undefined where it is neither that nor a refusal. */
export const verdictOf = ({ passes = [], gives }: Row, answer: Answer): boolean | undefined => {
  if (gives) return gives(answer);
  if (answer.status < 300 || passes.includes(problemOf(answer))) return true;
  return [401, 403, 404].includes(answer.status) ? false : undefined;
};
