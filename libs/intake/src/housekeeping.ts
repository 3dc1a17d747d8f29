import type { Pool } from 'pg';
import { describeError, type Logger } from '#platform';

const HOUR = 60 * 60 * 1000;

/** Once an hour: bytes that the store has held for a day leave the inbox, and attempts that nobody finished go. */
export class Housekeeping {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.tidy(), HOUR);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async tidy(): Promise<void> {
    try {
      await this.pool.query('select inbox.purge(), inbox.sweep()');
    } catch (error) {
      this.logger.warn('housekeeping-failed', describeError(error));
    }
  }
}
