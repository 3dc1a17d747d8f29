import { EngineError } from '../postgres/engine-error.js';

export interface BusSecurity {
  /** Whether the connections are TLS. */
  readonly tls: boolean;
  /** File of the certificate authorities to trust (PEM); those that Node comes with when absent. */
  readonly caFile?: string;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

const BROKER = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):([0-9]{1,5})$/;

/** `host:port` of every broker in `kafka://host:port[,host:port...]`. */
export const brokersOf = (busUrl: string): string[] => {
  const brokers = /^kafka:\/\/([^/?#]+)\/?$/.exec(busUrl)?.[1]?.split(',') ?? [];
  const wellFormed = brokers.every((broker) => {
    const port = Number(BROKER.exec(broker)?.[1]);
    return port >= 1 && port <= 65_535;
  });
  if (brokers.length > 0 && wellFormed) return brokers;
  throw new EngineError('not-supported', 'BUS_URL is no kafka://host:port with further ,host:port.');
};
