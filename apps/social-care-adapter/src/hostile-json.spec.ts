import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeWithPublicData, publicFile, quarantinedOf, readFeed } from '../../../test/support/read-feed.js';
import { DocumentRefused, QUARANTINE_REASONS } from '#intake';
import { feeds } from './index.js';

const jsonFeeds = feeds.filter(({ mediaTypes }) => mediaTypes.includes('application/json'));

describeWithPublicData('hostile JSON', () => {
  const folder = '11-bad-input/json-test-suite/test_parsing';

  it('is refused as a whole, or kept back in part, and never fails otherwise', async () => {
    const files = readdirSync(resolve('../shared/data', folder));
    const outcomes = { refused: 0, read: 0 };
    for (const file of files) {
      for (const feed of jsonFeeds) {
        try {
          for (const problem of quarantinedOf(await readFeed(feed, publicFile(`${folder}/${file}`)))) {
            expect(QUARANTINE_REASONS).toContain(problem.split(': ')[1]);
          }
          expect(file).toMatch(/^[yi]_/);
          outcomes.read += 1;
        } catch (error) {
          if (!(error instanceof DocumentRefused)) throw error;
          outcomes.refused += 1;
        }
      }
    }
    expect(files.length).toBeGreaterThan(100);
    expect(outcomes.read).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(200);
  });
});
