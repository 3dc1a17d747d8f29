import { SealedBox } from '../session/sealed-box.js';
import type { Beginning } from './issuer-client.js';

export interface Remembered extends Beginning {
  /** A path of ours. */
  readonly returnTo: string;
}

const LIFETIME_MS = 10 * 60_000;
const NOBODY = new Uint8Array();

/** What a sign-in that has begun must remember, sealed in a cookie for ten minutes: no row for whoever is nobody yet. */
export class SignInMemory {
  private readonly box: SealedBox;

  constructor(
    secret: Uint8Array,
    private readonly now: () => Date = () => new Date(),
  ) {
    this.box = new SealedBox(secret, 'sightline sign-in');
  }

  seal(remembered: Remembered): string {
    const { state, nonce, verifier, returnTo } = remembered;
    const until = this.now().getTime() + LIFETIME_MS;
    return this.box.seal({ state, nonce, verifier, returnTo, until }, NOBODY).toString('base64url');
  }

  /** Undefined for whatever this process's secret did not seal in the last ten minutes. */
  open(cookie: string | undefined): Remembered | undefined {
    if (cookie === undefined) return undefined;
    const opened = this.box.open(Buffer.from(cookie, 'base64url'), NOBODY) as
      (Remembered & { until: number }) | undefined;
    return opened && opened.until > this.now().getTime() ? opened : undefined;
  }
}
