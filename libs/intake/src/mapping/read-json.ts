import { JsonRefused, toIJson, type JsonValue } from '#platform';
import { DocumentRefused } from '../feed.js';

export const MAX_DOCUMENT_BYTES = 1024 * 1024;

/**
 * Collects a JSON document of at most 1 MiB and reads it as I-JSON: decimals and numbers beyond 2^53 come back as
 * text. Throws `DocumentRefused`.
 */
export const readJson = async (body: AsyncIterable<Uint8Array>): Promise<JsonValue> => {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.byteLength;
    if (length > MAX_DOCUMENT_BYTES) throw new DocumentRefused('', 'too-large');
    pieces.push(piece);
  }
  try {
    return toIJson(Buffer.concat(pieces));
  } catch (error) {
    if (error instanceof JsonRefused) throw new DocumentRefused('', error.reason);
    throw error;
  }
};
