import autocannon from 'autocannon';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Load<T extends { readonly request: HttpRequest }> {
  readonly url: string;
  readonly connections: number;
  /** Each is sent once. */
  readonly requests: readonly T[];
  readonly onAnswer: (sent: T, status: number, body: string) => void;
  readonly onProgress?: () => void;
}

export interface LoadResult {
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Of each request but the first on each connection, which waits for that. */
  readonly latenciesMs: readonly number[];
  /** Requests that got no answer. */
  readonly unanswered: number;
}

/** How long to wait for an answer, in seconds. */
const LIMIT = 60;

/** Sends requests over so many connections that are kept open, one at a time on each, as fast as they are answered. */
export const runLoad = async <T extends { readonly request: HttpRequest }>(load: Load<T>): Promise<LoadResult> => {
  const { url, requests } = load;
  const connections = Math.min(load.connections, requests.length);
  const latenciesMs: number[] = [];
  let [made, answered, last] = [0, 0, 0];
  const start = performance.now();
  await autocannon({
    url,
    connections,
    amount: requests.length,
    timeout: LIMIT,
    requests: [
      {
        setupRequest: (request, context) => {
          const sent = requests[made];
          if (!sent) throw new Error('more was asked for than there is to send');
          Object.assign(context, { sent, began: performance.now(), isFirst: made < connections });
          made += 1;
          const { method, path, headers, body } = sent.request;
          return { ...request, method, path, headers: { ...headers }, ...(body === undefined ? {} : { body }) };
        },
        onResponse: (status, body, context) => {
          const { sent, began, isFirst } = context as { sent: T; began: number; isFirst: boolean };
          last = performance.now();
          if (!isFirst) latenciesMs.push(last - began);
          answered += 1;
          load.onAnswer(sent, status, body);
          load.onProgress?.();
        },
      },
    ],
  });
  return { seconds: (last - start) / 1000, latenciesMs, unanswered: requests.length - answered };
};
