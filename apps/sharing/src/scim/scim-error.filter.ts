import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError, LOGGER, Problem, toProblem, traceOf, type Logger } from '#platform';
import { ScimRefused } from './scim-error.js';

export const SCIM_MEDIA_TYPE = 'application/scim+json';

/** Errors in the form of RFC 7644, 3.12. Their words are fixed: nothing that was sent comes back. */
@Catch()
export class ScimErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const refused = error instanceof ScimRefused ? error : null;
    const problem = refused ? null : toProblem(error);
    const status = refused?.status ?? problem!.status;
    if (status >= 500 && !(error instanceof Problem)) {
      const trace = traceOf(http.getRequest<FastifyRequest>());
      this.logger.error('request-failed', { trace, status, ...describeError(error) });
    }
    const scimType = refused?.scimType ?? (problem?.slug === 'not-json' ? 'invalidSyntax' : undefined);
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      ...(scimType === undefined ? {} : { scimType }),
      detail: refused?.detail ?? problem!.title,
    };
    void http
      .getResponse<FastifyReply>()
      .status(status)
      .headers({ ...problem?.headers, 'Cache-Control': 'no-store' })
      .header('Content-Type', SCIM_MEDIA_TYPE)
      .send(Buffer.from(JSON.stringify(body)));
  }
}
