import type { IdentifierKind } from './classify-identifier.js';

/**
 * Everything about linkage that a partnership might set otherwise, as data. A version never changes once an event
 * has named it: another setting is another version, adopted by an event.
 */
export interface LinkageRules {
  readonly id: string;
  readonly version: number;
  /** Kinds of identifier that are matched on. */
  readonly identifierKinds: readonly IdentifierKind[];
  /** Values that stand for "none" in the field although their check digit is right: never matched on. */
  readonly placeholderIdentifiers: Readonly<Partial<Record<IdentifierKind, readonly string[]>>>;
  /** `MM-DD` of full birth dates that stand for "not known". */
  readonly placeholderBirthDays: readonly string[];
  /** Normal forms; a name is a placeholder when it, or its first word, is one of these. */
  readonly placeholderGivenNames: readonly string[];
  readonly placeholderFamilyNames: readonly string[];
  /** Codes and words of the feeds (normal form) to the value compared. */
  readonly sexes: Readonly<Record<string, string>>;
  /** Codes and words that say nothing: as good as absent. */
  readonly unknownSexes: readonly string[];
  /** What a pair inside a joined group must be for the group to fall back to confirmed pairs. */
  readonly groupBrokenBy: readonly ('contradicts' | 'neither')[];
}

export const LINKAGE_RULES_V1: LinkageRules = {
  id: 'linkage-rules',
  version: 1,
  identifierKinds: ['nhs-number', 'upn'],
  placeholderIdentifiers: {
    'nhs-number': Array.from({ length: 10 }, (_, digit) => String(digit).repeat(10)),
    upn: ['A000000000000'],
  },
  placeholderBirthDays: ['01-01'],
  placeholderGivenNames: [
    'baby',
    'babyboy',
    'babygirl',
    'boy',
    'child',
    'female',
    'girl',
    'infant',
    'male',
    'newborn',
    'notgiven',
    'notknown',
    'tbc',
    'twin',
    'unborn',
    'unknown',
    'unnamed',
  ],
  placeholderFamilyNames: ['notgiven', 'notknown', 'tbc', 'unborn', 'unknown', 'unnamed'],
  sexes: {
    '1': 'male',
    m: 'male',
    male: 'male',
    '2': 'female',
    f: 'female',
    female: 'female',
    '9': 'indeterminate',
    i: 'indeterminate',
    indeterminate: 'indeterminate',
    other: 'indeterminate',
  },
  unknownSexes: ['0', 'u', 'x', 'unknown', 'notknown', 'notspecified', 'notstated'],
  groupBrokenBy: ['contradicts'],
};

const RULES: readonly LinkageRules[] = [LINKAGE_RULES_V1];

/** The rules that an event named. */
export const findLinkageRules = (id: string, version: number): LinkageRules | undefined =>
  RULES.find((rules) => rules.id === id && rules.version === version);
