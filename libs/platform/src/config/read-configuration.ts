import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

export const ENVIRONMENTS = ['development', 'test', 'production'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const BUS_SASL_MECHANISMS = ['none', 'plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** How the brokers of a `kafka://` bus are reached. */
export interface BusSecuritySettings {
  readonly tls: boolean;
  /** File of the certificate authorities to trust; those that Node comes with when absent. */
  readonly caFile?: string;
  readonly sasl?: {
    readonly mechanism: Exclude<(typeof BUS_SASL_MECHANISMS)[number], 'none'>;
    readonly username: string;
    readonly password: string;
  };
}

/** How the topics of a `kafka://` bus are made. */
export interface BusTopicSettings {
  readonly partitions: number;
  readonly replication: number;
  readonly retentionHours: number;
}

/** Everything that a process may know of where it runs. Nothing else reads the environment. */
export interface Configuration {
  readonly environment: Environment;
  readonly dataDir: string;
  readonly hubHost: string;
  readonly hubPort: number;
  /** Without a slash at the end. */
  readonly hubUrl: string;
  readonly databaseUrl: string;
  /** Passwords of the apps' roles by app, where the owner of the database sets them; else they follow from its own. */
  readonly rolePasswords: Readonly<Record<string, string>>;
  readonly eventStoreUrl: string;
  readonly busUrl: string;
  readonly busSecurity: BusSecuritySettings;
  readonly busTopics: BusTopicSettings;
  readonly keysDir: string;
  readonly issuerUrl: string;
  /** Whether `issuerUrl` is the issuer that the hub itself mounts for development. */
  readonly developmentIssuer: boolean;
  readonly audience: string;
  /** Where the pages find the public API, without a slash at the end. */
  readonly apiUrl: string;
  /** Where the pages find the adapter of each kind of agency, `*` for every other; without a slash at the end. */
  readonly adapterUrls: Readonly<Record<string, string>>;
  /** What the pages are called at the issuer. */
  readonly webClientId: string;
  /** Absent for a public client, and for the development issuer, which the hub gives a secret of its own. */
  readonly webClientSecret?: string;
  readonly registryFile: string;
  readonly logLevel: LogLevel;
  readonly inboxLimit: number;
  /** Where operators reach health and metrics; port 0: nowhere. */
  readonly opsHost: string;
  readonly opsPort: number;
  /** Address of a collector of traces, without a slash at the end. Absent: none are made. */
  readonly otlpEndpoint?: string;
  readonly instance: string;
}

export interface ConfigurationProblem {
  /** Name of the setting. */
  readonly name: SettingName;
  /** A sentence that never repeats the value. */
  readonly reason: string;
}

export type ConfigurationResult =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** Every setting, what it is when absent, and what it does: the source of the settings reference. */
export const SETTINGS = {
  NODE_ENV: { default: 'development', description: 'development, test or production.' },
  DATA_DIR: { default: './data', description: 'Folder of everything that embedded engines and keys keep.' },
  HUB_HOST: { default: '127.0.0.1', description: 'Address to listen on.' },
  HUB_PORT: { default: '8080', description: 'Port to listen on, 1 to 65535.' },
  HUB_URL: {
    default: 'http://<HUB_HOST>:<HUB_PORT>',
    description: 'Address under which others reach this process; https in production.',
  },
  DATABASE_URL: {
    default: 'embedded:<DATA_DIR>/postgres',
    description: 'PostgreSQL: postgres://..., or embedded:FOLDER for the one that comes with the hub.',
  },
  DATABASE_ROLE_PASSWORDS: {
    default: 'derived from the password in DATABASE_URL',
    description: 'For the owner of the database alone: passwords of the apps in it, as app=password, parted by commas.',
  },
  EVENT_STORE_URL: {
    default: 'embedded:',
    description: 'Store of events: esdb://..., postgres://..., or embedded: for tables in the embedded PostgreSQL.',
  },
  BUS_URL: {
    default: 'embedded:',
    description: 'Bus: kafka://host:port with further ,host:port, or embedded: for one inside the process.',
  },
  BUS_TLS: { default: 'off', description: 'on or off: whether the brokers are reached over TLS.' },
  BUS_CA_FILE: {
    default: 'none',
    description: 'File (PEM) of the authorities that sign for the brokers; without it those that Node comes with.',
  },
  BUS_SASL: {
    default: 'none',
    description:
      'none, plain, scram-sha-256 or scram-sha-512: how a process proves itself to the brokers; in production over TLS.',
  },
  BUS_USERNAME: { default: 'none', description: 'Name of the process at the brokers; with BUS_SASL only.' },
  BUS_PASSWORD: { default: 'none', description: 'Password that goes with BUS_USERNAME.' },
  BUS_PARTITIONS: {
    default: '16',
    description: 'Partitions of the topic of contributions, 1 to 1000: as many processes may share the work.',
  },
  BUS_REPLICATION: { default: '1', description: 'Brokers that hold each partition, 1 to 9; 3 in production.' },
  BUS_RETENTION_HOURS: {
    default: '168',
    description: 'Hours for which the brokers keep a contribution, 1 to 87600; the inbox is the record.',
  },
  KEYS_DIR: { default: '<DATA_DIR>/keys', description: 'Folder of key files; each app reads its own folder in it.' },
  ISSUER_URL: {
    default: '<HUB_URL>/issuer',
    description: 'OAuth 2.0 issuer of access tokens. The default is the development issuer, refused in production.',
  },
  AUDIENCE: { default: 'sightline', description: 'Audience that an access token must name.' },
  API_URL: { default: '<HUB_URL>', description: 'Address at which the pages find the public API.' },
  ADAPTER_URLS: {
    default: '*=<API_URL>',
    description:
      'Where the pages find the adapters, by kind of agency (POLICE=https://...), parted by commas; * for every other kind.',
  },
  WEB_CLIENT_ID: { default: 'sightline-web', description: 'Client id of the pages at the issuer.' },
  WEB_CLIENT_SECRET: {
    default: 'none',
    description: 'Secret of the pages at the issuer. Without one they are a public client, proved by PKCE alone.',
  },
  REGISTRY_FILE: {
    default: 'deploy/registry/development.json',
    description: 'Registered organisations, their feeds and connectors.',
  },
  LOG_LEVEL: { default: 'info', description: 'debug, info, warn or error: the least that is logged.' },
  INBOX_LIMIT: {
    default: '200000',
    description: 'Contributions that may be accepted and not yet filed; above it submissions are answered with 503.',
  },
  OPS_HOST: {
    default: '127.0.0.1',
    description: 'Address of the server for operators (health, metrics), which asks nobody who he is.',
  },
  OPS_PORT: { default: '0', description: 'Port of the server for operators, 1 to 65535; 0: there is none.' },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    default: 'none',
    description: 'Collector that takes traces by OTLP over HTTP, without /v1/traces. Without one no spans are made.',
  },
  INSTANCE: {
    default: 'eight random hex digits',
    description: 'Name of this process, of its log lines and of its stream of read records.',
  },
} as const satisfies Record<string, { default: string; description: string }>;

export type SettingName = keyof typeof SETTINGS;

export type EngineSetting = 'DATABASE_URL' | 'EVENT_STORE_URL' | 'BUS_URL';

export interface ProcessKind {
  /** Whether every module runs in this process, as in the hub. Without it embedded engines are refused. */
  readonly everyModule: boolean;
  /** Engines that this process stands on; all when absent. It is told nothing of the others. */
  readonly needs?: readonly EngineSetting[];
}

const ENGINES = {
  DATABASE_URL: ['embedded:', 'postgres://', 'postgresql://'],
  EVENT_STORE_URL: ['embedded:', 'esdb://', 'esdb+discover://', 'postgres://', 'postgresql://'],
  BUS_URL: ['embedded:', 'kafka://'],
} as const;

/** Brokers by name, address or [IPv6 address], each with its port, and nothing after them. */
const KAFKA_ADDRESS =
  /^kafka:\/\/(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}(?:,(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5})*\/?$/;

const httpUrl = (text: string): URL | undefined => {
  const url = URL.parse(text);
  const plain = url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password;
  return plain ? url : undefined;
};

const withoutSlash = (text: string): string => text.replace(/\/+$/, '');

/** A browser or connector cannot reach "every address", and an IPv6 address stands in brackets. */
const reachable = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};

/**
 * The one function that reads the environment. An absent or empty setting takes its default. Problems name settings
 * and never repeat a value. In production the development issuer is refused; a process that does not run every module
 * is refused embedded engines everywhere.
 */
export const readConfiguration = (
  env: Readonly<Record<string, string | undefined>>,
  process: ProcessKind = { everyModule: false },
): ConfigurationResult => {
  const problems: ConfigurationProblem[] = [];
  const refuse = (name: SettingName, reason: string): void => void problems.push({ name, reason });

  const given = (name: SettingName): string | undefined => env[name] || undefined;
  const text = (name: SettingName, fallback: string = SETTINGS[name].default): string => {
    const value = given(name);
    // eslint-disable-next-line no-control-regex
    if (value !== undefined && /[\u0000-\u001f\u007f]/.test(value)) refuse(name, 'holds a control character');
    return value ?? fallback;
  };
  const oneOf = <T extends string>(name: SettingName, allowed: readonly T[]): T => {
    const value = text(name);
    const found = allowed.find((word) => word === value);
    if (found === undefined) refuse(name, `is none of ${allowed.join(', ')}`);
    return found ?? (SETTINGS[name].default as T);
  };
  const integer = (name: SettingName, least: number, most: number): number => {
    const value = text(name);
    const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most)) refuse(name, `is no whole number from ${least} to ${most}`);
    return number;
  };
  const address = (name: SettingName, fallback: string): string => {
    const value = withoutSlash(text(name, fallback));
    const url = httpUrl(value);
    if (!url) refuse(name, 'is no http or https address without query, fragment and password');
    else if (environment === 'production' && url.protocol !== 'https:') refuse(name, 'must be https in production');
    return value;
  };
  const engine = (name: keyof typeof ENGINES, fallback: string): string => {
    if (process.needs && !process.needs.includes(name)) return fallback;
    const value = text(name, fallback);
    if (!ENGINES[name].some((scheme) => value.startsWith(scheme))) {
      refuse(name, `starts with none of ${ENGINES[name].join(', ')}`);
    } else if (value.startsWith('embedded:') && !process.everyModule) {
      refuse(name, 'is an embedded engine, which only the hub (every module in one process) may use');
    }
    return value;
  };

  /** What only makes sense together with something else. */
  const needs = (name: SettingName, met: boolean, reason: string): void => {
    if (given(name) !== undefined && !met) refuse(name, reason);
  };
  const busSecurityOf = (busUrl: string): BusSecuritySettings => {
    const kafka = busUrl.startsWith('kafka://');
    const tls = oneOf('BUS_TLS', ['on', 'off']) === 'on';
    const mechanism = oneOf('BUS_SASL', BUS_SASL_MECHANISMS);
    if (tls && !kafka) refuse('BUS_TLS', 'is on, and BUS_URL is not kafka://');
    needs('BUS_CA_FILE', tls, 'is given, and BUS_TLS is not on');
    const caFile = given('BUS_CA_FILE') === undefined ? {} : { caFile: text('BUS_CA_FILE') };
    if (mechanism === 'none') {
      needs('BUS_USERNAME', false, 'is given, and BUS_SASL is none');
      needs('BUS_PASSWORD', false, 'is given, and BUS_SASL is none');
      return { tls, ...caFile };
    }
    if (!kafka) refuse('BUS_SASL', 'is given, and BUS_URL is not kafka://');
    else if (!tls && environment === 'production') refuse('BUS_SASL', 'needs BUS_TLS to be on in production');
    for (const name of ['BUS_USERNAME', 'BUS_PASSWORD'] as const) {
      if (given(name) === undefined) refuse(name, 'is absent, and BUS_SASL needs it');
    }
    return { tls, ...caFile, sasl: { mechanism, username: text('BUS_USERNAME'), password: text('BUS_PASSWORD') } };
  };

  const busOf = (): Pick<Configuration, 'busUrl' | 'busSecurity' | 'busTopics'> => {
    const busUrl = engine('BUS_URL', SETTINGS.BUS_URL.default);
    if (busUrl.startsWith('kafka://') && !KAFKA_ADDRESS.test(busUrl)) {
      refuse('BUS_URL', 'is no kafka://host:port with further ,host:port');
    }
    const busTopics = {
      partitions: integer('BUS_PARTITIONS', 1, 1000),
      replication: integer('BUS_REPLICATION', 1, 9),
      retentionHours: integer('BUS_RETENTION_HOURS', 1, 87_600),
    };
    return { busUrl, busSecurity: busSecurityOf(busUrl), busTopics };
  };

  const environment = oneOf('NODE_ENV', ENVIRONMENTS);
  const dataDir = text('DATA_DIR');
  const hubHost = text('HUB_HOST');
  const hubPort = integer('HUB_PORT', 1, 65_535);
  if (!/^[A-Za-z0-9.:-]+$/.test(hubHost)) refuse('HUB_HOST', 'is no address or host name');
  const derivedUrl = `http://${reachable(hubHost)}:${hubPort}`;
  const hubUrl = given('HUB_URL') || environment === 'production' ? address('HUB_URL', derivedUrl) : derivedUrl;
  const derivedIssuer = `${hubUrl}/issuer`;
  const issuerUrl = given('ISSUER_URL') ? address('ISSUER_URL', derivedIssuer) : derivedIssuer;
  const developmentIssuer = issuerUrl === derivedIssuer;
  if (environment === 'production' && developmentIssuer) {
    refuse('ISSUER_URL', 'is the development issuer, which production does not take');
  }
  const apiUrl = given('API_URL') ? address('API_URL', hubUrl) : hubUrl;
  const adapterUrls: Record<string, string> = {};
  for (const part of (given('ADAPTER_URLS') ?? '').split(',').filter(Boolean)) {
    const [, kind, url = ''] = /^\s*([A-Z_]+|\*)=(\S+)\s*$/.exec(part) ?? [];
    const isTaken = httpUrl(url) && (environment !== 'production' || url.startsWith('https:'));
    if (kind === undefined || !isTaken) {
      refuse('ADAPTER_URLS', 'is no list of KIND=http or https address (production: https), parted by commas');
    } else adapterUrls[kind] = withoutSlash(url);
  }
  const webClientId = text('WEB_CLIENT_ID');
  if (!/^[\x21-\x7e]{1,255}$/.test(webClientId)) refuse('WEB_CLIENT_ID', 'is no client id');
  const webClientSecret = given('WEB_CLIENT_SECRET') === undefined ? undefined : text('WEB_CLIENT_SECRET');
  const rolePasswords: Record<string, string> = {};
  for (const part of (given('DATABASE_ROLE_PASSWORDS') ?? '').split(',').filter(Boolean)) {
    const [, app, password] = /^([a-z][a-z-]*)=([\x21-\x2b\x2d-\x7e]{8,200})$/.exec(part.trim()) ?? [];
    if (app === undefined || password === undefined) {
      refuse('DATABASE_ROLE_PASSWORDS', 'is no list of app=password, parted by commas, of 8 characters or more');
    } else rolePasswords[app] = password;
  }
  const opsHost = text('OPS_HOST');
  if (!/^[A-Za-z0-9.:-]+$/.test(opsHost)) refuse('OPS_HOST', 'is no address or host name');
  const otlpEndpoint = given('OTEL_EXPORTER_OTLP_ENDPOINT') && withoutSlash(text('OTEL_EXPORTER_OTLP_ENDPOINT'));
  if (otlpEndpoint !== undefined && !httpUrl(otlpEndpoint)) {
    refuse('OTEL_EXPORTER_OTLP_ENDPOINT', 'is no http or https address without query, fragment and password');
  }
  const instance = text('INSTANCE', randomBytes(4).toString('hex'));
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(instance)) {
    refuse('INSTANCE', 'is not 1 to 40 lower-case letters, digits and hyphens');
  }

  const configuration: Configuration = {
    environment,
    dataDir,
    hubHost,
    hubPort,
    hubUrl,
    databaseUrl: engine('DATABASE_URL', `embedded:${join(dataDir, 'postgres')}`),
    rolePasswords,
    eventStoreUrl: engine('EVENT_STORE_URL', SETTINGS.EVENT_STORE_URL.default),
    ...busOf(),
    keysDir: text('KEYS_DIR', join(dataDir, 'keys')),
    issuerUrl,
    developmentIssuer,
    audience: text('AUDIENCE'),
    apiUrl,
    adapterUrls,
    webClientId,
    ...(webClientSecret === undefined ? {} : { webClientSecret }),
    registryFile: text('REGISTRY_FILE'),
    logLevel: oneOf('LOG_LEVEL', LOG_LEVELS),
    inboxLimit: integer('INBOX_LIMIT', 1, 999_999_999),
    opsHost,
    opsPort: integer('OPS_PORT', 0, 65_535),
    ...(otlpEndpoint === undefined ? {} : { otlpEndpoint }),
    instance,
  };
  return problems.length === 0 ? { ok: true, configuration } : { ok: false, problems };
};
