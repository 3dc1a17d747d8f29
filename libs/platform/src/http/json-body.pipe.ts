import { Injectable, type PipeTransform } from '@nestjs/common';
import { toIJson } from '../text/i-json.js';
import { Problem } from './problem.js';

const LIMIT = 1024 * 1024;

/** A body with the text that it was read from. */
export interface JsonText {
  readonly value: unknown;
  readonly text: string;
}

const readBody = async (body: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  if (body) {
    for await (const piece of body) {
      bytes += piece.byteLength;
      if (bytes > LIMIT) throw new Problem(413, 'too-large', 'The request is too large');
      pieces.push(piece);
    }
  }
  return Buffer.concat(pieces);
};

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return toIJson(bytes);
  } catch {
    throw new Problem(400, 'not-json', 'The body is not valid JSON', { errors: [{ field: '', reason: 'not-json' }] });
  }
};

/** Reads a request's body, which arrives as a stream of bytes, as strict I-JSON of at most 1 MiB. */
@Injectable()
export class JsonPipe implements PipeTransform<AsyncIterable<Uint8Array> | undefined, Promise<unknown>> {
  async transform(body: AsyncIterable<Uint8Array> | undefined): Promise<unknown> {
    return parsed(await readBody(body));
  }
}

/** The same, with the text, for answers that name lines of it. */
@Injectable()
export class JsonTextPipe implements PipeTransform<AsyncIterable<Uint8Array> | undefined, Promise<JsonText>> {
  async transform(body: AsyncIterable<Uint8Array> | undefined): Promise<JsonText> {
    const bytes = await readBody(body);
    return { value: parsed(bytes), text: new TextDecoder().decode(bytes) };
  }
}
