import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError } from '../logging/logger.js';
import type { Logger } from '../logging/logger.js';
import { traceOf } from '../trace/trace.js';
import { sendProblem } from './http-adapter.js';
import { Problem, problemOf } from './problem.js';

/** Status of errors that Fastify and the body parsers make. Theirs are below 500; anything else is our fault. */
const statusOf = (error: unknown): number => {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
};

/** Codes of Node and SQLSTATE classes that say "not now": the connection, the server's state, its limits. */
const NOT_NOW = /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|08...|53...|57P0.|55P03|40001|40P01)$/;

/** Whether an engine behind this process did not answer: nothing is known to have happened, and it may be tried again. */
export const isUnavailable = (error: unknown): boolean => {
  const { code, type, message } = (error ?? {}) as { code?: unknown; type?: unknown; message?: unknown };
  return (
    type === 'unavailable' ||
    (typeof code === 'string' && NOT_NOW.test(code)) ||
    (typeof message === 'string' &&
      /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed) and is not queryable)/.test(
        message,
      ))
  );
};

/** The problem that answers an error. Messages of errors that are not ours may repeat the request: they are dropped. */
export const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  if (isUnavailable(error)) return problemOf(503, { headers: { 'Retry-After': '1' } });
  const status = statusOf(error);
  // A status that the table lacks keeps its class: a strange 4xx is the caller's, not ours.
  return problemOf(status >= 400 && status < 500 && problemOf(status).status === 500 ? 400 : status);
};

/** The one filter: every error of every route, and every unknown route, is answered as problem+json (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const problem = toProblem(error);
    if (problem.status >= 500 && !(error instanceof Problem)) {
      const trace = traceOf(http.getRequest<FastifyRequest>());
      this.logger.error('request-failed', { trace, status: problem.status, ...describeError(error) });
    }
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    sendProblem(reply, problem);
  }
}
