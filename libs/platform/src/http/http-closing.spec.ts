import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createHttpAdapter } from './http-adapter.js';

/** A server with one route, which says when it was reached and answers when it is let go. */
const serverWith = async (answer: (go: Promise<unknown>) => unknown) => {
  const server = createHttpAdapter().getInstance();
  const reached = Promise.withResolvers<undefined>();
  const go = Promise.withResolvers<undefined>();
  server.get('/slow', () => {
    reached.resolve(undefined);
    return answer(go.promise);
  });
  const closing = new Promise((resolve) => server.addHook('preClose', (done) => done(void resolve(undefined))));
  await server.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  return { server, closing, reached: reached.promise, go: () => go.resolve(undefined), socket, heard: text(socket) };
};

const ask = (socket: Socket): void => void socket.write('GET /slow HTTP/1.1\r\nHost: hub\r\n\r\n');

describe('a server that closes', () => {
  it('answers what is under way and ends its connection', async () => {
    const { server, closing, reached, go, socket, heard } = await serverWith((going) => going.then(() => 'done'));
    ask(socket);
    await reached;
    const closed = server.close();
    await closing;
    go();
    await closed;
    expect(await heard).toMatch(/^HTTP\/1\.1 200 OK\r\n(.*\r\n)*connection: close\r\n(.*\r\n)*\r\ndone$/i);
  });

  it('ends a connection whose answer had begun, and takes no request on it', async () => {
    const { server, closing, go, socket, heard } = await serverWith((going) =>
      Readable.from(
        (async function* () {
          yield 'begun ';
          await going;
          yield 'done';
        })(),
      ),
    );
    ask(socket);
    await once(socket, 'data');
    const closed = server.close();
    await closing;
    ask(socket);
    await once(server.server, 'request');
    go();
    await closed;
    const [first = '', second = ''] = (await heard).split(/(?=HTTP\/1\.1 503)/);
    expect(first).toMatch(/^HTTP\/1\.1 200 OK[^]*done/);
    expect(second).toMatch(/application\/problem\+json[^]*urn:sightline:problem:unavailable/);
  });

  it('ends connections that wait for a next request', async () => {
    const { server, go, socket, heard } = await serverWith((going) => going.then(() => 'done'));
    go();
    ask(socket);
    await once(socket, 'data');
    await server.close();
    expect(await heard).toMatch(/connection: keep-alive/i);
  });
});
