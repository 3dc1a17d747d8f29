import { Problem } from '#platform';

/** A post that a person holds at this instant. */
export interface PersonsPost {
  readonly organisation: string;
  readonly role: string;
}

/** Who a person is to the hub now. Asked anew every time: a leaver's next request finds no post. */
export interface PeopleDirectory {
  /** The posts of whoever the token belongs to. Rejects with a Problem 503 where that cannot be said. */
  readonly postsOf: (bearerToken: string) => Promise<readonly PersonsPost[]>;
}

/** Provider of the `PeopleDirectory`. */
export const PEOPLE_DIRECTORY = Symbol('PEOPLE_DIRECTORY');

const PATIENCE_MS = 5000;

const unavailable = (): Problem =>
  new Problem(503, 'people-unavailable', 'Who the caller is cannot be found out now', {
    headers: { 'Retry-After': '5' },
  });

const isPost = (value: unknown): value is PersonsPost => {
  const { organisation, role } = (value ?? {}) as Record<string, unknown>;
  return typeof organisation === 'string' && typeof role === 'string';
};

/** Asks `GET /v1/my/profile` at this address with the person's own token. A token that is not taken holds no post. */
export const profileDirectory = (sharingUrl: string, patienceMs: number = PATIENCE_MS): PeopleDirectory => ({
  postsOf: async (bearerToken) => {
    const answer = await fetch(`${sharingUrl}/v1/my/profile`, {
      headers: { authorization: `Bearer ${bearerToken}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch(() => {
        throw unavailable();
      });
    if (answer.status === 401 || answer.status === 403) return [];
    if (answer.status !== 200) throw unavailable();
    const posts = postsIn(answer.text);
    if (!posts) throw unavailable();
    return posts;
  },
});

const postsIn = (text: string): readonly PersonsPost[] | undefined => {
  try {
    const { posts } = JSON.parse(text) as { posts?: unknown };
    return Array.isArray(posts) && posts.every(isPost) ? posts : undefined;
  } catch {
    return undefined;
  }
};
