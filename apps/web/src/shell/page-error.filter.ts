import { Catch, Inject, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError, Problem, toProblem, traceOf } from '#platform';
import { readCookie, SESSION_COOKIE } from '../session/cookies.js';
import { safeReturnTo } from '../session/own-origin.js';
import { SessionEnded } from '../session/session-ended.js';
import { SessionStore } from '../session/session-store.js';
import { Pages } from './pages.js';
import { WEB_OPTIONS, type WebOptions } from './web-options.js';

/** Statuses with a page of their own; every other one of its class is told as the first. */
const OWN_PAGE = new Set([400, 403, 404, 409, 500, 503]);

const pageStatus = (status: number): number => {
  if (OWN_PAGE.has(status)) return status;
  if (status === 410) return 404;
  return status >= 500 ? 500 : 400;
};

/** Every error of a page is a page. It repeats nothing of the request and tells nothing of the cause. */
@Catch()
@Injectable()
export class PageErrorFilter implements ExceptionFilter {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(SessionStore) private readonly sessions: SessionStore,
    @Inject(WEB_OPTIONS) private readonly options: Pick<WebOptions, 'logger'>,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (error instanceof SessionEnded) return this.sessionEnded(request, reply);
    const problem = toProblem(error);
    if (problem.status >= 500 && !(error instanceof Problem)) {
      this.options.logger.error('page-failed', {
        trace: traceOf(request),
        status: problem.status,
        ...describeError(error),
      });
    }
    const retryAfter = problem.headers['Retry-After'];
    this.pages.render(
      reply,
      request,
      `errors/${pageStatus(problem.status)}`,
      {},
      {
        status: problem.status,
        headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter },
      },
    );
  }

  /**
   * The row goes. The page is the same whatever ended the session, and it leaves the cookie alone: a form of another
   * site comes without it, and an answer that cleared it would let every site sign people out.
   */
  private async sessionEnded(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const cookie = readCookie(request.headers.cookie, SESSION_COOKIE);
    if (cookie !== undefined) {
      await this.sessions.end(cookie).catch((error: unknown) => {
        this.options.logger.error('session-not-ended', { trace: traceOf(request), ...describeError(error) });
      });
    }
    const returnTo = request.method === 'GET' ? safeReturnTo(request.url) : '/';
    this.pages.render(
      reply,
      request,
      'sign-in/session-ended',
      { signIn: returnTo === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ returnTo }).toString()}` },
      { status: 401 },
    );
  }
}
