import 'reflect-metadata';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { feeds as educationFeeds } from '#apps/education-adapter';
import { feeds as healthFeeds } from '#apps/health-adapter';
import { feeds as policeFeeds } from '#apps/police-adapter';
import { feeds as socialCareFeeds } from '#apps/social-care-adapter';
import { asyncApi } from './docs/async-api.js';
import { collectRoutes } from './docs/collect-routes.js';
import { eventReference } from './docs/event-reference.js';
import { openApi } from './docs/open-api.js';
import { settingsReference } from './docs/settings-reference.js';

/** Runs compiled, from `dist/tools`. */
const compiled = resolve(import.meta.dirname, '..');
const root = resolve(compiled, '..');
const folder = join(root, 'libs/contracts/generated');

const generate = async (): Promise<ReadonlyMap<string, string>> => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const feeds = [...policeFeeds, ...healthFeeds, ...educationFeeds, ...socialCareFeeds];
  const document = openApi(await collectRoutes(root, compiled), feeds, version);
  return new Map([
    ['asyncapi.json', `${JSON.stringify(asyncApi(version), null, 2)}\n`],
    ['events.md', eventReference()],
    ['openapi.json', `${JSON.stringify(document, null, 2)}\n`],
    ['settings.md', settingsReference()],
  ]);
};

/** Names of the files that are not what they would be generated as, or that nothing generates. */
const differing = async (files: ReadonlyMap<string, string>): Promise<readonly string[]> => {
  const there = await readdir(folder).catch(() => []);
  const names = [...new Set([...there, ...files.keys()])].sort();
  const same = await Promise.all(
    names.map(async (name) => (await readFile(join(folder, name), 'utf8').catch(() => undefined)) === files.get(name)),
  );
  return names.filter((_, i) => !same[i]);
};

const { check } = parseArgs({ options: { check: { type: 'boolean' } } }).values;
const files = await generate();
const stale = await differing(files);
if (check) {
  for (const name of stale) {
    process.stderr.write(`libs/contracts/generated/${name} is not what the sources say: run "npm run docs"\n`);
  }
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  await mkdir(folder, { recursive: true });
  for (const name of stale) {
    const text = files.get(name);
    await (text === undefined ? rm(join(folder, name)) : writeFile(join(folder, name), text));
  }
  process.stdout.write(stale.length === 0 ? 'nothing to change\n' : `written: ${stale.join(', ')}\n`);
}
