import { Controller, Get, Header, Inject } from '@nestjs/common';
import { problemOf } from '../http/problem.js';
import { OpenToAll } from '../identity-of-caller/access-token.guard.js';

/** One thing that a process needs in order to answer. It resolves to false, or rejects, when that is not there. */
export interface HealthCheck {
  /** For the log, never for the caller. */
  readonly name: string;
  check(): Promise<boolean>;
}

export const HEALTH_CHECKS = Symbol('HEALTH_CHECKS');

/** Whether the process lives, and whether it can answer. Which part is missing is nobody's business outside. */
@OpenToAll()
@Controller('health')
export class HealthController {
  constructor(@Inject(HEALTH_CHECKS) private readonly checks: readonly HealthCheck[]) {}

  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'up' } {
    return { status: 'up' };
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  async ready(): Promise<{ status: 'up' }> {
    const answers = await Promise.all(this.checks.map((check) => check.check().catch(() => false)));
    if (!answers.every(Boolean)) throw problemOf(503);
    return { status: 'up' };
  }
}
