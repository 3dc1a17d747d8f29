import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Target {
  /** Ports of the processes that may answer, in groups: the next group is asked where one answers 404. */
  readonly groups: readonly (readonly number[])[];
  /** The address that they are asked for. */
  readonly path: string;
}

/** Where a request goes, by its path and the token that it carries. */
export type Route = (path: string, authorization: string | undefined) => Target;

const PATIENCE_MS = 15_000;
/** A process that could not be reached is left out for a while. */
const AVOID_MS = 1000;

type Outcome = { readonly answer: IncomingMessage } | { readonly failed: 'unreachable' | 'broken' | 'late' };

/**
 * A reverse proxy for development: one address before the processes of every app, several of each in turn. A process
 * that cannot be reached is passed over; what broke off in mid-answer is not sent twice.
 */
export class ReverseProxy {
  private readonly server: Server;
  private readonly avoid = new Map<number, number>();
  private turn = 0;

  constructor(private readonly route: Route) {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch(() => response.destroy());
    });
    this.server.keepAliveTimeout = 60_000;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { groups, path } = this.route(request.url ?? '/', request.headers.authorization);
    for (const [i, group] of groups.entries()) {
      const outcome = await this.askGroup(group, path, request, response);
      const last = i === groups.length - 1;
      if ('answer' in outcome) {
        const mayGoOn = outcome.answer.statusCode === 404 && !last && request.method === 'GET';
        if (!mayGoOn) return pass(outcome.answer, response);
        outcome.answer.resume();
      } else if (last || outcome.failed !== 'unreachable') {
        return refuse(response, outcome.failed === 'late' ? 504 : 502);
      }
    }
    return refuse(response, 502);
  }

  private async askGroup(
    group: readonly number[],
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Outcome> {
    this.turn += 1;
    const inTurn = group.map((_, i) => group[(i + this.turn) % group.length]!);
    const now = Date.now();
    const reachable = inTurn.filter((port) => (this.avoid.get(port) ?? 0) < now);
    for (const port of [...reachable, ...inTurn.filter((one) => !reachable.includes(one))]) {
      const outcome = await ask(port, path, request, response);
      if ('answer' in outcome || outcome.failed === 'broken') return outcome;
      this.avoid.set(port, Date.now() + AVOID_MS);
      if (outcome.failed === 'late') return outcome;
    }
    return { failed: 'unreachable' };
  }
}

/** Sends the request on once there is a connection: until then nothing of its body has been taken. */
const ask = (port: number, path: string, request: IncomingMessage, response: ServerResponse): Promise<Outcome> =>
  new Promise((resolve) => {
    let connected = false;
    const upstream = send({
      host: '127.0.0.1',
      port,
      method: request.method ?? 'GET',
      path,
      headers: request.headers,
      agent: false,
    });
    const timer = setTimeout(() => {
      resolve({ failed: 'late' });
      upstream.destroy();
    }, PATIENCE_MS);
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    upstream.on('socket', (socket) =>
      socket.once('connect', () => {
        connected = true;
        if (request.readableEnded) upstream.end();
        else request.pipe(upstream);
      }),
    );
    upstream.on('response', (answer) => settle({ answer }));
    upstream.on('error', () => settle({ failed: connected ? 'broken' : 'unreachable' }));
    response.on('close', () => upstream.destroy());
  });

const pass = (answer: IncomingMessage, response: ServerResponse): void => {
  const { connection: _connection, 'keep-alive': _keepAlive, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, headers);
  answer.pipe(response);
  answer.on('error', () => response.destroy());
  answer.on('aborted', () => response.destroy());
};

const refuse = (response: ServerResponse, status: number): void => {
  response.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '1' });
  response.end(JSON.stringify({ type: 'about:blank', title: 'Nobody answers', status }));
};
