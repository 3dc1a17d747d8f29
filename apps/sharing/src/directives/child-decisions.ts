import { createHash, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalBytes, getEventType, type Envelope } from '#contracts';
import { directivesOf, excludes, isInForce, readChild, type ChildView, type PartyNamed } from '#chronology';
import { inTransaction } from '#engines';
import { ReferenceTable, type Commands, type ContributionDraft, type Reference } from '#intake';
import { Problem, unsealParts, type KeyService } from '#platform';
import { isOwn, type Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import type { Description } from '../reading/handles.js';
import { childReference } from '../reading/child-reference.js';
import { loadReadScope, type ScopeLoader } from '../reading/load-read-scope.js';
import { findCoordinates, type Coordinates } from '../reading/load-scope.js';
import { ReadNotRecorded, type RecordRead } from '../reading/read-chronology.js';

export interface Asked {
  readonly login: string;
  readonly handle: string;
  readonly description: Description;
  readonly purpose: string;
  readonly trace: string;
}

/** Somebody named as people name him: by his organisation's own number for him, where one person is meant. */
export interface Named {
  readonly organisation: string;
  readonly service: string | null;
  readonly team: string | null;
  readonly workerId: string | null;
}

interface HeldReference {
  readonly key: string;
  readonly organisation: string;
  readonly contributions: readonly FiledContribution[];
}

/** A child before somebody who decides about it, with what is accepted and not yet filed. */
export interface Situation {
  readonly coordinates: Coordinates;
  readonly staffKeys: readonly string[];
  readonly view: ChildView;
  /** The viewer's post under which a relation allows the purpose: one whose service recorded something, if any did. */
  readonly post: Viewer;
  /** References of this child alone: what merely shares a number with it is another one's. */
  readonly references: readonly HeldReference[];
}

export const noSuchChild = (): Problem =>
  new Problem(404, 'no-such-child', 'You have no relation to this child that allows this purpose');
const noSuchEntry = (): Problem =>
  new Problem(404, 'no-such-entry', 'This is no entry that your own service recorded', {
    errors: [{ field: 'entryId', reason: 'not-allowed' }],
  });

export interface ChildDecisionsOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly keys: KeyService;
  readonly commands: Commands;
  readonly record: RecordRead;
}

type Draft = Pick<ContributionDraft, 'type' | 'recordType' | 'recordKey' | 'body'> &
  Partial<Pick<ContributionDraft, 'about'>>;

/**
 * What every decision of a person about a child has in common: who decides and before what, how it comes in by the
 * door that everything comes in by, and how a look at decisions is recorded.
 */
export class ChildDecisions {
  private readonly referenceTable: ReferenceTable;

  constructor(private readonly options: ChildDecisionsOptions) {
    this.referenceTable = new ReferenceTable(options.pool, options.keys);
  }

  /** Throws a Problem 404 where the child is unknown to the viewer, or all of it is closed to him. */
  situationOf({ login, description, purpose }: Asked): Promise<Situation> {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const coordinates = await findCoordinates(client);
      if (!coordinates) throw noSuchChild();
      const { scope, staffKeys } = await loadReadScope(client, this.options, coordinates, login, purpose, description);
      const view = readChild(scope);
      const pendingOf = (key: string) => scope.pending.filter(({ envelope }) => envelope.subject.key === key);
      const references = scope.references
        .filter(({ key }) => view.references.includes(key))
        .map((one) => ({ ...one, contributions: [...one.contributions, ...pendingOf(one.key)] }));
      const [post] = isClosedTo(view, references, scope.at) ? [] : byHolding(view.entitled, references);
      if (!post) throw noSuchChild();
      return { coordinates, staffKeys, view, post, references };
    });
  }

  /** The people named, by the keys that they have or are given now: whether one is known shows nowhere. */
  async keysOf(named: readonly Named[]): Promise<PartyNamed[]> {
    const workers = named.filter(({ workerId }) => workerId !== null);
    const reference = ({ organisation, workerId }: Named): Reference => ({
      kind: 'staff',
      system: 'staff',
      localId: workerId!,
      organisation,
    });
    const keyOf = await this.referenceTable.ensure('', workers.map(reference));
    return named.map((one) => ({
      organisation: one.organisation,
      service: one.service,
      team: one.team,
      staffKey: one.workerId === null ? null : keyOf(reference(one)).key,
    }));
  }

  /** Takes a decision about these references; resolves with its receipt when it is durable. */
  async accept(asked: Asked, post: Viewer, subjectKeys: readonly string[], draft: Draft): Promise<string> {
    const subjects = await Promise.all(subjectKeys.map((key) => childReference(this.options.pool, key)));
    return this.options.commands.accept({
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      trace: asked.trace,
      drafts: (receivedAt) =>
        subjects.map((subject) => ({
          about: 'child',
          ancestors: [],
          rank: { by: 'sequence', value: receivedAt },
          occurred: { from: receivedAt, precision: 'exact' },
          ...draft,
          subject,
        })),
    });
  }

  /** What these contributions hold in content, by id. */
  async contentsOf(
    contributions: readonly FiledContribution[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
    const { pool, opener } = this.options;
    const { rows } = await pool.query(
      `select contribution_id, bytes from projection.contribution
        where generation = projection.live() and confirms is null and contribution_id = any ($1::uuid[])
       union all
       select contribution_id, bytes from inbox.item where contribution_id = any ($1::uuid[]) and bytes is not null`,
      [contributions.map(({ envelope }) => envelope.contributionId)],
    );
    const opened = await unsealParts(pool, opener, rows as { bytes: Buffer }[], ['content']);
    return new Map(opened.map(({ envelope, content }) => [envelope.contributionId, content ?? {}] as const));
  }

  /** Records a look at decisions before it is given. Throws `ReadNotRecorded`. */
  async recordLook(
    asked: Asked,
    situation: Situation,
    type: string,
    shown: Readonly<Record<string, readonly string[]>>,
    list: unknown,
  ): Promise<void> {
    const readId = randomUUID();
    const { coordinates, staffKeys, view } = situation;
    const record = {
      v: 1,
      readId,
      viewer: {
        staff: staffKeys,
        posts: view.posts.map(({ organisation, service, role }) => ({ organisation, service, role })),
      },
      handle: asked.handle,
      references: view.references,
      purpose: asked.purpose,
      at: coordinates.at.toISOString(),
      checkpoint: { store: coordinates.store, position: coordinates.position, eventId: coordinates.eventId },
      shown: { ...shown, sha256: createHash('sha256').update(canonicalBytes(list)).digest('hex') },
    };
    try {
      await this.options.record(readId, canonicalBytes(record), type);
    } catch {
      throw new ReadNotRecorded();
    }
  }
}

type Held = Pick<HeldReference, 'contributions'>;

/**
 * Whether his own service closed all that it recorded of the child to this viewer: it is as unknown to him, here as
 * everywhere, as a child of whom nothing is held.
 */
export const isClosedTo = (
  { entitled }: Pick<ChildView, 'entitled'>,
  references: readonly Held[],
  at: number,
): boolean =>
  references
    .flatMap(({ contributions }) => directivesOf(contributions))
    .some(
      (directive) =>
        directive.record === null &&
        isInForce(directive, at) &&
        entitled.some((one) => isOwn(one, directive.owner) && excludes(directive, one)),
    );

const holdsOf = (post: Viewer, { contributions }: Held): boolean =>
  contributions.some(({ envelope }) => isOwn(post, envelope.owner) && getEventType(envelope.type).kind === 'content');

/** Those whose service recorded something of the child come first. */
const byHolding = (posts: readonly Viewer[], references: readonly Held[]): readonly Viewer[] => {
  const holds = (post: Viewer) => references.some((reference) => holdsOf(post, reference));
  return [...posts.filter(holds), ...posts.filter((post) => !holds(post))];
};

/** An entry (of a type, where one is asked for) that shows to this viewer and that his own service recorded. */
export const ownEntry = ({ view }: Situation, entryId: string, type?: string): { envelope: Envelope; post: Viewer } => {
  const found = view.entries.find(({ id }) => id === entryId)?.contribution.envelope;
  const envelope = type === undefined || found?.type === type ? found : undefined;
  const post = envelope && view.entitled.find((one) => isOwn(one, envelope.owner));
  if (!post) throw noSuchEntry();
  return { envelope, post };
};

/** Whether a field that a contribution holds is about one of these. */
const isAboutAny = ({ type, fields }: Envelope, withheld: ReadonlySet<string>): boolean => {
  const classes = getEventType(type).fields as Readonly<Record<string, { readonly about: string } | undefined>>;
  return Object.values(fields)
    .flat()
    .some((name) => withheld.has(classes[name]?.about ?? ''));
};

/**
 * What one of the viewer's own services decided. Where the child is closed to him, what he decided himself, and of what
 * others decided before then what holds nothing about whom a guardian withholds.
 */
export const isOwnDecision = ({ view, staffKeys }: Situation, { envelope }: FiledContribution): boolean =>
  view.entitled.some((one) => isOwn(one, envelope.owner)) &&
  (view.coveredFrom === null ||
    staffKeys.includes(envelope.sender) ||
    (Date.parse(envelope.hubReceived) < view.coveredFrom && !isAboutAny(envelope, view.withheld)));

/** The reference of a post's organisation that holds what its service recorded, else any of them. */
export const ownReference = ({ references }: Situation, post: Viewer): string => {
  const own = references.filter(({ organisation }) => organisation === post.organisation);
  const found = own.find((reference) => holdsOf(post, reference)) ?? own[0];
  if (!found) throw noSuchChild();
  return found.key;
};
