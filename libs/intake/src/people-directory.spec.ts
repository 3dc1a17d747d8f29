import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { profileDirectory } from './people-directory.js';

let server: Server;
let url: string;
let answer: RequestListener;

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const says =
  (status: number, text: string): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { location: '/elsewhere' }).end(text);

describe('posts from the profile', () => {
  it('are those of whoever the token belongs to, asked anew every time', async () => {
    const asked: (string | undefined)[] = [];
    answer = (request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.end(
        JSON.stringify({ posts: asked.length > 1 ? [] : [{ organisation: 'A', role: 'data-manager', team: null }] }),
      );
    };
    const people = profileDirectory(url);
    expect(await people.postsOf('token')).toEqual([{ organisation: 'A', role: 'data-manager', team: null }]);
    expect(await people.postsOf('token')).toEqual([]);
    expect(asked).toEqual(Array(2).fill('/v1/my/profile Bearer token'));
  });

  it.each([401, 403])('are none for a token that is answered with %i', async (status) => {
    answer = says(status, '');
    expect(await profileDirectory(url).postsOf('token')).toEqual([]);
  });

  it.each<[string, RequestListener]>([
    ['an error', says(500, '')],
    ['a redirect', says(302, '')],
    ['no JSON', says(200, 'yes')],
    ['no posts', says(200, '{}')],
    ['a post without a role', says(200, '{"posts":[{"organisation":"A"}]}')],
    ['nothing in time', () => undefined],
    ['a connection that ends', (request) => void request.socket.destroy()],
  ])('cannot be said after %s', async (_, listener) => {
    answer = listener;
    await expect(profileDirectory(url, 200).postsOf('token')).rejects.toMatchObject({ status: 503 });
  });
});
