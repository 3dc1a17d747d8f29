import { dateTimeText } from '../shell/dates.js';
import type { AgreementState, AgreementVersion, ListedAgreements, OwnerStanding } from './answers.js';

const STATES: Readonly<Record<AgreementState, string>> = {
  draft: 'Draft: not tested',
  tested: 'Tested: nobody has signed it',
  signed: 'Signed, by too few people yet',
  adopted: 'Adopted, and not yet in force',
  'in-force': 'In force',
  superseded: 'A later version has taken its place',
  revoked: 'Revoked',
};

const OWNER_STATES: Readonly<Record<AgreementState, string>> = { ...STATES, signed: 'Signed by one person' };

const DONE: Readonly<Record<string, string>> = {
  signed: 'Your signature is recorded. The version is in force for your organisation when two of you have signed alike',
  tested: 'The test is recorded',
  revoked: 'Your revocation is recorded. It counts from now on, or from the date you gave',
};

export const versionPath = (id: string, version: string): string =>
  `/agreements/${encodeURIComponent(id)}/${encodeURIComponent(version)}`;

export const agreementRows = ({ agreements }: ListedAgreements) =>
  agreements.map(({ id, version, state, owners }) => ({
    id,
    version,
    href: versionPath(id, version),
    state: STATES[state],
    owners: owners.join(', '),
  }));

const offsetHours = (instant: Date): number => {
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: 'numeric', hourCycle: 'h23' });
  // At noon in Greenwich the clocks of the United Kingdom show noon or one.
  return Number(hour.format(instant)) - 12;
};

/** The first instant of a day in the United Kingdom; null where this is no day. */
export const startOfDay = (day: string): string | null => {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  const noon = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(noon.getTime()) || noon.toISOString().slice(0, 10) !== day) return null;
  // Clocks change at one in the morning: midnight still has the hour of the day before.
  const before = new Date(noon.getTime() - 86_400_000);
  return new Date(Date.parse(`${day}T00:00:00Z`) - offsetHours(before) * 3_600_000).toISOString();
};

const ownerRow = ({ organisation, state, inForceFrom, revokedFrom, signatures }: OwnerStanding) => ({
  organisation,
  state: OWNER_STATES[state],
  signed: signatures.map(
    ({ signedAt, inForceFrom: from, own }) =>
      `${own ? 'You' : 'A colleague of theirs'} signed on ${dateTimeText(signedAt)}, for ${dateTimeText(from)} on`,
  ),
  from: inForceFrom === null ? null : dateTimeText(inForceFrom),
  revoked: revokedFrom === null ? null : dateTimeText(revokedFrom),
});

/** One version in plain English beside its text, and what this reader may do about it. */
export const agreementPage = (one: AgreementVersion, done: string | null) => {
  const own = one.life.owners.find(({ organisation }) => organisation === one.organisation);
  const awaiting = own?.state === 'signed' ? own.signatures : [];
  const colleagues = awaiting.filter(({ own: mine }) => !mine);
  return {
    here: versionPath(one.agreement, one.version),
    title: one.title || one.agreement,
    id: one.agreement,
    version: one.version,
    state: STATES[one.life.state],
    tested:
      one.life.testedAt === null
        ? null
        : `${one.cases} ${one.cases === 1 ? 'case' : 'cases'} held on ${dateTimeText(one.life.testedAt)}`,
    organisation: one.organisation,
    sections: one.explanation,
    lines: one.document.split('\n').map((text, index) => ({ number: index + 1, text })),
    faults: one.refusals.map(({ field, reason, line }) => ({ field, reason, line })),
    owners: one.life.owners.map(ownerRow),
    needed: one.life.needed,
    canSign: one.refusals.length === 0 && own?.state !== 'in-force',
    canTest: one.refusals.length === 0 && one.life.testedAt === null,
    canRevoke: own !== undefined && own.signatures.length > 0,
    /** Dates for which a colleague has signed and this reader has not. */
    waiting: [...new Set(colleagues.map(({ inForceFrom }) => inForceFrom))]
      .filter((date) => !awaiting.some((signature) => signature.own && signature.inForceFrom === date))
      .map((inForceFrom) => ({ inForceFrom, text: dateTimeText(inForceFrom) })),
    done: done !== null && Object.hasOwn(DONE, done) ? DONE[done]! : null,
  };
};
