import { element, member } from './refusal.js';

/** Where something stands in a text: lines and columns from 1, columns in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const SCALAR = /[^\s,\]}]+/y;

/** Walks a JSON text and notes where each value begins. It reads no further than it understands. */
class Walk {
  private at: number;

  constructor(
    private readonly text: string,
    readonly found: Map<string, number>,
  ) {
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return null;
    this.at += match[0].length;
    return match[0];
  }

  private next(): string {
    this.take(SPACE);
    return this.text[this.at] ?? '';
  }

  /** False where the text is no JSON from here on. */
  value(place: string): boolean {
    const first = this.next();
    if (!this.found.has(place)) this.found.set(place, this.at);
    if (first === '{') return this.members(place);
    if (first === '[') return this.elements(place);
    return this.take(first === '"' ? STRING : SCALAR) !== null;
  }

  private members(place: string): boolean {
    this.at += 1;
    if (this.next() === '}') return this.skip();
    for (;;) {
      this.take(SPACE);
      const start = this.at;
      const written = this.take(STRING);
      if (written === null) return false;
      let name: string;
      try {
        name = JSON.parse(written) as string;
      } catch {
        return false;
      }
      const inside = member(place, name);
      // The name is where a reader looks for what is wrong with its value.
      if (!this.found.has(inside)) this.found.set(inside, start);
      if (this.next() !== ':' || !this.skip() || !this.value(inside)) return false;
      const after = this.next();
      if (after !== ',' && after !== '}') return false;
      this.at += 1;
      if (after === '}') return true;
    }
  }

  private elements(place: string): boolean {
    this.at += 1;
    if (this.next() === ']') return this.skip();
    for (let index = 0; ; index += 1) {
      if (!this.value(element(place, index))) return false;
      const after = this.next();
      if (after !== ',' && after !== ']') return false;
      this.at += 1;
      if (after === ']') return true;
    }
  }

  private skip(): true {
    this.at += 1;
    return true;
  }
}

/** The place above; null above the whole document. */
const above = (place: string): string | null => {
  const named = /^(.*)(?:\.[A-Za-z_][A-Za-z0-9_-]*|\[(?:\d+|"(?:[^"\\]|\\.)*")\])$/s.exec(place);
  return named?.[1] ? named[1] : null;
};

/** Line and column of an offset into a text. */
export const positionAt = (text: string, offset: number): TextPosition => {
  const before = text.slice(0, Math.max(0, offset));
  const line = before.split('\n').length;
  return { line, column: before.length - before.lastIndexOf('\n') };
};

/**
 * Where the places of refusals (`$.permits[0].to[1]`) stand in the JSON text that was read: at the member's name, else
 * at the element. A place that the text does not hold, such as a missing member, is where the nearest thing around it
 * stands. `root`: the place of the document inside the text.
 */
export const placesIn = (text: string, root = '$'): ((place: string) => TextPosition) => {
  const found = new Map<string, number>();
  new Walk(text, found).value('$');
  return (place) => {
    for (let at: string | null = `${root}${place.slice(1)}`; at !== null; at = above(at)) {
      const offset = found.get(at);
      if (offset !== undefined) return positionAt(text, offset);
    }
    return { line: 1, column: 1 };
  };
};
