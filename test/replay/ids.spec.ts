import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { canonicalText, contributionId, eventId, isUuid, type ContributionName } from '#contracts';

interface Recorded {
  readonly contributions: readonly { readonly name: string; readonly of: ContributionName; readonly id: string }[];
  readonly events: readonly { readonly contribution: string; readonly n: number; readonly id: string }[];
}

const recorded = JSON.parse(readFileSync(new URL('ids-v1.json', import.meta.url), 'utf8')) as Recorded;

/** RFC 9562, section 5.5, without the library that the product uses. */
const uuidV5 = (name: string, namespace: string): string => {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** An id that changed would file what is filed already once more: what was once recorded stays. */
describe('ids of version 1', () => {
  it.each(recorded.contributions)('of a contribution: $name', ({ of, id }) => {
    expect(contributionId(of)).toBe(id);
    const name = canonicalText([of.organisation, of.feed, of.recordKey, of.subjectKey, of.rank, of.body]);
    expect(uuidV5(name, '5d9cbb3f-5f53-5b9a-8f0e-6a4d3f6f2a01')).toBe(id);
  });

  it.each(recorded.events)('of event $n of a contribution', ({ contribution, n, id }) => {
    expect(eventId(contribution, n)).toBe(id);
    expect(uuidV5(`${contribution}/${n}`, '5d9cbb3f-5f53-5b9a-8f0e-6a4d3f6f2a02')).toBe(id);
  });

  it('are UUIDs, no two alike', () => {
    const ids = [...recorded.contributions, ...recorded.events].map(({ id }) => id);
    expect(ids.every(isUuid)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
