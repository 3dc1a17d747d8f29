import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';

export interface StubAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A public API that says of everybody what it was told to. */
export interface StubApi {
  readonly url: string;
  /** Headers of every request that came. */
  readonly seen: IncomingHttpHeaders[];
  /** What `GET /v1/my/profile` answers to this login from now on; null: as at first. */
  say(login: string, answer: StubAnswer | 'no answer' | null): void;
  close(): Promise<void>;
}

export const stubProfile = (login: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  subject: login,
  name: `${login} Example`,
  posts: [
    {
      organisation: 'LOCAL-AUTHORITY-01',
      organisationName: 'Example Local Authority',
      organisationKind: 'LOCAL_AUTHORITY',
      service: 'csc',
      role: 'social-worker',
      team: null,
    },
  ],
  purposes: ['SAFEGUARDING'],
  at: '2026-03-02T09:00:00.000Z',
  ...changes,
});

export const startStubApi = async (): Promise<StubApi> => {
  const said = new Map<string, StubAnswer | 'no answer'>();
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    const login = decodeJwt((request.headers.authorization ?? '').replace('Bearer ', '')).sub ?? '';
    const answer = said.get(login) ?? { status: 200, body: stubProfile(login) };
    if (answer === 'no answer') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    say: (login, answer) => void (answer === null ? said.delete(login) : said.set(login, answer)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
