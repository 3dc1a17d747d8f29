import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { getEventType } from '#contracts';
import type { ContributionDraft, FeedContext, FeedDefinition, FeedItem } from '#intake';

export const feedContext = (overrides: Partial<FeedContext> = {}): FeedContext => ({
  organisation: 'ORG-01',
  organisationKind: 'OTHER',
  codes: ['ORG-01'],
  authoritativeFor: ['nhs-number'],
  feed: 'a-feed',
  receivedAt: '2025-11-28T09:00:00.000Z',
  ...overrides,
});

/** The bytes in pieces of odd sizes, so that nothing rests on where a piece ends. */
export async function* inPieces(bytes: Uint8Array, size = 1021): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

const bytesOf = (document: unknown): Uint8Array =>
  document instanceof Uint8Array
    ? document
    : Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));

/** All items of one document: text and bytes as they are, anything else as JSON. */
export const readFeed = async (
  feed: FeedDefinition,
  document: unknown,
  overrides: Partial<FeedContext> = {},
): Promise<FeedItem[]> => {
  const items: FeedItem[] = [];
  const context = feedContext({ feed: feed.name, ...overrides });
  for await (const item of feed.read(inPieces(bytesOf(document)), context)) items.push(item);
  return items;
};

export const draftsOf = (items: readonly FeedItem[]): ContributionDraft[] =>
  items.flatMap((item) => (item.ok ? item.contributions : []));
export const quarantinedOf = (items: readonly FeedItem[]) =>
  items.flatMap((item) => (item.ok ? [] : [`${item.field}: ${item.reason}`]));
export const countBy = (texts: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
};

/** Drafts whose body does not fit the schema of their event type: there should be none. */
export const misfits = (drafts: readonly ContributionDraft[]): string[] =>
  drafts.flatMap(({ type, body, resolve: resolved }) => {
    const whole = resolved ? { ...body, [resolved.field]: '' } : body;
    const check = TypeCompiler.Compile(getEventType(type).schema);
    return check.Check(whole) ? [] : [`${type}${[...check.Errors(whole)][0]?.path}`];
  });

const PUBLIC_DATA = resolve('../shared/data');

/** A file of the public data beside the project; where it is absent the tests that need it are skipped, and say so. */
export const publicFile = (path: string): Buffer => readFileSync(resolve(PUBLIC_DATA, path));
export const describeWithPublicData = (name: string, tests: () => void): void => {
  if (existsSync(PUBLIC_DATA)) return describe(name, tests);
  console.warn(`SKIPPED: ${name}: there is no ${PUBLIC_DATA}`);
  describe.skip(name, tests);
};
