import { STATUS_CODES } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyServerOptions } from 'fastify';
import { PROBLEM_MEDIA_TYPE, problemOf } from './problem.js';
import type { Problem } from './problem.js';

/** Sends a problem as the whole answer. */
export const sendProblem = (reply: FastifyReply, problem: Problem): void => {
  void reply
    .status(problem.status)
    .headers({ ...problem.headers, 'Cache-Control': 'no-store' })
    .header('Content-Type', PROBLEM_MEDIA_TYPE)
    .send(Buffer.from(JSON.stringify(problem.toBody())));
};

const STATUS_OF_SOCKET_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const asRawAnswer = (problem: Problem): string => {
  const body = JSON.stringify(problem.toBody());
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
};

/** Milliseconds between two looks for connections that wait for nothing, while a server closes. */
const IDLE_MS = 50;

/**
 * A connection whose request is under way when the server begins to close would be kept for the next one: 72 seconds
 * with nothing to do, and the process waits for it.
 */
const endConnectionsOnClose = (server: FastifyInstance): void => {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    const idle = setInterval(() => server.server.closeIdleConnections(), IDLE_MS);
    server.server.once('close', () => clearInterval(idle));
    done();
  });
  server.addHook('onRequest', (_request, reply, done) => {
    if (closing) sendProblem(reply, problemOf(503, { headers: { 'Retry-After': '1' } }));
    else done();
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('Connection', 'close');
    done();
  });
};

export interface HttpAdapterOptions {
  /** Bytes that a body parser takes, 1 MiB when absent. */
  readonly bodyLimit?: number;
  /**
   * `stream` hands every body to its handler as a stream of bytes, whatever its media type, and limits nothing: the
   * handler does. Create the application with `bodyParser: false` then. `parsed`, the default, is Nest's own way.
   */
  readonly bodies?: 'parsed' | 'stream';
}

/**
 * The HTTP server of every process. What Fastify answers before any route, such as an address that cannot be decoded,
 * it would answer in its own form and with the address in it: here it is problem+json too.
 */
export const createHttpAdapter = ({
  bodyLimit = 1024 * 1024,
  bodies = 'parsed',
}: HttpAdapterOptions = {}): FastifyAdapter => {
  const options: FastifyServerOptions = {
    bodyLimit,
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply) =>
      sendProblem(reply as unknown as FastifyReply, problemOf(error.statusCode === 404 ? 404 : 400)),
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || socket.destroyed) return;
      if (socket.writable) socket.write(asRawAnswer(problemOf(STATUS_OF_SOCKET_ERROR[error.code] ?? 400)));
      socket.destroy();
    },
  };
  const adapter = new FastifyAdapter(options);
  const server = adapter.getInstance();
  endConnectionsOnClose(server);
  if (bodies === 'stream') {
    server.removeAllContentTypeParsers();
    // Leaving a loop over the body early must not destroy the request: its connection would hang.
    server.addContentTypeParser('*', (_request, payload, done) =>
      done(null, { [Symbol.asyncIterator]: () => payload.iterator({ destroyOnReturn: false }) }),
    );
    server.addHook('onResponse', (request, _reply, done) => {
      request.raw.resume();
      done();
    });
  }
  return adapter;
};
