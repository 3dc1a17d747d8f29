export interface BrokerOptions {
  /** A free one when absent. */
  readonly port?: number;
  /** A temporary folder, removed by `stop`, when absent. */
  readonly dataDir?: string;
  /** Further listeners, beside the plain one. */
  readonly listeners?: readonly { readonly name: string; readonly protocol: string; readonly port: number }[];
  /** Settings of `server.properties`, over those that a broker on this machine needs. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** Further arguments of `kafka-storage format`, such as `--add-scram`. */
  readonly formatArgs?: readonly string[];
  /** Goes on when this process ends. */
  readonly outlives?: boolean;
}

export interface Broker {
  /** `kafka://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** Sends a signal; after SIGKILL (the default) and SIGTERM it waits until the broker has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the broker, if it runs, and starts it over the same data at the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export function startBroker(options?: BrokerOptions): Promise<Broker>;
/** Whether Java 17 or later is here, and Maven or what Maven once fetched. */
export function brokerAvailable(): Promise<boolean>;
/** Undefined where a broker can be started here; else a sentence that says what to do. */
export function whyNoBroker(): Promise<string | undefined>;
export function freePort(): Promise<number>;
