/** An answer of a page, read to its end. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Follow redirects with GET, as a browser does; not by default. */
  readonly follow?: boolean;
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** A browser without a screen: it keeps cookies, follows redirects when told to, and sends forms as browsers do. */
export class WebClient {
  readonly cookies = new Map<string, string>();

  constructor(readonly url: string) {}

  async ask(path: string, options: AskOptions = {}): Promise<PageAnswer> {
    let target = new URL(path, this.url);
    let { method = 'GET', body } = options;
    for (let hop = 0; hop < 20; hop += 1) {
      const answer = await fetch(target, {
        method,
        redirect: 'manual',
        headers: { accept: 'text/html', ...this.cookieHeader(), ...options.headers },
        ...(body === undefined ? {} : { body }),
      });
      const html = await answer.text();
      this.keep(answer.headers);
      const location = answer.headers.get('location');
      if (!options.follow || location === null) return { status: answer.status, headers: answer.headers, html };
      target = new URL(location, target);
      method = 'GET';
      body = undefined;
    }
    throw new Error('too many redirects');
  }

  /** Sends a form as a page of this origin would. */
  send(path: string, fields: Readonly<Record<string, string>>, options: AskOptions = {}): Promise<PageAnswer> {
    return this.ask(path, {
      method: 'POST',
      ...options,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'null',
        'sec-fetch-site': 'same-origin',
        ...options.headers,
      },
      body: options.body ?? new URLSearchParams(fields).toString(),
    });
  }

  /** The token that the forms of a page carry. Throws where there is none. */
  async csrf(path = '/'): Promise<string> {
    const { html, status } = await this.ask(path, { follow: true });
    const token = /name="csrf" value="([^"]+)"/.exec(html)?.[1];
    if (token === undefined) throw new Error(`the page ${path} answered ${status} without a form`);
    return token;
  }

  /** Begins a sign-in and says who one is; the answer is the redirect of the issuer's page. */
  async enterLogin(login: string, returnTo?: string): Promise<PageAnswer> {
    const query = returnTo === undefined ? '' : `?${new URLSearchParams({ returnTo }).toString()}`;
    const page = await this.ask(`/sign-in${query}`, { follow: true });
    const action = /<form method="post" action="([^"]+)"/.exec(page.html)?.[1];
    if (page.status !== 200 || action === undefined) throw new Error(`the sign-in page answered ${page.status}`);
    return this.send(unescaped(action), { login });
  }

  /** The address at which a sign-in comes back, with its code. */
  async callbackOf(login: string, returnTo?: string): Promise<string> {
    let answer = await this.enterLogin(login, returnTo);
    for (let hop = 0; hop < 5; hop += 1) {
      const location = new URL(answer.headers.get('location') ?? '/', this.url);
      if (location.pathname === '/sign-in/callback') return location.href;
      answer = await this.ask(location.href);
    }
    throw new Error('the issuer did not send the browser back');
  }

  /** Signs in through the issuer's page; resolves with the page that comes first. */
  async signIn(login: string, returnTo?: string): Promise<PageAnswer> {
    return this.ask(await this.callbackOf(login, returnTo), { follow: true });
  }

  private cookieHeader(): Record<string, string> {
    const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    return pairs.length === 0 ? {} : { cookie: pairs.join('; ') };
  }

  private keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      const gone = attributes.some((attribute) => /^(max-age=0|expires=Thu, 01 Jan 1970)/i.test(attribute));
      if (gone || value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}
