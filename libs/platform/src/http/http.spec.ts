import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { BadRequestException, Body, Controller, Get, HttpException, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CurrentCaller, OpenToAll, RequireScope } from '../identity-of-caller/access-token.guard.js';
import { TokenRefused } from '../identity-of-caller/verify-access-token.js';
import type { Caller } from '../identity-of-caller/verify-access-token.js';
import { createLogger } from '../logging/logger.js';
import { PlatformModule } from '../platform.module.js';
import { Trace } from '../trace/trace.js';
import { createHttpAdapter } from './http-adapter.js';
import { JsonPipe } from './json-body.pipe.js';
import { Problem, problemOf } from './problem.js';

@OpenToAll()
@Controller('open')
class OpenController {
  @Get('problem')
  problem(): never {
    throw new Problem(409, 'key-in-use', 'This key was used for another body', {
      errors: [{ field: 'Idempotency-Key', reason: 'in-use' }],
      headers: { 'Retry-After': '7' },
    });
  }

  @Get('fails/:how')
  fails(@Param('how') how: string): never {
    if (how === 'unknown') throw new Error('Sam Example');
    if (how === 'nest') throw new BadRequestException(['Sam Example is not a date']);
    if (how === 'teapot') throw new HttpException('Sam Example', 418);
    if (how === 'status') throw Object.assign(new Error('Sam Example'), { statusCode: 302 });
    if (how === 'text') throw 'Sam Example';
    throw undefined;
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Get('trace')
  trace(@Trace() trace: string): { trace: string } {
    return { trace };
  }
}

@Controller('guarded')
class GuardedController {
  @Get('caller')
  @RequireScope('submit')
  caller(@CurrentCaller() caller: Caller): Caller {
    return caller;
  }

  @Get('undeclared')
  undeclared(): string {
    return 'never';
  }
}

const lines: string[] = [];
let ready = true;
let app: NestFastifyApplication;
let base: string;

beforeAll(async () => {
  @Module({
    imports: [
      PlatformModule.forRoot({
        logger: createLogger({ app: 'test', instance: 'a', level: 'info', write: (line) => void lines.push(line) }),
        verifyAccessToken: async (token) => {
          if (token === 'down') throw new Problem(503, 'issuer-unavailable', 'Access tokens cannot be checked now');
          if (!token.startsWith('good')) throw new TokenRefused('bad');
          return { subject: 's', clientId: 'c', scope: [token.slice('good-'.length)] };
        },
        healthChecks: [{ name: 'database', check: async () => ready }],
      }),
    ],
    controllers: [OpenController, GuardedController],
  })
  class TestModule {}

  app = await NestFactory.create<NestFastifyApplication>(TestModule, createHttpAdapter({ bodyLimit: 1000 }), {
    logger: false,
  });
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
});

afterAll(() => app.close());
beforeEach(() => {
  lines.length = 0;
});

const ask = async (path: string, init?: RequestInit) => {
  const answer = await fetch(`${base}${path}`, init);
  const body = await answer.text();
  return { status: answer.status, headers: answer.headers, text: body, json: () => JSON.parse(body) as unknown };
};

const post = (type: string, body: string) =>
  ask('/open/echo', { method: 'POST', headers: { 'content-type': type }, body });

describe('problem+json', () => {
  it('says what a Problem says', async () => {
    const { status, headers, json } = await ask('/open/problem');
    expect(status).toBe(409);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('retry-after')).toBe('7');
    expect(json()).toEqual({
      type: 'urn:sightline:problem:key-in-use',
      title: 'This key was used for another body',
      status: 409,
      errors: [{ field: 'Idempotency-Key', reason: 'in-use' }],
    });
  });

  it.each<[string, number, string, () => ReturnType<typeof ask>]>([
    ['an unknown route', 404, 'not-found', () => ask('/nothing/Sam%20Example?x=Sam')],
    ['an unknown method', 404, 'not-found', () => ask('/open/problem', { method: 'DELETE' })],
    ['a broken address', 400, 'bad-request', () => ask('/open/fails/%zz-Sam')],
    ['broken JSON', 400, 'bad-request', () => post('application/json', '{"name":"Sam Example",')],
    ['an empty JSON body', 400, 'bad-request', () => post('application/json', '')],
    ['a poisoned prototype', 400, 'bad-request', () => post('application/json', '{"__proto__":{"Sam":1}}')],
    ['a body that is too large', 413, 'too-large', () => post('application/json', JSON.stringify('Sam'.repeat(999)))],
    ['another media type', 415, 'unsupported-media-type', () => post('application/x-sam', 'Sam Example')],
    ['an exception of Nest', 400, 'bad-request', () => ask('/open/fails/nest')],
    ['a status without words', 400, 'bad-request', () => ask('/open/fails/teapot')],
    ['an error that claims to be no error', 500, 'internal-error', () => ask('/open/fails/status')],
    ['an unknown error', 500, 'internal-error', () => ask('/open/fails/unknown')],
    ['a thrown text', 500, 'internal-error', () => ask('/open/fails/text')],
    ['a thrown nothing', 500, 'internal-error', () => ask('/open/fails/nothing')],
  ])('answers %s in fixed words', async (_what, expected, slug, request) => {
    const { status, headers, text, json } = await request();
    expect({ status, body: json() }).toEqual({
      status: expected,
      body: { type: `urn:sightline:problem:${slug}`, title: problemOf(expected).title, status: expected },
    });
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).not.toMatch(/sam/i);
    expect(lines.join()).not.toMatch(/sam/i);
    expect(lines.length).toBe(expected === 500 ? 1 : 0);
  });

  it.each([
    ['what is no HTTP', 'Sam Example\r\n\r\n', 400],
    ['headers that never end', `GET / HTTP/1.1\r\nHost: x\r\nSam: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answers %s in fixed words too', async (_what, sent, status) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.end(sent);
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*application/problem\\+json`, 's'));
    expect(answer).not.toMatch(/sam/i);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual(problemOf(status).toBody());
  });

  it('logs of an unknown error what it is and where it came from', async () => {
    await ask('/open/fails/unknown');
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({
      message: 'request-failed',
      status: 500,
      error: 'Error',
      at: expect.stringMatching(/^libs\/platform\/src\/http\/http\.spec\.ts:/) as string,
      trace: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
  });
});

describe('AccessTokenGuard', () => {
  const withToken = (authorization: string, path = '/guarded/caller') => ask(path, { headers: { authorization } });

  it('hands the caller to a handler whose scope the token has', async () => {
    expect((await withToken('Bearer good-submit')).json()).toEqual({ subject: 's', clientId: 'c', scope: ['submit'] });
    expect((await withToken('bearer good-submit')).status).toBe(200);
  });

  it('answers every missing, malformed and invalid token with the same bytes', async () => {
    const answers = await Promise.all([
      ask('/guarded/caller'),
      ask('/guarded/undeclared'),
      ...[
        'Bearer bad',
        'Bearer',
        'Bearer ',
        'Basic Z29vZC1zdWJtaXQ=',
        'good-submit',
        'Bearer good-submit x',
        'Bearer, Bearer good-submit',
      ].map((header) => withToken(header)),
    ]);
    const seen = answers.map(({ status, text, headers }) =>
      JSON.stringify([status, text, ...[...headers].filter(([name]) => name !== 'date')]),
    );
    expect(new Set(seen).size).toBe(1);
    expect(answers[0]?.status).toBe(401);
    expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('refuses another scope, a part of a scope, and a route that declares none', async () => {
    for (const scope of ['read', 'submi', 'submitx', '']) {
      const { status, headers } = await withToken(`Bearer good-${scope}`);
      expect([scope, status]).toEqual([scope, 403]);
      expect(headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
    }
    expect((await withToken('Bearer good-submit', '/guarded/undeclared')).status).toBe(403);
  });

  it('says 503, and not 401, when tokens cannot be checked', async () => {
    expect((await withToken('Bearer down')).status).toBe(503);
  });
});

describe('health and trace', () => {
  it('says up or not, and no more', async () => {
    expect((await ask('/health/live')).json()).toEqual({ status: 'up' });
    expect((await ask('/health/ready')).json()).toEqual({ status: 'up' });
    ready = false;
    const { status, text } = await ask('/health/ready');
    ready = true;
    expect(status).toBe(503);
    expect(text).not.toContain('database');
    expect((await ask('/health/live')).status).toBe(200);
  });

  it('takes the trace of the caller, or makes one', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
    expect((await ask('/open/trace', { headers })).json()).toEqual({ trace });
    expect((await ask('/open/trace')).json()).toEqual({ trace: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
  });
});

describe('bodies as streams', () => {
  let streaming: NestFastifyApplication;
  let address: string;

  beforeAll(async () => {
    @OpenToAll()
    @Controller('bodies')
    class BodiesController {
      @Post('json')
      json(@Body(JsonPipe) body: unknown): unknown {
        return { body };
      }

      @Post('length')
      async length(@Body() body: AsyncIterable<Uint8Array> | undefined): Promise<{ length: number }> {
        let length = 0;
        for await (const piece of body ?? []) length += piece.byteLength;
        return { length };
      }
    }
    @Module({
      imports: [
        PlatformModule.forRoot({
          logger: createLogger({ app: 'test', instance: 'a', level: 'info', write: (line) => void lines.push(line) }),
          verifyAccessToken: async () => {
            throw new TokenRefused('none');
          },
        }),
      ],
      controllers: [BodiesController],
    })
    class StreamingModule {}
    const adapter = createHttpAdapter({ bodies: 'stream' });
    streaming = await NestFactory.create<NestFastifyApplication>(StreamingModule, adapter, {
      logger: false,
      bodyParser: false,
    });
    await streaming.listen(0, '127.0.0.1');
    address = await streaming.getUrl();
  });
  afterAll(() => streaming.close());

  const send = (path: string, body: string | Uint8Array<ArrayBuffer> | null, type?: string) =>
    fetch(`${address}/bodies/${path}`, {
      method: 'POST',
      body,
      headers: type === undefined ? {} : { 'content-type': type },
    });

  it.each(['application/json', 'text/csv', 'application/x-ndjson', 'application/xml', undefined])(
    'reach the handler whatever their size as %s',
    async (type) => {
      const answer = await send('length', new Uint8Array(3 * 1024 * 1024), type);
      expect(await answer.json()).toEqual({ length: 3 * 1024 * 1024 });
      expect(await (await send('length', null, type)).json()).toEqual({ length: 0 });
    },
  );

  it('are read as strict JSON of at most 1 MiB where a handler asks for it', async () => {
    expect(await (await send('json', '{"weight":62.7}', 'application/json')).json()).toEqual({
      body: { weight: '62.7' },
    });
    expect((await send('json', `"${'x'.repeat(1024 * 1024)}"`, 'application/json')).status).toBe(413);
    for (const bad of ['{"a":1,"a":2}', '"\\ud83d"', '{"a":', null]) {
      const answer = await send('json', bad, 'application/json');
      expect([bad, answer.status, answer.headers.get('content-type')]).toEqual([bad, 400, 'application/problem+json']);
    }
  });
});
