import { createHash, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalText } from '#contracts';
import { Problem, recordedNow, type KeyService } from '#platform';
import type { ContributionDraft } from './feed.js';
import type { Inbox, InboxItem } from './inbox/inbox.js';
import { ReferenceTable } from './inbox/reference-table.js';
import { ItemSealer } from './inbox/seal-items.js';

/** Feed name of what people decide in the hub itself. */
export const COMMANDS_FEED = 'hub-commands';

export interface Command {
  /** Subject key of the person. */
  readonly actor: string;
  readonly organisation: string;
  readonly service: string;
  readonly trace: string;
  /** Of all commands of this name by it, whoever sends them at whatever moment, the first alone is taken. */
  readonly once?: { readonly by: string; readonly name: string };
  /** Given the recorded time of receipt; commands that the hub ranks are ranked by it. */
  readonly drafts: (receivedAt: string) => readonly ContributionDraft[];
}

/** Another command of the same name was taken first: nothing of this one is kept. */
export class NotFirst extends Error {
  constructor() {
    super('another command of this name was taken first');
    this.name = 'NotFirst';
  }
}

/** Path of a command as an item; the fields of its body come after it. */
const COMMAND = 'command';

const commandRefused = (items: readonly InboxItem[]): Problem =>
  new Problem(400, 'command-refused', 'The command was not taken', {
    errors: items.flatMap(({ field, reason }) =>
      reason === null ? [] : [{ field: (field ?? COMMAND).replace(`${COMMAND}.`, ''), reason }],
    ),
  });

/** Commands of people come in by the same door as everything else: sealed, durable, then acknowledged. */
export class Commands {
  private readonly references: ReferenceTable;

  constructor(
    private readonly pool: Pool,
    private readonly inbox: Inbox,
    private readonly keyService: KeyService,
  ) {
    this.references = new ReferenceTable(pool, keyService);
  }

  /**
   * Resolves with the receipt when the command is durable. Rejects with a Problem 400 that names what does not fit, and
   * with `NotFirst`.
   */
  async accept(command: Command): Promise<string> {
    const receivedAt = (await recordedNow(this.pool)).toISOString();
    const drafts = command.drafts(receivedAt);
    const attemptId = randomUUID();
    const sealer = new ItemSealer(
      {
        submissionId: attemptId,
        sender: command.actor,
        organisation: command.organisation,
        service: command.service,
        feed: COMMANDS_FEED,
        receivedAt,
      },
      this.references,
      this.keyService,
    );
    const chunk = await sealer.seal([{ ok: true, path: COMMAND, contributions: drafts }]);
    if (chunk.items.some(({ reason }) => reason !== null)) throw commandRefused(chunk.items);
    const digest = createHash('sha256').update(canonicalText(drafts)).digest();
    const { receiptId, won } = await this.inbox.accept(
      {
        attemptId,
        client: command.once?.by ?? command.actor,
        feed: COMMANDS_FEED,
        organisation: command.organisation,
        idempotencyKey: command.once?.name ?? attemptId,
        trace: command.trace,
      },
      chunk,
      digest,
      randomUUID(),
    );
    if (!won) throw new NotFirst();
    return receiptId;
  }
}
