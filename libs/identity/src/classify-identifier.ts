import type { Static } from '@sinclair/typebox';
import type { Identifier as IdentifierSchema } from '#contracts';

/** An identifier as kept: `value` is in its normal form, `status` says what it may be used for. */
export type ClassifiedIdentifier = Readonly<Static<typeof IdentifierSchema>>;
export type IdentifierKind = ClassifiedIdentifier['kind'];
export type IdentifierStatus = ClassifiedIdentifier['status'];

export interface IdentifierCheck {
  /** Without spaces, hyphens and invisible characters, in capitals. */
  readonly normal: string;
  readonly valid: boolean;
}

export interface UpnCheck extends IdentifierCheck {
  /** A temporary UPN ends in a letter. */
  readonly temporary: boolean;
  /** `UN1` to `UN5` say why there is no UPN. Such a code names nobody. */
  readonly unknownCode: boolean;
}

const normalise = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}\u2212]/gu, '')
    .toUpperCase();

/**
 * Check digit of an NHS number: ten digits, the first nine weighted 10 down to 2; eleven less the sum modulo 11 is
 * the tenth, where 11 stands for 0 and 10 for no number at all.
 * Source: NHS Data Model and Dictionary, attribute NHS NUMBER (modulus 11). A right digit does not mean that the
 * number was ever issued, nor that it is this child's.
 */
export const checkNhsNumber = (text: string): IdentifierCheck => {
  const normal = normalise(text);
  if (!/^[0-9]{10}$/.test(normal)) return { normal, valid: false };
  const sum = [...normal.slice(0, 9)].reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
  const check = (11 - (sum % 11)) % 11;
  return { normal, valid: check === Number(normal[9]) };
};

/** The alphabet of check letters and of the last place of a temporary UPN: no I, O or S. */
const UPN_LETTERS = 'ABCDEFGHJKLMNPQRTUVWXYZ';

/**
 * Check letter of a Unique Pupil Number: thirteen characters, places 2 to 12 digits and place 13 a digit or, in a
 * temporary UPN, a letter that scores its index in the alphabet. Each is multiplied by its place (2 to 13); the sum
 * modulo 23 is the index of the first letter.
 * Source: Department for Education, Unique Pupil Numbers guide; rules 1510 (check letter) and 1540 (digits) of the
 * children-in-need census.
 */
export const checkUpn = (text: string): UpnCheck => {
  const normal = normalise(text);
  const unknownCode = /^UN[1-5]$/.test(normal);
  if (!/^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$/.test(normal)) {
    return { normal, valid: false, temporary: false, unknownCode };
  }
  const temporary = /[A-Z]$/.test(normal);
  const scores = [...normal.slice(1)].map((place) =>
    /[0-9]/.test(place) ? Number(place) : UPN_LETTERS.indexOf(place),
  );
  const sum = scores.reduce((total, score, i) => total + score * (i + 2), 0);
  return { normal, valid: UPN_LETTERS[sum % 23] === normal[0], temporary, unknownCode };
};

const CHECKS = { 'nhs-number': checkNhsNumber, upn: checkUpn } satisfies Record<
  IdentifierKind,
  (text: string) => IdentifierCheck
>;

export const checkIdentifier = (kind: IdentifierKind, value: string): IdentifierCheck => CHECKS[kind](value);

export interface IdentifierSource {
  /** The feed is registered as authoritative (traced) for this kind of identifier. */
  readonly authoritative: boolean;
  /** The payload carries a verified status of its own, such as `01` of the UK Core verification status. */
  readonly verifiedByPayload?: boolean;
}

/**
 * What an identifier may be used for. `traced`: the check digit is right and the feed, or the payload, vouches for
 * it. `asserted`: the check digit is right and nobody does. `wrong-check-digit`: kept and flagged, never matched on,
 * whatever anyone says; the codes `UN1` to `UN5` are among these. Callers leave out what is blank.
 */
export const classifyIdentifier = (
  kind: IdentifierKind,
  value: string,
  source: IdentifierSource,
): ClassifiedIdentifier => {
  const { normal, valid } = checkIdentifier(kind, value);
  if (!valid) return { kind, value: normal || value, status: 'wrong-check-digit' };
  const verified = source.authoritative || source.verifiedByPayload === true;
  return { kind, value: normal, status: verified ? 'traced' : 'asserted' };
};
