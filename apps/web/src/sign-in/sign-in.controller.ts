import { Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import type { Profile } from '../api/profile.js';
import { clearCookie, readCookie, SESSION_COOKIE, setCookie, SIGN_IN_COOKIE } from '../session/cookies.js';
import { safeReturnTo } from '../session/own-origin.js';
import { SessionEnded } from '../session/session-ended.js';
import { SessionStore } from '../session/session-store.js';
import { OpenPageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import { WEB_OPTIONS, type WebOptions } from '../shell/web-options.js';
import { IssuerClient, SignInRefused, type SignedIn } from './issuer-client.js';
import { SignInMemory } from './sign-in-memory.js';

/** Signing in at the issuer, and what is left when one has signed out. */
@OpenPageController()
export class SignInController {
  private readonly now: () => Date;

  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
    @Inject(SessionStore) private readonly sessions: SessionStore,
    @Inject(IssuerClient) private readonly issuer: IssuerClient,
    @Inject(SignInMemory) private readonly memory: SignInMemory,
    @Inject(WEB_OPTIONS) { now }: WebOptions,
  ) {
    this.now = now ?? (() => new Date());
  }

  @Get('sign-in')
  async begin(@Res() reply: FastifyReply, @Query('returnTo') returnTo?: unknown): Promise<void> {
    const { url, beginning } = await this.issuer.begin();
    const remembered = this.memory.seal({ ...beginning, returnTo: safeReturnTo(returnTo) });
    this.pages.redirectAway(reply, url, { 'Set-Cookie': setCookie(SIGN_IN_COOKIE, remembered) });
  }

  /** Where the issuer sends the browser. Only the browser that began here gets a session, and a new one. */
  @Get('sign-in/callback')
  async finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { cookie: cookies } = request.headers;
    const memory = this.memory.open(readCookie(cookies, SIGN_IN_COOKIE));
    const signedIn = memory && (await this.signedIn(request, memory));
    if (!signedIn) {
      this.refuse(reply, request, 'sign-in/refused', 400);
      return;
    }
    if (!(await this.holdsPost(signedIn))) {
      this.refuse(reply, request, 'sign-in/no-post', 403);
      return;
    }
    const earlier = readCookie(cookies, SESSION_COOKIE);
    if (earlier !== undefined) await this.sessions.end(earlier);
    const endsAt = new Date(this.now().getTime() + signedIn.lifetime * 1000);
    const session = await this.sessions.begin(signedIn.accessToken, endsAt);
    this.pages.redirect(reply, memory.returnTo, {
      headers: { 'Set-Cookie': [setCookie(SESSION_COOKIE, session), clearCookie(SIGN_IN_COOKIE)] },
    });
  }

  @Get('goodbye')
  signedOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.pages.render(reply, request, 'sign-in/signed-out');
  }

  private async signedIn(
    request: FastifyRequest,
    memory: Parameters<IssuerClient['finish']>[1],
  ): Promise<SignedIn | undefined> {
    const at = request.url.indexOf('?');
    try {
      return await this.issuer.finish(at === -1 ? '' : request.url.slice(at), memory);
    } catch (error) {
      if (error instanceof SignInRefused) return undefined;
      throw error;
    }
  }

  private async holdsPost({ accessToken }: SignedIn): Promise<boolean> {
    try {
      const answer = await this.api.ask<Profile>(accessToken, 'GET', apiPath`/v1/my/profile`);
      return orThrow(answer).posts.length > 0;
    } catch (error) {
      if (error instanceof SessionEnded) return false;
      throw error;
    }
  }

  private refuse(reply: FastifyReply, request: FastifyRequest, template: string, status: number): void {
    this.pages.render(reply, request, template, {}, { status, headers: { 'Set-Cookie': clearCookie(SIGN_IN_COOKIE) } });
  }
}
