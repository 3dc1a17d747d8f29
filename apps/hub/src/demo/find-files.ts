import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Registry } from '#intake';
import { STORY_SCHEMA } from './tell-chapters.js';

/** One file of the demonstration's folder and what it is. */
export type DemoFile =
  | {
      readonly kind: 'submission';
      readonly file: string;
      readonly path: string;
      readonly feed: string;
      readonly organisation: string;
      readonly clientId: string;
      readonly mediaType: string;
    }
  | { readonly kind: 'policies'; readonly file: string; readonly path: string; readonly documents: readonly unknown[] }
  /** Chapters; what they name lies beside it and is theirs alone. */
  | { readonly kind: 'story'; readonly file: string; readonly path: string }
  | { readonly kind: 'not-taken'; readonly file: string; readonly reason: string };

interface Found {
  readonly path: string;
  /** A link, a socket or the like: it is named and not opened. */
  readonly isFile: boolean;
}

const walk = async (folder: string): Promise<Found[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry): Promise<Found[]> => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? walk(path) : [{ path, isFile: entry.isFile() }];
    }),
  );
  return nested.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
};

/** In the large folder of public data these three places are what the hub's feeds take; in any other, every file is tried. */
const PUBLIC_DATA = [
  /^12-dfe-sui\/custodians\/[^/]*\.custodian\.json$/,
  /^12-dfe-sui\/policy\/[^/]*\.json$/,
  /^01-social-care\/cin\/fake_CIN_data\.xml$/,
];

const isPublicData = (names: readonly string[]): boolean =>
  names.some((name) => name.startsWith('12-dfe-sui/') || name.startsWith('01-social-care/'));

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The feeds of the agencies' own records, apart from their staff. */
const recordsFeedOf = (registry: Registry, organisation: string) => {
  const connector = registry.connectors.find((c) => c.organisation === organisation);
  const feed = connector?.feeds.find((f) => f.feed.endsWith('-records'));
  return connector && feed ? { feed: feed.feed, clientId: connector.clientId } : undefined;
};

const classifyJson = (file: string, path: string, text: string, registry: Registry): DemoFile => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'not-taken', file, reason: 'is not JSON' };
  }
  if (isRecord(json) && Array.isArray(json['organisations'])) {
    const documents = (json['organisations'] as unknown[]).filter((o) => isRecord(o) && 'dsaPolicy' in o);
    if (documents.length > 0) return { kind: 'policies', file, path, documents };
  }
  if (isRecord(json) && json['schema'] === 'agreement/1') return { kind: 'policies', file, path, documents: [json] };
  if (isRecord(json) && json['schema'] === STORY_SCHEMA) return { kind: 'story', file, path };
  const organisation = isRecord(json) ? json['orgId'] : undefined;
  if (typeof organisation !== 'string') {
    return { kind: 'not-taken', file, reason: 'names no organisation (orgId) that a feed could belong to' };
  }
  const known = registry.organisations.some(({ id }) => id === organisation);
  const feed = recordsFeedOf(registry, organisation);
  if (!feed) {
    return {
      kind: 'not-taken',
      file,
      reason: known ? 'its organisation has no feed of records' : 'no connector is registered for its organisation',
    };
  }
  return { kind: 'submission', file, path, organisation, ...feed, mediaType: 'application/json' };
};

const classifyXml = (file: string, path: string, text: string, registry: Registry): DemoFile => {
  const code = /<LEA>\s*([^<\s]{1,16})\s*<\/LEA>/.exec(text)?.[1];
  if (!/<Message[\s>]/.test(text) || code === undefined) {
    return { kind: 'not-taken', file, reason: 'is no census of children in need' };
  }
  const census = registry.connectors.flatMap((connector) =>
    connector.feeds
      .filter((f) => f.feed === 'children-in-need-census')
      .map((registration) => ({ connector, registration })),
  );
  const found = census.find(({ registration }) => registration.codes.includes(code)) ?? census[0];
  if (!found) return { kind: 'not-taken', file, reason: 'no connector is registered for a census' };
  return {
    kind: 'submission',
    file,
    path,
    feed: found.registration.feed,
    organisation: found.connector.organisation,
    clientId: found.connector.clientId,
    mediaType: 'application/xml',
  };
};

/** What each file of a folder is. A file that no feed takes is named with the reason. */
export const findFiles = async (folder: string, registry: Registry): Promise<DemoFile[]> => {
  if (!(await stat(folder)).isDirectory()) throw new Error('--data must name a folder');
  const all = (await walk(folder)).map((found) => ({
    ...found,
    file: relative(folder, found.path).split(sep).join('/'),
  }));
  const taken = isPublicData(all.map(({ file }) => file))
    ? all.filter(({ file }) => PUBLIC_DATA.some((pattern) => pattern.test(file)))
    : all;
  const found = await Promise.all(
    taken.map(async ({ path, file, isFile }): Promise<DemoFile> => {
      if (!isFile) return { kind: 'not-taken', file, reason: 'is a link or no regular file, and is not opened' };
      if (/\.json$/i.test(file)) return classifyJson(file, path, await readFile(path, 'utf8'), registry);
      if (/\.xml$/i.test(file)) return classifyXml(file, path, (await readFile(path, 'utf8')).slice(0, 4096), registry);
      return { kind: 'not-taken', file, reason: 'no feed takes files of this kind' };
    }),
  );
  const stories = found.flatMap((one) => (one.kind === 'story' ? [`${dirname(one.file)}/`] : []));
  return found.filter(({ kind, file }) => kind === 'story' || !stories.some((folder) => file.startsWith(folder)));
};
