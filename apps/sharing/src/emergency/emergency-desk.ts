import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { EmergencyReason } from '#contracts';
import {
  accessesOf,
  activeAccess,
  EMERGENCY,
  EMERGENCY_ENDED,
  EMERGENCY_MS,
  EMERGENCY_OPENED,
  isActiveAt,
  referencesMeant,
  standingPosts,
  timesOpened,
} from '#chronology';
import { inTransaction } from '#engines';
import { NotFirst, type Command, type Commands } from '#intake';
import { countEmergencyAccess, Problem } from '#platform';
import { ENGLAND_AND_WALES, OutsideCalendar, reviewDeadlines, type Viewer } from '#sharing';
import type { Description } from '../reading/handles.js';
import { loadPersonIn } from '../reading/load-person.js';
import { loadReadScope, type ScopeLoader } from '../reading/load-read-scope.js';
import { findCoordinates } from '../reading/load-scope.js';
import { personReference } from './person-reference.js';

export interface Asked {
  readonly login: string;
  readonly handle: string;
  readonly trace: string;
}

/** Why somebody opens it, and under which of his posts where he holds several. */
export interface Opening {
  readonly reason: EmergencyReason;
  readonly text: string;
  readonly organisation: string | null;
  readonly service: string | null;
}

export interface Opened {
  readonly accessId: string;
  /** RFC 3339, exclusive. */
  readonly until: string;
  readonly receipt: string;
}

const alreadyOpen = (): Problem =>
  new Problem(409, 'already-open', 'You have something open in an emergency already; end it before you open another');
const notOpen = (): Problem => new Problem(409, 'not-open', 'This is over already');
const noSuchAccess = (): Problem =>
  new Problem(404, 'no-such-access', 'You opened no such access in an emergency with this handle');

/** The post under which it is opened. Someone with several says which. */
const postFor = (posts: readonly Viewer[], { organisation, service }: Opening): Viewer => {
  const meant = posts.filter(
    (post) =>
      (organisation === null || post.organisation === organisation) && (service === null || post.service === service),
  );
  const [post] = meant;
  if (!post) throw new Problem(403, 'no-post', 'Only people who hold a post may do this');
  const other = meant.find((one) => one.organisation !== post.organisation || one.service !== post.service);
  if (other) {
    const field = other.organisation === post.organisation ? 'service' : 'organisation';
    throw new Problem(409, 'which-post', 'Say under which of your posts', { errors: [{ field, reason: 'missing' }] });
  }
  return post;
};

export interface EmergencyDeskOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly commands: Commands;
}

/**
 * Opens for one person, one handle and two hours what emergency clauses of agreements name, and ends it. Until it is
 * recorded nothing of the answer depends on whether anything is held.
 */
export class EmergencyDesk {
  constructor(private readonly options: EmergencyDeskOptions) {}

  async open(asked: Asked, description: Description, opening: Opening): Promise<Opened> {
    const { handle } = asked;
    const { post, references, times, person } = await this.situationOf(asked, description, opening);
    const accessId = randomUUID();
    let until = '';
    const receipt = await this.accept(post, {
      trace: asked.trace,
      // Whoever asks twice at the same moment opens one.
      once: { by: person, name: `emergency-access/${times}` },
      draft: (receivedAt) => {
        const from = Date.parse(receivedAt);
        until = new Date(from + EMERGENCY_MS).toISOString();
        return {
          type: EMERGENCY_OPENED,
          recordKey: recordKeyOf(accessId),
          ancestors: [],
          body: {
            access: accessId,
            handle,
            reason: opening.reason,
            purpose: EMERGENCY,
            role: post.role,
            from: receivedAt,
            until,
            ...deadlinesFrom(from),
            references,
            described: description.by === 'identifier' ? { kind: description.kind, value: description.value } : null,
            text: opening.text,
          },
        };
      },
    }).catch((error: unknown) => {
      throw error instanceof NotFirst ? alreadyOpen() : error;
    });
    countEmergencyAccess({ what: 'opened' });
    return { accessId, until, receipt };
  }

  /** Ends it before its time; this counts at once. */
  async end({ login, handle, trace }: Asked, accessId: string): Promise<string> {
    const { at, staff, pending } = await inTransaction(this.options.pool, 'repeatable read, read only', (client) =>
      loadPersonIn(client, this.options, login),
    );
    const opened = accessesOf([...staff, ...pending.filter(({ envelope }) => envelope.subject.kind === 'staff')]);
    const access = opened.find((one) => one.id === accessId && one.handle === handle);
    if (!access) throw noSuchAccess();
    if (!isActiveAt(access, at)) throw notOpen();
    const receipt = await this.accept(access, {
      trace,
      once: { by: access.staffKey, name: `emergency-access/${accessId}/end` },
      draft: () => ({
        type: EMERGENCY_ENDED,
        recordKey: `${recordKeyOf(accessId)}/end`,
        ancestors: [recordKeyOf(accessId)],
        body: { access: accessId },
      }),
    }).catch((error: unknown) => {
      throw error instanceof NotFirst ? notOpen() : error;
    });
    countEmergencyAccess({ what: 'ended' });
    return receipt;
  }

  private situationOf({ login, handle }: Asked, description: Description, opening: Opening) {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const coordinates = await findCoordinates(client);
      if (!coordinates) throw new Error('there is no live projection');
      const { scope, staffKeys } = await loadReadScope(
        client,
        this.options,
        coordinates,
        login,
        EMERGENCY,
        description,
        { handle, opening: true },
      );
      const post = postFor(standingPosts(scope.staff, scope.pending, scope.at, login), opening);
      const staff = [...scope.staff, ...scope.pending.filter(({ envelope }) => envelope.subject.kind === 'staff')];
      if (activeAccess(staff, scope.at)) throw alreadyOpen();
      const described = description.by === 'identifier' ? { kind: description.kind, value: description.value } : null;
      return {
        post,
        references: referencesMeant(scope, { ...post, described }),
        times: timesOpened(staff),
        person: [...staffKeys].sort()[0]!,
      };
    });
  }

  private async accept(
    post: Pick<Viewer, 'staffKey' | 'organisation' | 'service'>,
    command: Pick<Command, 'trace' | 'once'> & {
      readonly draft: (receivedAt: string) => {
        readonly type: string;
        readonly recordKey: string;
        readonly ancestors: readonly string[];
        readonly body: Readonly<Record<string, unknown>>;
      };
    },
  ): Promise<string> {
    const subject = await personReference(this.options.pool, post);
    const { draft, ...rest } = command;
    return this.options.commands.accept({
      ...rest,
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      drafts: (receivedAt) => {
        const { type, ...said } = draft(receivedAt);
        return [
          {
            ...said,
            subject,
            type,
            recordType: type,
            rank: { by: 'sequence', value: receivedAt },
            about: 'child',
            occurred: { from: receivedAt, precision: 'exact' },
          },
        ];
      },
    });
  }
}

/** Set once, by the calendar that is in force: one that is published later moves nothing. */
const deadlinesFrom = (from: number) => {
  try {
    return reviewDeadlines(ENGLAND_AND_WALES, from);
  } catch (error) {
    if (!(error instanceof OutsideCalendar)) throw error;
    throw new Problem(503, 'calendar-ended', 'The hub’s calendar of working days has ended: no review could be due');
  }
};

const recordKeyOf = (accessId: string): string => `emergency/${accessId}`;
