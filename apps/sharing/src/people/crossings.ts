import type { Pool, PoolClient } from 'pg';
import { readChild, standingPosts, type ChildView } from '#chronology';
import { inTransaction } from '#engines';
import type { Organisation } from '#intake';
import type { OwnerService, Viewer } from '#sharing';
import type { Handles } from '../reading/handles.js';
import { loadPersonIn, type LoadedPerson } from '../reading/load-person.js';
import { loadReadScope, type ScopeLoader } from '../reading/load-read-scope.js';
import type { Coordinates } from '../reading/load-scope.js';
import type { RecordRead } from '../reading/read-chronology.js';
import { recordLook } from '../reading/record-look.js';
import { candidates, CHILDREN, lastLook } from './my-children.js';

/** Event type of a worker's look at whose people began to see the children that are allocated to him. */
const CROSSINGS_LISTED = 'crossings-listed';
/** Under which it is decided what the worker may know. */
const PURPOSE = 'SAFEGUARDING';
const ALLOCATED = 'allocated';

/** That people of a service began to see, by a relation of their own, what others recorded of a child. */
export interface Crossing {
  readonly handle: string;
  readonly child: ChildView['known'];
  /** The service, where entries of its own show to the worker; else null. */
  readonly service: {
    readonly organisation: string;
    readonly organisationName: string;
    readonly service: string;
  } | null;
  /** The kind of party and its desk, where that alone may be known; else null. */
  readonly party: { readonly kind: string; readonly desk: string } | null;
  /** It was since the worker opened this child last, or was told last. */
  readonly new: boolean;
}

type Told = Pick<Crossing, 'service' | 'party' | 'new'>;

interface FirstCrossing extends OwnerService {
  readonly position: number;
}

interface Found {
  readonly key: string;
  readonly references: readonly string[];
  readonly known: ChildView['known'];
  readonly crossings: readonly Told[];
}

/**
 * Services whose people opened a child by a relation to a reference of one organisation, and saw with it one of these
 * references of another: each with the first such read, whoever read. `near`: all on which such a relation may stand,
 * also those that name the child by its number alone.
 */
const firstCrossings = async (
  client: PoolClient,
  { generation, position }: Coordinates,
  references: readonly string[],
  near: readonly string[],
): Promise<FirstCrossing[]> => {
  const { rows } = await client.query({
    name: 'people-crossings',
    text: `select p.organisation, p.service, min(d.position) as position
             from projection.read_subject s
             join refs.reference f on f.subject_key = s.subject_key
             join projection.read d on d.generation = s.generation and d.position = s.position
            cross join lateral jsonb_to_recordset(d.viewer -> 'posts')
              as p (organisation text, service text)
            where s.generation = $1 and s.subject_key = any ($3::text[]) and s.decided_on and s.position <= $2
              and d.kind = 'chronology'
              and exists (select from projection.relation r
                where r.generation = $1 and r.subject_key = any ($4::text[]) and r.position < d.position
                  and r.relation = any (d.relations) and r.organisation <> f.organisation
                  and (r.relation = 'invited' or (r.organisation = p.organisation and r.service = p.service))
                  and (r.staff_key is null or d.viewer -> 'staff' ? r.staff_key))
            group by p.organisation, p.service`,
    values: [generation, position, references, near],
  });
  return (rows as (OwnerService & { position: string })[]).map((row) => ({ ...row, position: Number(row.position) }));
};

export interface CrossingsOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly handles: Handles;
  readonly record: RecordRead;
  readonly organisations: ReadonlyMap<string, Organisation>;
}

/**
 * Tells the allocated worker whose people began to see a child through its links: once for each service, found from the
 * reads that were recorded, and as far as the worker may know of that service at all. Who read, and when, is not told.
 */
export class Crossings {
  constructor(private readonly options: CrossingsOptions) {}

  /** The newest allocation first. Throws `ReadNotRecorded`. */
  async list(login: string, before: number | null) {
    const { person, posts, found, next } = await this.find(login, before);
    const keys = found.map(({ key }) => key);
    const handles = await this.options.handles.ofKeys(login, keys);
    const crossings = found.flatMap(({ key, known, crossings: of }) =>
      of.map((crossing): Crossing => ({ handle: handles.get(key)!, child: known, ...crossing })),
    );
    const readId = await recordLook(this.options.record, {
      type: CROSSINGS_LISTED,
      person,
      posts,
      references: found.flatMap(({ references }) => references),
      purpose: PURPOSE,
      shown: { crossings: crossings.length },
      answer: crossings,
    });
    return { readId, crossings, next };
  }

  private find(login: string, before: number | null) {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const person = await loadPersonIn(client, this.options, login);
      const posts = standingPosts(person.staff, person.pending, person.at, login);
      const places = await candidates(client, person.coordinates, person.staffKeys, posts, before, ALLOCATED);
      const page = places.slice(0, CHILDREN);
      const found: Found[] = [];
      for (const { key } of page) {
        const child = await this.ofChild(client, person, posts, login, key);
        const isListed = found.some(({ references }) => references.some((one) => child?.references.includes(one)));
        if (child && !isListed) found.push(child);
      }
      return { person, posts, found, next: places.length > CHILDREN ? page.at(-1)!.place : null };
    });
  }

  /** Undefined where the child is not allocated to him now, or nobody crossed of whom he may know. */
  private async ofChild(
    client: PoolClient,
    { coordinates, staffKeys }: LoadedPerson,
    posts: readonly Viewer[],
    login: string,
    key: string,
  ): Promise<Found | undefined> {
    const description = { by: 'key', key } as const;
    const { scope } = await loadReadScope(client, this.options, coordinates, login, PURPOSE, description);
    const { references, relations } = readChild(scope);
    if (!relations.includes(ALLOCATED)) return undefined;
    const near = scope.references.map((one) => one.key);
    const first = (await firstCrossings(client, coordinates, references, near)).filter(
      ({ organisation, service }) =>
        !posts.some((post) => post.organisation === organisation && post.service === service),
    );
    if (first.length === 0) return undefined;
    const asked = first.map(({ organisation, service }) => ({ organisation, service }));
    const view = readChild({ ...scope, asked });
    // New until she was both told of it and looked at the child.
    const [read, told] = [
      await lastLook(client, coordinates, staffKeys, references, 'chronology'),
      await lastLook(client, coordinates, staffKeys, references, 'crossings'),
    ];
    const since = read && told ? Math.min(read.checkpoint, told.checkpoint) : null;
    const crossings = this.told(view, first, since);
    return crossings.length > 0 ? { key, references, known: view.known, crossings } : undefined;
  }

  private told({ entries, told }: ChildView, first: readonly FirstCrossing[], since: number | null): Told[] {
    const isOf = (one: OwnerService) => (other: OwnerService) =>
      one.organisation === other.organisation && one.service === other.service;
    // The first of a party is told, whatever else of it crosses after that.
    const inOrder = [...first].sort((a, b) => a.position - b.position);
    const lines = inOrder.flatMap((crossing): Told[] => {
      const { organisation, service, position } = crossing;
      const isNew = since === null || position > since;
      if (entries.some(({ contribution }) => isOf(crossing)(contribution.envelope.owner))) {
        const organisationName = this.options.organisations.get(organisation)?.name ?? organisation;
        return [{ service: { organisation, organisationName, service }, party: null, new: isNew }];
      }
      const notice = told.find(isOf(crossing));
      return notice ? [{ service: null, party: { kind: notice.partyKind, desk: notice.desk }, new: isNew }] : [];
    });
    const named = ({ service, party }: Told): string => JSON.stringify([service ? 0 : 1, service, party]);
    return [...Map.groupBy(lines, named)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, [line]]) => line!);
  }
}
