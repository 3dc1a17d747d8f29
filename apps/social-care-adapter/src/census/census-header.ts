import { DocumentRefused, isInstant, toInstant, type FeedContext, type QuarantineReason } from '#intake';
import type { XmlElement } from './xml-element.js';

export interface CensusHeader {
  /** When the extract was drawn: RFC 3339, UTC, milliseconds. */
  readonly extractedAt: string;
  /** Why nothing of this document can be filed, where the authority is not one that this connector may carry. */
  readonly cause?: { readonly field: string; readonly reason: QuarantineReason };
}

const SOURCE = 'Message.Header.Source';

const textsOf = (header: XmlElement, name: string): string[] => [
  ...new Set(
    header.children
      .filter((child) => child.name === 'Source')
      .flatMap((source) => source.children.filter((child) => child.name === name))
      .map(({ text }) => text.trim())
      .filter((text) => text !== ''),
  ),
];

/** `xs:dateTime` may leave the offset out; it is then read as UTC. */
const instantOf = (text: string): string => {
  const whole = /(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
  if (!isInstant(whole)) throw new DocumentRefused(`${SOURCE}.DateTime`, 'not-an-instant');
  return toInstant(whole);
};

/**
 * Reads the header. An extract that says no single time is refused: its records could not be ranked. An authority
 * that is missing, or that this connector may not carry, or several of them, is a cause to keep everything back.
 */
export const readHeader = (header: XmlElement, context: FeedContext): CensusHeader => {
  const [dateTime, ...otherTimes] = textsOf(header, 'DateTime');
  if (dateTime === undefined) throw new DocumentRefused(`${SOURCE}.DateTime`, 'missing');
  if (otherTimes.length > 0) throw new DocumentRefused(`${SOURCE}.DateTime`, 'not-allowed');
  const extractedAt = instantOf(dateTime);
  const authorities = textsOf(header, 'LEA');
  const field = `${SOURCE}.LEA`;
  if (authorities.length === 0) return { extractedAt, cause: { field, reason: 'missing' } };
  const registered = authorities.length === 1 && context.codes.includes(authorities[0]!);
  return registered ? { extractedAt } : { extractedAt, cause: { field, reason: 'organisation-not-registered' } };
};
