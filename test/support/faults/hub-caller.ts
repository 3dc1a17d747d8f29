import { join } from 'node:path';
import { readIssuerKeys, signDevelopmentToken } from '#platform';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Caller {
  /** Undefined when no whole answer came: refused, cut off, or too late. */
  call(as: string, method: string, path: string, options?: CallOptions): Promise<Answer | undefined>;
  /** How often each answer came, by method and status. */
  readonly answers: ReadonlyMap<string, number>;
}

export interface CallOptions {
  readonly body?: string;
  readonly idempotencyKey?: string;
  /** Told what came of an answer that broke off. */
  readonly onPart?: (text: string) => void;
}

/** `/v1/children/:child/chronology` is counted as `chronology`. */
const routeOf = (path: string): string =>
  ['submissions', 'receipts', 'chronology', 'child-searches', 'adoptions'].find((name) => path.includes(name)) ??
  'other';

const LIMIT_MS = 15_000;
const TOKEN_MS = 20 * 60_000;

const textOf = async (response: Response, onPart: (text: string) => void): Promise<string> => {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const piece of response.body ?? []) text += decoder.decode(piece as Uint8Array, { stream: true });
    return text;
  } catch (error) {
    onPart(text);
    throw error;
  }
};

/** Calls the hub's public routes as any connector or person. */
export const createCaller = (url: string, dataDir: string): Caller => {
  const tokens = new Map<string, { readonly token: Promise<string>; readonly until: number }>();
  const answers = new Map<string, number>();
  const sign = async (name: string): Promise<string> => {
    const isConnector = name.endsWith('-connector');
    return signDevelopmentToken({
      subject: name,
      ...(isConnector ? { clientId: name } : {}),
      scope: isConnector ? 'submit' : 'read',
      issuer: `${url}/issuer`,
      audience: 'sightline',
      jwks: await readIssuerKeys(join(dataDir, 'keys')),
      environment: 'test',
    });
  };
  const tokenOf = (name: string): Promise<string> => {
    const known = tokens.get(name);
    if (known && known.until > Date.now()) return known.token;
    const fresh = { token: sign(name), until: Date.now() + TOKEN_MS };
    tokens.set(name, fresh);
    return fresh.token;
  };
  const count = (what: string) => answers.set(what, (answers.get(what) ?? 0) + 1);
  return {
    answers,
    call: async (as, method, path, { body, idempotencyKey, onPart = () => undefined } = {}) => {
      const route = `${method} ${routeOf(path)}`;
      const authorization = `Bearer ${await tokenOf(as)}`;
      try {
        const response = await fetch(`${url}${path}`, {
          method,
          headers: {
            authorization,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
          },
          ...(body === undefined ? {} : { body }),
          signal: AbortSignal.timeout(LIMIT_MS),
        });
        const text = await textOf(response, response.ok ? onPart : () => undefined);
        const answer = { status: response.status, body: JSON.parse(text) as unknown };
        count(`${route} ${response.status}`);
        return answer;
      } catch (error) {
        const isLate = (error as Error).name === 'TimeoutError';
        count(`${route} ${isLate ? 'too late' : 'cut off'}`);
        return undefined;
      }
    },
  };
};
