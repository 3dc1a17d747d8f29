/** Codes (organisations, kinds, record types, purposes, modes, effects) compare without case. */
export const fold = (code: string): string => code.toLowerCase();

/** Sorted by code unit, each once. */
export const sortedUnique = (texts: Iterable<string>): string[] => {
  const all = [...texts];
  return all.length < 2 ? all : all.sort().filter((text, i) => text !== all[i - 1]);
};

const SPECIAL = /[.*+?^${}()|[\]\\/]/g;

/**
 * Whether an organisation meets a pattern such as `ods:QX1/*` or `urn:*@la:331`. A star stands for one or more
 * characters, never across `/`, `:` or `@`; case does not count.
 */
export const organisationPattern = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((literal) => literal.replace(SPECIAL, '\\$&'))
      .join('[^/:@*]+')}$`,
    'i',
  );
