import { SaxesParser } from 'saxes';
import { DocumentRefused } from '#intake';
import { decodeXml } from './decode-xml.js';
import { element, type XmlElement } from './xml-element.js';

/** Limits of one document: nesting, text of one node (and any other token), text of one element held whole. */
export const MAX_DEPTH = 16;
export const MAX_TEXT = 64 * 1024;
export const MAX_ELEMENT = 1024 * 1024;

export type XmlPart =
  | {
      readonly kind: 'element';
      readonly parents: readonly string[];
      readonly element: XmlElement;
      readonly tooLarge: boolean;
    }
  /** Text that stands where only elements belong. */
  | { readonly kind: 'stray-text'; readonly parents: readonly string[]; readonly text: string };

/** Whether an element below these parents is only walked through; every other is built whole. */
export type IsContainer = (path: readonly string[]) => boolean;

class Builder {
  readonly found: XmlPart[] = [];
  private readonly containers: string[] = [];
  private readonly open: XmlElement[] = [];
  private size = 0;
  private tooLarge = false;

  constructor(private readonly isContainer: IsContainer) {}

  openTag(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.containers.length + this.open.length >= MAX_DEPTH) throw new DocumentRefused('', 'too-deep');
    if (this.open.length === 0 && this.isContainer([...this.containers, name])) {
      this.containers.push(name);
      return;
    }
    const opened = element(name);
    opened.attributes = Object.keys(attributes).some((attribute) => !/^(xmlns|xsi|xml)(:|$)/.test(attribute));
    if (this.grow(name.length * 2 + 16)) this.open.at(-1)?.children.push(opened);
    this.open.push(opened);
  }

  text(text: string): void {
    const current = this.open.at(-1);
    if (current) {
      if (this.grow(text.length)) current.text += text;
    } else if (text.trim() !== '') {
      this.found.push({ kind: 'stray-text', parents: [...this.containers], text });
    }
  }

  closeTag(): void {
    const closed = this.open.pop();
    if (!closed) {
      this.containers.pop();
      return;
    }
    if (this.open.length > 0) return;
    const { tooLarge } = this;
    this.size = 0;
    this.tooLarge = false;
    this.found.push({
      kind: 'element',
      parents: [...this.containers],
      element: tooLarge ? element(closed.name) : closed,
      tooLarge,
    });
  }

  /** Counts what is held; false once there is too much of it. */
  private grow(by: number): boolean {
    this.size += by;
    if (this.size > MAX_ELEMENT) this.tooLarge = true;
    return !this.tooLarge;
  }
}

/**
 * The elements of an XML document, in order, in constant memory. Entities are never expanded and any DOCTYPE is
 * refused, as is what is not well-formed, truncated, nested too deeply, or holds a text over 64 KiB: `DocumentRefused`.
 */
export async function* readElements(body: AsyncIterable<Uint8Array>, isContainer: IsContainer): AsyncIterable<XmlPart> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const builder = new Builder(isContainer);
  let sinceToken = 0;
  parser.on('error', () => {
    throw new DocumentRefused('', 'cannot-be-read');
  });
  parser.on('doctype', () => {
    throw new DocumentRefused('', 'doctype');
  });
  parser.on('opentag', ({ name, attributes }) => {
    sinceToken = 0;
    builder.openTag(name, attributes);
  });
  parser.on('closetag', () => {
    sinceToken = 0;
    builder.closeTag();
  });
  const text = (piece: string) => {
    sinceToken = 0;
    builder.text(piece);
  };
  parser.on('text', text);
  parser.on('cdata', text);
  parser.on('comment', () => {
    sinceToken = 0;
  });
  for await (const piece of decodeXml(body)) {
    sinceToken += piece.length;
    parser.write(piece);
    if (sinceToken > MAX_TEXT) throw new DocumentRefused('', 'too-large');
    yield* builder.found.splice(0);
  }
  parser.close();
  yield* builder.found.splice(0);
}
