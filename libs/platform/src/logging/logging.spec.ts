import { createLogger, describeError } from './logger.js';
import type { LogFields } from './logger.js';
import { NestLogger } from './nest-logger.js';

const recording = (level: 'debug' | 'info' | 'warn' = 'debug') => {
  const lines: string[] = [];
  const logger = createLogger({
    app: 'hub',
    instance: 'a1',
    level,
    write: (line) => void lines.push(line),
    now: () => new Date('2025-11-28T09:00:00Z'),
  });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
};

const always = { time: '2025-11-28T09:00:00.000Z', app: 'hub', instance: 'a1' };

describe('createLogger', () => {
  it('writes one JSON object a line with the allowed fields', () => {
    const { logger, lines, last } = recording();
    const fields: LogFields = {
      trace: 'a'.repeat(32),
      feed: 'police-records',
      receipt: '5d9cbb3f-5f53-4b9a-8f0e-6a4d3f6f2a01',
      count: 3,
      milliseconds: 1.5,
      method: 'POST',
      route: '/v1/feeds/:feed/submissions',
      status: 202,
      reason: 'too-large',
      stream: 'child',
      position: 12,
      error: 'StoreError/unavailable',
      code: '23505',
      at: 'libs/bus/src/bus.ts:12:3',
    };
    logger.info('submission-accepted', fields);
    expect(last()).toEqual({ level: 'info', message: 'submission-accepted', ...always, ...fields });
    expect(lines).toEqual([expect.stringMatching(/^\{[^\n]*\}\n$/)]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a field that is not on the list', { childName: 'Sam Example' }],
    ['a narrative', { reason: 'was seen at the station' }],
    ['a line break', { feed: 'police\nrecords' }],
    ['an identifier in a path', { feed: '9990000018' }],
    ['an identifier behind a letter', { client: 'c9990000018' }],
    ['an identifier as a status', { route: '/v1/children/9990000018' }],
    ['the key of a stream', { stream: 'child-0123456789abcdef0123456789abcdef' }],
    ['a trace of another form', { trace: 'x' }],
    ['text for a number', { count: '3' }],
    ['a number that is none', { count: Number.NaN }],
    ['an object', { reason: { toString: 'x' } }],
    ['an inherited name', { constructor: 'x' }],
  ])('drops %s and says only that it did', (_what, fields) => {
    const { logger, last, lines } = recording();
    logger.warn('item-quarantined', fields as LogFields);
    expect(last()).toEqual({ level: 'warn', message: 'item-quarantined', ...always, dropped: 1 });
    for (const name of ['childName', '9990000018']) expect(lines.join()).not.toContain(name);
  });

  it.each(['Sam was seen', 'sam\n', 'item 9990000018', 'x'.repeat(61), 'nhs-9990000018', ''])(
    'does not write %j as a message',
    (message) => {
      const { logger, last } = recording();
      logger.error(message);
      expect(last()).toEqual({ level: 'error', message: 'message-not-allowed', ...always });
    },
  );

  it('keeps to its level, and bears fields along', () => {
    const { logger, lines, last } = recording('warn');
    logger.info('started');
    logger.debug('started');
    expect(lines).toEqual([]);
    logger.with({ feed: 'census' }).with({ count: 1 }).warn('feed-silent', { count: 2 });
    expect(last()).toMatchObject({ feed: 'census', count: 2 });
  });
});

describe('describeError', () => {
  it('tells class, type, code and place, never the message', () => {
    class StoreError extends Error {
      override name = 'StoreError';
      type = 'unavailable';
      code = 'ECONNREFUSED';
    }
    const told = describeError(new StoreError('Sam Example\n    at (/libs/x.ts:1:1)'));
    expect(told).toMatchObject({ error: 'StoreError/unavailable', code: 'ECONNREFUSED' });
    expect(JSON.stringify(told)).not.toContain('Sam');
    expect(describeError(new TypeError('x')).at).toMatch(/^libs\/platform\/src\/logging\/logging\.spec\.ts:\d+:\d+$/);
    expect(describeError('text')).toEqual({ error: 'NotAnError' });
  });
});

describe('NestLogger', () => {
  it('lets the framework speak while it starts, and nobody afterwards', () => {
    const { logger, last } = recording();
    const nest = new NestLogger(logger);
    nest.log('Nest application successfully started', 'NestApplication');
    expect(last()).toMatchObject({ context: 'NestApplication', start: 'Nest application successfully started' });
    nest.log('Sam Example', 'SomeService');
    expect(last()).toEqual({ level: 'debug', message: 'framework', ...always, context: 'SomeService' });
    nest.started();
    nest.log('Sam Example', 'NestApplication');
    expect(last()).toEqual({ level: 'debug', message: 'framework', ...always, context: 'NestApplication' });
  });

  it('writes of an error what it is, not what it says', () => {
    const { logger, last, lines } = recording();
    const nest = new NestLogger(logger);
    nest.error(new RangeError('Sam Example'), 'ExceptionsHandler');
    expect(last()).toMatchObject({ level: 'error', error: 'RangeError', context: 'ExceptionsHandler' });
    nest.error('Sam Example', 'Error: Sam Example\n at x', 'ExceptionsHandler');
    nest.warn({ name: 'Sam Example' });
    nest.fatal('Sam Example');
    nest.verbose('Sam Example');
    expect(lines.join()).not.toContain('Sam');
  });
});
