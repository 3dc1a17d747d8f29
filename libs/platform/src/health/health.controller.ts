import { Controller, Get, Header, Inject } from '@nestjs/common';
import { problemOf } from '../http/problem.js';
import { OpenToAll } from '../identity-of-caller/access-token.guard.js';
import { Readiness } from './readiness.js';

export type { HealthCheck } from './readiness.js';

/** Whether the process lives, and whether it can answer. Which part is missing is nobody's business outside. */
@OpenToAll()
@Controller('health')
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'up' } {
    return { status: 'up' };
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  async ready(): Promise<{ status: 'up' }> {
    if ((await this.readiness.missing()).length > 0) throw problemOf(503);
    return { status: 'up' };
  }
}
