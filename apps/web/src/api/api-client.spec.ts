import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keepSession, type WebSession } from '../session/current-session.js';
import { ApiClient } from './api-client.js';
import { apiPath } from './api-path.js';

/** A part of the API that remembers what it was asked, and answers these paths. */
const serve = async (name: string, answers: Readonly<Record<string, unknown>>) => {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { title: `${name} knows nothing of it` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, close: () => new Promise((resolve) => server.close(resolve)) };
};

/** A request of somebody who holds posts at agencies of these kinds. */
const requestOf = (...kinds: string[]): object => {
  const request = {};
  const posts = kinds.map((organisationKind) => ({ organisationKind }));
  keepSession(request, { accessToken: 'token', profile: { posts } } as unknown as WebSession);
  return request;
};

describe('the pages ask', () => {
  let api: Awaited<ReturnType<typeof serve>>;
  let police: typeof api;
  let other: typeof api;
  let client: ApiClient;

  beforeEach(async () => {
    api = await serve('the API', { '/v1/my/children': { children: [] }, '/v1/feeds': { feeds: ['all'] } });
    police = await serve('police', { '/v1/feeds': { feeds: ['police'] }, '/v1/receipts/1': { receipt: 1 } });
    other = await serve('other', { '/v1/feeds': { feeds: ['other'] }, '/v1/receipts/2': { receipt: 2 } });
    client = new ApiClient({ apiUrl: api.url, adapterUrls: { POLICE: police.url, '*': other.url } });
  });
  afterEach(() => Promise.all([api, police, other].map((one) => one.close())));

  it('the adapter of a person’s own agency for its feeds, and nobody else', async () => {
    expect(await client.get(requestOf('POLICE'), apiPath`/v1/feeds`)).toMatchObject({ json: { feeds: ['police'] } });
    expect(await client.get(requestOf('POLICE'), apiPath`/v1/receipts/${'2'}`)).toMatchObject({ status: 404 });
    expect(
      await client.post(requestOf('POLICE'), apiPath`/v1/feeds/${'x'}/quarantine/${'1'}/releases`, {}),
    ).toMatchObject({
      status: 404,
    });
    expect([api.asked, other.asked, police.asked.length]).toEqual([[], [], 3]);
  });

  it('the rest of the API for the rest', async () => {
    expect(await client.get(requestOf('POLICE'), apiPath`/v1/my/children`)).toMatchObject({ ok: true });
    expect([police.asked, other.asked, api.asked.length]).toEqual([[], [], 1]);
  });

  it('the adapters of all agencies of a person', async () => {
    const both = requestOf('POLICE', 'HOUSING', 'HOUSING');
    expect(await client.get(both, apiPath`/v1/feeds`)).toMatchObject({ json: { feeds: ['police', 'other'] } });
    expect(await client.get(both, apiPath`/v1/receipts/${'2'}`)).toMatchObject({ ok: true, json: { receipt: 2 } });
    expect(await client.get(both, apiPath`/v1/receipts/${'3'}`)).toMatchObject({ status: 404 });
  });

  it('the API of a hub for everything, where no adapter is named', async () => {
    const hub = new ApiClient({ apiUrl: api.url, adapterUrls: {} });
    expect(await hub.get(requestOf('POLICE', 'HEALTH'), apiPath`/v1/feeds`)).toMatchObject({
      json: { feeds: ['all'] },
    });
    expect(await hub.get(requestOf(), apiPath`/v1/feeds`)).toMatchObject({ ok: true });
  });
});
