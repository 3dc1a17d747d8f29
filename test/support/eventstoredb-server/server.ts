import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
} from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { Expected } from './check-version.js';
import { EventLog, type ProposedEvent } from './event-log.js';
import { GroupCommit } from './group-commit.js';
import {
  batchResponse,
  expectedOf,
  maxAppendSize,
  nameOf,
  proposedOf,
  sizeOf,
  supportedMethods,
  unarySuccess,
  unaryWrongVersion,
  withBadRequest,
  withSuccess,
  withTimeout,
  withTooLarge,
  withWrongVersion,
} from './messages.js';
import { answerRead, Bell, type ReadCall } from './reads.js';

/** A write that was begun and not given up or decided is answered with a timeout after this long. */
const writeTimeoutMs = 2_000;

export interface TestServerOptions {
  readonly folder: string;
  readonly port: number;
  /** PEM texts: with them the server speaks TLS. */
  /** `host:port`: it is no leader, and says who is. */
  readonly leader?: string;
  readonly tls?: { readonly key: Buffer; readonly certificate: Buffer };
}

/**
 * Stands in for an EventStoreDB in tests: the calls that the product makes, over the protocol of its client. What it
 * acknowledges is on the disk.
 */
export const startTestServer = async ({ folder, port, leader, tls }: TestServerOptions): Promise<{ port: number }> => {
  const log = new EventLog(folder);
  const bell = new Bell();
  const commit = new GroupCommit(log, () => bell.ring());
  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  server.addService(
    StreamsService,
    leader
      ? {
          read: (call: ReadCall) => call.emit('error', notLeader(leader)),
          append: (_: UnaryCall, answer: sendUnaryData<AppendResp>) => answer(notLeader(leader)),
          batchAppend: (call: BatchCall) => call.emit('error', notLeader(leader)),
        }
      : {
          read: (call: ReadCall) => void answerRead(call, log, bell),
          append: (call: UnaryCall, answer: sendUnaryData<AppendResp>) => answerAppend(call, answer, commit),
          batchAppend: (call: BatchCall) => answerBatchAppend(call, commit),
        },
  );
  server.addService(ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: (error: null, value: unknown) => void) =>
      answer(null, supportedMethods()),
  });
  const credentials = tls
    ? ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.certificate }])
    : ServerCredentials.createInsecure();
  const bound = await new Promise<number>((done, failed) => {
    let bound = 0;
    server.addService(GossipService, {
      read: (_: unknown, answer: (error: null, value: unknown) => void) => answer(null, membersOf(bound)),
    });
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, at) => {
      if (error) return failed(error);
      bound = at;
      done(at);
    });
  });
  return { port: bound };
};

const notLeader = (leader: string): { code: status; details: string; metadata: Metadata } => {
  const [host = '', port = ''] = leader.split(':');
  const metadata = new Metadata();
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', host);
  metadata.set('leader-endpoint-port', port);
  return { code: status.NOT_FOUND, details: `Leader info available (${leader})`, metadata };
};

const membersOf = (port: number): InstanceType<typeof gossip.ClusterInfo> =>
  new gossip.ClusterInfo().setMembersList([
    new gossip.MemberInfo()
      .setInstanceId(new shared.UUID().setString('00000000-0000-4000-8000-000000000001'))
      .setTimeStamp((BigInt(Date.now()) * 10_000n).toString())
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port)),
  ]);

type UnaryCall = ServerReadableStream<AppendReq, AppendResp>;
type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

const answerAppend = (call: UnaryCall, answer: sendUnaryData<AppendResp>, commit: GroupCommit): void => {
  let stream = '';
  let expected: Expected = 'any';
  const events: ProposedEvent[] = [];
  let failure: { code: status; details: string; metadata: Metadata } | undefined;
  call.on('error', () => undefined);
  call.on('data', (request: AppendReq) => {
    try {
      const options = request.getOptions();
      const message = request.getProposedMessage();
      if (options) {
        stream = nameOf(options.getStreamIdentifier());
        expected = expectedOf(options);
      }
      if (message) events.push(proposedOf(message));
    } catch (error) {
      failure ??= { code: status.UNKNOWN, details: (error as Error).message, metadata: new Metadata() };
    }
  });
  call.on('end', () => {
    if (sizeOf(events) > maxAppendSize) {
      const metadata = new Metadata();
      metadata.set('exception', 'maximum-append-size-exceeded');
      metadata.set('maximum-append-size', String(maxAppendSize));
      failure ??= { code: status.INVALID_ARGUMENT, details: 'Maximum Append Size Exceeded', metadata };
    }
    if (stream === '') failure ??= { code: status.INVALID_ARGUMENT, details: 'BadRequest', metadata: new Metadata() };
    if (failure) return answer(failure);
    void commit.append({ stream, expected, events }).then((result) => {
      answer(
        null,
        result.answer === 'written' ? unarySuccess(result.last) : unaryWrongVersion(expected, result.current),
      );
    });
  });
};

interface BegunWrite {
  readonly stream: string;
  readonly expected: Expected;
  readonly timer: NodeJS.Timeout;
  readonly events: ProposedEvent[];
}

/**
 * Writes come in pieces, by correlation id. A piece that cannot be read is answered at once, and the write that it
 * belongs to stays begun: its timeout is a second answer.
 */
const answerBatchAppend = (call: BatchCall, commit: GroupCommit): void => {
  const begun = new Map<string, BegunWrite>();
  let ended = false;
  const end = (): void => {
    ended = true;
    for (const { timer } of begun.values()) clearTimeout(timer);
    begun.clear();
  };
  const say = (response: BatchAppendResp): void => {
    if (!ended) call.write(response);
  };
  call.on('cancelled', end).on('error', end);
  call.on('end', () => {
    end();
    call.end();
  });

  const begin = (correlation: string, options: BatchAppendReq.Options): boolean => {
    const stream = nameOf(options.getStreamIdentifier());
    const deadline = options.getDeadline()?.toDate().getTime() ?? Infinity;
    const response = batchResponse(correlation, stream);
    if (stream === '') {
      say(withBadRequest(response));
      return false;
    }
    if (deadline <= Date.now()) {
      say(withTimeout(response));
      return false;
    }
    const timer = setTimeout(
      () => {
        if (begun.delete(correlation)) say(withTimeout(response));
      },
      Math.min(deadline - Date.now(), writeTimeoutMs),
    );
    begun.set(correlation, { stream, expected: expectedOf(options), timer, events: [] });
    return true;
  };

  const finish = (correlation: string, { stream, expected, timer, events }: BegunWrite): void => {
    clearTimeout(timer);
    begun.delete(correlation);
    void commit.append({ stream, expected, events }).then((result) => {
      const response = batchResponse(correlation, stream);
      say(
        result.answer === 'written'
          ? withSuccess(response, result.last)
          : withWrongVersion(response, expected, result.current),
      );
    });
  };

  call.on('data', (request: BatchAppendReq) => {
    const correlation = request.getCorrelationId()?.getString() ?? '';
    const options = request.getOptions();
    if (options && !begin(correlation, options)) return;
    const write = begun.get(correlation);
    if (write === undefined) return;
    try {
      write.events.push(...request.getProposedMessagesList().map(proposedOf));
    } catch {
      say(withBadRequest(batchResponse(correlation, write.stream)));
      return;
    }
    if (sizeOf(write.events) > maxAppendSize) {
      clearTimeout(write.timer);
      begun.delete(correlation);
      say(withTooLarge(batchResponse(correlation, write.stream)));
      return;
    }
    if (request.getIsFinal()) finish(correlation, write);
  });
};
