import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { CurrentCaller, Problem, RequireScope, type Caller } from '#platform';
import { ReadNotRecorded } from '../reading/read-chronology.js';
import { QuarantineReader } from './quarantine-reader.js';

/** What could not be read, for those who keep the feeds of the organisation that sent it. */
@Controller('v1/quarantine')
export class QuarantineItemController {
  constructor(@Inject(QuarantineReader) private readonly reader: QuarantineReader) {}

  /** An item with what stood there. Looking is recorded before anything leaves. */
  @Get(':id')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async show(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    try {
      const item = await this.reader.read(caller.subject, id);
      if (!item) throw new Problem(404, 'no-such-item', 'Your organisation has no such item in quarantine');
      return item;
    } catch (error) {
      if (!(error instanceof ReadNotRecorded)) throw error;
      throw new Problem(503, 'not-recorded', 'The look could not be recorded, so nothing is shown; try again');
    }
  }
}
