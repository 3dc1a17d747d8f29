import { Injectable, type PipeTransform } from '@nestjs/common';
import { toIJson } from '../text/i-json.js';
import { Problem } from './problem.js';

const LIMIT = 1024 * 1024;

/** Reads a request's body, which arrives as a stream of bytes, as strict I-JSON of at most 1 MiB. */
@Injectable()
export class JsonPipe implements PipeTransform<AsyncIterable<Uint8Array> | undefined, Promise<unknown>> {
  async transform(body: AsyncIterable<Uint8Array> | undefined): Promise<unknown> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    if (body) {
      for await (const piece of body) {
        bytes += piece.byteLength;
        if (bytes > LIMIT) throw new Problem(413, 'too-large', 'The request is too large');
        pieces.push(piece);
      }
    }
    try {
      return toIJson(Buffer.concat(pieces));
    } catch {
      throw new Problem(400, 'not-json', 'The body is not valid JSON', { errors: [{ field: '', reason: 'not-json' }] });
    }
  }
}
