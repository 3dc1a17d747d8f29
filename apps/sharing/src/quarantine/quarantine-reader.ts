import { createHash, randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { canonicalBytes, isUuid } from '#contracts';
import { standingPosts } from '#chronology';
import { inTransaction } from '#engines';
import { unsealParts } from '#platform';
import type { Viewer } from '#sharing';
import { loadPersonIn, type LoadedPerson } from '../reading/load-person.js';
import type { ScopeLoader } from '../reading/load-read-scope.js';
import { ReadNotRecorded, type RecordRead } from '../reading/read-chronology.js';

/** Event type of a look at what lies in quarantine. */
export const QUARANTINE_LOOKED = 'quarantine-looked';
/** Role of the people of an organisation who keep its feeds. */
const DATA_MANAGER = 'data-manager';

export interface QuarantineDecision {
  readonly outcome: 'released' | 'discarded';
  readonly by: { readonly role: string };
  readonly at: string;
  /** Null: it cannot be read any more. */
  readonly reason: string | null;
}

/** An item in quarantine in whole. */
export interface OpenedItem {
  readonly id: string;
  readonly feed: string;
  readonly field: string;
  readonly reason: string;
  readonly receivedAt: string;
  /** As it was sent; of a long one the beginning. Null: it cannot be read any more. */
  readonly raw: string | null;
  /** Oldest first. */
  readonly decisions: readonly QuarantineDecision[];
}

export interface QuarantineReaderOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly record: RecordRead;
}

interface Found {
  readonly person: LoadedPerson;
  readonly posts: readonly Viewer[];
  readonly item: OpenedItem;
  readonly subject: string;
}

/** Everything that is kept about a quarantined item, whoever holds it by now: the projection, or still the inbox. */
const rowsOf = async (client: PoolClient, id: string): Promise<readonly { readonly bytes: Buffer }[]> => {
  const { rows } = await client.query({
    name: 'quarantine-item',
    text: `with held as (
             select subject_key from projection.contribution
              where generation = projection.live() and contribution_id = $1 and subject_kind = 'quarantine'
             union
             select i.subject_key from inbox.item i join inbox.attempt a using (attempt_id)
              where i.contribution_id = $1 and i.subject_kind = 'quarantine' and a.accepted_no is not null)
           select c.bytes from projection.contribution c
             where c.generation = projection.live() and c.subject_key in (select subject_key from held) and c.confirms is null
           union all
           select distinct on (i.contribution_id) i.bytes from inbox.item i join inbox.attempt a using (attempt_id)
            where i.subject_key in (select subject_key from held) and i.bytes is not null and a.accepted_no is not null
              and not exists (select from projection.contribution c
                where c.generation = projection.live() and c.contribution_id = i.contribution_id)`,
    values: [id],
  });
  return rows as { bytes: Buffer }[];
};

/** Shows the keepers of an organisation's feeds what of them could not be read, and records that they looked. */
export class QuarantineReader {
  constructor(private readonly options: QuarantineReaderOptions) {}

  /**
   * Undefined where there is no such item, or none of an organisation for which this person keeps feeds. Throws
   * `ReadNotRecorded` when the record was not certainly written.
   */
  async read(login: string, id: string): Promise<OpenedItem | undefined> {
    const found = isUuid(id) ? await this.find(login, id.toLowerCase()) : undefined;
    if (!found) return undefined;
    const readId = randomUUID();
    const { person, posts, item, subject } = found;
    const { at, store, position, eventId } = person.coordinates;
    const record = {
      v: 1,
      readId,
      viewer: {
        staff: person.staffKeys,
        posts: posts.map(({ organisation, service, role, team }) => ({
          organisation,
          service,
          role,
          team: team ?? null,
        })),
      },
      item: id,
      subject,
      at: at.toISOString(),
      checkpoint: { store, position, eventId },
      shown: { sha256: createHash('sha256').update(canonicalBytes(item)).digest('hex') },
    };
    try {
      await this.options.record(readId, canonicalBytes(record), QUARANTINE_LOOKED);
    } catch {
      throw new ReadNotRecorded();
    }
    return item;
  }

  private find(login: string, id: string): Promise<Found | undefined> {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const person = await loadPersonIn(client, this.options, login);
      const posts = standingPosts(person.staff, person.pending, person.at, login).filter(
        ({ role }) => role === DATA_MANAGER,
      );
      const opened = await unsealParts(client, this.options.opener, await rowsOf(client, id), ['terms', 'content']);
      const one = opened.find(
        ({ envelope }) => envelope.contributionId === id && envelope.type === 'quarantine-opened',
      );
      if (!one || !posts.some(({ organisation }) => organisation === one.envelope.owner.organisation)) return undefined;
      const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
      const decisions = opened
        .filter(({ envelope }) => envelope.type === 'quarantine-closed')
        .map(({ envelope, terms, content }): QuarantineDecision => ({
          outcome: terms?.['outcome'] === 'released' ? 'released' : 'discarded',
          by: { role: text(terms?.['role']) ?? '' },
          at: envelope.hubReceived,
          reason: text(content?.['reason']),
        }))
        .sort((a, b) => (a.at < b.at ? -1 : 1));
      return {
        person,
        posts,
        subject: one.envelope.subject.key,
        item: {
          id,
          feed: text(one.terms?.['feed']) ?? one.envelope.rank.feed,
          field: text(one.terms?.['field']) ?? '',
          reason: text(one.terms?.['reason']) ?? '',
          receivedAt: one.envelope.hubReceived,
          raw: text(one.content?.['raw']),
          decisions,
        },
      };
    });
  }
}
