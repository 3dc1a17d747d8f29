import { canonicalBytes } from '#contracts';
import type { Part } from '#contracts';
import { openWith, sealTo } from './hpke.js';
import { secureRandom } from './random.js';
import type { Random } from './random.js';

/** The hub's decision key, to which `terms` are sealed. */
export const HUB_RECIPIENT = 'hub';

/** To whom a part is sealed: `terms` to the hub, everything else to the organisation whose record it is. */
export const recipientOf = (part: Part, organisation: string): string =>
  part === 'terms' ? HUB_RECIPIENT : `org:${organisation}`;

export interface Recipient {
  /** `org:<organisation>` or `hub`. */
  readonly recipient: string;
  /** Name of the key pair. */
  readonly kid: string;
  /** X25519, 32 raw bytes. */
  readonly publicKey: Uint8Array;
}

/** One row of `sealing.submission_key` beside its submission: the key of (submission, recipient), sealed by HPKE. */
export interface SubmissionKeyRow {
  readonly recipient: string;
  readonly kid: string;
  /** 32 bytes. */
  readonly enc: Uint8Array;
  /** 48 bytes. */
  readonly sealed: Uint8Array;
}

export interface SubmissionKeys {
  readonly submissionId: string;
  /** Raw 32-byte keys by recipient. They live as long as the submission is being sealed, and nowhere else. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly rows: readonly SubmissionKeyRow[];
}

const INFO = new TextEncoder().encode('sightline submission key v1');

/** Binds a sealed key to its submission and recipient: a row moved elsewhere does not open. */
const boundTo = (submissionId: string, recipient: string, kid: string): Uint8Array =>
  canonicalBytes([submissionId, recipient, kid]);

/** A fresh random key for each recipient of one submission, sealed to that recipient's public key. */
export const createSubmissionKeys = async (
  submissionId: string,
  recipients: readonly Recipient[],
  random: Random = secureRandom,
): Promise<SubmissionKeys> => {
  const made = recipients.map((recipient) => ({
    ...recipient,
    key: random(32),
    ephemeral: random === secureRandom ? undefined : random(32),
  }));
  const rows = await Promise.all(
    made.map(async ({ recipient, kid, publicKey, key, ephemeral }) => {
      const { enc, ct } = await sealTo(publicKey, key, INFO, boundTo(submissionId, recipient, kid), ephemeral);
      return { recipient, kid, enc, sealed: ct };
    }),
  );
  return { submissionId, keys: new Map(made.map(({ recipient, key }) => [recipient, key])), rows };
};

/** The raw key of a row. Throws a SealingError `altered`. */
export const openSubmissionKey = (
  privateKey: Uint8Array,
  submissionId: string,
  row: SubmissionKeyRow,
): Promise<Uint8Array> =>
  openWith(privateKey, row.enc, row.sealed, INFO, boundTo(submissionId, row.recipient, row.kid));
