import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { canonicalBytes, canonicalText } from '#contracts';
import type { Part } from '#contracts';
import { KeyServiceError } from '../keys/key-service.js';
import { MAX_FINAL_BYTES, checkFinalSize, isCanonical, parseFinal, readFinal } from './final-form.js';
import { hmacHex } from './hmac-hex.js';
import { generateKeyPair } from './hpke.js';
import { unwrapKey, wrapKey } from './key-wrap.js';
import { createPartOpener, openPart } from './open-contribution.js';
import type { OpenRequest } from './open-contribution.js';
import { sealContribution } from './seal-contribution.js';
import type { PlainParts, SealedContribution } from './seal-contribution.js';
import { createSubmissionKeys } from './submission-keys.js';
import { exampleEnvelope as envelope } from '../../testing/example-envelope.js';
import type { SubmissionKeys } from './submission-keys.js';

const PARTS: PlainParts = {
  identity: { identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }] },
  terms: { since: '2025-10-30' },
  content: { note: 'told the desk – “twice” 🙂', attended: null },
  location: { line1: 'somewhere' },
};

const pairs = new Map<string, { publicKey: Uint8Array; privateKey: Uint8Array }>();
const keyService = {
  asked: 0,
  async privateKeyOf(recipient: string) {
    this.asked += 1;
    const pair = pairs.get(recipient);
    if (!pair) throw new KeyServiceError('not-held', 'this process does not hold that key');
    return pair.privateKey;
  },
};

const submission = async (): Promise<SubmissionKeys> =>
  createSubmissionKeys(
    randomUUID(),
    [...pairs].map(([recipient, { publicKey }]) => ({ recipient, kid: `${recipient}-1`, publicKey })),
  );

const requestFor = (keys: SubmissionKeys, id: string, sealed: SealedContribution, part: Part): OpenRequest => {
  const dataKey = sealed.dataKeys.find((row) => row.part === part);
  const row = keys.rows.find(({ recipient }) => recipient === dataKey?.recipient);
  return {
    contributionId: id,
    final: sealed.bytes,
    part,
    wrapped: dataKey?.wrapped,
    submissionKeyRow: row && { submissionId: keys.submissionId, ...row },
  };
};

beforeAll(async () => {
  for (const recipient of ['org:POL1', 'hub', 'org:SCH1']) pairs.set(recipient, await generateKeyPair());
});

describe('sealing a contribution', () => {
  it('gives back what each part held, with the keys of the right recipient', async () => {
    const keys = await submission();
    const clear = envelope();
    const sealed = sealContribution({ envelope: clear, parts: PARTS, submissionKeys: keys });
    const opener = createPartOpener(keyService);
    for (const part of ['identity', 'terms', 'content', 'location'] as const) {
      expect(await opener.open(requestFor(keys, clear.contributionId, sealed, part))).toEqual(PARTS[part]);
    }
    expect(Object.fromEntries(sealed.dataKeys.map(({ part, recipient }) => [part, recipient]))).toEqual({
      identity: 'org:POL1',
      terms: 'hub',
      content: 'org:POL1',
      location: 'org:POL1',
    });
    expect(sealed.dataKeys.every(({ wrapped }) => wrapped.length === 40)).toBe(true);
  });

  it('leaves nothing but the envelope in the clear, in canonical bytes', async () => {
    const clear = envelope();
    const { bytes } = sealContribution({ envelope: clear, parts: PARTS, submissionKeys: await submission() });
    const text = Buffer.from(bytes).toString();
    for (const secret of ['9990000018', 'desk', 'somewhere']) expect(text).not.toContain(secret);
    const form = parseFinal(bytes);
    expect(form.envelope).toEqual(clear);
    expect(Buffer.from(canonicalBytes(form)).equals(Buffer.from(bytes))).toBe(true);
  });

  it('never uses a data key or a nonce again', async () => {
    const keys = await submission();
    const clear = envelope();
    const seal = () => sealContribution({ envelope: clear, parts: PARTS, submissionKeys: keys });
    const all = [seal(), seal()].flatMap(({ bytes, dataKeys }) => [
      ...Object.values(parseFinal(bytes).parts).flatMap(({ nonce, ct }) => [nonce, ct]),
      ...dataKeys.map(({ wrapped }) => Buffer.from(wrapped).toString('hex')),
    ]);
    expect(new Set(all).size).toBe(all.length);
  });

  it('refuses a part whose recipient has no key, and more than 900 KiB', async () => {
    const keys = await submission();
    const other = envelope({ owner: { organisation: 'HOU1', service: 'housing' } });
    expect(() => sealContribution({ envelope: other, parts: PARTS, submissionKeys: keys })).toThrow(
      expect.objectContaining({ type: 'no-such-recipient' }),
    );
    const large = { content: { note: 'x'.repeat(MAX_FINAL_BYTES) } };
    expect(() => sealContribution({ envelope: envelope(), parts: large, submissionKeys: keys })).toThrow(
      expect.objectContaining({ type: 'too-large' }),
    );
    expect(() => checkFinalSize(new Uint8Array(MAX_FINAL_BYTES))).not.toThrow();
    expect(() => checkFinalSize(new Uint8Array(MAX_FINAL_BYTES + 1))).toThrow();
  });
});

describe('opening a contribution', () => {
  it('notices a changed envelope, cipher text, nonce, wrapped key, submission key and a swapped contribution', async () => {
    const keys = await submission();
    const clear = envelope();
    const sealed = sealContribution({ envelope: clear, parts: PARTS, submissionKeys: keys });
    const right = requestFor(keys, clear.contributionId, sealed, 'content');
    const form = parseFinal(sealed.bytes);
    const flip = (bytes: Uint8Array | null | undefined, at: number) =>
      (bytes ?? []).map((b, i) => (i === at ? b ^ 1 : b));
    const rewritten = (change: (text: string) => string) =>
      canonicalBytes(JSON.parse(change(canonicalText(form))) as unknown);
    const nonce = form.parts.content?.nonce ?? '';
    const ct = form.parts.content?.ct ?? '';
    const next = (letter: string) => (letter === 'A' ? 'B' : 'A');
    const later = sealContribution({ envelope: envelope(), parts: PARTS, submissionKeys: keys });
    const bytes = (of: Iterable<number>) => Uint8Array.from(of);
    const row = right.submissionKeyRow;
    if (!row) throw new Error('no row');

    const wrong: OpenRequest[] = [
      { ...right, final: rewritten((text) => text.replace('"ordinary"', '"contact"')) },
      { ...right, final: rewritten((text) => text.replace(nonce, next(nonce[0] ?? '') + nonce.slice(1))) },
      { ...right, final: rewritten((text) => text.replace(ct, next(ct[0] ?? '') + ct.slice(1))) },
      { ...right, final: rewritten((text) => text.replace(ct, ct.slice(4))) },
      { ...right, wrapped: bytes(flip(right.wrapped, 5)) },
      { ...right, wrapped: requestFor(keys, clear.contributionId, sealed, 'identity').wrapped },
      { ...right, wrapped: right.wrapped?.subarray(0, 32) },
      { ...right, submissionKeyRow: { ...row, sealed: bytes(flip(row.sealed, 5)) } },
      { ...right, submissionKeyRow: { ...row, enc: bytes(flip(row.enc, 5)) } },
      { ...right, submissionKeyRow: { ...row, kid: 'another' } },
      { ...right, submissionKeyRow: { ...row, submissionId: randomUUID() } },
      { ...right, contributionId: randomUUID() },
      { ...right, final: later.bytes },
    ];
    const opener = createPartOpener(keyService);
    expect(await opener.open(right)).toEqual(PARTS.content);
    const outcomes = await Promise.all(
      wrong.map((request) => opener.open(request).catch((error: { type?: string }) => error.type)),
    );
    expect(outcomes).toEqual(wrong.map(() => 'altered'));
  });

  it('says erased where a wrapped key has gone, even when the submission key is remembered', async () => {
    const keys = await submission();
    const clear = envelope();
    const sealed = sealContribution({ envelope: clear, parts: PARTS, submissionKeys: keys });
    const right = requestFor(keys, clear.contributionId, sealed, 'content');
    const opener = createPartOpener(keyService);
    await opener.open(right);
    expect(await opener.open({ ...right, wrapped: null })).toBe('erased');
    expect(await opener.open({ ...right, submissionKeyRow: undefined })).toBe('erased');
    expect(await opener.open(requestFor(keys, clear.contributionId, sealed, 'identity'))).toEqual(PARTS.identity);
  });

  it('asks for a private key once a submission, and again after the cache has dropped it', async () => {
    const opener = createPartOpener(keyService, 2);
    const made = await Promise.all(
      [1, 2, 3].map(async () => {
        const keys = await submission();
        const clear = envelope();
        return requestFor(
          keys,
          clear.contributionId,
          sealContribution({ envelope: clear, parts: PARTS, submissionKeys: keys }),
          'content',
        );
      }),
    );
    const askedFor = async (which: number[]): Promise<number> => {
      keyService.asked = 0;
      await Promise.all(which.flatMap((i) => made[i] ?? []).map((request) => opener.open(request)));
      return keyService.asked;
    };
    expect(await askedFor([0, 0, 0])).toBe(1);
    expect(await askedFor([1, 0])).toBe(1);
    expect(await askedFor([2])).toBe(1);
    expect(await askedFor([0, 2])).toBe(0);
    expect(await askedFor([1])).toBe(1);
  });

  it('passes on that the key is not held, and asks again the next time', async () => {
    const keys = await submission();
    const clear = envelope();
    const sealed = sealContribution({ envelope: clear, parts: PARTS, submissionKeys: keys });
    let held = false;
    const opener = createPartOpener({
      privateKeyOf: async (recipient) => {
        if (!held) throw new KeyServiceError('not-held', 'this process does not hold that key');
        return keyService.privateKeyOf(recipient);
      },
    });
    const request = requestFor(keys, clear.contributionId, sealed, 'content');
    await expect(opener.open(request)).rejects.toMatchObject({ type: 'not-held' });
    held = true;
    expect(await opener.open(request)).toEqual(PARTS.content);
  });

  it('says that a part is not there', async () => {
    const keys = await submission();
    const clear = envelope();
    const sealed = sealContribution({ envelope: clear, parts: { content: { a: 1 } }, submissionKeys: keys });
    const request = { ...requestFor(keys, clear.contributionId, sealed, 'content'), part: 'location' as const };
    await expect(createPartOpener(keyService).open(request)).rejects.toMatchObject({ type: 'no-such-part' });
    const { form, envelopeBytes } = readFinal(sealed.bytes);
    expect(() => openPart(form, envelopeBytes, 'location', new Uint8Array(32))).toThrow();
  });

  it('opens a page of 200 entries with two parts each by one asymmetric step a submission, however often', async () => {
    const keys = await submission();
    const page = Array.from({ length: 200 }, () => {
      const clear = envelope();
      return {
        id: clear.contributionId,
        sealed: sealContribution({ envelope: clear, parts: PARTS, submissionKeys: keys }),
      };
    });
    let steps = 0;
    const counting = {
      privateKeyOf: (recipient: string) => {
        steps += 1;
        return keyService.privateKeyOf(recipient);
      },
    };
    const opener = createPartOpener(counting);
    for (let read = 0; read < 3; read += 1) {
      for (const { id, sealed } of page) {
        const final = readFinal(sealed.bytes);
        for (const part of ['content', 'location'] as const) {
          expect(await opener.open({ ...requestFor(keys, id, sealed, part), final })).toEqual(PARTS[part]);
        }
      }
    }
    expect(steps).toBe(1);
  });
});

describe('final bytes', () => {
  it('are read strictly', async () => {
    const { bytes } = sealContribution({ envelope: envelope(), parts: PARTS, submissionKeys: await submission() });
    const text = Buffer.from(bytes).toString();
    const cases: Record<string, string> = {
      'not JSON': text.slice(1),
      'another version': text.replace(/"v":1\}$/, '"v":2}'),
      'no version': text.replace(/,"v":1\}$/, '}'),
      'a name more': text.replace(/"v":1\}$/, '"v":1,"x":1}'),
      'white space': ` ${text}`,
      'another order': text.replace(/^\{(.*),"v":1\}$/, '{"v":1,$1}'),
      'a repeated name': text.replace(/"v":1\}$/, '"v":1,"v":1}'),
      'another part': text.replace('"content":{"alg"', '"contents":{"alg"'),
      'another algorithm': text.replace('"A256GCM"', '"A128GCM"'),
      'no tag': text.replace(/"ct":"[^"]*"/, '"ct":"AAAA"'),
      'a short nonce': text.replace(/"nonce":"[^"]*"/, '"nonce":"AAAA"'),
      'a subject key of another form': text.replace('0123456789abcdef0123456789abcdef', 'child'),
      'a list': '[]',
      'a byte order mark': `\ufeff${text}`,
    };
    for (const [name, changed] of Object.entries(cases)) {
      expect([name, changed === text]).toEqual([name, false]);
      expect(() => readFinal(new TextEncoder().encode(changed))).toThrow(
        expect.objectContaining({ type: 'invalid-form' }),
      );
    }
    expect(() => readFinal(new Uint8Array([0xff]))).toThrow(expect.objectContaining({ type: 'invalid-form' }));
  });
});

describe('isCanonical', () => {
  it('agrees with writing the canonical text', () => {
    const words = fc.constantFrom('a', 'b', '10', '9', '\ud83d', '\\ud83d', 'é', '🙂', '');
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        words,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value'), { maxLength: 3 }),
      object: fc.dictionary(words, tie('value'), { maxKeys: 4 }),
    })).value;
    let canonical = 0;
    fc.assert(
      fc.property(values, fc.boolean(), (value, straight) => {
        let expected: string | undefined;
        try {
          expected = canonicalText(value);
        } catch {
          expected = undefined;
        }
        const text = straight ? (expected ?? JSON.stringify(value)) : JSON.stringify(value);
        const parsed = JSON.parse(text) as unknown;
        canonical += Number(text === expected);
        expect(isCanonical(parsed, text)).toBe(text === expected);
      }),
      { numRuns: 500 },
    );
    expect(canonical).toBeGreaterThan(100);
  });
});

describe('small parts', () => {
  it('wraps keys as RFC 3394 section 4.6 does', () => {
    const hex = (text: string) => Buffer.from(text, 'hex');
    const wrapping = hex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
    const key = hex('00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f');
    const wrapped = hex('28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21');
    expect(Buffer.from(wrapKey(wrapping, key)).equals(wrapped)).toBe(true);
    expect(Buffer.from(unwrapKey(wrapping, wrapped)).equals(key)).toBe(true);
  });

  it('keeps the HMAC of every domain apart, and the same for ever', () => {
    const secret = new Uint8Array(32).fill(7);
    expect(hmacHex(secret, 'record-key', 'POL-1')).toBe(
      'd461975d12ca305f22710c02b34c824729ed0994ba7c355f8e9a80fa95fb7c4e',
    );
    expect(hmacHex(secret, 'body', 'POL-1')).not.toBe(hmacHex(secret, 'record-key', 'POL-1'));
    expect(() => hmacHex(secret, 'body\nx', 'POL-1')).toThrow(RangeError);
  });
});
