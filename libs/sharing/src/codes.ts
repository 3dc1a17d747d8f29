/** Codes (organisations, kinds, record types, purposes, modes, effects) compare without case. */
export const fold = (code: string): string => code.toLowerCase();

/** Sorted by code unit, each once. */
export const sortedUnique = (texts: readonly string[]): readonly string[] =>
  texts.length < 2 ? texts : texts.toSorted().filter((text, i, all) => text !== all[i - 1]);

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
