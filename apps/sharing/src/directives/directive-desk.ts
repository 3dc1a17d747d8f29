import { createHash, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalBytes, getEventType, type Envelope } from '#contracts';
import {
  directivesOf,
  excludes,
  isInForce,
  readChild,
  type ChildView,
  type Directive,
  type PartyNamed,
} from '#chronology';
import { inTransaction } from '#engines';
import { ReferenceTable, type Commands, type ContributionDraft, type Reference } from '#intake';
import { Problem, unsealParts, type KeyService } from '#platform';
import { isOwn, type Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import type { Description } from '../reading/handles.js';
import { loadReadScope, type ScopeLoader } from '../reading/load-read-scope.js';
import { findCoordinates, type Coordinates } from '../reading/load-scope.js';
import { ReadNotRecorded, type RecordRead } from '../reading/read-chronology.js';

/** Event type of a look at what one's own service decided about a child. */
export const DIRECTIVES_OPENED = 'directives-opened';

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

export interface ListedDirective {
  readonly id: string;
  readonly kind: Directive['kind'];
  /** Its entry where the viewer sees it; null: all records of the service, or one that does not show. */
  readonly entryId: string | null;
  readonly ofOneRecord: boolean;
  readonly who: readonly Omit<PartyNamed, 'staffKey'>[];
  readonly until: string | null;
  readonly reason: string | null;
  readonly at: string;
}

interface Situation {
  readonly coordinates: Coordinates;
  readonly staffKeys: readonly string[];
  readonly view: ChildView;
  readonly start: readonly string[];
  /** The viewer's post under which a relation allows the purpose. */
  readonly post: Viewer;
  readonly directives: readonly Directive[];
  readonly ownReferences: readonly { readonly key: string; readonly contributions: readonly FiledContribution[] }[];
}

const noSuchChild = (): Problem =>
  new Problem(404, 'no-such-child', 'You have no relation to this child that allows this purpose');
const noSuchEntry = (): Problem =>
  new Problem(404, 'no-such-entry', 'This is no entry that your own service recorded', {
    errors: [{ field: 'entryId', reason: 'not-allowed' }],
  });
const noSuchDirective = (): Problem => new Problem(404, 'no-such-restriction', 'Your service made no such restriction');

const COMMON: Pick<ContributionDraft, 'about' | 'ancestors'> = { about: 'child', ancestors: [] };

export interface DirectiveDeskOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly keys: KeyService;
  readonly commands: Commands;
  readonly record: RecordRead;
}

/**
 * What the people of a service decide about what it recorded of a child: withdraw a version, restrict, exclude, and
 * lift. Each comes in by the door that everything comes in by, and counts from its acknowledgement on.
 */
export class DirectiveDesk {
  private readonly references: ReferenceTable;

  constructor(private readonly options: DirectiveDeskOptions) {
    this.references = new ReferenceTable(options.pool, options.keys);
  }

  async withdraw(asked: Asked, entryId: string, reason: string) {
    const situation = await this.situationOf(asked);
    const { envelope, post } = ownEntry(situation, entryId);
    return this.decide(asked, post, envelope.subject.key, 'entry-withdrawn', (directive) => ({
      directive,
      feed: envelope.rank.feed,
      record: envelope.record.key,
      body: envelope.record.body,
      rank: envelope.rank.key,
      reason,
    }));
  }

  async close(
    asked: Asked,
    type: 'restriction-made' | 'exclusion-made',
    decision: {
      readonly entryId: string | null;
      readonly who: readonly Named[];
      readonly until: string | null;
      readonly reason: string;
    },
  ) {
    const situation = await this.situationOf(asked);
    const { envelope: entry, post } =
      decision.entryId === null ? { envelope: null, post: situation.post } : ownEntry(situation, decision.entryId);
    const who = await this.keysOf(decision.who);
    return this.decide(asked, post, entry?.subject.key ?? ownReference(situation), type, (directive) => ({
      directive,
      who,
      until: decision.until,
      feed: entry?.rank.feed ?? null,
      record: entry?.record.key ?? null,
      reason: decision.reason,
    }));
  }

  /** Ends a directive of one's own service. What it closed shows again once this is filed. */
  async lift(asked: Asked, id: string) {
    const situation = await this.situationOf(asked);
    const found = situation.directives.find((directive) => directive.id === id && !directive.unreadable);
    if (!found) throw noSuchDirective();
    const post = situation.view.entitled.find((one) => isOwn(one, found.owner)) ?? situation.post;
    return this.accept(asked, post, found.contribution.envelope.subject.key, id, (receivedAt) => ({
      type: 'entry-retracted',
      recordType: found.contribution.envelope.recordType,
      rank: { by: 'sequence', value: receivedAt },
      occurred: { from: receivedAt, precision: 'exact' },
      body: {},
    }));
  }

  /** What stands of one's own service's decisions about this child. Throws `ReadNotRecorded`. */
  async list(asked: Asked): Promise<ListedDirective[]> {
    const situation = await this.situationOf(asked);
    const { view, directives, coordinates } = situation;
    const standing = directives.filter((directive) => isInForce(directive, coordinates.at.getTime()));
    const reasons = await this.reasonsOf(standing);
    const listed = standing.map((directive): ListedDirective => ({
      id: directive.id,
      kind: directive.kind,
      entryId:
        view.entries.find(
          ({ contribution: { envelope } }) =>
            directive.record?.feed === envelope.rank.feed && directive.record.key === envelope.record.key,
        )?.id ?? null,
      ofOneRecord: directive.record !== null,
      who: directive.who.map(({ organisation, service, team }) => ({ organisation, service, team })),
      until: directive.until,
      reason: reasons.get(directive.id) ?? null,
      at: directive.contribution.envelope.hubReceived,
    }));
    await this.recordLook(asked, situation, listed);
    return listed;
  }

  private async reasonsOf(directives: readonly Directive[]): Promise<ReadonlyMap<string, string>> {
    const { pool, opener } = this.options;
    const { rows } = await pool.query(
      `select contribution_id, bytes from projection.contribution
        where generation = projection.live() and confirms is null and contribution_id = any ($1::uuid[])
       union all
       select contribution_id, bytes from inbox.item where contribution_id = any ($1::uuid[]) and bytes is not null`,
      [directives.map(({ contribution }) => contribution.envelope.contributionId)],
    );
    const opened = await unsealParts(pool, opener, rows as { bytes: Buffer }[], ['content']);
    const byContribution = new Map(
      opened.map(({ envelope, content }) => [envelope.contributionId, content?.['reason']] as const),
    );
    return new Map(
      directives.flatMap(({ id, contribution }) => {
        const reason = byContribution.get(contribution.envelope.contributionId);
        return typeof reason === 'string' ? [[id, reason] as const] : [];
      }),
    );
  }

  private async recordLook(asked: Asked, situation: Situation, listed: readonly ListedDirective[]): Promise<void> {
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
      shown: {
        directives: listed.map(({ id }) => id),
        sha256: createHash('sha256').update(canonicalBytes(listed)).digest('hex'),
      },
    };
    try {
      await this.options.record(readId, canonicalBytes(record), DIRECTIVES_OPENED);
    } catch {
      throw new ReadNotRecorded();
    }
  }

  private situationOf({ login, description, purpose }: Asked): Promise<Situation> {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const coordinates = await findCoordinates(client);
      if (!coordinates) throw noSuchChild();
      const { scope, staffKeys } = await loadReadScope(client, this.options, coordinates, login, purpose, description);
      const view = readChild(scope);
      const posts = view.entitled;
      const pendingOf = (key: string) => scope.pending.filter(({ envelope }) => envelope.subject.key === key);
      // Of this child alone: what merely shares a number with it is another one's.
      const all = scope.references
        .filter(({ key }) => view.references.includes(key))
        .map((one) => ({ ...one, contributions: [...one.contributions, ...pendingOf(one.key)] }));
      const made = all
        .flatMap(({ contributions }) => directivesOf(contributions))
        .filter(({ owner }) => posts.some((one) => isOwn(one, owner)));
      const closing = made.filter(
        (directive) => isInForce(directive, scope.at) && posts.some((one) => excludes(directive, one)),
      );
      // To whom all is closed, the child is as unknown here as everywhere.
      const [post] = closing.some(({ record }) => record === null) ? [] : byHolding(posts, all);
      if (!post) throw noSuchChild();
      return {
        coordinates,
        staffKeys,
        view,
        start: scope.start,
        post,
        directives: made.filter((directive) => !closing.includes(directive)),
        ownReferences: all.filter(({ organisation }) => organisation === post.organisation),
      };
    });
  }

  /** The people named, by the keys that they have or are given now: whether one is known shows nowhere. */
  private async keysOf(named: readonly Named[]): Promise<PartyNamed[]> {
    const workers = named.filter(({ workerId }) => workerId !== null);
    const reference = ({ organisation, workerId }: Named): Reference => ({
      kind: 'staff',
      system: 'staff',
      localId: workerId!,
      organisation,
    });
    const keyOf = await this.references.ensure('', workers.map(reference));
    return named.map((one) => ({
      organisation: one.organisation,
      service: one.service,
      team: one.team,
      staffKey: one.workerId === null ? null : keyOf(reference(one)).key,
    }));
  }

  private decide(
    asked: Asked,
    post: Viewer,
    subjectKey: string,
    type: string,
    body: (directive: string) => ContributionDraft['body'],
  ) {
    const directive = randomUUID();
    return this.accept(asked, post, subjectKey, directive, (receivedAt) => ({
      type,
      recordType: type,
      rank: { by: 'sequence', value: receivedAt },
      occurred: { from: receivedAt, precision: 'exact' },
      body: body(directive),
    }));
  }

  private async accept(
    asked: Asked,
    post: Viewer,
    subjectKey: string,
    directive: string,
    draft: (receivedAt: string) => Omit<ContributionDraft, 'subject' | 'recordKey' | 'about' | 'ancestors'>,
  ) {
    const subject = await this.referenceOf(subjectKey);
    const receipt = await this.options.commands.accept({
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      trace: asked.trace,
      drafts: (receivedAt) => [{ ...COMMON, ...draft(receivedAt), subject, recordKey: `directive/${directive}` }],
    });
    return { id: directive, receipt };
  }

  private async referenceOf(subjectKey: string): Promise<Reference> {
    const { rows } = await this.options.pool.query(
      `select encode(triple, 'hex') as triple from refs.reference where subject_key = $1`,
      [subjectKey],
    );
    const { triple } = rows[0] as { triple: string };
    return { kind: 'child', system: '', localId: '', triple };
  }
}

interface Held {
  readonly contributions: readonly FiledContribution[];
}

const holdsOf = (post: Viewer, { contributions }: Held): boolean =>
  contributions.some(({ envelope }) => isOwn(post, envelope.owner) && getEventType(envelope.type).kind === 'content');

/** Those whose service recorded something of the child come first. */
const byHolding = (posts: readonly Viewer[], references: readonly Held[]): readonly Viewer[] => {
  const holds = (post: Viewer) => references.some((reference) => holdsOf(post, reference));
  return [...posts.filter(holds), ...posts.filter((post) => !holds(post))];
};

/** An entry that shows to this viewer and that his own service recorded. */
const ownEntry = ({ view }: Situation, entryId: string): { envelope: Envelope; post: Viewer } => {
  const envelope = view.entries.find(({ id }) => id === entryId)?.contribution.envelope;
  const post = envelope && view.entitled.find((one) => isOwn(one, envelope.owner));
  if (!post) throw noSuchEntry();
  return { envelope, post };
};

/** The reference of one's own organisation that holds what one's own service recorded, else any of them. */
const ownReference = ({ ownReferences, post }: Situation): string => {
  const holds = ownReferences.find((reference) => holdsOf(post, reference));
  const found = holds ?? ownReferences[0];
  if (!found) throw noSuchChild();
  return found.key;
};
