/** One element of a document, small enough to be held whole. */
export interface XmlElement {
  readonly name: string;
  /** All text that stands directly in it. */
  text: string;
  readonly children: XmlElement[];
  /** It carries attributes, which this format has none of. */
  attributes: boolean;
}

export const element = (name: string): XmlElement => ({ name, text: '', children: [], attributes: false });

export const isLeaf = ({ children }: XmlElement): boolean => children.length === 0;

/** An own property whatever its name: an element may be called `__proto__`. */
const put = (object: Record<string, unknown>, name: string, value: unknown): void => {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
};

/**
 * A plain value of an element: its text, trimmed (empty: null), or an object of what it holds. An element that comes
 * several times is a list, and so is one named in `lists`. Text beside elements is left out.
 */
export const plainElement = (source: XmlElement, lists: ReadonlySet<string> = new Set()): unknown => {
  if (isLeaf(source)) return source.text.trim() === '' ? null : source.text.trim();
  const byName = new Map<string, unknown[]>();
  for (const child of source.children) {
    byName.set(child.name, [...(byName.get(child.name) ?? []), plainElement(child, lists)]);
  }
  const plain: Record<string, unknown> = {};
  for (const [name, values] of byName) put(plain, name, values.length > 1 || lists.has(name) ? values : values[0]);
  return plain;
};
