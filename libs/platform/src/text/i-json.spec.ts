import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { JsonRefused, toIJson } from './i-json.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const reasonOf = (text: Uint8Array | string): string => {
  try {
    toIJson(text);
  } catch (error) {
    if (error instanceof JsonRefused) return error.reason;
    throw error;
  }
  return 'accepted';
};

describe('toIJson', () => {
  it('keeps safe integers as numbers and every other number as its text', () => {
    expect(
      toIJson(bytes('[62.7, 1e2, 0, -0, -17, 9007199254740991, 9007199254740992, -9007199254740993, 1.0]')),
    ).toEqual(['62.7', '1e2', 0, 0, -17, 9007199254740991, '9007199254740992', '-9007199254740993', '1.0']);
  });

  it.each([
    ['half a pair', '"\\ud83d"', 'lone-surrogate'],
    ['the other half', '{"a":"\\ude00 x"}', 'lone-surrogate'],
    ['half a pair in a name', '{"\\ud83d":1}', 'lone-surrogate'],
    ['NUL', '"a\\u0000b"', 'nul-character'],
    ['a raw NUL', '"a\u0000b"', 'not-json'],
    ['a repeated name', '{"a":1,"a":2}', 'duplicate-name'],
    ['a name repeated by an escape', '{"a":1,"\\u0061":2}', 'duplicate-name'],
    ['a repeated __proto__', '{"__proto__":1,"__proto__":2}', 'duplicate-name'],
    ['33 levels', '['.repeat(33) + ']'.repeat(33), 'too-deep'],
    ['a hundred thousand levels', '['.repeat(100_000), 'too-deep'],
    ['nothing', '', 'not-json'],
    ['two values', '1 2', 'not-json'],
    ['NaN', 'NaN', 'not-json'],
    ['an escape named like a method', '"\\constructor"', 'not-json'],
  ])('refuses %s', (_name, text, reason) => {
    expect(reasonOf(bytes(text))).toBe(reason);
  });

  it('refuses bytes that are not UTF-8, and a string with half a pair', () => {
    expect(reasonOf(new Uint8Array([0x22, 0xff, 0x22]))).toBe('not-utf-8');
    expect(reasonOf('"\ud83d"')).toBe('lone-surrogate');
  });

  it('takes 32 levels and 1,000 names, not 1,001', () => {
    expect(reasonOf('['.repeat(32) + ']'.repeat(32))).toBe('accepted');
    const names = (n: number) => `{${Array.from({ length: n }, (_, i) => `"k${i}":${i}`).join(',')}}`;
    expect(reasonOf(names(1000))).toBe('accepted');
    expect(reasonOf(names(1001))).toBe('too-many-names');
  });

  it('makes __proto__ an ordinary property', () => {
    const value = toIJson('{"__proto__":{"admin":true},"constructor":1}') as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
  });

  it('never repeats the text in its message', () => {
    expect(() => toIJson('{"surname":"Secret","surname":"Secret"}')).toThrow(/^duplicate-name at \d+$/);
  });

  it('agrees with JSON.parse on what both take', () => {
    const asRead = (_name: string, value: unknown): unknown =>
      typeof value === 'number' && !/^-?\d{1,15}$/.test(String(value)) ? JSON.stringify(value) : value;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('\\u0000') && !/\d{16}/.test(text) && !text.includes('__proto__'));
        expect(toIJson(bytes(text))).toEqual(JSON.parse(text, asRead));
      }),
      { numRuns: 300 },
    );
  });

  const folder = resolve(import.meta.dirname, '../../../../../shared/data/11-bad-input/json-test-suite/test_parsing');
  const present = existsSync(folder);
  if (!present) process.stderr.write('SKIPPED: the JSON parsing test suite is not beside this project\n');

  (present ? it : it.skip)('takes what the JSON parsing test suite says must be taken, and refuses the rest', () => {
    // Valid JSON that is no I-JSON, or that no database can hold: RFC 7493 section 2.3 and U+0000.
    const refusedOnPurpose: Record<string, string> = {
      'y_object_duplicated_key.json': 'duplicate-name',
      'y_object_duplicated_key_and_value.json': 'duplicate-name',
      'y_object_escaped_null_in_key.json': 'nul-character',
      'y_string_null_escape.json': 'nul-character',
    };
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(100);
    const wrong = files.filter((file) => {
      const reason = reasonOf(readFileSync(resolve(folder, file)));
      if (file.startsWith('n_')) return reason === 'accepted';
      if (file.startsWith('y_')) return reason !== (refusedOnPurpose[file] ?? 'accepted');
      return false;
    });
    expect(wrong).toEqual([]);
    for (const file of files.filter((name) => /^i_.*(surrogate|utf|UTF|overlong|iso_latin)/.test(name))) {
      expect([file, reasonOf(readFileSync(resolve(folder, file)))]).not.toEqual([file, 'accepted']);
    }
  });
});
