import 'reflect-metadata';
import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { BusTransport, type Bus } from '#bus';
import {
  keepErrorsLocal,
  openBus,
  openDatabase,
  openDataSource,
  openEventStore,
  pgPool,
  type Database,
} from '#engines';
import type { EventStore } from '#event-sourcing';
import { IntakeModule, profileDirectory, readRegistry, type FeedDefinition, type Registry } from '#intake';
import {
  Closing,
  createHttpAdapter,
  createLogger,
  createTokenVerifier,
  keyFolderOf,
  localKeys,
  mountIssuer,
  NestLogger,
  observeAppends,
  openFileKeyService,
  openOperations,
  PlatformModule,
  readIssuerKeys,
  recordedNow,
  remoteKeys,
  untilAnswered,
  type Configuration,
  type IssuerPerson,
  type KeyService,
  type Logger,
} from '#platform';
import { AuditModule } from '#apps/audit';
import { feeds as educationFeeds } from '#apps/education-adapter';
import { feeds as healthFeeds } from '#apps/health-adapter';
import { feeds as policeFeeds } from '#apps/police-adapter';
import { feeds as socialCareFeeds } from '#apps/social-care-adapter';
import { projectionIsLevel, sharingEntities, SharingModule } from '#apps/sharing';
import { TimelineModule } from '#apps/timeline';
import { WebModule } from '#apps/web';
import { makeDevelopmentKeys } from './development-keys.js';
import { passwordsByRole, roleNameOf, type AppRole } from './hub-roles.js';
import { clientSecretOf, openIssuer } from './issuer.js';
import { prepareDatabase } from './prepare-database.js';
import { setClock } from './set-clock.js';

export const ADAPTER_FEEDS: readonly FeedDefinition[] = [
  ...policeFeeds,
  ...healthFeeds,
  ...educationFeeds,
  ...socialCareFeeds,
];

export interface StartHubOptions {
  readonly configuration: Configuration;
  readonly logger?: Logger;
  /** Recorded time at which a new hub begins (development and tests). */
  readonly firstTime?: Date;
  /** Whom the sign-in page of the development issuer lists. */
  readonly people?: readonly IssuerPerson[];
}

export interface Hub {
  readonly url: string;
  readonly database: Database;
  readonly registry: Registry;
  /** Every route that the server answers, as its router took them in. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** Secret of each connector at the development issuer; empty where another issuer is named. */
  readonly connectorSecret: (clientId: string) => string;
  close(): Promise<void>;
}

/** Uses whichever of these holds the key asked for. */
const anyOf = (services: readonly KeyService[]): KeyService => {
  const holders = new Map<string, KeyService>();
  const first = async <T>(name: string, ask: (service: KeyService) => Promise<T>): Promise<T> => {
    const holder = holders.get(name);
    if (holder) return ask(holder);
    let refused: unknown;
    for (const service of services) {
      try {
        const held = await ask(service);
        holders.set(name, service);
        return held;
      } catch (error) {
        refused = error;
      }
    }
    throw refused;
  };
  return {
    publicKeyOf: (recipient) => first(`public ${recipient}`, (service) => service.publicKeyOf(recipient)),
    privateKeyOf: (recipient, kid) =>
      first(`private ${recipient} ${kid}`, (service) => service.privateKeyOf(recipient, kid)),
    secret: (name) => first(`secret ${name}`, (service) => service.secret(name)),
  };
};

const ADAPTERS: readonly AppRole[] = ['police-adapter', 'health-adapter', 'education-adapter', 'social-care-adapter'];

@Module({})
class HubModule {
  static of(imports: DynamicModule[]): DynamicModule {
    return { module: HubModule, imports };
  }
}

/**
 * Every module in one process: on the engines that the configuration names, embedded ones unless told otherwise. The
 * pools of all its roles together hold at most 30 connections.
 */
export const startHub = async ({
  configuration,
  firstTime,
  people = [],
  ...options
}: StartHubOptions): Promise<Hub> => {
  const logger =
    options.logger ?? createLogger({ app: 'hub', instance: configuration.instance, level: configuration.logLevel });
  const closing = new Closing();
  try {
    return await open(configuration, logger, closing, firstTime, people);
  } catch (error) {
    await closing.run();
    throw error;
  }
};

const HUB_NAME = 'hub';

const open = async (
  configuration: Configuration,
  logger: Logger,
  closing: Closing,
  firstTime: Date | undefined,
  people: readonly IssuerPerson[],
): Promise<Hub> => {
  const registry = await readRegistry(configuration.registryFile);
  await makeDevelopmentKeys(configuration.keysDir, registry);
  const database = await untilAnswered(() =>
    openDatabase(configuration.databaseUrl, {
      log: (line) => logger.info('database', { start: line }),
      rolePasswords: passwordsByRole(configuration.rolePasswords),
    }),
  );
  closing.add(() => database.stop());
  await untilAnswered(() => prepareDatabase(database, registry));

  const poolOf = (app: AppRole, max: number): pg.Pool => {
    const pool = keepErrorsLocal(
      new pg.Pool({
        connectionString: database.urlOf(roleNameOf(app)),
        application_name: roleNameOf(app),
        max,
        keepAlive: true,
        connectionTimeoutMillis: 5000,
      }),
    );
    closing.add(() => pool.end());
    return pool;
  };
  const intakePool = poolOf('intake', 6);
  const sharing = await untilAnswered(() =>
    openDataSource({
      url: database.urlOf(roleNameOf('sharing')),
      poolSize: 8,
      applicationName: roleNameOf('sharing'),
      entities: sharingEntities,
      migrations: [],
    }),
  );
  closing.add(() => sharing.destroy());
  const sharingPool = pgPool(sharing);
  if (firstTime) await untilAnswered(() => setClock(database, configuration, firstTime, { onlyWhenNew: true }));
  const storeOf = async (app: AppRole): Promise<EventStore> => {
    const store = observeAppends(
      await untilAnswered(() =>
        openEventStore({
          eventStoreUrl: configuration.eventStoreUrl,
          databaseUrl: database.urlOf(roleNameOf(app)),
          applicationName: `${roleNameOf(app)}_store`,
          hub: HUB_NAME,
          clock: sharingPool,
        }),
      ),
    );
    closing.add(() => store.close());
    return store;
  };
  const timelineStore = await storeOf('timeline');
  const sharingStore = await storeOf('sharing');
  const auditStore = await storeOf('audit');
  const bus: Bus = openBus({
    busUrl: configuration.busUrl,
    security: configuration.busSecurity,
    clientId: 'hub',
    log: (line) => logger.warn(line),
  });

  const issuerKeys = configuration.developmentIssuer ? await readIssuerKeys(configuration.keysDir) : undefined;
  const connectorSecret = (clientId: string): string => (issuerKeys ? clientSecretOf(issuerKeys, clientId) : '');
  const webClientSecret = issuerKeys ? connectorSecret(configuration.webClientId) : configuration.webClientSecret;
  const keysOf = (app: string) => openFileKeyService(join(configuration.keysDir, keyFolderOf(app)));
  const operations = await openOperations({
    app: 'hub',
    configuration,
    checks: [
      {
        name: 'database',
        check: async () => (await sharingPool.query('select projection.live()')).rows.length === 1,
      },
      { name: 'projection', check: projectionIsLevel(sharingPool, sharingStore) },
    ],
    pools: { intake: intakePool, sharing: sharingPool },
  });
  closing.add(() => operations.close());
  const app = await NestFactory.create<NestFastifyApplication>(
    HubModule.of([
      PlatformModule.forRoot({
        logger,
        verifyAccessToken: createTokenVerifier({
          issuer: configuration.issuerUrl,
          audience: configuration.audience,
          keys: issuerKeys ? localKeys(issuerKeys) : remoteKeys(configuration.issuerUrl),
        }),
        readiness: operations.readiness,
      }),
      IntakeModule.register({
        feeds: ADAPTER_FEEDS,
        registry,
        keyService: anyOf(ADAPTERS.map(keysOf)),
        pool: intakePool,
        relayPool: poolOf('intake', 1),
        bus,
        logger,
        inboxLimit: configuration.inboxLimit,
        relayAll: true,
        people: profileDirectory(configuration.apiUrl),
      }),
      TimelineModule.register({
        store: timelineStore,
        hub: HUB_NAME,
        now: () => recordedNow(sharingPool),
        logger,
      }),
      await untilAnswered(() =>
        SharingModule.register({
          dataSource: sharing,
          store: sharingStore,
          keys: keysOf('sharing'),
          registry,
          logger,
          hub: HUB_NAME,
          instance: configuration.instance,
        }),
      ),
      await AuditModule.register({
        pool: poolOf('audit', 2),
        store: auditStore,
        keys: keysOf('audit'),
        registry,
        hub: HUB_NAME,
        instance: configuration.instance,
      }),
      await WebModule.register({
        pool: poolOf('web', 3),
        keys: keysOf('web'),
        logger,
        environment: configuration.environment,
        webUrl: configuration.hubUrl,
        apiUrl: configuration.apiUrl,
        adapterUrls: configuration.adapterUrls,
        issuerUrl: configuration.issuerUrl,
        clientId: configuration.webClientId,
        ...(webClientSecret === undefined ? {} : { clientSecret: webClientSecret }),
      }),
    ]),
    createHttpAdapter({ bodies: 'stream' }),
    { bodyParser: false, logger: new NestLogger(logger) },
  );
  const server = app.getHttpAdapter().getInstance();
  const routes: { method: string; path: string }[] = [];
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, path: url });
  });
  if (issuerKeys) await mountIssuer(server, '/issuer', openIssuer(configuration, registry, issuerKeys, people));
  app.connectMicroservice({ strategy: new BusTransport({ bus, group: 'timeline', batchSize: 500 }) });
  // The relay may wait at a full bus: it is closed first, so that nothing waits for the other.
  closing.add(async () => {
    await bus.close();
    await app.close();
  });
  await app.startAllMicroservices();
  await app.listen(configuration.hubPort, configuration.hubHost);
  await operations.listen();
  closing.add(() => Promise.resolve(operations.drain()));
  return { url: configuration.hubUrl, database, registry, routes, connectorSecret, close: () => closing.run() };
};
