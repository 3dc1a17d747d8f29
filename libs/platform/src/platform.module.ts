import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { HEALTH_CHECKS, HealthController } from './health/health.controller.js';
import type { HealthCheck } from './health/health.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { AccessTokenGuard, VERIFY_ACCESS_TOKEN } from './identity-of-caller/access-token.guard.js';
import type { VerifyAccessToken } from './identity-of-caller/verify-access-token.js';
import type { Logger } from './logging/logger.js';

/** The process's `Logger`, for whoever injects it. */
export const LOGGER = Symbol('LOGGER');

export interface PlatformOptions {
  readonly logger: Logger;
  readonly verifyAccessToken: VerifyAccessToken;
  readonly healthChecks?: readonly HealthCheck[];
}

/** What every process mounts once: problem+json, the guard before every route, health, and the logger. */
@Module({})
export class PlatformModule {
  static forRoot({ logger, verifyAccessToken, healthChecks = [] }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: VERIFY_ACCESS_TOKEN, useValue: verifyAccessToken },
        { provide: HEALTH_CHECKS, useValue: healthChecks },
        { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
        { provide: APP_GUARD, useClass: AccessTokenGuard },
      ],
      exports: [LOGGER, VERIFY_ACCESS_TOKEN],
    };
  }
}
