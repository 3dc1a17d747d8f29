import { randomUUID } from 'node:crypto';
import { generateKeyPair } from './hpke.js';
import { createRememberingOpener } from './remembering-opener.js';
import { sealContribution } from './seal-contribution.js';
import { createSubmissionKeys } from './submission-keys.js';
import { exampleEnvelope } from '../../testing/example-envelope.js';

const PARTS = { terms: { since: ['2025-10-30'] }, content: { note: 'told the desk' } };

describe('an opener that remembers', () => {
  const recipients = ['org:POL1', 'hub'];
  const pairs = new Map<string, Awaited<ReturnType<typeof generateKeyPair>>>();
  const clock = { at: 0 };

  const opener = (options: Parameters<typeof createRememberingOpener>[1] = {}) =>
    createRememberingOpener(
      { privateKeyOf: (recipient: string) => Promise.resolve(pairs.get(recipient)!.privateKey) },
      { now: () => clock.at, ...options },
    );
  const seal = async () => {
    const submissionKeys = await createSubmissionKeys(
      randomUUID(),
      recipients.map((recipient) => ({ recipient, kid: `${recipient}-1`, publicKey: pairs.get(recipient)!.publicKey })),
    );
    const envelope = exampleEnvelope();
    const { contributionId } = envelope;
    const sealed = sealContribution({ envelope, parts: PARTS, submissionKeys });
    const asked = (part: 'terms' | 'content') => {
      const { recipient, wrapped } = sealed.dataKeys.find((row) => row.part === part)!;
      const row = submissionKeys.rows.find((one) => one.recipient === recipient)!;
      return { contributionId, part, wrapped, submissionKeyRow: { submissionId: submissionKeys.submissionId, ...row } };
    };
    return { bytes: sealed.bytes, asked };
  };

  beforeAll(async () => {
    for (const recipient of recipients) pairs.set(recipient, await generateKeyPair());
  });

  it('reads the same bytes once, and opens for decisions once, to what nobody can change', async () => {
    const { bytes, asked } = await seal();
    const remembering = opener();
    const final = remembering.read(bytes);
    expect(remembering.read(Buffer.from(bytes))).toBe(final);

    const opened = await remembering.open({ ...asked('terms'), final });
    expect(opened).toEqual(PARTS.terms);
    expect(await remembering.open({ ...asked('terms'), final })).toBe(opened);
    expect(Object.isFrozen((opened as typeof PARTS.terms).since)).toBe(true);
    expect(Object.isFrozen(final.form.envelope.owner)).toBe(true);
  });

  it('opens what pages show anew each time', async () => {
    const { bytes, asked } = await seal();
    const remembering = opener();
    const final = remembering.read(bytes);
    const first = await remembering.open({ ...asked('content'), final });
    const second = await remembering.open({ ...asked('content'), final });
    expect(first).toEqual(PARTS.content);
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
  });

  it.each(['wrapped', 'submissionKeyRow'] as const)('says erased at once where a key has gone: %s', async (name) => {
    const { bytes, asked } = await seal();
    const remembering = opener();
    const final = remembering.read(bytes);
    const opened = await remembering.open({ ...asked('terms'), final });
    expect(await remembering.open({ ...asked('terms'), final, [name]: undefined })).toBe('erased');
    // It was not kept beside.
    expect(await remembering.open({ ...asked('terms'), final })).not.toBe(opened);
  });

  it('does not open with the keys of something else what the right ones opened', async () => {
    const [one, other] = [await seal(), await seal()];
    const remembering = opener();
    const final = remembering.read(one.bytes);
    await remembering.open({ ...one.asked('terms'), final });
    await expect(
      remembering.open({ ...one.asked('terms'), final, wrapped: other.asked('terms').wrapped }),
    ).rejects.toMatchObject({ type: 'altered' });
    await expect(remembering.open({ ...other.asked('terms'), final })).rejects.toMatchObject({ type: 'altered' });
  });

  it('does not know bytes of which one was changed', async () => {
    const { bytes } = await seal();
    const remembering = opener();
    remembering.read(bytes);
    const changed = Buffer.from(bytes);
    changed[changed.length - 2] = '3'.charCodeAt(0);
    expect(() => remembering.read(changed)).toThrow();
  });

  it('forgets the least used where it holds more than it may, and what was not used for long', async () => {
    const made = await Promise.all([seal(), seal(), seal()]);
    const remembering = opener({ capacity: 2.5 * made[0]!.bytes.byteLength, mostIdle: 1000 });
    const [first, second] = made.map(({ bytes }) => remembering.read(bytes));
    expect(remembering.read(made[1]!.bytes)).toBe(second);
    expect(remembering.read(made[0]!.bytes)).not.toBe(first);

    const third = remembering.read(made[2]!.bytes);
    clock.at += 1000;
    expect(remembering.read(made[2]!.bytes)).toBe(third);
    clock.at += 1001;
    remembering.read(made[0]!.bytes);
    expect(remembering.read(made[2]!.bytes)).not.toBe(third);
  });
});
