import type { FastifyInstance } from 'fastify';
import { endedSpan } from '../trace/spans.js';
import { traceOf } from '../trace/trace.js';
import { METHODS, observeRequest, STATUS_CLASSES, type Method } from './metrics.js';
import { addRoute, routeOf } from './routes.js';

const methodOf = (method: string): Method => METHODS.find((one) => one === method) ?? 'OTHER';

const classOf = (status: number) => STATUS_CLASSES[Math.floor(status / 100) - 1] ?? '5xx';

/** Measures every request of a server, by the pattern of its route. To be called before it is given its routes. */
export const observeHttp = (server: Pick<FastifyInstance, 'addHook'>): void => {
  server.addHook('onRoute', ({ url }) => addRoute(url));
  server.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request.is404 ? undefined : request.routeOptions.url);
    const method = methodOf(request.method);
    observeRequest({ method, route, status: classOf(reply.statusCode) }, reply.elapsedTime / 1000);
    endedSpan(
      'request',
      reply.elapsedTime,
      () => traceOf(request),
      () => ({ route, method, status: reply.statusCode }),
    );
    done();
  });
};
