/** Why a document is refused, and where: `place` is a JSON path such as `$.permits[0].to[1]`. Never a value. */
export interface Refusal {
  readonly place: string;
  readonly reason: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Place of a member of an object. */
export const member = (place: string, name: string): string =>
  NAME.test(name) ? `${place}.${name}` : `${place}[${JSON.stringify(name)}]`;

/** Place of an element of a list. */
export const element = (place: string, index: number): string => `${place}[${index}]`;

/** Place for a JSON pointer (RFC 6901) below `$`. */
export const placeOfPointer = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((place, token) => (/^\d+$/.test(token) ? element(place, Number(token)) : member(place, token)), '$');
