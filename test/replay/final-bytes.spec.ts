import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PARTS } from '#contracts';
import type { Envelope, Part } from '#contracts';
import {
  createPartOpener,
  createSubmissionKeys,
  openWith,
  parseFinal,
  readFinal,
  sealContribution,
  type OpenRequest,
  type PlainParts,
  type Random,
} from '#platform';

/** A contribution that was sealed once, with everything that went in and came out. Its keys are of this test alone. */
interface Recorded {
  readonly seed: string;
  readonly submissionId: string;
  readonly recipients: readonly { recipient: string; kid: string; publicKey: string; privateKey: string }[];
  readonly envelope: Envelope;
  readonly parts: PlainParts;
  readonly submissionKeys: readonly { recipient: string; kid: string; enc: string; sealed: string }[];
  readonly dataKeys: readonly { part: Part; recipient: string; wrapped: string }[];
  readonly sha256: string;
  readonly bytes: string;
}

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'final-bytes-v1.json'), 'utf8')) as Recorded;
const bytes = new Uint8Array(Buffer.from(recorded.bytes, 'base64'));
const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const hex = (of: Uint8Array): string => Buffer.from(of).toString('hex');

/** The randomness of the recording: SHA-256 over the seed and a counter. */
const replayed = (seed: string): Random => {
  let block = 0;
  return (n) => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < n; have += 32) {
      blocks.push(createHash('sha256').update(`${seed}/${block}`).digest());
      block += 1;
    }
    return new Uint8Array(Buffer.concat(blocks).subarray(0, n));
  };
};

const opener = () =>
  createPartOpener({
    privateKeyOf: async (recipient, kid) => {
      const found = recorded.recipients.find((pair) => pair.recipient === recipient && pair.kid === kid);
      if (!found) throw new Error('no such key');
      return unhex(found.privateKey);
    },
  });

const requestFor = (part: Part, final: Uint8Array): OpenRequest => {
  const dataKey = recorded.dataKeys.find((row) => row.part === part);
  const row = recorded.submissionKeys.find(({ recipient }) => recipient === dataKey?.recipient);
  return {
    contributionId: recorded.envelope.contributionId,
    final,
    part,
    wrapped: dataKey && unhex(dataKey.wrapped),
    submissionKeyRow: row && {
      submissionId: recorded.submissionId,
      recipient: row.recipient,
      kid: row.kid,
      enc: unhex(row.enc),
      sealed: unhex(row.sealed),
    },
  };
};

describe('final bytes, version 1', () => {
  it('are the recorded ones', () => {
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(recorded.sha256);
    expect(recorded.sha256).toBe('e3d457f9db26942037c3d99a1b8edaae0498aef7781120bc41dcf80692710cf3');
  });

  it('are opened by the code of today', async () => {
    expect(parseFinal(bytes).envelope).toEqual(recorded.envelope);
    for (const part of PARTS) {
      expect(await opener().open(requestFor(part, bytes))).toEqual(recorded.parts[part]);
    }
  });

  it('are made again, byte for byte, from the same randomness', async () => {
    const random = replayed(recorded.seed);
    const recipients = recorded.recipients.map(({ recipient, kid, publicKey }) => ({
      recipient,
      kid,
      publicKey: unhex(publicKey),
    }));
    const keys = await createSubmissionKeys(recorded.submissionId, recipients, random);
    const { envelope, parts } = recorded;
    const sealed = sealContribution({ envelope, parts, submissionKeys: keys, random });
    expect(Buffer.from(sealed.bytes).toString()).toBe(Buffer.from(bytes).toString());
    expect(sealed.dataKeys.map((row) => ({ ...row, wrapped: hex(row.wrapped) }))).toEqual(recorded.dataKeys);
    expect(keys.rows.map((row) => ({ ...row, enc: hex(row.enc), sealed: hex(row.sealed) }))).toEqual(
      recorded.submissionKeys,
    );
  });

  it('seal a submission key under the recorded info and associated data', async () => {
    const [row] = recorded.submissionKeys;
    const [pair] = recorded.recipients;
    if (!row || !pair) throw new Error('nothing recorded');
    const key = await openWith(
      unhex(pair.privateKey),
      unhex(row.enc),
      unhex(row.sealed),
      new TextEncoder().encode('sightline submission key v1'),
      new TextEncoder().encode(JSON.stringify([recorded.submissionId, row.recipient, row.kid])),
    );
    expect(key.length).toBe(32);
  });

  it('show every flipped bit: no part of them opens, or they are no final bytes', async () => {
    const shared = opener();
    for (const part of PARTS) await shared.open(requestFor(part, bytes));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      let final;
      try {
        final = readFinal(flipped);
      } catch {
        continue;
      }
      const opened = await Promise.all(
        PARTS.map((part) =>
          shared.open({ ...requestFor(part, flipped), final }).then(
            () => true,
            () => false,
          ),
        ),
      );
      expect([bit, opened.every(Boolean)]).toEqual([bit, false]);
    }
  });
});
