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
import { Crossings } from '../../../apps/sharing/src/people/crossings.js';
import { MyChildren } from '../../../apps/sharing/src/people/my-children.js';
import { MyController } from '../../../apps/sharing/src/people/my.controller.js';
import { Profiles } from '../../../apps/sharing/src/people/profiles.js';
import { Completeness } from '../../../apps/sharing/src/reading/completeness.js';
import { ReceiptWait } from '../../../apps/sharing/src/reading/receipt-wait.js';
import { CAST } from './cast.js';
import { countersNow, countersSince } from './counters.js';
import { guessesIn, observe, type Answer, type Door, type Observed, type Seen, type Surface } from './observe.js';
import type { Pair } from './pair.js';
import type { WorldDatabase } from './world-database.js';

/** The product's own server over one world: its guard, its adapter, its problems, its headers. */
export interface HttpWorld {
  /**
   * Whatever the viewer may ask over HTTP, refusals and guesses included, and by how much it moved the metrics. Changes
   * nothing where nothing leaks. Metrics are the process's: nothing else may be asked meanwhile.
   */
  observe(pair: Pair): Promise<Observed>;
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
        {
          provide: Crossings,
          useValue: new Crossings({ ...loader, pool, handles, record, organisations: organisations as never }),
        },
      ],
    },
    createHttpAdapter({ bodies: 'stream' }),
    { bodyParser: false, logger: false },
  );
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();

  const ask = async <T extends object>(login: string, method: string, path: string, body?: object) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${Buffer.from(login).toString('base64url')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    asked += 1;
    const headers = [...answer.headers].filter(([name]) => name !== 'date').sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      status: answer.status,
      headers: JSON.stringify(headers),
      size: text.length,
      body: JSON.parse(text) as T,
    } satisfies Answer<T>;
  };
  let asked = 0;

  const door: Door = {
    search: (login, body) => ask(login, 'POST', '/v1/child-searches', body),
    read: (login, handle, { purpose, limit, cursor }) => {
      const query = new URLSearchParams({ purpose, ...(limit && { limit }), ...(cursor && { cursor }) });
      return ask(login, 'GET', `/v1/children/${handle}/chronology?${query.toString()}`);
    },
  };

  /** What somebody may ask besides reading: lists of his own, and guesses of what only one world holds. */
  const askBesides = async (pair: Pair, login: string, handle: string): Promise<Seen[]> => {
    const { purpose } = pair.question;
    const of = `/v1/children/${handle}`;
    const look = async (...[surface, what, method, path, body]: [Surface, string, string, string, object?]) => ({
      ...(await ask(login, method, path, body)),
      surface,
      asked: `${what} of ${login}`,
    });
    const guesses = guessesIn(pair);
    const withdrawal = (entryId: string) => ({ purpose, reason: 'a guess', entryId });
    return Promise.all([
      look('restrictions list', 'restrictions', 'GET', `${of}/restrictions?purpose=${purpose}`),
      look('my children', 'my children', 'GET', '/v1/my/children'),
      look('my children', 'my crossings', 'GET', '/v1/my/crossings'),
      look('refusals and errors', 'withdrawal of nothing', 'POST', `${of}/withdrawals`, withdrawal(NOBODY)),
      look('write conflicts', 'lift of nothing', 'POST', `${of}/restrictions/${NOBODY}/lifts`, { purpose }),
      ...guesses.flatMap((id, i) => {
        const guess = `guess ${String(i)}`;
        return [
          look('write conflicts', `withdrawal of ${guess}`, 'POST', `${of}/withdrawals`, withdrawal(id)),
          look('write conflicts', `lift of ${guess}`, 'POST', `${of}/restrictions/${id}/lifts`, { purpose }),
        ];
      }),
    ]);
  };

  return {
    async observe(pair) {
      const before = await countersNow();
      const already = asked;
      const { viewer, purpose } = pair.question;
      const besides = async (login: string): Promise<Seen[]> => {
        const found = await door.search(login, { nhsNumber: pair.child.nhsNumber, purpose });
        return askBesides(pair, login, found.body.handle);
      };
      const [observed, own, ofStranger] = await Promise.all([
        observe(pair, door),
        besides(viewer.login),
        besides(pair.stranger),
      ]);
      const body = await countersSince(before, asked - already);
      const metrics: Seen = { status: 200, headers: '', size: 0, body, surface: 'metrics', asked: 'metrics' };
      return { ...observed, seen: [...observed.seen, ...own, ...ofStranger, metrics] };
    },
    close: () => app.close(),
  };
};
