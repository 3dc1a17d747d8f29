import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '#platform';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import type { Profile } from '../api/profile.js';
import { WEB_OPTIONS, type WebOptions } from '../shell/web-options.js';
import { readCookie, SESSION_COOKIE } from './cookies.js';
import { keepSession } from './current-session.js';
import { keepForm, readForm } from './form.js';
import { isFromOwnPage } from './own-origin.js';
import { SessionEnded } from './session-ended.js';
import { SessionStore } from './session-store.js';

/** The field of every form that repeats the session's secret. */
export const CSRF_FIELD = 'csrf';

const isSame = (given: string, secret: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** A form that did not come from a page of this session. */
const foreignForm = () => new Problem(403, 'foreign-form', 'The form did not come from a page of this session');

/**
 * Lets a request through when its session lives and the hub still knows a post of its person: that is asked for each
 * request, so that a session ends with what the hub has accepted about its person and not later. Of a request that
 * changes something it also asks for the form's token, before its handler runs.
 */
@Injectable()
export class SessionGuard implements CanActivate {
  private readonly origin: string;

  constructor(
    @Inject(SessionStore) private readonly sessions: SessionStore,
    @Inject(ApiClient) private readonly api: ApiClient,
    @Inject(WEB_OPTIONS) { webUrl }: WebOptions,
  ) {
    this.origin = new URL(webUrl).origin;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const cookie = readCookie(request.headers.cookie, SESSION_COOKIE);
    const session = cookie === undefined ? undefined : await this.sessions.use(cookie);
    if (!session) throw new SessionEnded();
    if (request.method !== 'GET' && request.method !== 'HEAD') await this.checkForm(request, session.csrf);
    const profile = orThrow(await this.api.ask<Profile>(session.accessToken, 'GET', apiPath`/v1/my/profile`));
    if (profile.posts.length === 0) throw new SessionEnded();
    keepSession(request, { ...session, profile });
    return true;
  }

  private async checkForm(request: FastifyRequest, secret: string): Promise<void> {
    if (!isFromOwnPage(request.headers, this.origin)) throw foreignForm();
    const form = await readForm(request.headers['content-type'], request.body);
    const tokens = form.all(CSRF_FIELD);
    if (tokens.length !== 1 || !isSame(tokens[0] ?? '', secret)) throw foreignForm();
    keepForm(request, form);
  }
}
