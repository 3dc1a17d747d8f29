import { SETTINGS, readConfiguration } from './read-configuration.js';
import type { Configuration, ConfigurationProblem, ProcessKind } from './read-configuration.js';

type Env = Record<string, string>;

const hub = { everyModule: true };
const accepted = (env: Env, kind: ProcessKind = hub): Configuration => {
  const result = readConfiguration(env, kind);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.configuration;
};
const problems = (env: Env, kind: ProcessKind = hub): readonly ConfigurationProblem[] => {
  const result = readConfiguration(env, kind);
  return result.ok ? [] : result.problems;
};
const named = (env: Env, kind = hub): string[] => problems(env, kind).map(({ name }) => name);

const PRODUCTION: Env = {
  NODE_ENV: 'production',
  HUB_URL: 'https://hub.example',
  ISSUER_URL: 'https://login.example/tenant/',
  DATABASE_URL: 'postgres://db/sightline',
  EVENT_STORE_URL: 'esdb://store:2113',
  BUS_URL: 'kafka://bus:9092',
};

describe('readConfiguration', () => {
  it('has a default for everything', () => {
    const { instance, ...rest } = accepted({});
    expect(instance).toMatch(/^[0-9a-f]{8}$/);
    expect(rest).toEqual({
      environment: 'development',
      dataDir: './data',
      hubHost: '127.0.0.1',
      hubPort: 8080,
      hubUrl: 'http://127.0.0.1:8080',
      databaseUrl: 'embedded:data/postgres',
      rolePasswords: {},
      eventStoreUrl: 'embedded:',
      busUrl: 'embedded:',
      busSecurity: { tls: false },
      busTopics: { partitions: 16, replication: 1, retentionHours: 168 },
      keysDir: 'data/keys',
      issuerUrl: 'http://127.0.0.1:8080/issuer',
      developmentIssuer: true,
      audience: 'sightline',
      apiUrl: 'http://127.0.0.1:8080',
      adapterUrls: {},
      webClientId: 'sightline-web',
      registryFile: 'deploy/registry/development.json',
      logLevel: 'info',
      inboxLimit: 200_000,
      opsHost: '127.0.0.1',
      opsPort: 0,
    });
  });

  it('derives addresses and folders from what is given; an empty setting is absent', () => {
    expect(
      accepted({ DATA_DIR: '/var/lib/sl', HUB_HOST: '::', HUB_PORT: '9000', HUB_URL: '', INSTANCE: 'a-1' }),
    ).toMatchObject({
      hubUrl: 'http://127.0.0.1:9000',
      issuerUrl: 'http://127.0.0.1:9000/issuer',
      databaseUrl: 'embedded:/var/lib/sl/postgres',
      keysDir: '/var/lib/sl/keys',
      instance: 'a-1',
    });
    expect(accepted({ HUB_HOST: '::1' }).hubUrl).toBe('http://[::1]:8080');
    expect(accepted({ HUB_URL: 'https://hub.example/' }).issuerUrl).toBe('https://hub.example/issuer');
  });

  it('gives the pages the API of the hub and no secret, unless told otherwise', () => {
    expect(accepted({})).not.toHaveProperty('webClientSecret');
    expect(
      accepted({
        HUB_URL: 'https://pages.example/',
        API_URL: 'https://api.example/',
        ADAPTER_URLS: 'POLICE=http://one.example/, *=http://two.example',
        WEB_CLIENT_ID: 'pages',
        WEB_CLIENT_SECRET: 's3cret',
      }),
    ).toMatchObject({
      hubUrl: 'https://pages.example',
      apiUrl: 'https://api.example',
      adapterUrls: { POLICE: 'http://one.example', '*': 'http://two.example' },
      webClientId: 'pages',
      webClientSecret: 's3cret',
    });
    expect(accepted({ HUB_URL: 'https://hub.example/' }).apiUrl).toBe('https://hub.example');
  });

  it('takes a production with real engines, and refuses its development issuer and plain http', () => {
    expect(accepted(PRODUCTION, { everyModule: false })).toMatchObject({
      issuerUrl: 'https://login.example/tenant',
      developmentIssuer: false,
    });
    const { ISSUER_URL: _issuer, ...without } = PRODUCTION;
    expect(named(without)).toEqual(['ISSUER_URL']);
    expect(named({ ...PRODUCTION, ISSUER_URL: 'https://hub.example/issuer' })).toEqual(['ISSUER_URL']);
    expect(named({ ...PRODUCTION, ISSUER_URL: 'http://login.example' })).toEqual(['ISSUER_URL']);
    expect(named({ ...PRODUCTION, HUB_URL: '' })).toContain('HUB_URL');
  });

  it('refuses an embedded engine where not every module runs', () => {
    expect(named({}, { everyModule: false })).toEqual(['DATABASE_URL', 'EVENT_STORE_URL', 'BUS_URL']);
    expect(named({ ...PRODUCTION, BUS_URL: 'embedded:' }, { everyModule: false })).toEqual(['BUS_URL']);
    expect(named({ ...PRODUCTION, BUS_URL: 'embedded:' }, { everyModule: true })).toEqual([]);
  });

  it('reads how a bus is reached, and refuses what does not go together', () => {
    const kafka: Env = { BUS_URL: 'kafka://one:9092,[::1]:9093' };
    const sasl: Env = { ...kafka, BUS_SASL: 'scram-sha-512', BUS_USERNAME: 'timeline', BUS_PASSWORD: 's3cret' };
    expect(accepted(kafka).busSecurity).toEqual({ tls: false });
    expect(accepted({ ...sasl, BUS_TLS: 'on', BUS_CA_FILE: '/etc/ca.pem' }).busSecurity).toEqual({
      tls: true,
      caFile: '/etc/ca.pem',
      sasl: { mechanism: 'scram-sha-512', username: 'timeline', password: 's3cret' },
    });
    expect(
      accepted({ ...kafka, BUS_PARTITIONS: '64', BUS_REPLICATION: '3', BUS_RETENTION_HOURS: '24' }).busTopics,
    ).toEqual({ partitions: 64, replication: 3, retentionHours: 24 });
    expect(named({ BUS_TLS: 'on' })).toEqual(['BUS_TLS']);
    expect(named({ ...kafka, BUS_CA_FILE: 'ca.pem' })).toEqual(['BUS_CA_FILE']);
    expect(named({ ...sasl, BUS_URL: 'embedded:' })).toEqual(['BUS_SASL']);
    expect(named({ ...sasl, BUS_PASSWORD: '' })).toEqual(['BUS_PASSWORD']);
    expect(named({ ...sasl, BUS_USERNAME: '' })).toEqual(['BUS_USERNAME']);
    expect(named({ ...kafka, BUS_USERNAME: 'timeline', BUS_PASSWORD: 's3cret' })).toEqual([
      'BUS_USERNAME',
      'BUS_PASSWORD',
    ]);
    const production = { ...PRODUCTION, ...sasl };
    expect(named(production)).toEqual(['BUS_SASL']);
    expect(named({ ...production, BUS_TLS: 'on' })).toEqual([]);
    for (const BUS_URL of ['kafka://', 'kafka://one', 'kafka://one:9092,', 'kafka://u:p@one:9092', 'kafka://one:1/t']) {
      expect(named({ BUS_URL })).toEqual(['BUS_URL']);
    }
  });

  it('asks a process for the engines that it stands on, and for no other', () => {
    const kind = { everyModule: false, needs: ['DATABASE_URL', 'BUS_URL'] as const };
    expect(problems({}, kind).map(({ name }) => name)).toEqual(['DATABASE_URL', 'BUS_URL']);
    const given = { DATABASE_URL: 'postgres://db/sightline', BUS_URL: 'kafka://bus:9092' };
    expect(accepted(given, kind).eventStoreUrl).toBe('embedded:');
    expect(accepted({ ...given, EVENT_STORE_URL: 'esdb://user:secret@store:2113' }, kind).eventStoreUrl).toBe(
      'embedded:',
    );
  });

  it('names every bad setting and repeats no value', () => {
    const bad: Env = {
      NODE_ENV: 'secret-prod',
      DATA_DIR: 'secret\n',
      HUB_HOST: 'secret host',
      HUB_PORT: '80secret',
      HUB_URL: 'ftp://secret',
      DATABASE_URL: 'mysql://secret:secret@db',
      DATABASE_ROLE_PASSWORDS: 'timeline=a-secret-1,secret',
      EVENT_STORE_URL: 'secret:',
      BUS_URL: 'kafka://secret',
      BUS_TLS: 'secret',
      BUS_CA_FILE: 'secret\n',
      BUS_SASL: 'secret',
      BUS_USERNAME: 'secret',
      BUS_PASSWORD: 'secret\n',
      BUS_PARTITIONS: '0secret',
      BUS_REPLICATION: 'secret',
      BUS_RETENTION_HOURS: '1.5secret',
      ISSUER_URL: 'https://user:secret@issuer',
      API_URL: 'secret',
      ADAPTER_URLS: 'POLICE=https://adapter.example,HEALTH=secret',
      WEB_CLIENT_ID: 'secret client',
      WEB_CLIENT_SECRET: 'secret\n',
      LOG_LEVEL: 'secret',
      INBOX_LIMIT: '-1secret',
      OPS_HOST: 'secret host',
      OPS_PORT: '-secret',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:secret@collector',
      INSTANCE: 'Secret!',
    };
    expect(new Set(named(bad))).toEqual(new Set(Object.keys(bad)));
    expect(JSON.stringify(problems(bad))).not.toMatch(/[sS]ecret/);
    for (const port of ['0', '65536', '1e3', '-1', ' 80']) expect(named({ HUB_PORT: port })).toEqual(['HUB_PORT']);
  });

  it('takes passwords of roles, by app', () => {
    expect(accepted({ DATABASE_ROLE_PASSWORDS: 'timeline=one-two-3, police-adapter=a=b/c+d.e' }).rolePasswords).toEqual(
      {
        timeline: 'one-two-3',
        'police-adapter': 'a=b/c+d.e',
      },
    );
    expect(named({ DATABASE_ROLE_PASSWORDS: 'timeline=short' })).toEqual(['DATABASE_ROLE_PASSWORDS']);
  });

  it('takes a server for operators and a collector, which may be plain http beside the process', () => {
    const given = { OPS_HOST: '::', OPS_PORT: '9100', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/' };
    expect(accepted({ ...PRODUCTION, ...given }, { everyModule: false })).toMatchObject({
      opsHost: '::',
      opsPort: 9100,
      otlpEndpoint: 'http://127.0.0.1:4318',
    });
    expect(accepted({})).not.toHaveProperty('otlpEndpoint');
    expect(named({ OPS_PORT: '65536', OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://collector' })).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OPS_PORT',
    ]);
  });

  it('describes every setting', () => {
    for (const [name, { description }] of Object.entries(SETTINGS)) {
      expect([name, description]).toEqual([name, expect.stringMatching(/^.{10,}\.$/)]);
    }
  });
});
