import { readFileSync } from 'node:fs';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import kafkajs, { type ISocketFactory, type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { EngineError } from '../postgres/engine-error.js';
import type { BusSecurity } from './address.js';
import { clientLog } from './client-log.js';
import { calmClientTimers } from './client-timers.js';

export interface LineOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly security: BusSecurity;
  readonly log: (line: string) => void;
}

/**
 * One client of the brokers, with all of its connections. Of every producer and every consumer there is one line: the
 * client shares the offsets of a group among its consumers, and a line can be cut without harm to others.
 */
export interface Line {
  readonly kafka: Kafka;
  /** Ends every connection at once and opens none again: whatever waits on this line fails. */
  cut(): void;
}

const KEEP_ALIVE_MS = 10_000;

/** What the client asks of its options about TLS and SASL. Throws a sentence where the file cannot be read. */
export const securityOf = ({ tls, caFile, sasl }: BusSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> => {
  const ca = (): { ca: string } | Record<string, never> => {
    if (caFile === undefined) return {};
    try {
      return { ca: readFileSync(caFile, 'utf8') };
    } catch {
      throw new EngineError('not-supported', 'BUS_CA_FILE cannot be read.');
    }
  };
  return { ...(tls ? { ssl: ca() } : {}), ...(sasl ? { sasl: sasl as SASLOptions } : {}) };
};

/** Opens the line that `connect` asks for; nothing is sent before it is used. */
export const openLine = ({ brokers, clientId, security, log }: LineOptions): Line => {
  calmClientTimers();
  const sockets = new Set<Socket>();
  let isCut = false;
  const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (isCut) throw new Error('the line is cut');
    const name = isIP(host) ? {} : { servername: host };
    const socket = ssl
      ? connectTls({ host, port, ...name, ...(ssl as ConnectionOptions) }, onConnect)
      : connectPlain({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const kafka = new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    ...securityOf(security),
    connectionTimeout: 3000,
    authenticationTimeout: 5000,
    requestTimeout: 8000,
    retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 6 },
    socketFactory,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: clientLog(log),
  });
  return {
    kafka,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy(new Error('the line is cut'));
    },
  };
};
