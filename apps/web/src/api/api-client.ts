import { Inject, Injectable } from '@nestjs/common';
import { problemOf } from '#platform';
import { SessionEnded } from '../session/session-ended.js';
import { sessionOf } from '../session/current-session.js';
import { WEB_OPTIONS, type WebOptions } from '../shell/web-options.js';
import type { ApiPath } from './api-path.js';
import type { Profile } from './profile.js';

/** What the API says when it refuses: the members of its problem+json. */
export interface ApiProblem {
  readonly type: string;
  readonly title: string;
  readonly errors: readonly { readonly field: string; readonly reason: string }[];
}

export type ApiAnswer<T> =
  | { readonly ok: true; readonly status: number; readonly json: T }
  | { readonly ok: false; readonly status: number; readonly problem: ApiProblem };

export type Query = Readonly<Record<string, string | undefined>>;

const PATIENCE_MS = 30_000;
/** What says "not now" about the whole request. */
const NOT_NOW = new Set([502, 503, 504]);

const asProblem = (body: unknown): ApiProblem => {
  const { type, title, errors } = (body ?? {}) as { type?: unknown; title?: unknown; errors?: unknown };
  return {
    type: typeof type === 'string' ? type : 'about:blank',
    title: typeof title === 'string' ? title : '',
    errors: Array.isArray(errors)
      ? errors.flatMap((error) => {
          const { field, reason } = (error ?? {}) as { field?: unknown; reason?: unknown };
          return typeof field === 'string' && typeof reason === 'string' ? [{ field, reason }] : [];
        })
      : [],
  };
};

const unavailable = () => problemOf(503, { headers: { 'Retry-After': '5' } });

/** What the adapter of an agency answers; all else is answered at the address of the API. */
const OF_FEEDS = /^\/v1\/(feeds|receipts)(\/|$)/;
const ALL_FEEDS = '/v1/feeds';

/**
 * The public API with the token of whoever asks. Nothing of the browser's request goes along. Throws `SessionEnded`
 * when the token is not taken, and the problem 503 when there is no answer: both become pages by themselves. Every
 * other refusal is an answer.
 */
@Injectable()
export class ApiClient {
  constructor(@Inject(WEB_OPTIONS) private readonly options: Pick<WebOptions, 'apiUrl' | 'adapterUrls'>) {}

  async get<T>(request: object, path: ApiPath, query: Query = {}): Promise<ApiAnswer<T>> {
    const { accessToken, profile } = sessionOf(request);
    const urls = this.addressesOf(path, profile);
    if (path === ALL_FEEDS && urls.length > 1) return this.allFeeds<T>(accessToken, urls);
    return this.askWhoServes(urls, (url) => this.ask<T>(accessToken, 'GET', path, query, undefined, url));
  }

  /** The body becomes JSON. */
  async post<T>(request: object, path: ApiPath, body: unknown): Promise<ApiAnswer<T>> {
    const { accessToken, profile } = sessionOf(request);
    const urls = this.addressesOf(path, profile);
    return this.askWhoServes(urls, (url) => this.ask<T>(accessToken, 'POST', path, {}, body, url));
  }

  /** Where this is answered for this person. An adapter is given the tokens of its own agencies' people alone. */
  private addressesOf(path: ApiPath, { posts }: Pick<Profile, 'posts'>): readonly string[] {
    const { apiUrl, adapterUrls } = this.options;
    if (!OF_FEEDS.test(path)) return [apiUrl];
    const own = posts.map(({ organisationKind: kind }) => adapterUrls[kind] ?? adapterUrls['*'] ?? apiUrl);
    return own.length === 0 ? [apiUrl] : [...new Set(own)];
  }

  /** Of several adapters, the first that knows what was asked for: one that does not has done nothing. */
  private async askWhoServes<T>(
    [first, ...others]: readonly string[],
    ask: (url: string) => Promise<ApiAnswer<T>>,
  ): Promise<ApiAnswer<T>> {
    let answer = await ask(first ?? this.options.apiUrl);
    for (const url of others) {
      if (answer.status !== 404) return answer;
      answer = await ask(url);
    }
    return answer;
  }

  /** The feeds of a person of several agencies, as each of their adapters knows them. */
  private async allFeeds<T>(token: string, urls: readonly string[]): Promise<ApiAnswer<T>> {
    const ask = (url: string) =>
      this.ask<{ feeds: readonly unknown[] }>(token, 'GET', ALL_FEEDS as ApiPath, {}, undefined, url);
    const answers = await Promise.all(urls.map(ask));
    const refused = answers.find((answer) => !answer.ok);
    if (refused && !refused.ok) return refused;
    const feeds = answers.flatMap((answer) => (answer.ok ? answer.json.feeds : []));
    return { ok: true, status: 200, json: { feeds } as T };
  }

  async ask<T>(
    token: string,
    method: 'GET' | 'POST',
    path: ApiPath,
    query: Query = {},
    body?: unknown,
    url: string = this.options.apiUrl,
  ): Promise<ApiAnswer<T>> {
    const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
    const { status, text } = await this.fetch(`${url}${path}${search}`, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (status === 401) throw new SessionEnded();
    if (NOT_NOW.has(status)) throw unavailable();
    const ok = status >= 200 && status < 300;
    const json = parsed(text);
    // An answer that breaks off or is none of the API's is no answer.
    if (ok && text !== '' && json === undefined) throw unavailable();
    return (ok ? { ok, status, json } : { ok, status, problem: asProblem(json) }) as ApiAnswer<T>;
  }

  private async fetch(url: string, init: RequestInit): Promise<{ status: number; text: string }> {
    try {
      const answer = await fetch(url, init);
      return { status: answer.status, text: await answer.text() };
    } catch {
      throw unavailable();
    }
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** What was asked for; throws the problem of the answer's status, which becomes its page, when it was refused. */
export const orThrow = <T>(answer: ApiAnswer<T>): T => {
  if (answer.ok) return answer.json;
  throw problemOf(answer.status);
};
