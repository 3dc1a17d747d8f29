import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import {
  createDevelopmentIssuer,
  createDevelopmentKeys,
  createHttpAdapter,
  createLogger,
  createTokenVerifier,
  localKeys,
  mountIssuer,
  openFileKeyService,
  PlatformModule,
  readIssuerKeys,
} from '#platform';
import { redirectUriOf, webCapability, WebModule, WebSessions1764000002000 } from '#apps/web';
import { createTestDatabase } from '../postgres/test-database.js';
import { startStubApi, type StubApi } from './stub-api.js';

export interface WebApp {
  readonly url: string;
  readonly api: StubApi;
  /** As the owner of the schema. */
  readonly sql: pg.Pool;
  /** As the pages themselves. */
  readonly own: pg.Pool;
  readonly log: string[];
  /** Puts the machine's clock of the sessions forward, or back. */
  wait(milliseconds: number): void;
  close(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** The pages as an app of their own, with the development issuer beside them and a public API that is a stub. */
export const startWebApp = async (probes: readonly Type[] = []): Promise<WebApp> => {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-web-'));
  await createDevelopmentKeys(folder, []);
  const database = await createTestDatabase({ migrations: [WebSessions1764000002000] });
  const sql = new pg.Pool({ connectionString: database.url, max: 2 });
  const own = new pg.Pool({ connectionString: await database.login(webCapability), max: 4 });
  const api = await startStubApi();
  const jwks = await readIssuerKeys(folder);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const issuer = `${url}/issuer`;
  const log: string[] = [];
  const logger = createLogger({ app: 'web', instance: 'test', level: 'debug', write: (line) => void log.push(line) });
  let offset = 0;
  const web = await WebModule.register({
    pool: own,
    keys: openFileKeyService(join(folder, 'web')),
    logger,
    environment: 'test',
    webUrl: url,
    apiUrl: api.url,
    adapterUrls: {},
    issuerUrl: issuer,
    clientId: 'sightline-web',
    clientSecret: 'a secret of the test',
    now: () => new Date(Date.now() + offset),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: class WebProcess {},
      imports: [
        PlatformModule.forRoot({
          logger,
          verifyAccessToken: createTokenVerifier({ issuer, audience: 'sightline', keys: localKeys(jwks) }),
        }),
        { ...web, controllers: [...(web.controllers ?? []), ...probes] },
      ],
    },
    createHttpAdapter({ bodies: 'stream' }),
    { bodyParser: false, logger: false },
  );
  const handler = createDevelopmentIssuer({
    issuer,
    audience: 'sightline',
    jwks,
    environment: 'test',
    clients: [],
    webClients: [
      {
        clientId: 'sightline-web',
        clientSecret: 'a secret of the test',
        scope: 'read',
        redirectUri: redirectUriOf(url),
      },
    ],
  });
  await mountIssuer(app.getHttpAdapter().getInstance(), '/issuer', handler);
  await app.listen(port, '127.0.0.1');
  return {
    url,
    api,
    sql,
    own,
    log,
    wait: (milliseconds) => {
      offset += milliseconds;
    },
    close: async () => {
      await app.close();
      await api.close();
      await sql.end();
      await own.end();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
