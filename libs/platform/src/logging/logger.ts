import type { LogLevel } from '../config/read-configuration.js';
import { LOG_LEVELS } from '../config/read-configuration.js';

/** All that a line may say beside level, time, message, app and instance. Nothing here can hold a narrative. */
export interface LogFields {
  /** 32 hex digits. */
  readonly trace?: string;
  /** Name of a registered feed, never what a path said. */
  readonly feed?: string;
  /** Id of a receipt. */
  readonly receipt?: string;
  /** Name of a registered connector. */
  readonly client?: string;
  readonly count?: number;
  readonly milliseconds?: number;
  /** HTTP method, and the route's pattern (`/v1/receipts/:id`), never its address. */
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  /** A code of a closed list. */
  readonly reason?: string;
  /** Kind of a stream (`child`, `reads`), never its key. */
  readonly stream?: string;
  readonly position?: number;
  readonly revision?: number;
  readonly generation?: number;
  readonly shard?: number;
  readonly attempt?: number;
  readonly topic?: string;
  /** Part of the system that speaks: a class or module. */
  readonly context?: string;
  /** Class of an error, and its `type`: `StoreError/unavailable`. See `describeError`. */
  readonly error?: string;
  /** Code of an error: an SQLSTATE, `ECONNREFUSED`. */
  readonly code?: string;
  /** Where an error was made: `libs/bus/src/bus.ts:12:3`. */
  readonly at?: string;
  /** Text that a framework says while the process starts; see `NestLogger`. */
  readonly start?: string;
}

export interface Logger {
  /** `message` is a code that stands in the source, such as `relay-stopped`: see `isMessage`. */
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same logger with fields that every line bears. */
  with(fields: LogFields): Logger;
}

type Check = (value: unknown) => boolean;

const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
/** A name from the source or a registry. Long runs of digits are refused: an identifier of a person is one. */
const name: Check = (value) =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9._:-]{0,63}$/.test(value) && !/[0-9]{5}/.test(value);

const ALLOWED: Readonly<Record<keyof LogFields, Check>> = {
  trace: matches(/^[0-9a-f]{32}$/),
  feed: name,
  receipt: matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  client: name,
  count: number,
  milliseconds: number,
  method: matches(/^[A-Z]{3,7}$/),
  route: matches(/^\/[A-Za-z/:_*{}.-]{0,119}$|^\/v[0-9]\/[A-Za-z/:_*{}.-]{0,119}$/),
  status: number,
  reason: name,
  stream: matches(/^[a-z]{1,20}$/),
  position: number,
  revision: number,
  generation: number,
  shard: number,
  attempt: number,
  topic: name,
  context: name,
  error: matches(/^[A-Za-z][A-Za-z]{0,59}(\/[a-z-]{1,60})?$/),
  code: matches(/^[A-Z0-9][A-Z0-9_]{1,59}$/),
  at: matches(/^[\w@+./-]{1,160}:[0-9]{1,6}:[0-9]{1,6}$/),
  // eslint-disable-next-line no-control-regex
  start: matches(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,300}$/),
};

const MESSAGE = /^[a-z]+(-[a-z0-9]+){0,9}$/;

/** A message is a code of words joined by hyphens, at most 60 characters: no sentence fits, and no value. */
export const isMessage = (text: string): boolean => MESSAGE.test(text) && text.length <= 60 && !/[0-9]{3}/.test(text);

const allowed = (fields: LogFields): Record<string, unknown> => {
  const kept: Record<string, unknown> = {};
  let dropped = 0;
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (Object.hasOwn(ALLOWED, field) && ALLOWED[field as keyof LogFields](value)) kept[field] = value;
    else dropped += 1;
  }
  return dropped === 0 ? kept : { ...kept, dropped };
};

export interface LoggerOptions {
  readonly app: string;
  readonly instance: string;
  readonly level: LogLevel;
  /** Takes one whole line. Standard error when absent. */
  readonly write?: (line: string) => void;
  /** The machine's clock when absent. */
  readonly now?: () => Date;
}

/**
 * Writes one JSON object a line. Only the fields of `LogFields` in the forms above are written; how many others were
 * given is said as `dropped`, and neither their names nor their values are.
 */
export const createLogger = ({
  app,
  instance,
  level,
  write = (line) => void process.stderr.write(line),
  now = () => new Date(),
}: LoggerOptions): Logger => {
  const least = LOG_LEVELS.indexOf(level);
  const speaking = (always: LogFields): Logger => {
    const at =
      (of: LogLevel) =>
      (message: string, fields: LogFields = {}) => {
        if (LOG_LEVELS.indexOf(of) < least) return;
        const line = {
          level: of,
          time: now().toISOString(),
          message: isMessage(message) ? message : 'message-not-allowed',
          app,
          instance,
          ...allowed({ ...always, ...fields }),
        };
        write(`${JSON.stringify(line)}\n`);
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: (fields) => speaking({ ...always, ...fields }),
    };
  };
  return speaking({});
};

const FRAME = /^\s+at .*?\(?(?:file:\/\/)?(\/[^\s()]+:[0-9]+:[0-9]+)\)?$/;

const firstFrame = (stack: string): string | undefined => {
  const frames = stack.split('\n').flatMap((line) => FRAME.exec(line)?.[1] ?? []);
  const own = frames.find((frame) => !frame.includes('/node_modules/')) ?? frames[0];
  return own?.replace(/^.*\/(?=(?:apps|libs|test|tools|node_modules)\/)/, '');
};

/** What a log line may say of an error: its class and type, its code and where it was made. Never its message. */
export const describeError = (error: unknown): Pick<LogFields, 'error' | 'code' | 'at'> => {
  if (!(error instanceof Error)) return { error: 'NotAnError' };
  const { type, code } = error as { type?: unknown; code?: unknown };
  const at = firstFrame(error.stack ?? '');
  return {
    error: typeof type === 'string' && /^[a-z-]{1,60}$/.test(type) ? `${error.name}/${type}` : error.name,
    ...(typeof code === 'string' && { code }),
    ...(at !== undefined && { at }),
  };
};
