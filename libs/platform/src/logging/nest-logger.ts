import type { LoggerService } from '@nestjs/common';
import { describeError } from './logger.js';
import type { LogFields, Logger } from './logger.js';

/** Contexts in which Nest speaks of modules and routes only, while it starts. */
const FRAMEWORK = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'NestMicroservice',
]);

const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/**
 * Nest's logger over ours. Nest hands over free text, which may repeat what a request said; so text is written only
 * from the framework's own contexts and only until `started` is called, and of errors only what `describeError` tells.
 */
export class NestLogger implements LoggerService {
  private starting = true;

  constructor(private readonly logger: Logger) {}

  /** To be called when the process listens: from then on no free text is written. */
  started(): void {
    this.starting = false;
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug('framework', this.fields(message, rest));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug('framework', this.fields(message, rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.debug('framework', this.fields(message, rest));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn('framework', this.fields(message, rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error('framework', this.fields(message, rest));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.error('framework', this.fields(message, rest));
  }

  private fields(message: unknown, rest: readonly unknown[]): LogFields {
    const last = rest.at(-1);
    const context = typeof last === 'string' && /^[A-Za-z]{1,64}$/.test(last) ? last : undefined;
    const error = [message, ...rest].find((argument) => argument instanceof Error);
    const start = this.starting && context !== undefined && FRAMEWORK.has(context) && typeof message === 'string';
    return {
      ...(context !== undefined && { context }),
      ...(error !== undefined && describeError(error)),
      ...(start && { start: message.replace(ANSI, '') }),
    };
  }
}
