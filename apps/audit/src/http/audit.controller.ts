import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { isUuid } from '#contracts';
import { JsonPipe, Problem, RequireScope } from '#platform';
import { NotInView } from '../looks/find-reads.js';
import { AuditorGuard, CurrentAuditor } from '../people/auditor.guard.js';
import type { Auditor } from '../people/auditors.js';
import { AuditDesk, LookNotRecorded } from '../replays/audit-desk.js';
import { readReadSearch, readReplay } from './questions.js';

/** What an auditor asks. Everybody else is refused alike, whatever is asked. */
@Controller('v1/audit')
@UseGuards(AuditorGuard)
export class AuditController {
  constructor(@Inject(AuditDesk) private readonly desk: AuditDesk) {}

  /** The chronology of a child as a viewer would have had it at a recorded time. */
  @Post('replays')
  @HttpCode(200)
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  replay(@CurrentAuditor() auditor: Auditor, @Body(JsonPipe) body: unknown) {
    return answered(() => this.desk.replay(auditor, readReplay(body)));
  }

  /** Who looked at a child, or what a person looked at, newest first. */
  @Post('read-searches')
  @HttpCode(200)
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  searchReads(@CurrentAuditor() auditor: Auditor, @Body(JsonPipe) body: unknown) {
    return answered(() => this.desk.searchReads(auditor, readReadSearch(body)));
  }

  /** One recorded look, and what it showed. */
  @Get('reads/:readId')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  read(@CurrentAuditor() auditor: Auditor, @Param('readId') readId: string) {
    if (!isUuid(readId)) throw new Problem(404, 'no-such-read', 'No read of this id is recorded');
    return answered(() => this.desk.read(auditor, readId));
  }
}

const answered = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LookNotRecorded) {
      throw new Problem(503, 'not-recorded', 'The look could not be recorded, so nothing is shown; try again');
    }
    if (error instanceof NotInView) {
      throw new Problem(503, 'not-in-view', 'What was recorded is not in view yet; try again');
    }
    throw error;
  }
};
