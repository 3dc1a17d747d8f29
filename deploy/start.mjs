/** The one entry of the image: `node deploy/start.mjs APP`. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const commands = 'dist/apps/hub/src/commands';

/** What the image runs, by the name it is asked for. */
export const APPS = {
  'police-adapter': 'dist/apps/police-adapter/src/main.js',
  'health-adapter': 'dist/apps/health-adapter/src/main.js',
  'education-adapter': 'dist/apps/education-adapter/src/main.js',
  'social-care-adapter': 'dist/apps/social-care-adapter/src/main.js',
  timeline: 'dist/apps/timeline/src/main.js',
  sharing: 'dist/apps/sharing/src/main.js',
  audit: 'dist/apps/audit/src/main.js',
  web: 'dist/apps/web/src/main.js',
  hub: 'dist/apps/hub/src/main.js',
  migrate: `${commands}/migrate-main.js`,
  topics: `${commands}/topics-main.js`,
  issuer: `${commands}/issuer-main.js`,
};

/** Those that work as the owner of the database, and so make its roles. */
const OWNERS = ['hub', 'migrate'];

/** What the migration sees: the owner's address. A store of events in a database of its own has its own migration. */
const asOwner = ({ DATABASE_OWNER_URL: owner, EVENT_STORE_URL: store = '', ...rest }) => ({
  ...rest,
  DATABASE_URL: owner,
  ...(store.startsWith('postgres') ? {} : { EVENT_STORE_URL: store }),
});

/** What the app sees: nothing that would open the database as its owner, unless it is one. */
const asApp = (app, { DATABASE_OWNER_URL: owner, DATABASE_ROLE_PASSWORDS: passwords, ...rest }) => ({
  ...rest,
  ...(app === 'migrate' && owner ? { DATABASE_URL: owner } : {}),
  ...(OWNERS.includes(app) && passwords ? { DATABASE_ROLE_PASSWORDS: passwords } : {}),
});

/** Resolves to the status with which the migration ended. One that is told to stop stops. */
const migrate = (env) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, APPS.migrate)], { env: asOwner(env), stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 1));
  });

const start = async (app) => {
  if (!Object.hasOwn(APPS, app)) {
    process.stderr.write(`Say which app to start, one of: ${Object.keys(APPS).join(', ')}.\n`);
    process.exit(1);
  }
  if (app !== 'migrate' && process.env.DATABASE_OWNER_URL) {
    const status = await migrate(process.env);
    if (status !== 0) process.exit(status);
  }
  // The app takes the place of this process, so that signals reach it and the owner's address is nowhere in it.
  const node = [process.execPath, '--enable-source-maps', join(root, APPS[app])];
  process.execve(process.execPath, node, asApp(app, process.env));
};

if (import.meta.main) await start(process.argv[2] ?? '');
