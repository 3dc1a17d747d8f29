import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { enginesOf } from '../config/engines-of.js';
import type { Configuration } from '../config/read-configuration.js';
import type { HealthCheck } from '../health/health.controller.js';
import { createHttpAdapter } from '../http/http-adapter.js';
import { createTokenVerifier, remoteKeys } from '../identity-of-caller/verify-access-token.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { NestLogger } from '../logging/nest-logger.js';
import { appKindOf, type PoolName, type WatchedPool } from '../observability/metrics.js';
import { openOperations } from '../observability/operations.js';
import { PlatformModule } from '../platform.module.js';
import { Closing } from './closing.js';
import { runProcess } from './run-process.js';
import { untilAnswered } from './until-answered.js';

/** What an app is made of, once what it needs is open. */
export interface AppParts {
  readonly module: DynamicModule;
  /** What the process needs in order to answer. */
  readonly checks: readonly HealthCheck[];
  /** Whose use the operators see. */
  readonly pools?: Readonly<Partial<Record<PoolName, WatchedPool>>>;
  /** Serves the app's `@EventPattern` handlers. */
  readonly transport?: CustomTransportStrategy;
  /** Adds what is no Nest module to the server, before it listens. */
  readonly mount?: (server: FastifyInstance) => Promise<void>;
  /** Closed before the app: whatever in it may be waiting for this. */
  readonly closeFirst?: () => Promise<void>;
}

export interface AppContext {
  readonly configuration: Configuration;
  readonly logger: Logger;
  /** Takes what `open` opened; closed after the app, last opened first, and before `open` is tried again. */
  readonly closing: Closing;
}

/**
 * Runs one app as a process of its own, on the engines that it needs: opens what it needs (again, while a database or store is still starting),
 * mounts its module behind the guard and problem+json, serves HTTP and its handlers, and drains on SIGTERM.
 */
export const runApp = (name: string, open: (context: AppContext) => Promise<AppParts>): Promise<void> => {
  const start = async (configuration: Configuration): Promise<() => Promise<void>> => {
    const logger = createLogger({ app: name, instance: configuration.instance, level: configuration.logLevel });
    const closing = new Closing();
    const parts = await untilAnswered(() =>
      open({ configuration, logger, closing }).catch(async (error: unknown) => {
        await closing.run();
        throw error;
      }),
    );
    const operations = await openOperations({
      app: appKindOf(name),
      configuration,
      checks: parts.checks,
      ...(parts.pools ? { pools: parts.pools } : {}),
    });
    const { issuerUrl: issuer, audience } = configuration;
    const platform = PlatformModule.forRoot({
      logger,
      verifyAccessToken: createTokenVerifier({ issuer, audience, keys: remoteKeys(issuer) }),
      readiness: operations.readiness,
    });
    const app = await NestFactory.create<NestFastifyApplication>(
      { module: class AppProcess {}, imports: [platform, parts.module] },
      createHttpAdapter({ bodies: 'stream' }),
      { bodyParser: false, logger: new NestLogger(logger) },
    );
    await parts.mount?.(app.getHttpAdapter().getInstance());
    if (parts.transport) app.connectMicroservice({ strategy: parts.transport });
    await app.startAllMicroservices();
    await app.listen(configuration.hubPort, configuration.hubHost);
    await operations.listen();
    return async () => {
      operations.drain();
      await parts.closeFirst?.();
      await app.close();
      await closing.run();
      await operations.close();
    };
  };
  return runProcess(name, start, { everyModule: false, needs: enginesOf(name) });
};
