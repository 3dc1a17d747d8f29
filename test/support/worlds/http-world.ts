import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ChronologyReader, Handles, TokenBox } from '#apps/sharing';
import { Commands, Inbox } from '#intake';
import { createHttpAdapter, createLogger, lookupsOnTick, PlatformModule } from '#platform';
import { ChildDecisions } from '../../../apps/sharing/src/directives/child-decisions.js';
import { DirectiveDesk } from '../../../apps/sharing/src/directives/directive-desk.js';
import {
  DirectivesController,
  KNOWN_ORGANISATIONS,
} from '../../../apps/sharing/src/directives/directives.controller.js';
import { ChildSearchesController } from '../../../apps/sharing/src/http/child-searches.controller.js';
import { ChronologyController } from '../../../apps/sharing/src/http/chronology.controller.js';
import { MyChildren } from '../../../apps/sharing/src/people/my-children.js';
import { MyController } from '../../../apps/sharing/src/people/my.controller.js';
import { Profiles } from '../../../apps/sharing/src/people/profiles.js';
import { Completeness } from '../../../apps/sharing/src/reading/completeness.js';
import { ReceiptWait } from '../../../apps/sharing/src/reading/receipt-wait.js';
import { CAST } from './cast.js';
import { bytesOf, type Observation } from './observe.js';
import type { Pair } from './pair.js';
import type { WorldDatabase } from './world-database.js';

/** The product's own server over one world: its guard, its adapter, its problems, its headers. */
export interface HttpWorld {
  /** Whatever the viewer may ask over HTTP, refusals and guesses included. Changes nothing where nothing leaks. */
  observe(pair: Pair): Promise<Observation[]>;
  close(): Promise<void>;
}

const NOBODY = '00000000-0000-4000-8000-000000000000';

export const openHttpWorld = async (database: WorldDatabase): Promise<HttpWorld> => {
  const { pool, keys, opener, blind, box, handles, reader, completeness } = database;
  const loader = { keys, opener, blind };
  const record = () => Promise.resolve();
  const organisations = new Map(CAST.map(({ id, kind }) => [id, { id, name: `The ${id}`, kind }]));
  const commands = new Commands(pool, new Inbox(pool), keys);
  const decisions = new ChildDecisions({ ...loader, pool, commands, record });
  const platform = PlatformModule.forRoot({
    logger: createLogger({ app: 'sharing', instance: 'world', level: 'error' }),
    // Who calls is what the token says: how tokens are verified is not looked at here.
    verifyAccessToken: (token) =>
      Promise.resolve({
        subject: Buffer.from(token, 'base64url').toString(),
        clientId: 'practitioners',
        scope: ['read'],
      }),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: class World {},
      imports: [platform],
      controllers: [ChildSearchesController, ChronologyController, DirectivesController, MyController],
      providers: [
        { provide: APP_INTERCEPTOR, useValue: lookupsOnTick },
        { provide: Handles, useValue: handles },
        { provide: TokenBox, useValue: box },
        { provide: ChronologyReader, useValue: reader },
        { provide: Completeness, useValue: completeness },
        { provide: ReceiptWait, useValue: new ReceiptWait(pool, loader) },
        { provide: KNOWN_ORGANISATIONS, useValue: new Set(organisations.keys()) },
        { provide: DirectiveDesk, useValue: new DirectiveDesk(decisions) },
        { provide: Profiles, useValue: new Profiles(pool, loader, organisations as never) },
        { provide: MyChildren, useValue: new MyChildren({ ...loader, pool, handles, record }) },
      ],
    },
    createHttpAdapter({ bodies: 'stream' }),
    { bodyParser: false, logger: false },
  );
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();

  const ask = async (pair: Pair, login: string, asked: string, method: string, path: string, body?: object) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${Buffer.from(login).toString('base64url')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const headers = [...answer.headers].filter(([name]) => name !== 'date').sort(([a], [b]) => (a < b ? -1 : 1));
    const json = JSON.parse(text) as object & { readonly handle?: string; readonly cursor?: string | null };
    const said = `${JSON.stringify(headers)} ${text.length} characters: ${bytesOf(json, pair.aliases)}`;
    return { json, observation: { asked: `${method} ${asked}`, status: answer.status, body: said } };
  };

  return {
    async observe(pair) {
      const { question, child, stranger, hidden, idOf } = pair;
      const { purpose } = question;
      const { login } = question.viewer;
      const seen: Observation[] = [];
      const look = async (...[who, asked, method, path, body]: [string, string, string, string, object?]) => {
        const { json, observation } = await ask(pair, who, asked, method, path, body);
        seen.push(observation);
        return json;
      };
      for (const who of [login, stranger]) {
        const search = { nhsNumber: child.nhsNumber, purpose };
        const { handle = NOBODY } = await look(who, 'search', 'POST', '/v1/child-searches', search);
        const of = `/v1/children/${handle}`;
        for (let cursor: string | null | undefined; cursor !== null && seen.length < 100;) {
          const place = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
          const query = `purpose=${purpose}&limit=${pair.pageSize}${place}`;
          cursor = (await look(who, 'chronology', 'GET', `${of}/chronology?${query}`)).cursor ?? null;
        }
        await look(who, 'restrictions', 'GET', `${of}/restrictions?purpose=${purpose}`);
        await look(who, 'my children', 'GET', '/v1/my/children');
        const reason = { purpose, reason: 'a guess' };
        const guesses = hidden.flat().flatMap(({ items }) => items.map(idOf));
        for (const entryId of [NOBODY, ...guesses.slice(0, 2)]) {
          await look(who, 'withdrawal of a guess', 'POST', `${of}/withdrawals`, { ...reason, entryId });
        }
        await look(who, 'lift of a guess', 'POST', `${of}/restrictions/${NOBODY}/lifts`, { purpose });
      }
      return seen;
    },
    close: () => app.close(),
  };
};
