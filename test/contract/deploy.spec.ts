import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { feeds as educationFeeds } from '#apps/education-adapter';
import { feeds as healthFeeds } from '#apps/health-adapter';
import { feeds as policeFeeds } from '#apps/police-adapter';
import { feeds as socialCareFeeds } from '#apps/social-care-adapter';
import { faultsOf, readDeployment, type Files } from '../support/deployment.js';

const ROOT = join(import.meta.dirname, '../..');
const ENTRY = join(ROOT, 'deploy/start.mjs');
const { APPS } = (await import(pathToFileURL(ENTRY).href)) as { APPS: Readonly<Record<string, string>> };

const namesOf = (feeds: readonly { name: string }[]): string[] => feeds.map(({ name }) => name);
const known = {
  apps: APPS,
  feeds: {
    'police-adapter': namesOf(policeFeeds),
    'health-adapter': namesOf(healthFeeds),
    'education-adapter': namesOf(educationFeeds),
    'social-care-adapter': namesOf(socialCareFeeds),
  },
};

const files = readDeployment();
const COMPOSE = 'deploy/compose.yaml';
const CADDY = 'deploy/Caddyfile';
const DOCKERFILE = 'deploy/Dockerfile';
const REALM = 'deploy/keycloak/realm.json';

/** The deployment with one change in one file. The change must change something. */
const planted = (file: string, from: string | RegExp, to: string): Files => {
  const text = files[file]!.replace(from, to);
  expect(text).not.toBe(files[file]);
  return { ...files, [file]: text };
};

/** A fault, where it is planted, and what is said of it. */
const PLANTED: readonly (readonly [string, string, string | RegExp, string, RegExp])[] = [
  ['a keyword that compose does not know', COMPOSE, 'pids_limit: 200', 'pid_limits: 200', /compose .*additional/],
  [
    'a variable that is no setting',
    COMPOSE,
    "HUB_PORT: '8080'",
    "HUB_PORT: '8080'\n  HUB_POT: '1'",
    /HUB_POT, which is no setting/,
  ],
  ['plain http in production', COMPOSE, 'API_URL: https:', 'API_URL: http:', /API_URL must be https/],
  ['a bus without TLS', COMPOSE, "BUS_TLS: 'on'", "BUS_TLS: 'off'", /BUS_SASL needs BUS_TLS/],
  ['no port for operators', COMPOSE, "OPS_PORT: '9464'", "OPS_PORT: '0'", /no port for operators/],
  ['development in production', COMPOSE, 'NODE_ENV: production', 'NODE_ENV: development', /does not run in production/],
  [
    'an app that is not there',
    COMPOSE,
    'command: [audit]',
    'command: [auditor]',
    /audit starts what the image does not know/,
  ],
  ['an app that nothing starts', COMPOSE, 'command: [web]', 'command: [audit]', /no service starts web/],
  ['an image of any version', COMPOSE, 'apache/kafka:4.1.0', 'apache/kafka:latest', /image of \w+ is not pinned/],
  [
    'an image without a version',
    COMPOSE,
    'quay.io/keycloak/keycloak:26.4.0',
    'quay.io/keycloak/keycloak',
    /image of issuer is not pinned/,
  ],
  ['a base image of any version', DOCKERFILE, /node:24\.21\.0-bookworm-slim/g, 'node:24', /base image/],
  ['another Node than the project has', DOCKERFILE, /node:24\.21\.0/g, 'node:24.20.0', /base image is not node/],
  ['a root file system that can be written', COMPOSE, 'read_only: true', 'read_only: false', /can write its root/],
  [
    'capabilities',
    COMPOSE,
    /cap_drop: \[ALL\]\n {2}security_opt: \['no-new-privileges:true'\]\n {2}pids/,
    "security_opt: ['no-new-privileges:true']\n  pids",
    /keeps capabilities/,
  ],
  [
    'an engine with a port of the host',
    COMPOSE,
    'networks: [bus]\n    healthcheck',
    "networks: [bus]\n    ports: ['9092:9092']\n    healthcheck",
    /kafka has a port of the host/,
  ],
  ['no time to drain', COMPOSE, 'stop_grace_period: 15s', 'stop_grace_period: 5s', /no time to drain/],
  [
    'an engine that the proxy reaches',
    COMPOSE,
    /networks: \[database\]\n {4}healthcheck/,
    'networks: [database, edge]\n    healthcheck',
    /the proxy reaches postgres/,
  ],
  [
    'an inner network that leads outside',
    COMPOSE,
    '  store:\n    internal: true',
    '  store: {}',
    /network store leads outside/,
  ],
  [
    'an adapter that reaches the store',
    COMPOSE,
    'networks: [edge, database, bus, operators]',
    'networks: [edge, database, bus, store, operators]',
    /police-adapter reaches event-store without need/,
  ],
  [
    'an app that does not reach its engine',
    COMPOSE,
    'networks: [database, bus, store, operators]',
    'networks: [database, bus, operators]',
    /timeline does not reach event-store/,
  ],
  [
    'all keys for one adapter',
    COMPOSE,
    '${KEYS_FOLDER:?}/adapter-health:/keys/adapter-health:ro',
    '${KEYS_FOLDER:?}:/keys:ro',
    /health-adapter has other keys/,
  ],
  ['keys that can be written', COMPOSE, '/keys/web:ro', '/keys/web', /web has other keys/],
  [
    "another app's role",
    COMPOSE,
    'sightline_app_audit:${DATABASE_PASSWORD_AUDIT',
    'sightline_app_sharing:${DATABASE_PASSWORD_AUDIT',
    /audit does not use its own role/,
  ],
  ['a role without its password', COMPOSE, ',web=${DATABASE_PASSWORD_WEB:?}', '', /migrate does not give each app/],
  [
    'a database that anybody may pretend to be',
    COMPOSE,
    /(sightline_app_web.*)verify-full/,
    '$1require',
    /web does not check whose database/,
  ],
  [
    'a password written out',
    COMPOSE,
    'KC_DB_PASSWORD: ${ISSUER_DATABASE_PASSWORD:?}',
    'KC_DB_PASSWORD: keycloak',
    /KC_DB_PASSWORD written out/,
  ],
  ['a password in an address', COMPOSE, ':${DATABASE_PASSWORD_OWNER:?}@', ':ownersword@', /a password in an address/],
  [
    'a password with a default',
    COMPOSE,
    '${BUS_PASSWORD_TIMELINE:?}',
    '${BUS_PASSWORD_TIMELINE:-timeline}',
    /BUS_PASSWORD_TIMELINE has a default/,
  ],
  [
    'a value in the example',
    'deploy/env.example',
    'WEB_CLIENT_SECRET=',
    'WEB_CLIENT_SECRET=changeme',
    /env.example gives WEB_CLIENT_SECRET/,
  ],
  [
    'a secret somewhere else',
    'deploy/runbook.md',
    '# Runbook',
    '# Runbook\n\nThe token is 9f86d081884c7d659a2feaa0c55ad015.',
    /runbook.md holds what looks like a secret/,
  ],
  ['a setting that the example lacks', 'deploy/env.example', 'INBOX_LIMIT=\n', '', /does not name INBOX_LIMIT/],
  [
    'a setting that nothing asks for',
    'deploy/env.example',
    'INBOX_LIMIT=',
    'INBOX_LIMITS=',
    /INBOX_LIMITS, which nothing asks for/,
  ],
  [
    'a feed that the proxy lacks',
    CADDY,
    ' /v1/feeds/children-in-need-census/*',
    '',
    /does not know the feed children-in-need-census/,
  ],
  [
    'a feed that is not there',
    CADDY,
    '/v1/feeds/police-staff/*',
    '/v1/feeds/police-staffs/*',
    /police-staffs to police-adapter, which has no such feed/,
  ],
  [
    "a feed with another agency's adapter",
    CADDY,
    'handle @health-adapter {\n\t\t\timport app health-adapter',
    'handle @health-adapter {\n\t\t\timport app police-adapter',
    /@health-adapter does not go to/,
  ],
  [
    'an adapter without an address',
    CADDY,
    '/adapters/education-adapter/*',
    '/adapters/educations/*',
    /\/adapters\/education-adapter\/\* does not go to/,
  ],
  [
    'audit that goes to sharing',
    CADDY,
    'import app audit',
    'import app sharing',
    /\/v1\/audit\/\* does not go to audit/,
  ],
  ['pages that go nowhere', CADDY, 'import app web', 'import app pages', /the rest does not go to web/],
  [
    'more processes than connections',
    COMPOSE,
    /command: \[sharing\]\n {4}deploy:\n {6}replicas: 2/,
    'command: [sharing]\n    deploy:\n      replicas: 5',
    /hold 94 connections/,
  ],
  [
    'a migration that is not waited for',
    COMPOSE,
    /migrate:\n {8}condition: service_completed_successfully/,
    'migrate:\n        condition: service_healthy',
    /waits for the wrong thing of migrate/,
  ],
  [
    'a connector that the realm lacks',
    REALM,
    /"clientId": "police-01-connector"/,
    '"clientId": "police-connector"',
    /realm lacks police-01-connector/,
  ],
  [
    'a secret in the realm',
    REALM,
    '"${HEALTH_01_CONNECTOR_SECRET}"',
    '"health"',
    /health-01-connector has its secret written out/,
  ],
  [
    'tokens of another kind',
    REALM,
    '"access.token.header.type.rfc9068": "true"',
    '"access.token.header.type.rfc9068": "false"',
    /tokens that no app takes/,
  ],
  [
    'a connector that reads',
    REALM,
    /"defaultClientScopes": \[\s*"submit"\s*\]/,
    '"defaultClientScopes": ["read"]',
    /has another scope/,
  ],
  ['an image that runs as root', DOCKERFILE, 'USER node\n', '', /image runs as root/],
  ['an image with what is for development', DOCKERFILE, ' --omit=dev', '', /packages for development/],
  ['a file that the build cannot see', '.dockerignore', '!deploy/start.mjs\n', '', /keeps deploy\/start.mjs out/],
  [
    'an alert on what nobody counts',
    'deploy/prometheus/alerts.yml',
    'stage="left-out"',
    'stage="lost"',
    /asks sightline_contributions_total for stage lost/,
  ],
  [
    'an app that operators do not see',
    'deploy/prometheus/prometheus.yml',
    /\n *- timeline/,
    '',
    /operators do not see every app/,
  ],
  [
    'a runbook that names what nothing says',
    'deploy/runbook.md',
    '`relay-waits`',
    '`relay-sleeps`',
    /relay-sleeps, which nothing says/,
  ],
  [
    'a runbook that names no service',
    'deploy/runbook.md',
    'docker compose run --rm rebuild',
    'docker compose run --rm rebuilds',
    /rebuilds, which is no service/,
  ],
];

describe('the deployment', () => {
  it('has no fault', () => {
    expect(faultsOf(files, known)).toEqual([]);
  });

  it.each(PLANTED)('with %s has one', (_what, file, from, to, said) => {
    const found = faultsOf(planted(file, from, to), known);
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
  });

  it('has a feed of its own for nobody else', () => {
    const more = {
      ...known,
      feeds: { ...known.feeds, 'health-adapter': [...known.feeds['health-adapter'], 'health-visits'] },
    };
    expect(faultsOf(files, more)).toEqual(['the proxy does not know the feed health-visits']);
  });
});

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const run = (file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(file, args, { env: { PATH: process.env['PATH'] ?? '', ...env } }, (error, out, err) =>
      resolve({ status: error ? Number(error.code ?? 1) : 0, out, err }),
    );
  });

describe('the entry of the image', () => {
  let folder: string;
  const start = (app: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    run(process.execPath, [join(folder, 'deploy/start.mjs'), ...(app === '' ? [] : [app])], env);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sightline-entry-'));
    await mkdir(join(folder, 'deploy'));
    await cp(ENTRY, join(folder, 'deploy/start.mjs'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    for (const [app, file] of Object.entries(APPS)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      const names = ['DATABASE_URL', 'DATABASE_OWNER_URL', 'DATABASE_ROLE_PASSWORDS', 'EVENT_STORE_URL'];
      await writeFile(
        join(folder, file),
        `import { readFileSync } from 'node:fs';
         const seen = Object.fromEntries(${JSON.stringify(names)}.map((name) => [name, process.env[name]]));
         const environment = process.platform === 'linux' ? readFileSync('/proc/self/environ', 'utf8') : '';
         console.log(JSON.stringify({ app: '${app}', ...seen, owner: environment.includes('the-owner') }));
         process.exit('${app}' === 'migrate' && process.env.FAIL ? 3 : 0);`,
      );
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const seenBy = ({ out }: Ended): Record<string, unknown>[] =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it.each(['', 'nobody', 'constructor', '../web'])('refuses %j with a sentence', async (app) => {
    const ended = await start(app);
    expect(ended.status).toBe(1);
    expect(ended.err).toBe(`Say which app to start, one of: ${Object.keys(APPS).join(', ')}.\n`);
    expect(ended.out).toBe('');
  });

  it.each(Object.keys(APPS))('starts %s', async (app) => {
    const ended = await start(app, { DATABASE_URL: 'postgres://own' });
    expect(ended).toMatchObject({ status: 0, err: '' });
    expect(seenBy(ended)).toEqual([{ app, DATABASE_URL: 'postgres://own', owner: false }]);
  });

  const withOwner = {
    DATABASE_URL: 'postgres://own',
    DATABASE_OWNER_URL: 'postgres://the-owner',
    DATABASE_ROLE_PASSWORDS: 'web=websecret1',
    EVENT_STORE_URL: 'esdb://store',
  };

  it('migrates first as the owner, whose address the app never has', async () => {
    const ended = await start('web', withOwner);
    expect(ended).toMatchObject({ status: 0, err: '' });
    expect(seenBy(ended)).toEqual([
      {
        app: 'migrate',
        DATABASE_URL: 'postgres://the-owner',
        DATABASE_ROLE_PASSWORDS: 'web=websecret1',
        EVENT_STORE_URL: 'esdb://store',
        owner: true,
      },
      { app: 'web', DATABASE_URL: 'postgres://own', EVENT_STORE_URL: 'esdb://store', owner: false },
    ]);
  });

  it('leaves a store in another database to its own migration', async () => {
    const [migrated] = seenBy(await start('audit', { ...withOwner, EVENT_STORE_URL: 'postgres://store' }));
    expect(migrated).not.toHaveProperty('EVENT_STORE_URL');
  });

  it('does not start an app whose migration failed', async () => {
    const ended = await start('web', { ...withOwner, FAIL: '1' });
    expect(ended.status).toBe(3);
    expect(seenBy(ended).map(({ app }) => app)).toEqual(['migrate']);
  });

  it('migrates once where nothing else is asked for', async () => {
    expect(seenBy(await start('migrate', withOwner))).toEqual([
      expect.objectContaining({
        app: 'migrate',
        DATABASE_URL: 'postgres://the-owner',
        DATABASE_ROLE_PASSWORDS: 'web=websecret1',
      }),
    ]);
  });
});

describe('the certificates of the engines', () => {
  it('are signed by the authority, for the names that the apps call them by, and renewed by the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sightline-certificates-'));
    const script = join(ROOT, 'deploy/make-certificates.sh');
    const openssl = (...args: string[]): Promise<Ended> => run('openssl', args, {});
    try {
      expect(await run('bash', [script, folder], {})).toMatchObject({ status: 0, err: '' });
      const authority = await readFile(join(folder, 'ca.crt'), 'utf8');
      expect((await run('bash', [script, folder], {})).status).toBe(0);
      expect(await readFile(join(folder, 'ca.crt'), 'utf8')).toBe(authority);
      for (const name of ['postgres', 'kafka', 'event-store']) {
        const certificate = join(folder, name, 'server.crt');
        const checked = await openssl(
          'verify',
          '-CAfile',
          join(folder, 'ca.crt'),
          '-verify_hostname',
          name,
          certificate,
        );
        expect(checked).toMatchObject({ status: 0 });
        const other = await openssl(
          'verify',
          '-CAfile',
          join(folder, 'ca.crt'),
          '-verify_hostname',
          'other',
          certificate,
        );
        expect(other.status).not.toBe(0);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
