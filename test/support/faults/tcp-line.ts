import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface TcpTarget {
  readonly host: string;
  readonly port: number;
}

/** What of a line is cut: everything, or only what comes back. */
export type Cut = 'both-ways' | 'answers';

interface Pair {
  readonly near: Socket;
  far: Socket | undefined;
}

/**
 * A line between two processes that can be cut without either of them being told: nothing gets through, nothing is
 * refused, and new connections are taken and hear nothing, until it heals.
 */
export class TcpLine {
  port = 0;
  private readonly server: Server;
  private readonly pairs = new Set<Pair>();
  private readonly target: () => TcpTarget;
  private cutAs: Cut | undefined;

  constructor(target: () => TcpTarget) {
    this.target = target;
    this.server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (near) => this.take(near));
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.pairs.size;
  }

  cut(as: Cut): void {
    this.cutAs = as;
    for (const { near, far } of this.pairs) {
      far?.pause();
      if (as === 'both-ways') near.pause();
    }
  }

  /** What waits goes on where it stood, or every connection breaks, as behind a firewall that has forgotten them. */
  heal(how: 'goes-on' | 'breaks'): void {
    this.cutAs = undefined;
    for (const pair of this.pairs) {
      if (how === 'breaks') {
        pair.near.resetAndDestroy();
        pair.far?.resetAndDestroy();
      } else if (pair.far) {
        pair.near.resume();
        pair.far.resume();
      } else this.reach(pair);
    }
  }

  async close(): Promise<void> {
    for (const { near, far } of this.pairs) {
      near.destroy();
      far?.destroy();
    }
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(near: Socket): void {
    const pair: Pair = { near, far: undefined };
    this.pairs.add(pair);
    near.setNoDelay(true);
    near.on('error', () => undefined);
    near.on('close', () => {
      this.pairs.delete(pair);
      pair.far?.destroy();
    });
    if (this.cutAs === undefined) this.reach(pair);
  }

  private reach(pair: Pair): void {
    const { near } = pair;
    const far = connect({ ...this.target(), allowHalfOpen: true });
    pair.far = far;
    far.setNoDelay(true);
    far.on('error', () => near.resetAndDestroy());
    far.on('close', () => near.destroy());
    this.carry(near, far, 'both-ways');
    this.carry(far, near, 'answers');
    far.once('connect', () => {
      if (this.cutAs === undefined) near.resume();
    });
  }

  /** `stoppedBy`: the least cut that stops this way. */
  private carry(from: Socket, to: Socket, stoppedBy: Cut): void {
    const isCut = (): boolean => this.cutAs === 'both-ways' || this.cutAs === stoppedBy;
    from.on('data', (data) => {
      if (!to.write(data)) from.pause();
    });
    to.on('drain', () => {
      if (!isCut()) from.resume();
    });
    from.on('end', () => to.end());
  }
}
