import { Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clearCookie, readCookie, SESSION_COOKIE } from '../session/cookies.js';
import { SessionStore } from '../session/session-store.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';

/** By a form alone, with its token: no other site can sign anybody out. */
@PageController('sign-out')
export class SignOutController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(SessionStore) private readonly sessions: SessionStore,
  ) {}

  @Post()
  async signOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const cookie = readCookie(request.headers.cookie, SESSION_COOKIE);
    if (cookie !== undefined) await this.sessions.end(cookie);
    this.pages.redirect(reply, '/goodbye', {
      headers: { 'Set-Cookie': clearCookie(SESSION_COOKIE), 'Clear-Site-Data': '"cache", "storage"' },
    });
  }
}
