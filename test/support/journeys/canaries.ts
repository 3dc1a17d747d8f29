import { randomBytes } from 'node:crypto';

/** A text that stands nowhere but where it was put, and cannot be a part of anything else. */
export const newCanary = (): string => `Kanarie${randomBytes(6).toString('hex')}x`;

const base64Cores = (bytes: Buffer): string[] =>
  // At each of the three places in a group of bytes, without the letters that its neighbours share in.
  [0, 1, 2].map((shift) => {
    const letters = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    return letters.slice(from, to);
  });

/** What a search must look for to find a text that was only written in another way. */
const needlesOf = (canary: string): ReadonlyMap<string, Buffer> => {
  const bytes = Buffer.from(canary, 'utf8');
  const wide = Buffer.from(canary, 'utf16le');
  const texts: [string, string][] = [
    ['clear', canary],
    ['lower case', canary.toLowerCase()],
    ['upper case', canary.toUpperCase()],
    ['reversed', [...canary].reverse().join('')],
    ...[bytes, wide].flatMap((form, i): [string, string][] => {
      const of = i === 0 ? '' : ' of UTF-16';
      const cores = base64Cores(form);
      return [
        [`hex${of}`, form.toString('hex')],
        [`upper hex${of}`, form.toString('hex').toUpperCase()],
        ...cores.map((core, n): [string, string] => [`base64${of} ${n}`, core]),
        ...cores.map((core, n): [string, string] => [
          `base64url${of} ${n}`,
          core.replaceAll('+', '-').replaceAll('/', '_'),
        ]),
      ];
    }),
  ];
  return new Map<string, Buffer>([
    ...texts.map(([name, text]) => [name, Buffer.from(text)] as const),
    // Hex of hex and hex of base64: what a dump of bytes as text makes of them.
    ...texts.map(([name, text]) => [`hex of ${name}`, Buffer.from(Buffer.from(text).toString('hex'))] as const),
    ['UTF-16', wide],
    ['big-endian UTF-16', Buffer.from(wide).swap16()],
  ]);
};

/** Where in these bytes a canary stands, in whatever writing: `name: writing` each. */
export const findCanaries = (haystack: Uint8Array, canaries: Readonly<Record<string, string>>): string[] => {
  const bytes = Buffer.from(haystack.buffer, haystack.byteOffset, haystack.byteLength);
  return Object.entries(canaries).flatMap(([name, canary]) =>
    [...needlesOf(canary)].filter(([, needle]) => bytes.includes(needle)).map(([writing]) => `${name}: ${writing}`),
  );
};

/** Everything in a value of a row as bytes: byte arrays as they are, the rest as JSON text. */
export const bytesOfValue = (value: unknown): Buffer => {
  if (Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return Buffer.concat(value.flatMap((one) => [bytesOfValue(one), Buffer.from('\n')]));
  if (typeof value === 'string') return Buffer.from(value);
  return Buffer.from(JSON.stringify(value) ?? '');
};

export const bytesOfRows = (rows: readonly object[]): Buffer =>
  Buffer.concat(rows.flatMap((row) => Object.values(row).flatMap((value) => [bytesOfValue(value), Buffer.from('\n')])));
