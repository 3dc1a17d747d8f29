import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import type { HealthCheck } from './health/readiness.js';
import { ProblemFilter } from './http/problem.filter.js';
import { AccessTokenGuard, VERIFY_ACCESS_TOKEN } from './identity-of-caller/access-token.guard.js';
import type { VerifyAccessToken } from './identity-of-caller/verify-access-token.js';
import type { Logger } from './logging/logger.js';
import { observeHttp } from './observability/observe-http.js';

/** The process's `Logger`, for whoever injects it. */
export const LOGGER = Symbol('LOGGER');

export interface PlatformOptions {
  readonly logger: Logger;
  readonly verifyAccessToken: VerifyAccessToken;
  readonly healthChecks?: readonly HealthCheck[];
  /** In place of `healthChecks`, where operators are told the same. */
  readonly readiness?: Readiness;
}

const HTTP_OBSERVED = Symbol('HTTP_OBSERVED');

const observe = ({ httpAdapter }: HttpAdapterHost): true => {
  observeHttp(httpAdapter.getInstance<Parameters<typeof observeHttp>[0]>());
  return true;
};

/** What every process mounts once: problem+json, the guard before every route, health, and the logger. */
@Module({})
export class PlatformModule {
  static forRoot({
    logger,
    verifyAccessToken,
    healthChecks = [],
    readiness = new Readiness(healthChecks),
  }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: VERIFY_ACCESS_TOKEN, useValue: verifyAccessToken },
        { provide: Readiness, useValue: readiness },
        // As the module is made, and so before the server is given any route.
        { provide: HTTP_OBSERVED, useFactory: observe, inject: [HttpAdapterHost] },
        { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
        { provide: APP_GUARD, useClass: AccessTokenGuard },
      ],
      exports: [LOGGER, VERIFY_ACCESS_TOKEN],
    };
  }
}
