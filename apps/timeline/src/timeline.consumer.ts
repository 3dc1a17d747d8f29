import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { BusMessage } from '#bus';
import { describeError, type Logger } from '#platform';
import { fileContributions, type FilingWriters } from './file-contributions.js';

export const FILING_WRITERS = Symbol('FILING_WRITERS');
export const FILING_LOGGER = Symbol('FILING_LOGGER');

/** Takes contributions off the bus and files them. */
@Controller()
export class TimelineConsumer {
  constructor(
    @Inject(FILING_WRITERS) private readonly writers: FilingWriters,
    @Inject(FILING_LOGGER) private readonly logger: Logger,
  ) {}

  @EventPattern('contributions')
  async file(@Payload() messages: readonly BusMessage[]): Promise<void> {
    await fileContributions(this.writers, messages, (kind, error) =>
      this.logger.error('stream-not-written', { stream: kind, ...describeError(error) }),
    );
  }
}
