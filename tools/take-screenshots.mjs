// Writes the pictures of the README: the same child as two readers see it, from a hub of its own with the story in it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const READERS = [
  { login: 'social-worker', child: /Quillfeather/ },
  { login: 'police-officer', child: /.+/ },
];
const FOLDER = 'apps/web/screenshots';
const DEMO = 'dist/apps/hub/src/demo/demo-main.js';
const GUARD = './tools/require-node-24.mjs';
const START_LIMIT_MS = 120_000;

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};

const startDemo = async (dataDir) => {
  const port = await freePort();
  const hub = spawn(process.execPath, ['--import', GUARD, DEMO], {
    env: { ...process.env, HUB_PORT: String(port), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const answers = new Promise((resolve, reject) => {
    hub.stdout.on('data', (piece) => {
      said += piece;
      if (said.includes('The hub runs on')) resolve();
    });
    hub.once('exit', (code) => reject(new Error(`the hub ended with ${code}`)));
    setTimeout(() => reject(new Error('the hub does not answer')), START_LIMIT_MS).unref();
  });
  await answers;
  return { hub, url: `http://127.0.0.1:${port}` };
};

const takePicture = async (browser, url, { login, child }) => {
  const context = await browser.newContext({ viewport: { width: 1000, height: 1250 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(url);
  await page
    .getByRole('button', { name: 'Sign in' })
    .or(page.getByRole('link', { name: 'Sign in' }))
    .first()
    .click();
  await page.getByLabel('Sign in as').fill(login);
  await page.keyboard.press('Enter');
  await page.locator('.sightline-children__item').getByRole('link', { name: child }).first().click();
  await page.locator('#entries').waitFor();
  const file = join(FOLDER, `${login}.png`);
  await page.screenshot({ path: file });
  await context.close();
  process.stdout.write(`written: ${file}\n`);
};

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const dataDir = await mkdtemp(join(tmpdir(), 'sightline-screenshots-'));
try {
  const { hub, url } = await startDemo(dataDir);
  const browser = await chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    for (const reader of READERS) await takePicture(browser, url, reader);
  } finally {
    await browser.close();
    hub.kill('SIGTERM');
    await once(hub, 'exit');
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
