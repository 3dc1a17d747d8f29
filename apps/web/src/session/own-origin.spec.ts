import fc from 'fast-check';
import { isFromOwnPage, safeReturnTo } from './own-origin.js';

const OWN = 'https://pages.example';

describe('isFromOwnPage', () => {
  it.each<[Record<string, string>, boolean]>([
    [{ origin: 'null', 'sec-fetch-site': 'same-origin' }, true],
    [{ origin: OWN, 'sec-fetch-site': 'same-origin' }, true],
    [{ origin: OWN }, true],
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{}, false],
    [{ origin: 'null' }, false],
    [{ origin: OWN, 'sec-fetch-site': 'cross-site' }, false],
    [{ origin: OWN, 'sec-fetch-site': 'none' }, false],
    [{ origin: 'null', 'sec-fetch-site': 'same-site' }, false],
    [{ origin: `${OWN}.evil`, 'sec-fetch-site': 'same-origin' }, false],
    [{ origin: 'http://pages.example' }, false],
    [{ origin: '' }, false],
  ])('says of %j: %s', (headers, own) => {
    expect(isFromOwnPage(headers, OWN)).toBe(own);
  });
});

describe('safeReturnTo', () => {
  it.each([
    ['/', '/'],
    ['/find', '/find'],
    ['/children/a%2Fb?purpose=X&from=2025-01-01', '/children/a%2Fb?purpose=X&from=2025-01-01'],
    ['/find#main', '/find'],
    ['//evil.example', '/'],
    ['///evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/./\\evil.example', '/'],
    ['/.//evil.example', '/'],
    ['https://evil.example', '/'],
    ['/a\nb', '/'],
    ['/é', '/'],
    ['/sign-out', '/'],
    ['/x/../SIGN-in', '/'],
    [`/${'a'.repeat(2000)}`, '/'],
  ])('makes of %j %j', (wanted, path) => {
    expect(safeReturnTo(wanted)).toBe(path);
  });

  it('takes nothing but text', () => {
    for (const wanted of [undefined, null, 1, ['/find'], { toString: () => '/find' }]) {
      expect(safeReturnTo(wanted)).toBe('/');
    }
  });

  it('never leaves the origin, in whatever browser', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      ':',
      '@',
      'evil.example',
      'http:',
      '\t',
      '\r\n',
      '%2f',
      '?',
      '#',
      'a',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (wanted) => {
          const path = safeReturnTo(wanted);
          expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
          expect(new URL(path, OWN).origin).toBe(OWN);
          expect(safeReturnTo(path)).toBe(path);
        },
      ),
    );
  });
});
