import type { ScimUser } from './scim-resources.js';

/** A team that a user is, or was, a member of. */
export interface Team {
  readonly id: string;
  readonly name: string;
}

/** What has become of a user's posts. */
export interface PostsChanged {
  readonly user: ScimUser;
  /** Service of the feed, for whoever names none. */
  readonly service: string;
  /** RFC 3339 instant: from when his posts are where he names none. */
  readonly since: string;
  readonly teams: readonly Team[];
  /** Teams of which he is a member no longer. */
  readonly left: readonly Team[];
  /** He is known no longer: every post is taken away. */
  readonly gone: boolean;
}

/**
 * The items of a staff document by which these are the posts of users: one for each, and one more for each team. Who is
 * not active holds none from `at` (RFC 3339, UTC) on.
 */
export const staffItemsOf = (changed: readonly PostsChanged[], at: string): readonly object[] =>
  changed.flatMap(({ user, service, since, teams, left, gone }) => {
    const from = user.from ?? since;
    const ended = !user.active && from > at;
    const common = { workerId: user.externalId };
    const held = {
      ...common,
      login: user.userName,
      name: user.displayName,
      service: user.service ?? service,
      role: user.role,
      from,
      to: user.active ? null : at,
    };
    const postOf = (team: Team | null) => {
      const named = team === null ? {} : { postId: `team-${team.id}` };
      return gone || ended
        ? { ...common, ...named, removed: true }
        : { ...held, ...named, ...(team === null ? {} : { team: team.name }) };
    };
    return [
      postOf(null),
      ...teams.map(postOf),
      ...left.map(({ id }) => ({ ...common, postId: `team-${id}`, removed: true })),
    ];
  });
