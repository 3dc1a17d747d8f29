import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { isNotLeader } from './failure.js';

/**
 * What the client keeps for itself and its own commands use. Its commands cannot be used as they are: they parse
 * metadata that looks like JSON, so that its bytes are lost; reads have no deadline; pending appends of all clients of
 * the process stand in one table that any connection's failure empties, and an answer to an append that is no longer in
 * it ends the process.
 */
interface ClientParts {
  getGRPCClient(service: typeof StreamsClient, name: string): Promise<StreamsClient>;
  callArguments(options: { requiresLeader: boolean }, callOptions: { deadline: number }): CallArguments;
  handleError(client: StreamsClient, error: Error): Promise<void>;
}

type CallArguments = [
  metadata: Parameters<StreamsClient['batchAppend']>[0],
  options: Parameters<StreamsClient['batchAppend']>[1],
];

/** One client of `@eventstore/db-client`, on a connection that no other one shares. */
export interface Line {
  readonly streams: StreamsClient;
  readonly call: () => CallArguments;
}

interface OpenLine {
  readonly parts: ClientParts;
  readonly line: Promise<Line>;
  opened: Line | undefined;
}

export interface ConnectionOptions {
  /** `esdb://` or `esdb+discover://`, with whatever options the client takes. */
  readonly url: string;
  readonly applicationName: string;
}

/** A way to the server that is made anew whenever it was given up. Who leads and who answers is found by the client. */
export class Connection {
  private readonly options: ConnectionOptions;
  private current: OpenLine | undefined;
  private closed = false;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  /** Rejects when no server can be found. */
  async line(): Promise<Line> {
    if (this.closed) throw new Error('the connection is closed');
    const open = (this.current ??= openLine(this.options));
    try {
      return await open.line;
    } catch (error) {
      this.forget(open);
      throw error;
    }
  }

  /** Gives up a line that failed or does not answer: the next call goes over a new one. Calls on it may still end. */
  giveUp(line: Line, error?: unknown): void {
    const open = this.current;
    if (open === undefined || open.opened !== line) return;
    if (!isNotLeader(error)) return this.forget(open);
    // The client itself goes on with the leader that was named.
    this.current = withLine(
      open.parts,
      open.parts.handleError(line.streams, error).then(() => lineOf(open.parts)),
    );
  }

  close(): void {
    this.closed = true;
    if (this.current) this.forget(this.current);
  }

  private forget(open: OpenLine): void {
    if (this.current === open) this.current = undefined;
    open.line.then(({ streams }) => streams.close(), ignore);
  }
}

const ignore = (): void => undefined;

const openLine = (options: ConnectionOptions): OpenLine => {
  const parts = openClient(options) as unknown as ClientParts;
  return withLine(parts, lineOf(parts));
};

const withLine = (parts: ClientParts, line: Promise<Line>): OpenLine => {
  const open: OpenLine = { parts, line, opened: undefined };
  line.then((opened) => {
    open.opened = opened;
  }, ignore);
  return open;
};

const lineOf = async (parts: ClientParts): Promise<Line> => ({
  streams: await parts.getGRPCClient(StreamsClient, 'streams'),
  call: () => parts.callArguments({ requiresLeader: true }, { deadline: Infinity }),
});

let clients = 0;
const defaultKeepAliveTimeout = 10_000;

/**
 * Connections are shared by clients of one process whose options are equal, a hung one too, and one that waits before
 * it tries again. So no two clients get the same options.
 */
const openClient = ({ url, applicationName }: ConnectionOptions): EventStoreDBClient => {
  clients = (clients + 1) % 10_000;
  const given = /[?&]keepAliveTimeout=(-?\d+)/i.exec(url)?.[1];
  const timeout = given === undefined ? defaultKeepAliveTimeout : Number(given);
  const parameters = [
    ...(timeout < 0 ? [] : [`keepAliveTimeout=${timeout + clients}`]),
    ...(/[?&]connectionName=/i.test(url) ? [] : [`connectionName=${encodeURIComponent(applicationName)}`]),
  ];
  return EventStoreDBClient.connectionString(`${url}${url.includes('?') ? '&' : '?'}${parameters.join('&')}`);
};

/** Whether the client takes the address. Its own words would repeat the password. */
export const isAddress = (url: string): boolean => {
  try {
    openClient({ url, applicationName: 'check' });
    return true;
  } catch {
    return false;
  }
};
