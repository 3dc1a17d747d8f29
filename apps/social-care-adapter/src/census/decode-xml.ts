import { DocumentRefused } from '#intake';

/** Longest piece handed to the parser at once, so that what it finds in one piece is bounded too. */
const PIECE = 16 * 1024;
/** The XML declaration stands within the first bytes. */
const DECLARATION = 256;

const ENCODINGS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  'iso-8859-1': 'windows-1252',
};

const declaredEncoding = (start: Uint8Array): string => {
  const text = Buffer.from(start).toString('latin1');
  const declaration = /^(?:\xef\xbb\xbf)?<\?xml\s[^>]*?>/.exec(text)?.[0] ?? '';
  const name = /\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(declaration)?.[1] ?? 'utf-8';
  const encoding = ENCODINGS[name.toLowerCase()];
  if (encoding === undefined) throw new DocumentRefused('', 'encoding-not-supported');
  return encoding;
};

/**
 * The text of an XML document, piece by piece, in the encoding that its declaration names (UTF-8 where it names
 * none; UTF-8 and Windows-1252 are taken). Throws `DocumentRefused` for bytes that are no text in that encoding.
 */
export async function* decodeXml(body: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let start: Uint8Array = new Uint8Array(0);
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder!.decode(bytes, { stream: true }) : decoder!.decode();
    } catch {
      throw new DocumentRefused('', 'invalid-text');
    }
  };
  for await (const piece of body) {
    let bytes = piece;
    if (!decoder) {
      start = Buffer.concat([start, bytes]);
      if (start.byteLength < DECLARATION) continue;
      decoder = new TextDecoder(declaredEncoding(start.subarray(0, DECLARATION)), { fatal: true });
      bytes = start;
    }
    for (let at = 0; at < bytes.byteLength; at += PIECE) yield decode(bytes.subarray(at, at + PIECE));
  }
  if (!decoder) {
    decoder = new TextDecoder(declaredEncoding(start), { fatal: true });
    yield decode(start);
  }
  yield decode();
}
