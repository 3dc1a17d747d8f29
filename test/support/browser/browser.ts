import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';

const PLACES = [
  process.env['CHROMIUM_PATH'],
  // Without windows: it needs two thirds of the processor's time.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Where Chromium is on this machine; undefined where there is none. */
export const chromiumPath = (): string | undefined => PLACES.find((place) => place !== undefined && existsSync(place));

/** `describe` where there is a browser. Where there is none it says so, and its tests count as skipped. */
export const describeInBrowser = (name: string, tests: () => void): void => {
  if (chromiumPath() !== undefined) return describe(name, tests);
  process.stderr.write(`SKIPPED: Chromium is absent (set CHROMIUM_PATH): ${name}\n`);
  return describe.skip(name, tests);
};

export const openBrowser = async (): Promise<Browser> => {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('Chromium is absent');
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
};

export interface PersonOptions {
  /** CSS pixels; a desktop where not said. 320 is the narrowest that pages must work at. */
  readonly width?: number;
  readonly script?: boolean;
}

/** Somebody at a browser of his own, with what the browser complained of. */
export class Person {
  /** Errors of the console and requests that failed or left this origin. */
  readonly complaints: string[] = [];
  private actions = 0;
  private typed = 0;

  private constructor(
    readonly page: Page,
    readonly url: string,
  ) {}

  static async open(browser: Browser, url: string, { width = 1100, script = true }: PersonOptions = {}) {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      javaScriptEnabled: script,
      locale: 'en-GB',
    });
    const page = await context.newPage();
    const person = new Person(page, url);
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) person.complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(`${url}/`)) person.complaints.push(`a request left this origin`);
    });
    return person;
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Signs in by the keyboard, as the development issuer asks. */
  async signIn(login: string): Promise<void> {
    await this.page.goto(`${this.url}/`);
    await this.press('Sign in', 'button');
    await this.page.getByLabel('Sign in as').waitFor();
    await this.type('Sign in as', login);
    await this.page.keyboard.press('Enter');
    await this.page.getByText('Sign out').waitFor();
  }

  async go(path: string): Promise<number> {
    const answer = await this.page.goto(`${this.url}${path}`);
    return answer?.status() ?? 0;
  }

  /** Moves the focus with Tab to the first link or button of this name and presses Enter. An Error after 200 steps. */
  async press(name: string | RegExp, role: 'link' | 'button' = 'link'): Promise<void> {
    await this.focus(this.page.getByRole(role, { name }).or(this.page.getByRole(role === 'link' ? 'button' : 'link', { name })).first()); // prettier-ignore
    this.actions += 1;
    await Promise.all([this.page.waitForEvent('framenavigated'), this.page.keyboard.press('Enter')]);
    await this.page.waitForLoadState('load');
  }

  async type(label: string, text: string): Promise<void> {
    const input = this.page.getByLabel(label).first();
    await this.focus(input);
    this.typed += 1;
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
  }

  /** Moves the focus with Tab to what a selector finds first. */
  focusOn(selector: string): Promise<void> {
    return this.focus(this.page.locator(selector).first());
  }

  /** Chooses one of several with the keyboard: Tab to the group, then the arrows. */
  async choose(label: string): Promise<void> {
    const radio = this.page.getByLabel(label, { exact: true });
    const name = await radio.getAttribute('name');
    for (let step = 0; step < 200; step += 1) {
      if ((await this.page.evaluate('document.activeElement.name')) === name) break;
      await this.page.keyboard.press('Tab');
    }
    for (let step = 0; step < 20; step += 1) {
      await this.page.keyboard.press('Space');
      if (await radio.isChecked()) return;
      await this.page.keyboard.press('ArrowDown');
      if (await radio.isChecked()) return;
    }
    throw new Error(`the keyboard does not choose ${label}`);
  }

  /** Counts from here on what a person does: links and buttons pressed, fields typed into. */
  startCount(): void {
    this.actions = 0;
    this.typed = 0;
  }

  get count(): { readonly actions: number; readonly typed: number } {
    return { actions: this.actions, typed: this.typed };
  }

  heading(): Promise<string> {
    return this.page.locator('h1').innerText();
  }

  text(): Promise<string> {
    return this.page.locator('main').innerText();
  }

  /** Milliseconds from the request of the page that is open to the last byte of its answer. */
  serverTime(): Promise<number> {
    return this.page.evaluate(
      `(() => { const [n] = performance.getEntriesByType('navigation'); return n ? n.responseEnd - n.requestStart : 0; })()`,
    );
  }

  private async focus(wanted: ReturnType<Page['locator']>): Promise<void> {
    await wanted.waitFor();
    for (let step = 0; step < 200; step += 1) {
      if (await wanted.evaluate((element: { matches(selector: string): boolean }) => element.matches(':focus'))) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error('the keyboard does not reach it');
  }
}

const require = createRequire(import.meta.url);

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: unknown }[] }[];
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds against WCAG 2.2 AA on the page that is open: `rule: element`. */
export const axeViolations = async (page: Page): Promise<string[]> => {
  const source = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
  // Evaluated by the browser's debugger, which the page's own policy does not bind.
  await page.evaluate(source);
  const { violations } = await page.evaluate<AxeResult>(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => ({ violations }))`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${JSON.stringify(target)}`));
};

/** Whether something is wider than the window, so that a person must scroll sideways. */
export const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

/** A page is accessible, fits the window, and the browser has nothing to complain of. */
export const isSound = async (person: Person, what: string): Promise<void> => {
  expect([what, await axeViolations(person.page)]).toEqual([what, []]);
  expect([what, await scrollsSideways(person.page)]).toEqual([what, false]);
  expect([what, person.complaints]).toEqual([what, []]);
};
