import { DocumentRefused, safeName, type FeedContext, type FeedDefinition, type FeedItem } from '#intake';
import { readHeader, type CensusHeader } from './census-header.js';
import { mapChild } from './map-child.js';
import { readElements, type XmlPart } from './read-elements.js';
import { plainElement } from './xml-element.js';

const isContainer = (path: readonly string[]): boolean => {
  const place = path.join('/');
  return place === 'Message' || place === 'Message/Children';
};

/** What has been seen of the document so far. */
interface Progress {
  header: CensusHeader | undefined;
  children: number;
}

const placeOf = (part: XmlPart): string =>
  [...part.parents, ...(part.kind === 'element' ? [part.element.name] : [])].map(safeName).join('.');

const childItems = (
  part: XmlPart & { kind: 'element' },
  progress: Progress,
  context: FeedContext,
): readonly FeedItem[] => {
  const { header } = progress;
  if (!header) throw new DocumentRefused('Message.Header', 'missing');
  const path = `Message.Children.Child[${progress.children}]`;
  progress.children += 1;
  if (part.tooLarge) return [{ ok: false, field: path, reason: 'too-large', raw: null }];
  if (header.cause) return [{ ok: false, ...header.cause, raw: plainElement(part.element) }];
  return mapChild(part.element, path, header.extractedAt, context);
};

const itemsOf = (part: XmlPart, progress: Progress, context: FeedContext): readonly FeedItem[] => {
  const place = placeOf(part);
  if (part.kind === 'stray-text') return [{ ok: false, field: place, reason: 'invalid-text', raw: part.text.trim() }];
  if (part.parents.length === 0) throw new DocumentRefused('Message', 'missing');
  if (place === 'Message.Children.Child') return childItems(part, progress, context);
  if (place === 'Message.Header' && !progress.header && !part.tooLarge) {
    progress.header = readHeader(part.element, context);
    return [];
  }
  return [{ ok: false, field: place, reason: 'unknown-field', raw: plainElement(part.element) }];
};

async function* read(body: AsyncIterable<Uint8Array>, context: FeedContext): AsyncIterable<FeedItem> {
  const progress: Progress = { header: undefined, children: 0 };
  for await (const part of readElements(body, isContainer)) yield* itemsOf(part, progress, context);
  if (progress.children === 0) throw new DocumentRefused('Message.Children.Child', 'missing');
}

/**
 * The children-in-need census (Department for Education), as XML, read child by child. Records are keyed by the
 * authority's child id and their own dates, and ranked by the time of the extract.
 */
export const childrenInNeedCensus: FeedDefinition = {
  name: 'children-in-need-census',
  title: 'Children in need census',
  mediaTypes: ['application/xml', 'text/xml'],
  size: 'stream',
  read,
};
