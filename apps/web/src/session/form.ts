import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { problemOf } from '#platform';

/** What a form sent. A field that came twice has all its values under `all`. */
export class Form {
  constructor(private readonly fields: URLSearchParams) {}

  /** The first value with white space around it removed; empty when the field was not sent. */
  text(name: string): string {
    return (this.fields.get(name) ?? '').trim();
  }

  /** As it was sent. Browsers send line breaks as CR LF. */
  raw(name: string): string {
    return this.fields.get(name) ?? '';
  }

  all(name: string): string[] {
    return this.fields.getAll(name);
  }

  /** The values of these fields, to fill the form again with. */
  values(...names: readonly string[]): Record<string, string> {
    return Object.fromEntries(names.map((name) => [name, this.fields.get(name) ?? '']));
  }
}

/** A corrected document of 1 MiB in percent-encoding. */
const LIMIT = 3 * 1024 * 1024;
const FORM = /^application\/x-www-form-urlencoded\s*(;\s*charset=utf-8\s*)?$/i;

/** Reads a request's body, a stream of bytes, as a form. Throws 415 for another media type and 413 above 3 MiB. */
export const readForm = async (contentType: string | undefined, body: unknown): Promise<Form> => {
  if (!FORM.test(contentType ?? '')) throw problemOf(415);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    if (bytes > LIMIT) throw problemOf(413);
    pieces.push(piece);
  }
  return new Form(new URLSearchParams(Buffer.concat(pieces).toString('utf8')));
};

const forms = new WeakMap<object, Form>();

export const keepForm = (request: object, form: Form): void => void forms.set(request, form);

/** Parameter of a POST handler: the `Form` that came, whose CSRF token is checked already. */
export const SentForm = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const form = forms.get(context.switchToHttp().getRequest<object>());
  if (!form) throw problemOf(400);
  return form;
});
