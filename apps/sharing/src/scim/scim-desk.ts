import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { isUuid } from '#contracts';
import { inTransaction } from '#engines';
import { isStaffFeed, staffFeed, type OpenFeed, type Registry, type Submissions } from '#intake';
import { problemOf, recordedNow } from '#platform';
import type { TokenBox } from '../reading/handles.js';
import { noSuchResource, ScimRefused } from './scim-error.js';
import {
  LIST_SCHEMA,
  patchGroup,
  patchUser,
  renderGroup,
  renderUser,
  type Filter,
  type Kept,
  type Operation,
  type ParsedGroup,
  type ScimGroup,
  type ScimUser,
} from './scim-resources.js';
import { staffItemsOf, type PostsChanged, type Team } from './scim-posts.js';

type Kind = 'User' | 'Group';

export const MOST_RESULTS = 200;

export interface Asked {
  readonly clientId: string;
  readonly trace: string;
}

export interface Page {
  /** From 1. */
  readonly startIndex: number;
  readonly count: number;
}

interface Row {
  readonly id: string;
  readonly sealed: Buffer;
  readonly created_at: Date;
  readonly modified_at: Date;
}

const keptOf = ({ id, created_at, modified_at }: Row): Kept => ({
  id,
  createdAt: created_at,
  modifiedAt: modified_at,
});

/** One write, in the transaction that keeps the resource and brings the posts in. */
interface Write {
  readonly client: PoolClient;
  readonly open: OpenFeed;
  readonly trace: string;
  readonly now: Date;
}

const purposeOf = (id: string): string => `scim/${id}`;
const isUnique = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '23505';

export interface ScimDeskOptions {
  readonly pool: Pool;
  readonly box: TokenBox;
  readonly registry: Registry;
  readonly submissions: Submissions;
}

/**
 * What an organisation's own system says of who works there, and in which teams. What is sent is kept sealed, for the
 * answers; what counts are the posts, which come in by the door of its staff feed, and before the change is answered.
 */
export class ScimDesk {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ScimDeskOptions) {}

  createUser(asked: Asked, user: ScimUser) {
    return this.write(asked, async (write) => {
      const kept = await this.insert(write, 'User', user.userName, user.externalId, user);
      await this.provision(write, [this.postsOf(write, user, kept, [])], kept);
      return renderUser(user, kept);
    });
  }

  replaceUser(asked: Asked, id: string, user: ScimUser) {
    return this.changeUser(asked, id, () => user);
  }

  patchUser(asked: Asked, id: string, operations: readonly Operation[]) {
    return this.changeUser(asked, id, (user) => patchUser(user, operations));
  }

  deleteUser(asked: Asked, id: string): Promise<void> {
    return this.write(asked, async (write) => {
      const { user, kept } = await this.getUser(write, id);
      const teams = await this.teamsOf(write.client, id);
      await this.provision(write, [{ ...this.postsOf(write, user, kept, teams), gone: true }], this.moved(write, kept));
      await write.client.query('delete from sharing.scim_resource where id = $1', [id]);
    });
  }

  createGroup(asked: Asked, group: ParsedGroup) {
    return this.write(asked, async (write) => {
      await this.usersOf(write, group.members);
      const kept = await this.insert(write, 'Group', group.displayName, group.externalId, this.told(group));
      await this.setMembers(write, kept.id, group.members);
      await this.provisionMembers(write, { id: kept.id, name: group.displayName }, group.members, []);
      return renderGroup(group, kept);
    });
  }

  replaceGroup(asked: Asked, id: string, group: ParsedGroup) {
    return this.changeGroup(asked, id, () => group);
  }

  patchGroup(asked: Asked, id: string, operations: readonly Operation[]) {
    return this.changeGroup(asked, id, (group) => patchGroup(group, operations));
  }

  deleteGroup(asked: Asked, id: string): Promise<void> {
    return this.write(asked, async (write) => {
      const { group } = await this.getGroup(write, id);
      await write.client.query('delete from sharing.scim_resource where id = $1', [id]);
      await this.provisionMembers(write, { id, name: group.displayName }, [], group.members);
    });
  }

  async findUser({ clientId }: Asked, id: string) {
    const { organisation } = this.openFeed(clientId);
    const row = await this.rowOf(this.options.pool, organisation.id, 'User', id);
    return renderUser(this.unseal<ScimUser>(row), keptOf(row));
  }

  async findGroup({ clientId }: Asked, id: string) {
    const { organisation } = this.openFeed(clientId);
    const row = await this.rowOf(this.options.pool, organisation.id, 'Group', id);
    return renderGroup(await this.groupOf(this.options.pool, row), keptOf(row));
  }

  async list({ clientId }: Asked, kind: Kind, filter: Filter | null, { startIndex, count }: Page) {
    const { organisation } = this.openFeed(clientId);
    const { pool } = this.options;
    const mac = filter && this.mac(organisation.id, kind, filter.attribute, filter.value);
    const of = `from sharing.scim_resource where organisation = $1 and kind = $2
      ${filter === null ? '' : `and ${filter.attribute === 'name' ? 'name' : 'external'} = $3`}`;
    const values = [organisation.id, kind, ...(mac ? [mac] : [])];
    const counted = await pool.query(`select count(*) as n ${of}`, values);
    const { rows } = await pool.query(
      `select id, sealed, created_at, modified_at ${of} order by created_at, id
        offset $${values.length + 1} limit $${values.length + 2}`,
      [...values, startIndex - 1, count],
    );
    const resources: object[] = [];
    for (const row of rows as Row[]) {
      const kept = keptOf(row);
      resources.push(
        kind === 'User'
          ? renderUser(this.unseal<ScimUser>(row), kept)
          : renderGroup(await this.groupOf(pool, row), kept),
      );
    }
    return {
      schemas: [LIST_SCHEMA],
      totalResults: Number((counted.rows[0] as { n: string }).n),
      startIndex,
      itemsPerPage: resources.length,
      Resources: resources,
    };
  }

  /** The staff feed for which this connector is registered. Throws the 403 of a token that allows something else. */
  openFeed(clientId: string): OpenFeed {
    const { organisations, connectors } = this.options.registry;
    const connector = connectors.find((one) => one.clientId === clientId);
    const registration = connector?.feeds.find(({ feed }) => isStaffFeed(feed));
    const organisation = organisations.find(({ id }) => id === connector?.organisation);
    if (!connector || !registration || !organisation) throw problemOf(403);
    return { connector, organisation, registration, definition: staffFeed(registration.feed, '') };
  }

  private changeUser(asked: Asked, id: string, change: (user: ScimUser) => ScimUser) {
    return this.write(asked, async (write) => {
      const { user: before, kept } = await this.getUser(write, id);
      const user = change(before);
      // The number by which his organisation knows him is what his posts, and all that he ever read, are attached to.
      if (user.externalId !== before.externalId) {
        throw new ScimRefused(400, 'externalId: cannot be changed', 'mutability');
      }
      const moved = await this.update(write, 'User', kept, user.userName, user.externalId, user);
      const teams = await this.teamsOf(write.client, id);
      await this.provision(write, [this.postsOf(write, user, moved, teams)], moved);
      return renderUser(user, moved);
    });
  }

  private changeGroup(asked: Asked, id: string, change: (group: ParsedGroup) => ParsedGroup) {
    return this.write(asked, async (write) => {
      const { group: before, kept } = await this.getGroup(write, id);
      const group = change(before);
      await this.usersOf(write, group.members);
      const moved = await this.update(write, 'Group', kept, group.displayName, group.externalId, this.told(group));
      await this.setMembers(write, id, group.members);
      const left = before.members.filter((member) => !group.members.includes(member));
      const isRenamed = group.displayName !== before.displayName;
      const changed = group.members.filter((member) => isRenamed || !before.members.includes(member));
      await this.provisionMembers(write, { id, name: group.displayName }, changed, left);
      return renderGroup(group, moved);
    });
  }

  /** Writes of this process take turns: each holds a connection while what it says comes in by another. */
  private write<T>({ clientId, trace }: Asked, change: (write: Write) => Promise<T>): Promise<T> {
    const open = this.openFeed(clientId);
    const { pool } = this.options;
    const result = this.turn.then(() =>
      inTransaction(pool, 'read committed', async (client) => {
        // One at a time over all processes too: ranks of one organisation's posts are in the order of its changes.
        await client.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`scim/${open.organisation.id}`]);
        return change({ client, open, trace, now: await recordedNow(pool) });
      }),
    );
    this.turn = result.catch(() => undefined);
    return result;
  }

  private mac(organisation: string, kind: Kind, attribute: Filter['attribute'], value: string): Buffer {
    // Names of people and teams compare without case (RFC 7643, 4.1.1), an organisation's own numbers as they are.
    const text = attribute === 'name' ? value.toLowerCase() : value;
    return this.options.box.mac(JSON.stringify(['scim', organisation, kind, attribute, text]));
  }

  private seal(id: string, resource: ScimUser | ScimGroup): Buffer {
    return Buffer.from(this.options.box.seal(resource, purposeOf(id)), 'base64url');
  }

  private unseal<T>({ id, sealed }: Row): T {
    return this.options.box.open(sealed.toString('base64url'), purposeOf(id)) as T;
  }

  private told({ displayName, externalId }: ParsedGroup): ScimGroup {
    return { displayName, externalId };
  }

  /** Later than what was last said of this resource, so that no two versions of a post are of one rank. */
  private moved({ now }: Write, kept: Kept): Kept {
    return { ...kept, modifiedAt: new Date(Math.max(now.getTime(), kept.modifiedAt.getTime() + 1)) };
  }

  private async insert(
    { client, open, now }: Write,
    kind: Kind,
    name: string,
    external: string | null,
    resource: ScimUser | ScimGroup,
  ): Promise<Kept> {
    const id = randomUUID();
    const organisation = open.organisation.id;
    await client
      .query(
        `insert into sharing.scim_resource (id, organisation, kind, name, external, sealed, created_at, modified_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)`,
        [
          id,
          organisation,
          kind,
          this.mac(organisation, kind, 'name', name),
          external === null ? null : this.mac(organisation, kind, 'externalId', external),
          this.seal(id, resource),
          now,
        ],
      )
      .catch(refuseTwice);
    return { id, createdAt: now, modifiedAt: now };
  }

  private async update(
    write: Write,
    kind: Kind,
    kept: Kept,
    name: string,
    external: string | null,
    resource: ScimUser | ScimGroup,
  ): Promise<Kept> {
    const organisation = write.open.organisation.id;
    const moved = this.moved(write, kept);
    await write.client
      .query(`update sharing.scim_resource set name = $2, external = $3, sealed = $4, modified_at = $5 where id = $1`, [
        kept.id,
        this.mac(organisation, kind, 'name', name),
        external === null ? null : this.mac(organisation, kind, 'externalId', external),
        this.seal(kept.id, resource),
        moved.modifiedAt,
      ])
      .catch(refuseTwice);
    return moved;
  }

  private async rowOf(of: Pool | PoolClient, organisation: string, kind: Kind, id: string): Promise<Row> {
    const { rows } = isUuid(id)
      ? await of.query(
          `select id, sealed, created_at, modified_at from sharing.scim_resource
            where id = $1 and organisation = $2 and kind = $3`,
          [id, organisation, kind],
        )
      : { rows: [] };
    const row = rows[0] as Row | undefined;
    if (!row) throw noSuchResource();
    return row;
  }

  private async getUser({ client, open }: Write, id: string): Promise<{ user: ScimUser; kept: Kept }> {
    const row = await this.rowOf(client, open.organisation.id, 'User', id);
    return { user: this.unseal<ScimUser>(row), kept: keptOf(row) };
  }

  private async getGroup({ client, open }: Write, id: string): Promise<{ group: ParsedGroup; kept: Kept }> {
    const row = await this.rowOf(client, open.organisation.id, 'Group', id);
    return { group: await this.groupOf(client, row), kept: keptOf(row) };
  }

  private async groupOf(of: Pool | PoolClient, row: Row): Promise<ParsedGroup> {
    const { rows } = await of.query('select user_id from sharing.scim_member where group_id = $1 order by user_id', [
      row.id,
    ]);
    return { ...this.unseal<ScimGroup>(row), members: (rows as { user_id: string }[]).map(({ user_id }) => user_id) };
  }

  private async teamsOf(client: PoolClient, user: string): Promise<Team[]> {
    const { rows } = await client.query(
      `select r.id, r.sealed, r.created_at, r.modified_at from sharing.scim_member m
         join sharing.scim_resource r on r.id = m.group_id where m.user_id = $1 order by r.id`,
      [user],
    );
    return (rows as Row[]).map((row) => ({ id: row.id, name: this.unseal<ScimGroup>(row).displayName }));
  }

  /** These users of the organisation. Throws where one of them is none. */
  private async usersOf({ client, open }: Write, ids: readonly string[]): Promise<{ user: ScimUser; kept: Kept }[]> {
    const { rows } = await client.query(
      `select id, sealed, created_at, modified_at from sharing.scim_resource
        where organisation = $1 and kind = 'User' and id::text = any ($2::text[]) order by id`,
      [open.organisation.id, ids],
    );
    if (rows.length !== ids.length) throw new ScimRefused(400, 'members: name no such users', 'invalidValue');
    return (rows as Row[]).map((row) => ({ user: this.unseal<ScimUser>(row), kept: keptOf(row) }));
  }

  private async setMembers({ client }: Write, group: string, members: readonly string[]): Promise<void> {
    await client.query('delete from sharing.scim_member where group_id = $1 and user_id <> all ($2::uuid[])', [
      group,
      members,
    ]);
    await client.query(
      `insert into sharing.scim_member (group_id, user_id) select $1, unnest($2::uuid[]) on conflict do nothing`,
      [group, members],
    );
  }

  private postsOf({ open }: Write, user: ScimUser, { createdAt }: Kept, teams: readonly Team[]): PostsChanged {
    const { service } = open.registration;
    return { user, service, since: createdAt.toISOString(), teams, left: [], gone: false };
  }

  /** Members who came or who are to be told again, and those who left. Each was changed by this too. */
  private async provisionMembers(
    write: Write,
    team: Team,
    came: readonly string[],
    left: readonly string[],
  ): Promise<void> {
    const users = await this.usersOf(write, [...came, ...left]);
    if (users.length === 0) return;
    const latest = users.reduce((last, { kept }) => (kept.modifiedAt > last ? kept.modifiedAt : last), new Date(0));
    const moved = this.moved(write, { ...users[0]!.kept, modifiedAt: latest });
    await write.client.query('update sharing.scim_resource set modified_at = $2 where id::text = any ($1::text[])', [
      users.map(({ kept }) => kept.id),
      moved.modifiedAt,
    ]);
    const changed: PostsChanged[] = [];
    for (const { user, kept } of users) {
      const teams = await this.teamsOf(write.client, kept.id);
      changed.push({ ...this.postsOf(write, user, kept, teams), left: left.includes(kept.id) ? [team] : [] });
    }
    await this.provision(write, changed, moved);
  }

  /** Resolves when these posts are accepted: a leaver reads nothing from here on. */
  private async provision({ open, trace }: Write, changed: readonly PostsChanged[], at: Kept): Promise<void> {
    const extractedAt = at.modifiedAt.toISOString();
    const document = {
      organisation: open.registration.codes[0],
      extractedAt,
      staff: staffItemsOf(changed, extractedAt),
    };
    const answer = await this.options.submissions.submit({
      open,
      idempotencyKey: randomUUID(),
      trace,
      body: once(JSON.stringify(document)),
    });
    if (answer.outcome !== 'accepted') throw new Error('the staff feed did not take what was provisioned');
  }
}

const refuseTwice = (error: unknown): never => {
  if (isUnique(error)) throw new ScimRefused(409, 'One of this name or externalId is there already', 'uniqueness');
  throw error;
};

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
