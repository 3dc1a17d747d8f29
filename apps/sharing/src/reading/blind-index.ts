import { createHmac } from 'node:crypto';

/** What may be looked up without being kept: an identifier, a sign-in subject, a name with a birth date. */
export type BlindKind = 'traced' | 'asserted' | 'login' | 'name';

const normalName = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');

/** How many lots there are. */
export const DRAWS = 10_000;

/** HMACs under the hub's blind key, which no adapter holds. */
export class BlindIndex {
  constructor(private readonly key: Uint8Array) {}

  private hmac(domain: string, text: string): Buffer {
    return createHmac('sha256', this.key).update(`${domain}\n${text}`).digest();
  }

  identifier(kind: string, value: string): Buffer {
    return this.hmac('identifier', `${kind}\n${value}`);
  }

  login(login: string): Buffer {
    return this.hmac('login', login);
  }

  /** A number below 10,000, by lot: the same for the same text, and nobody without the key knows it before. */
  draw(text: string): number {
    return this.hmac('draw', text).readUInt32BE(0) % DRAWS;
  }

  /** Undefined where a part is missing: half a name finds nobody. */
  name(given: unknown, family: unknown, birthDate: unknown): Buffer | undefined {
    if (typeof given !== 'string' || typeof family !== 'string' || typeof birthDate !== 'string') return undefined;
    if (!/^\d{4}-\d\d-\d\d$/.test(birthDate)) return undefined;
    return this.hmac('name', `${normalName(given)}\n${normalName(family)}\n${birthDate}`);
  }
}
