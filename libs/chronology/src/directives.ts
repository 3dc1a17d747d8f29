import { foldCode, isOwn, type OwnerService, type Viewer } from '#sharing';
import { currentRecords, type FiledContribution } from '#timeline';

/** Somebody an owner names: whoever every field that is given fits. */
export interface PartyNamed {
  readonly organisation: string;
  readonly service: string | null;
  readonly team: string | null;
  readonly staffKey: string | null;
}

/** What an owner decided about what its own service recorded of a child. */
export interface Directive {
  /** Names it for good. */
  readonly id: string;
  readonly kind: 'restriction' | 'exclusion' | 'withdrawal';
  readonly owner: OwnerService;
  /** One record, by feed and HMAC; null: all of that service's records of this child. */
  readonly record: { readonly feed: string; readonly key: string } | null;
  readonly who: readonly PartyNamed[];
  /** RFC 3339 instant, exclusive; null: until it is lifted. */
  readonly until: string | null;
  readonly contribution: FiledContribution;
  /** It cannot be read: it hides all that it may have meant. */
  readonly unreadable: boolean;
}

const KINDS: Readonly<Record<string, Directive['kind']>> = {
  'restriction-made': 'restriction',
  'exclusion-made': 'exclusion',
  'entry-withdrawn': 'withdrawal',
};

/** A decision that stands, by what holds its body; without terms where they cannot be read. */
export interface StandingDirective {
  readonly contribution: FiledContribution;
  readonly terms: Readonly<Record<string, unknown>> | undefined;
}

/** Every decision of these types among these contributions that was not lifted, whether or not its time is over. */
export const standingDirectives = (
  contributions: readonly FiledContribution[],
  types: readonly string[],
): StandingDirective[] => {
  const made = contributions.filter(({ envelope: { type } }) => types.includes(type) || type === 'entry-retracted');
  const bodies = new Map(
    made.filter(({ confirms }) => confirms === undefined).map((one) => [one.envelope.contributionId, one]),
  );
  return currentRecords(made).map(({ bodyOf, contribution }) => {
    const body = bodies.get(bodyOf);
    return {
      contribution: body ?? contribution,
      terms: body?.unreadable.includes('terms') ? undefined : body?.terms,
    };
  });
};

/** Every directive among these contributions that was not lifted, whether or not its time is over. */
export const directivesOf = (contributions: readonly FiledContribution[]): Directive[] =>
  standingDirectives(contributions, Object.keys(KINDS)).map(({ contribution, terms }): Directive => {
    const { envelope } = contribution;
    const unreadable = terms === undefined;
    const { directive, feed, record, who, until } = terms ?? {};
    return {
      id: unreadable ? envelope.contributionId : (directive as string),
      kind: KINDS[envelope.type]!,
      owner: envelope.owner,
      record: typeof feed === 'string' && typeof record === 'string' ? { feed, key: record } : null,
      who: (who ?? []) as readonly PartyNamed[],
      until: (until ?? null) as string | null,
      contribution,
      unreadable,
    };
  });

const isSameService = (a: OwnerService, b: OwnerService): boolean =>
  foldCode(a.organisation) === foldCode(b.organisation) && a.service === b.service;

/** In force at an instant. An end that cannot be read never comes. */
export const isInForce = ({ until }: Pick<Directive, 'until'>, at: number): boolean => {
  const end = until === null ? Infinity : Date.parse(until);
  return Number.isNaN(end) || at < end;
};

/** Whether a decision of an owner is about a record. */
export const concernsRecord = (
  directive: Pick<Directive, 'owner' | 'record'>,
  { envelope }: FiledContribution,
): boolean =>
  isSameService(directive.owner, envelope.owner) &&
  (directive.record === null ||
    (directive.record.feed === envelope.rank.feed && directive.record.key === envelope.record.key));

/** Whether everything that is named of this party fits the viewer. */
export const fits = (viewer: Viewer, { organisation, service, team, staffKey }: PartyNamed): boolean =>
  foldCode(organisation) === foldCode(viewer.organisation) &&
  (service === null || foldCode(service) === foldCode(viewer.service)) &&
  (team === null || foldCode(team) === foldCode(viewer.team ?? '')) &&
  (staffKey === null || staffKey === viewer.staffKey);

/** Whether it closes something to this viewer by name: an exclusion says nothing of itself to whom it excludes. */
export const excludes = (
  { kind, who, unreadable }: Pick<Directive, 'kind' | 'who' | 'unreadable'>,
  viewer: Viewer,
): boolean => kind === 'exclusion' && (unreadable || who.some((party) => fits(viewer, party)));

/**
 * Whether its owner leaves a record open to this viewer: no exclusion names him, his own service's included; and each
 * restriction that concerns it names him, unless it is his own service's. Beats every agreement; opens nothing.
 */
export const isLeftOpen = (
  directives: readonly Directive[],
  viewer: Viewer,
  record: FiledContribution,
  at: number,
): boolean =>
  allLeaveOpen(
    directives.filter((directive) => concernsRecord(directive, record)),
    viewer,
    record.envelope.owner,
    at,
  );

/** Whether a service leaves open to this viewer whatever it recorded of the child. */
export const isServiceLeftOpen = (
  directives: readonly Directive[],
  viewer: Viewer,
  service: OwnerService,
  at: number,
): boolean =>
  allLeaveOpen(
    directives.filter((directive) => directive.record === null && isSameService(directive.owner, service)),
    viewer,
    service,
    at,
  );

const allLeaveOpen = (concerning: readonly Directive[], viewer: Viewer, owner: OwnerService, at: number): boolean =>
  concerning
    .filter((directive) => directive.kind !== 'withdrawal' && isInForce(directive, at))
    .every(({ kind, who, unreadable }) => {
      const isNamed = who.some((party) => fits(viewer, party));
      if (kind === 'exclusion') return !excludes({ kind, who, unreadable }, viewer);
      return isOwn(viewer, owner) || (!unreadable && isNamed);
    });

/**
 * Whether its owner withdrew this version: that rank or an older one, or the same body at whatever rank it is sent
 * again. A withdrawal that cannot be read takes all that its service recorded on that reference.
 */
export const withdrawnAmong = (
  contributions: readonly FiledContribution[],
): ((version: FiledContribution) => boolean) => {
  const withdrawals = directivesOf(contributions).filter(({ kind }) => kind === 'withdrawal');
  return (version) =>
    withdrawals.some((withdrawal) => {
      if (!concernsRecord(withdrawal, version)) return false;
      if (withdrawal.unreadable) return true;
      const { rank, body } = withdrawal.contribution.terms as { readonly rank: string; readonly body: string };
      const { envelope } = version;
      return (rank[0] === envelope.rank.key[0] && envelope.rank.key <= rank) || envelope.record.body === body;
    });
};
