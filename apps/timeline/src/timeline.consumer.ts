import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { BusMessage } from '#bus';
import { fileContributions, type FilingWriters } from './file-contributions.js';

export const FILING_WRITERS = Symbol('FILING_WRITERS');

/** Takes contributions off the bus and files them. */
@Controller()
export class TimelineConsumer {
  constructor(@Inject(FILING_WRITERS) private readonly writers: FilingWriters) {}

  @EventPattern('contributions')
  async file(@Payload() messages: readonly BusMessage[]): Promise<void> {
    await fileContributions(this.writers, messages);
  }
}
