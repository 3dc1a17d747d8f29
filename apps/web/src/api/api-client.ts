import { Inject, Injectable } from '@nestjs/common';
import { problemOf } from '#platform';
import { SessionEnded } from '../session/session-ended.js';
import { sessionOf } from '../session/current-session.js';
import { WEB_OPTIONS, type WebOptions } from '../shell/web-options.js';
import type { ApiPath } from './api-path.js';

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

/**
 * The public API with the token of whoever asks. Nothing of the browser's request goes along. Throws `SessionEnded`
 * when the token is not taken, and the problem 503 when there is no answer: both become pages by themselves. Every
 * other refusal is an answer.
 */
@Injectable()
export class ApiClient {
  constructor(@Inject(WEB_OPTIONS) private readonly options: Pick<WebOptions, 'apiUrl'>) {}

  async get<T>(request: object, path: ApiPath, query: Query = {}): Promise<ApiAnswer<T>> {
    return this.ask<T>(sessionOf(request).accessToken, 'GET', path, query);
  }

  /** The body becomes JSON. */
  async post<T>(request: object, path: ApiPath, body: unknown): Promise<ApiAnswer<T>> {
    return this.ask<T>(sessionOf(request).accessToken, 'POST', path, {}, body);
  }

  async ask<T>(token: string, method: 'GET' | 'POST', path: ApiPath, query: Query = {}, body?: unknown) {
    const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
    const { status, text } = await this.fetch(`${this.options.apiUrl}${path}${search}`, {
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
