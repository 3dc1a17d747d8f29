/**
 * A name of a document's own as it may stand in a path. Anything that does not look like a field's name (letters, and
 * a number of at most two digits, as in `Section47`) could be a value, and no value stands in a path or a reason.
 */
export const safeName = (name: string): string =>
  name.length <= 64 && /^[A-Za-z_][A-Za-z_-]*\d{0,2}[A-Za-z_-]*$/.test(name) ? name : '?';

/** `records[0]` and `personId` are `records[0].personId`; an index brings its own brackets. */
export const joinPath = (parent: string, child: string): string =>
  parent === '' || child.startsWith('[') ? `${parent}${child}` : `${parent}.${child}`;

/** A segment of a record key: what would end the segment is escaped, so that two records never share a path. */
const segment = (text: string): string => text.replace(/[%/|#]/g, (character) => encodeURIComponent(character));

/** Path of a record in its feed. A segment of several texts has them joined by `|`; a missing text is empty. */
export const recordPath = (...segments: readonly (string | readonly (string | null | undefined)[])[]): string =>
  segments
    .map((texts) => (typeof texts === 'string' ? segment(texts) : texts.map((text) => segment(text ?? '')).join('|')))
    .join('/');
