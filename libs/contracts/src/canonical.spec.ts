import fc from 'fast-check';
import { canonicalBytes, canonicalText } from './canonical.js';

/** Every JSON value whose texts are well-formed, whatever their characters. */
const iJson = fc.jsonValue({ stringUnit: 'binary' });

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
};

describe('canonical JSON', () => {
  it('is the example of RFC 8785, section 3.2.2', () => {
    const value = {
      // As the RFC writes it: one digit more than a number keeps.
      // eslint-disable-next-line no-loss-of-precision
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalText(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts names by UTF-16 code unit, as RFC 8785 section 3.2.3 has it', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    expect(
      Object.keys(JSON.parse(canonicalText(Object.fromEntries(names.map((name) => [name, 0])))) as object),
    ).toEqual(['1', '\r', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
  });

  it('does not depend on the order of names, and says the same value again', () => {
    fc.assert(
      fc.property(iJson, (value) => {
        const text = canonicalText(value);
        expect(canonicalText(reversed(value))).toBe(text);
        expect(canonicalText(JSON.parse(text))).toBe(text);
        expect(new TextDecoder().decode(canonicalBytes(value))).toBe(text);
      }),
    );
  });

  it('refuses what has no JSON form', () => {
    expect(() => canonicalText(undefined)).toThrow(TypeError);
  });
});
