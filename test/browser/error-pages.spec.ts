import { axeViolations, describeInBrowser, openBrowser, Person, scrollsSideways } from '../support/browser/browser.js';
import { startWebApp } from '../support/journeys/web-app.js';

describeInBrowser('pages of errors', () => {
  it('are sound, whatever the API answers', async () => {
    const app = await startWebApp();
    const browser = await openBrowser();
    try {
      const person = await Person.open(browser, app.url, { width: 320 });
      await person.signIn('worker');
      // The profile is asked for by every page: what it answers, the page says.
      for (const status of [400, 403, 404, 409, 500, 503]) {
        app.api.say('worker', { status, body: { type: 'about:blank', title: 'x', status } });
        const answered = await person.go('/find');
        expect([status, answered]).toEqual([status, expect.any(Number)]);
        expect(answered).toBeGreaterThanOrEqual(400);
        expect([status, await axeViolations(person.page)]).toEqual([status, []]);
        expect([status, await scrollsSideways(person.page)]).toEqual([status, false]);
        expect(await person.page.locator('h1').count()).toBe(1);
        app.api.say('worker', null);
        if (answered === 401) await person.signIn('worker');
      }
      await person.close();
    } finally {
      await browser.close();
      await app.close();
    }
  });
});
