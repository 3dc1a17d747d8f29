import { LINKAGE_RULES_V1, type LinkageRules } from './linkage-rules.js';

/** What one current record says of a child. Missing, null and blank are absent. Addresses are never compared. */
export interface Demographics {
  readonly givenName?: string | null;
  readonly familyName?: string | null;
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  readonly birthDate?: string | null;
  readonly sex?: string | null;
}

export type Verdict = 'agrees' | 'contradicts' | 'neither';
export const DEMOGRAPHICS = ['givenName', 'familyName', 'birthDate', 'sex'] as const;
export type Demographic = (typeof DEMOGRAPHICS)[number];

/** Letters that Unicode does not take apart into a letter and an accent. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .normalize('NFKD')
    // The accents of Latin, Greek and Cyrillic only: in other scripts a mark is a vowel.
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[ßæœøđðłþı]/g, (letter) => LETTERS[letter] ?? letter)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');

/** A name without case, accents, hyphens, apostrophes and spaces. Empty when it holds no letter or digit. */
export const normaliseName = (text: string): string => words(text).join('');

/** One value in a form to compare. A placeholder says nothing, so it never agrees, not even with its like. */
type Value =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'full' | 'partial'; readonly text: string }
  | { readonly is: 'placeholder' };

const PLACEHOLDER: Value = { is: 'placeholder' };

const readName = (text: string, placeholders: readonly string[]): Value | undefined => {
  const [first] = words(text);
  const whole = normaliseName(text);
  if (first === undefined) return undefined;
  return placeholders.includes(first) || placeholders.includes(whole) ? PLACEHOLDER : { is: 'text', text: whole };
};

const isCalendarDay = (text: string): boolean => {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};

const readBirthDate = (text: string, rules: LinkageRules): Value | undefined => {
  const date = text.trim();
  if (date === '') return undefined;
  if (/^\d{4}(-(0[1-9]|1[0-2]))?$/.test(date)) return { is: 'partial', text: date };
  // A date that cannot be read is no evidence either way.
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !isCalendarDay(date)) return PLACEHOLDER;
  return rules.placeholderBirthDays.includes(date.slice(5)) ? PLACEHOLDER : { is: 'full', text: date };
};

const readSex = (text: string, rules: LinkageRules): Value | undefined => {
  const sex = normaliseName(text);
  if (sex === '' || rules.unknownSexes.includes(sex)) return undefined;
  return { is: 'text', text: rules.sexes[sex] ?? sex };
};

const READERS: Record<Demographic, (text: string, rules: LinkageRules) => Value | undefined> = {
  givenName: (text, rules) => readName(text, rules.placeholderGivenNames),
  familyName: (text, rules) => readName(text, rules.placeholderFamilyNames),
  birthDate: readBirthDate,
  sex: readSex,
};

/** The demographics of one reference, read once for many comparisons. */
export type ComparableDemographics = Readonly<Record<Demographic, readonly Value[]>>;

export const readDemographics = (records: readonly Demographics[], rules: LinkageRules): ComparableDemographics => {
  const read = (name: Demographic): Value[] => {
    const values = new Map<string, Value>();
    for (const record of records) {
      const value = READERS[name](record[name] ?? '', rules);
      if (value) values.set(value.is === 'placeholder' ? '' : value.text, value);
    }
    return [...values.values()];
  };
  return {
    givenName: read('givenName'),
    familyName: read('familyName'),
    birthDate: read('birthDate'),
    sex: read('sex'),
  };
};

const compareValues = (a: Value, b: Value): Verdict => {
  if (a.is === 'placeholder' || b.is === 'placeholder') return 'neither';
  if (a.text === b.text) return 'agrees';
  if (a.is === 'full' && b.is === 'full') return 'contradicts';
  const partial = a.is === 'partial' || b.is === 'partial';
  // "2015" and "2015-06-07" say the same as far as both go.
  return partial && (a.text.startsWith(b.text) || b.text.startsWith(a.text)) ? 'agrees' : 'neither';
};

const worst = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes('contradicts') ? 'contradicts' : verdicts.includes('neither') ? 'neither' : 'agrees';

/** Verdict of each demographic by itself; every current value of one side against every one of the other. */
export const compareEach = (a: ComparableDemographics, b: ComparableDemographics): Record<Demographic, Verdict> => {
  const compare = (name: Demographic): Verdict =>
    worst(a[name].flatMap((one) => b[name].map((other) => compareValues(one, other))));
  return {
    givenName: compare('givenName'),
    familyName: compare('familyName'),
    birthDate: compare('birthDate'),
    sex: compare('sex'),
  };
};

/**
 * Compares what two references say of their child. `agrees`: every demographic present on both sides agrees (none:
 * agrees). `contradicts`: two different full birth dates. Else `neither`: another name or nickname, another sex, a
 * placeholder such as `baby` or 1 January on either side, partial dates that differ. Each side may have several
 * current values (versions in conflict): all of them must agree, and any two may contradict.
 */
export const compareDemographics = (
  a: Demographics | readonly Demographics[],
  b: Demographics | readonly Demographics[],
  rules: LinkageRules = LINKAGE_RULES_V1,
): Verdict => {
  const read = (side: Demographics | readonly Demographics[]) => readDemographics([side].flat(), rules);
  return worst(Object.values(compareEach(read(a), read(b))));
};
