import type { Pool, PoolClient } from 'pg';
import {
  CHILD_EXCLUSION,
  childExclusionsOf,
  closesTo,
  isInForce,
  linksOf,
  standingPosts,
  type ChildExclusion,
} from '#chronology';
import { inTransaction } from '#engines';
import { COMMANDS_FEED } from '#intake';
import { foldCode, type Viewer } from '#sharing';
import type { BlindIndex } from '../reading/blind-index.js';
import type { Description, Handles } from '../reading/handles.js';
import { loadPersonIn, type LoadedPerson } from '../reading/load-person.js';
import { loadChildren, type ScopeLoader } from '../reading/load-read-scope.js';
import { subjectsOfBlind, type Coordinates } from '../reading/load-scope.js';
import type { RecordRead } from '../reading/read-chronology.js';
import { recordLook } from '../reading/record-look.js';
import { GUARDIAN, noGuardian } from './child-exclusion-desk.js';

/** Event type of a guardian's look at who tried. */
export const ATTEMPTS_LISTED = 'attempts-listed';

/** Exclusions that one look goes through, the newest first, and attempts that it shows. */
const EXCLUSIONS = 50;
const ATTEMPTS = 100;

export interface Attempt {
  /** The exclusion. */
  readonly exclusion: string;
  /** What the guardian's own pages call the child. */
  readonly handle: string;
  /** Recorded time. */
  readonly at: string;
  readonly purpose: string;
  /** Posts of whoever tried. */
  readonly reader: readonly Pick<Viewer, 'organisation' | 'service' | 'role'>[];
}

interface ReadRow {
  readonly position: string;
  readonly at: Date;
  readonly purpose: string;
  readonly handle: string;
  readonly viewer: {
    readonly staff: readonly string[];
    readonly posts: readonly (Pick<Viewer, 'organisation' | 'service' | 'role'> & { readonly team: string | null })[];
  };
  /** References that the handle resolved to, or that were decided on. */
  readonly about: readonly string[];
}

interface Found {
  readonly exclusion: ChildExclusion;
  /** The guardian's own reference of the child. */
  readonly own: string;
  readonly read: ReadRow;
}

/** Teams, services and organisations that an exclusion names, as the posts in a record of a read hold them: folded. */
const postsNamed = ({ who }: ChildExclusion): string[] =>
  who
    .filter(({ staffKey }) => staffKey === null)
    .map(({ organisation, service, team }) =>
      foldCode(
        JSON.stringify([
          { organisation, ...(service === null ? {} : { service }), ...(team === null ? {} : { team }) },
        ]),
      ),
    );

/** Reads of a chronology since an exclusion, of one of these references or by one of those whom it names. */
export const readsOf = async (
  client: PoolClient,
  { generation, position }: Pick<Coordinates, 'generation' | 'position'>,
  exclusion: ChildExclusion,
  references: readonly string[],
): Promise<readonly ReadRow[]> => {
  const { envelope, position: made } = exclusion.contribution;
  const staffKeys = exclusion.who.flatMap(({ staffKey }) => staffKey ?? []);
  const { rows } = await client.query({
    name: 'attempts-reads',
    text: `select r.position, r.at, r.purpose, r.handle, r.viewer,
             array(select s.subject_key from projection.read_subject s
                    where s.generation = $1 and s.position = r.position
                      and not (r.viewer -> 'staff') ? s.subject_key) as about
             from projection.read r
            where r.generation = $1 and r.position <= $2 and r.kind = 'chronology' and r.at >= $3
              and (r.position in (select s.position from projection.read_subject s
                  where s.generation = $1 and s.subject_key = any ($4::text[]))
                or (r.position > $5 and lower((r.viewer -> 'posts')::text)::jsonb @> any ($6::jsonb[])))
            order by r.position desc limit 10000`,
    values: [generation, position, envelope.hubReceived, [...references, ...staffKeys], made, postsNamed(exclusion)],
  });
  return rows as ReadRow[];
};

const viewersOf = ({ viewer }: ReadRow): Viewer[] =>
  viewer.posts.map((post) => ({ ...post, staffKey: '', organisationKind: '' }));

/** Whoever he is by his posts then and by his keys. */
const isByExcluded = (exclusion: ChildExclusion, read: ReadRow): boolean =>
  !exclusion.unreadable && closesTo(exclusion, { posts: viewersOf(read), staffKeys: read.viewer.staff });

/** What a description names beside the references of the viewer's own organisation, by the blind index. */
const blindOf = (blind: BlindIndex, description: Description): readonly [string[], Uint8Array] | undefined => {
  if (description.by === 'identifier') {
    return [['traced', 'asserted'], blind.identifier(description.kind, description.value)];
  }
  if (description.by !== 'name') return undefined;
  const name = blind.name(description.givenName, description.familyName, description.birthDate);
  return name && [['name'], name];
};

export interface AttemptsOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly handles: Handles;
  readonly record: RecordRead;
}

/**
 * Who opened, or tried to open, a child after it was closed to him: found from the reads that were recorded, and told to
 * the guardians of the organisation that closed it alone. What he described must have meant this child and no other.
 */
export class Attempts {
  constructor(private readonly options: AttemptsOptions) {}

  /** The newest first. Throws `ReadNotRecorded`. */
  async list(login: string): Promise<Attempt[]> {
    const { pool, handles } = this.options;
    const { person, posts, found } = await inTransaction(pool, 'repeatable read, read only', async (client) => {
      const known = await loadPersonIn(client, this.options, login);
      const standing = standingPosts(known.staff, known.pending, known.at, login);
      const guarding = standing.filter(({ role }) => role === GUARDIAN);
      if (guarding.length === 0) throw noGuardian();
      return { person: known, posts: standing, found: await this.find(client, known, standing, guarding) };
    });
    const newest = found.sort((a, b) => Number(b.read.position) - Number(a.read.position)).slice(0, ATTEMPTS);
    const handleOf = await handles.ofKeys(login, [...new Set(newest.map(({ own }) => own))]);
    const attempts = newest.map(({ exclusion, own, read }): Attempt => ({
      exclusion: exclusion.id,
      handle: handleOf.get(own)!,
      at: read.at.toISOString(),
      purpose: read.purpose,
      reader: read.viewer.posts.map(({ organisation, service, role }) => ({ organisation, service, role })),
    }));
    await recordLook(this.options.record, {
      type: ATTEMPTS_LISTED,
      person,
      posts,
      references: newest.map(({ own }) => own),
      shown: { attempts: attempts.length },
      answer: attempts,
    });
    return attempts;
  }

  private async find(
    client: PoolClient,
    person: LoadedPerson,
    posts: readonly Viewer[],
    guarding: readonly Viewer[],
  ): Promise<Found[]> {
    const found: Found[] = [];
    for (const key of await this.closedBy(client, person.coordinates, guarding)) {
      const { references } = await loadChildren(client, this.options, person.coordinates, [key]);
      const own = references.find((one) => one.key === key);
      const child = linksOf(references).components.find((component) => component.includes(key)) ?? [key];
      const standing = childExclusionsOf(own?.contributions ?? []).filter(
        (exclusion) =>
          isInForce(exclusion, person.at) &&
          !exclusion.unreadable &&
          !closesTo(exclusion, { posts, staffKeys: person.staffKeys }),
      );
      for (const exclusion of standing) {
        const reads = await readsOf(client, person.coordinates, exclusion, child);
        for (const read of reads) {
          if (!isByExcluded(exclusion, read)) continue;
          if (await this.means(client, person.coordinates, read, child)) found.push({ exclusion, own: key, read });
        }
      }
    }
    return found;
  }

  /** References on which guardians of these organisations closed a child, the newest first. */
  private async closedBy(
    client: PoolClient,
    { generation, position }: Coordinates,
    guarding: readonly Viewer[],
  ): Promise<string[]> {
    const { rows } = await client.query({
      name: 'attempts-exclusions',
      text: `select subject_key from projection.contribution
              where generation = $1 and position <= $2 and organisation = any ($3::text[]) and feed = $4 and type = $5
              group by subject_key order by max(position) desc limit $6`,
      values: [
        generation,
        position,
        guarding.map(({ organisation }) => organisation),
        COMMANDS_FEED,
        CHILD_EXCLUSION,
        EXCLUSIONS,
      ],
    });
    return (rows as { subject_key: string }[]).map((row) => row.subject_key);
  }

  /** Whether what was described is this child and nobody else. */
  private async means(
    client: PoolClient,
    { generation, position }: Coordinates,
    { about, handle }: ReadRow,
    child: readonly string[],
  ): Promise<boolean> {
    if (about.length > 0) return about.every((key) => child.includes(key));
    const description = await this.options.handles.describe(handle);
    const named = description && blindOf(this.options.blind, description);
    if (!named) return false;
    const subjects = await subjectsOfBlind(client, generation, position, named[0], [named[1]]);
    return subjects.length > 0 && subjects.every(({ subjectKey }) => child.includes(subjectKey));
  }
}
