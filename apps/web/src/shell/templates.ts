import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import nunjucks from 'nunjucks';
import type { Assets } from './assets.js';
import { dateText, dateTimeText, mojDate, timeText } from './dates.js';
import { viewsFolder } from './folders.js';

const require = createRequire(import.meta.url);
const packageFolder = (name: string): string => dirname(require.resolve(`${name}/package.json`));

/** Templates of the pages and of both design systems. Whatever is put into one is escaped. */
export const openTemplates = (assets: Assets): nunjucks.Environment => {
  const loader = new nunjucks.FileSystemLoader(
    [viewsFolder(), join(packageFolder('govuk-frontend'), 'dist'), packageFolder('@ministryofjustice/frontend')],
    { watch: false, noCache: false },
  );
  const templates = new nunjucks.Environment(loader, { autoescape: true, trimBlocks: true, lstripBlocks: true });
  templates.addGlobal('asset', (name: string) => assets.addressOf(name));
  templates.addFilter('mojDate', mojDate);
  templates.addFilter('date', dateText);
  templates.addFilter('dateTime', dateTimeText);
  templates.addFilter('time', timeText);
  return templates;
};
