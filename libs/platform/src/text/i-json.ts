/** A value that I-JSON (RFC 7493) can carry. Only safe integers are numbers; see `toIJson`. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

export type JsonFault =
  'not-utf-8' | 'not-json' | 'lone-surrogate' | 'nul-character' | 'duplicate-name' | 'too-deep' | 'too-many-names';

/** A text that is refused as a whole. `offset` counts UTF-16 units from the start; -1 when there is no text yet. */
export class JsonRefused extends Error {
  constructor(
    readonly reason: JsonFault,
    readonly offset: number,
  ) {
    super(offset < 0 ? reason : `${reason} at ${offset}`);
    this.name = 'JsonRefused';
  }
}

export const MAX_JSON_DEPTH = 32;
export const MAX_NAMES_PER_OBJECT = 1000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const decode = (text: Uint8Array | string): string => {
  if (typeof text === 'string') {
    if (!text.isWellFormed()) throw new JsonRefused('lone-surrogate', -1);
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
  try {
    return utf8.decode(text);
  } catch {
    throw new JsonRefused('not-utf-8', -1);
  }
};

// eslint-disable-next-line no-control-regex
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const HEX4 = /^[0-9a-fA-F]{4}$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): JsonValue {
    const value = this.value(0);
    this.space();
    if (this.at !== this.text.length) this.refuse('not-json');
    return value;
  }

  private refuse(reason: JsonFault): never {
    throw new JsonRefused(reason, this.at);
  }

  private space(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.at += 1;
    }
  }

  private value(depth: number): JsonValue {
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth + 1);
      case '[':
        return this.array(depth + 1);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private word<T extends boolean | null>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.refuse('not-json');
    this.at += word.length;
    return value;
  }

  private number(): number | string {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (!match) this.refuse('not-json');
    this.at += match[0].length;
    if (match[1] !== undefined || match[2] !== undefined) return match[0];
    const integer = Number(match[0]);
    if (!Number.isSafeInteger(integer)) return match[0];
    return integer === 0 ? 0 : integer;
  }

  private string(): string {
    this.at += 1;
    let text = '';
    let escaped = false;
    for (;;) {
      PLAIN.lastIndex = this.at;
      const plain = PLAIN.exec(this.text)?.[0] ?? '';
      text += plain;
      this.at += plain.length;
      const c = this.text[this.at];
      if (c === '"') break;
      if (c !== '\\') this.refuse('not-json');
      text += this.escape();
      escaped = true;
    }
    // The text was decoded from UTF-8, so only escapes can leave half a pair.
    if (escaped && !text.isWellFormed()) this.refuse('lone-surrogate');
    this.at += 1;
    return text;
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? '';
    if (letter === 'u') {
      const hex = this.text.slice(this.at + 2, this.at + 6);
      if (!HEX4.test(hex)) this.refuse('not-json');
      const unit = Number.parseInt(hex, 16);
      if (unit === 0) this.refuse('nul-character');
      this.at += 6;
      return String.fromCharCode(unit);
    }
    const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (character === undefined) this.refuse('not-json');
    this.at += 2;
    return character;
  }

  private array(depth: number): JsonValue[] {
    if (depth > MAX_JSON_DEPTH) this.refuse('too-deep');
    this.at += 1;
    const items: JsonValue[] = [];
    this.space();
    if (this.text[this.at] === ']') {
      this.at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth));
      this.space();
      const c = this.text[this.at];
      if (c !== ',' && c !== ']') this.refuse('not-json');
      this.at += 1;
      if (c === ']') return items;
    }
  }

  private object(depth: number): { [name: string]: JsonValue } {
    if (depth > MAX_JSON_DEPTH) this.refuse('too-deep');
    this.at += 1;
    const object: { [name: string]: JsonValue } = {};
    this.space();
    if (this.text[this.at] === '}') {
      this.at += 1;
      return object;
    }
    for (let names = 1; ; names += 1) {
      if (names > MAX_NAMES_PER_OBJECT) this.refuse('too-many-names');
      this.space();
      if (this.text[this.at] !== '"') this.refuse('not-json');
      const name = this.string();
      if (Object.hasOwn(object, name)) this.refuse('duplicate-name');
      this.space();
      if (this.text[this.at] !== ':') this.refuse('not-json');
      this.at += 1;
      put(object, name, this.value(depth));
      this.space();
      const c = this.text[this.at];
      if (c !== ',' && c !== '}') this.refuse('not-json');
      this.at += 1;
      if (c === '}') return object;
    }
  }
}

/** An assignment to `__proto__` would change the object's prototype; a definition makes an ordinary own property. */
const put = (object: { [name: string]: JsonValue }, name: string, value: JsonValue): void => {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[name] = value;
  }
};

/**
 * Reads one JSON text (RFC 8259, UTF-8, at most one leading byte order mark) strictly as I-JSON: lone surrogates,
 * U+0000 and repeated names are refused. A safe integer is a number; every other number (a decimal, an exponent, one
 * beyond 2^53 - 1) is kept as the text that stood there, so that nothing is rounded. At most 32 levels deep and 1,000
 * names an object. Throws `JsonRefused`, whose message repeats nothing of the text.
 */
export const toIJson = (text: Uint8Array | string): JsonValue => new Reader(decode(text)).document();
