import { createHash, randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { CATALOGUE_VERSION, canonicalBytes } from '#contracts';
import {
  DECISION_CODE_VERSION,
  encodeListRecord,
  readChild,
  SEALED_LIST_INFO,
  standingPosts,
  type ChildView,
  type ListedChild,
  type ListRecord,
} from '#chronology';
import { inTransaction } from '#engines';
import { LINKAGE_RULES_V1 } from '#identity';
import { sealTo, type KeyService } from '#platform';
import { purposesFor, type RelationKind, type Viewer } from '#sharing';
import type { Handles } from '../reading/handles.js';
import { loadPersonIn } from '../reading/load-person.js';
import { loadReadScope, type ScopeLoader } from '../reading/load-read-scope.js';
import type { Coordinates } from '../reading/load-scope.js';
import { ReadNotRecorded, type RecordRead } from '../reading/read-chronology.js';

/** Under which a list is decided: every relation that makes a child one's own allows it. */
const PURPOSE = 'SAFEGUARDING';
/** Children of one page. */
export const CHILDREN = 25;

export interface OwnChild {
  readonly handle: string;
  readonly child: ChildView['known'];
  readonly relation: readonly string[];
  readonly purposes: readonly string[];
  /** Recorded time of the viewer's last read of this child. */
  readonly lastRead: string | null;
  /** Entries that he may see now and that were not filed when he read last; null: he never read. */
  readonly new: number | null;
}

export interface OwnChildren {
  readonly readId: string;
  readonly children: readonly OwnChild[];
  /** Where the next page begins. */
  readonly next: number | null;
}

interface Found {
  readonly key: string;
  readonly view: ChildView;
  readonly pending: readonly string[];
  readonly start: readonly string[];
  readonly last: { readonly at: string; readonly checkpoint: number } | null;
}

/** References to which one of these posts ever had a relation (of one kind), the newest relation first. */
export const candidates = async (
  client: PoolClient,
  { generation, position }: Coordinates,
  staffKeys: readonly string[],
  posts: readonly Viewer[],
  before: number | null,
  relation: RelationKind | null = null,
): Promise<{ readonly key: string; readonly place: number }[]> => {
  const { rows } = await client.query({
    name: 'people-children',
    text: `select subject_key, max(position) as place from projection.relation
            where generation = $1 and position <= $2 and ($8::text is null or relation = $8)
              and (staff_key = any ($3::text[])
                or (staff_key is null and (organisation, service) in (select * from unnest($4::text[], $5::text[]))))
            group by subject_key having $6::bigint is null or max(position) < $6
            order by place desc limit $7`,
    values: [
      generation,
      position,
      staffKeys,
      posts.map(({ organisation }) => organisation),
      posts.map(({ service }) => service),
      before,
      CHILDREN + 1,
      relation,
    ],
  });
  return (rows as { subject_key: string; place: string }[]).map((row) => ({
    key: row.subject_key,
    place: Number(row.place),
  }));
};

/** The last time that this viewer looked so at a child of these references. */
export const lastLook = async (
  client: PoolClient,
  { generation, position }: Coordinates,
  staffKeys: readonly string[],
  references: readonly string[],
  kind: 'chronology' | 'crossings',
): Promise<Found['last']> => {
  const { rows } = await client.query({
    name: 'people-last-read',
    text: `select r.at, r.checkpoint from projection.read r
            where r.generation = $1 and r.position <= $2 and r.kind = $5
              and r.position in (select s.position from projection.read_subject s
                where s.generation = $1 and s.subject_key = any ($4::text[]))
              and exists (select from projection.read_subject s
                where s.generation = $1 and s.subject_key = any ($3::text[]) and s.position = r.position)
            order by r.position desc limit 1`,
    values: [generation, position, staffKeys, references, kind],
  });
  const row = rows[0] as { at: Date; checkpoint: string } | undefined;
  return row ? { at: row.at.toISOString(), checkpoint: Number(row.checkpoint) } : null;
};

export const newSince = (view: ChildView, since: number): number =>
  view.entries.filter(({ contribution }) => (contribution.position ?? 0) > since).length;

export interface MyChildrenOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly keys: KeyService;
  readonly handles: Handles;
  readonly record: RecordRead;
}

/** The children of one's own relations, with what is new since one's own last read. Looking is recorded. */
export class MyChildren {
  constructor(private readonly options: MyChildrenOptions) {}

  /** Throws `ReadNotRecorded` when the record was not certainly written. */
  async list(login: string, before: number | null): Promise<OwnChildren> {
    const readId = randomUUID();
    const { person, posts, found, next } = await this.decide(login, before);
    const handles = await this.options.handles.ofKeys(
      login,
      found.map(({ key }) => key),
    );
    const children = found.map(({ view, start, last }): ListedChild => ({
      start,
      references: view.references,
      relations: view.relations,
      since: last?.checkpoint ?? null,
      new: last && newSince(view, last.checkpoint),
    }));
    const { coordinates } = person;
    const { publicKey, kid } = await this.options.keys.publicKeyOf('hub');
    const { enc, ct } = await sealTo(publicKey, canonicalBytes({ login }), SEALED_LIST_INFO, canonicalBytes([readId]));
    const record: ListRecord = {
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
      purpose: PURPOSE,
      at: coordinates.at.toISOString(),
      checkpoint: { store: coordinates.store, position: coordinates.position, eventId: coordinates.eventId },
      pending: [...new Set(found.flatMap(({ pending }) => pending))],
      agreements: found[0]?.view.agreements ?? [],
      versions: {
        linkageRules: `${LINKAGE_RULES_V1.id}/${LINKAGE_RULES_V1.version}`,
        decisionCode: DECISION_CODE_VERSION,
        catalogue: CATALOGUE_VERSION,
      },
      children,
      shown: {
        children: children.length,
        sha256: createHash('sha256').update(canonicalBytes(children)).digest('hex'),
      },
      sealed: { kid, enc: Buffer.from(enc).toString('base64url'), ct: Buffer.from(ct).toString('base64url') },
    };
    try {
      await this.options.record(readId, encodeListRecord(record), 'children-listed');
    } catch {
      throw new ReadNotRecorded();
    }
    return {
      readId,
      children: found.map(({ key, view, last }, i) => ({
        handle: handles.get(key)!,
        child: view.known,
        relation: view.relations,
        purposes: purposesFor(
          view.relations as RelationKind[],
          view.inForce.flatMap(({ adopted }) => [...adopted.agreement.namedPurposes].map((name) => name.toUpperCase())),
        ),
        lastRead: last?.at ?? null,
        new: children[i]!.new,
      })),
      next,
    };
  }

  private decide(login: string, before: number | null) {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const person = await loadPersonIn(client, this.options, login);
      const posts = standingPosts(person.staff, person.pending, person.at, login);
      const places = await candidates(client, person.coordinates, person.staffKeys, posts, before);
      const page = places.slice(0, CHILDREN);
      const found: Found[] = [];
      for (const { key } of page) {
        const child = await this.childOf(client, person.coordinates, login, key, person.staffKeys);
        // A relation that names a child by the number alone stands on a reference of its own.
        const isListed = found.some(({ view }) => view.references.some((one) => child.view.references.includes(one)));
        if (child.view.relations.length > 0 && !isListed) found.push(child);
      }
      return { person, posts, found, next: places.length > CHILDREN ? page.at(-1)!.place : null };
    });
  }

  private async childOf(
    client: PoolClient,
    coordinates: Coordinates,
    login: string,
    key: string,
    staffKeys: readonly string[],
  ): Promise<Found> {
    const description = { by: 'key', key } as const;
    const { scope } = await loadReadScope(client, this.options, coordinates, login, PURPOSE, description);
    const view = readChild(scope);
    return {
      key,
      view,
      start: scope.start,
      pending: scope.pending.map(({ envelope }) => envelope.contributionId),
      last: await lastLook(client, coordinates, staffKeys, view.references, 'chronology'),
    };
  }
}
