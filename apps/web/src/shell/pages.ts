import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Profile } from '../api/profile.js';
import { findSession } from '../session/current-session.js';
import { safeReturnTo } from '../session/own-origin.js';
import { Assets } from './assets.js';
import { currentItem, navigationFor } from './navigation.js';
import { pageHeaders } from './page-headers.js';
import { openTemplates } from './templates.js';
import { WEB_OPTIONS, type WebOptions } from './web-options.js';

export interface PageOptions {
  /** 200 when absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Who a page says is signed in. */
const userOf = ({ name, subject, posts }: Profile) => ({
  name: name ?? subject,
  posts: posts.map(({ organisationName, role }) => ({
    organisation: organisationName,
    role: role.replaceAll('-', ' '),
  })),
});

/** Renders and sends pages. */
@Injectable()
export class Pages {
  private readonly templates;
  private readonly headers;

  constructor(
    @Inject(WEB_OPTIONS) private readonly options: Pick<WebOptions, 'webUrl' | 'environment'>,
    @Inject(Assets) assets: Assets,
  ) {
    this.templates = openTemplates(assets);
    this.headers = pageHeaders(options.webUrl);
  }

  /**
   * Sends a page: `template` is its path below `views` without `.njk`. Beside `model` it knows `user`, `navigation`
   * and `csrf` (the value of the form's token) of whoever is signed in, `path`, and `development`.
   */
  render(
    reply: FastifyReply,
    request: FastifyRequest,
    template: string,
    model: object = {},
    options: PageOptions = {},
  ): void {
    const session = findSession(request);
    const path = request.url.split('?', 1)[0] ?? '/';
    const items = session ? navigationFor(session.profile) : [];
    const current = currentItem(items, path);
    const html = this.templates.render(`${template}.njk`, {
      ...model,
      path,
      development: this.options.environment !== 'production',
      user: session && userOf(session.profile),
      profile: session?.profile,
      csrf: session?.csrf,
      navigation: items.map((item) => ({ ...item, current: item === current })),
    });
    this.send(reply, options.status ?? 200, { 'Content-Type': 'text/html; charset=utf-8', ...options.headers }, html);
  }

  /** Sends the browser to a path of ours with GET (303), as after every form. Anything else than such a path: `/`. */
  redirect(reply: FastifyReply, path: string, { headers = {} }: Pick<PageOptions, 'headers'> = {}): void {
    this.send(reply, 303, { ...headers, Location: safeReturnTo(path) });
  }

  /** Sends the browser to the issuer; nowhere else leads away from these pages. */
  redirectAway(reply: FastifyReply, url: URL, headers: PageOptions['headers']): void {
    this.send(reply, 303, { ...headers, Location: url.href });
  }

  private send(reply: FastifyReply, status: number, headers: NonNullable<PageOptions['headers']>, html = ''): void {
    void reply
      .status(status)
      .headers({ ...this.headers, ...headers } as Record<string, string>)
      .send(html);
  }
}
