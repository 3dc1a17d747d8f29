import { hash } from 'node:crypto';
import type { Part } from '#contracts';
import type { KeyService } from '../keys/key-service.js';
import { readFinal, type OpenedFinal } from './final-form.js';
import { createPartOpener, type OpenRequest, type PartOpener, type PlainPart } from './open-contribution.js';

/** What decisions read again and again. What pages show is opened anew for each of them. */
const REMEMBERED: readonly Part[] = ['identity', 'terms'];

interface Opened {
  /** The rows of the keys that opened it. */
  readonly by: string;
  readonly plain: PlainPart;
}
interface Kept {
  readonly final: OpenedFinal;
  readonly size: number;
  readonly parts: Map<Part, Opened>;
  usedAt: number;
}

/** Whoever asks is given the same object: nobody may change it. */
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
};

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

const keysOf = ({ contributionId, wrapped, submissionKeyRow: row }: OpenRequest): string | undefined =>
  wrapped && row
    ? [contributionId, row.submissionId, row.recipient, row.kid, ...[row.enc, row.sealed, wrapped].map(textOf)].join(
        ' ',
      )
    : undefined;

/**
 * A `PartOpener` that reads and opens for decisions once: at most `capacity` bytes of contributions, none for much longer
 * than `mostIdle` milliseconds after its last use, the least used leaving first. What it opened is given again only for
 * the very bytes and the very rows of keys that it was opened with; whoever asks without one of them is told that it is
 * erased, and it is forgotten.
 */
export const createRememberingOpener = (
  keys: Pick<KeyService, 'privateKeyOf'>,
  { capacity = 32 * 1024 * 1024, mostIdle = 300_000, now = () => performance.now() } = {},
): PartOpener => {
  const opener = createPartOpener(keys);
  let held = 0;
  const kept = new Map<string, Kept>();
  const partsOf = new WeakMap<OpenedFinal, Kept['parts']>();

  let sweep: NodeJS.Timeout | undefined;
  const forget = (at: number): void => {
    for (const [name, { usedAt, size }] of kept) {
      if (held <= capacity && at - usedAt <= mostIdle) break;
      kept.delete(name);
      held -= size;
    }
    // Where nobody reads any more, nothing stays.
    if (kept.size > 0) sweep ??= setTimeout(() => ((sweep = undefined), forget(now())), mostIdle + 1).unref();
  };
  const keep = (bytes: Uint8Array): Kept => {
    const final = frozen(readFinal(bytes));
    const parts = new Map<Part, Opened>();
    partsOf.set(final, parts);
    held += bytes.byteLength;
    return { final, size: bytes.byteLength, parts, usedAt: 0 };
  };

  return {
    read(bytes) {
      const name = hash('sha256', bytes, 'base64');
      const one = kept.get(name) ?? keep(bytes);
      one.usedAt = now();
      kept.delete(name);
      kept.set(name, one);
      forget(one.usedAt);
      return one.final;
    },
    async open(request) {
      const { final, part } = request;
      const parts = final instanceof Uint8Array || !REMEMBERED.includes(part) ? undefined : partsOf.get(final);
      if (!parts) return opener.open(request);
      const by = keysOf(request);
      const known = parts.get(part);
      if (known && known.by === by) return known.plain;
      parts.delete(part);
      const plain = await opener.open(request);
      if (plain !== 'erased' && by !== undefined) parts.set(part, { by, plain: frozen(plain) });
      return plain;
    },
  };
};
