import { createHmac } from 'node:crypto';

/**
 * What an identifier or a sign-in is looked up by: an HMAC under the hub's blind key, in hex. It is the one that the
 * projection keeps, so that a record whose identity is erased still belongs to its child.
 */
export class BlindNames {
  constructor(private readonly key: Uint8Array) {}

  private hmac(domain: string, text: string): string {
    return createHmac('sha256', this.key).update(`${domain}\n${text}`).digest('hex');
  }

  identifier(kind: string, value: string): string {
    return this.hmac('identifier', `${kind}\n${value}`);
  }

  login(login: string): string {
    return this.hmac('login', login);
  }
}
