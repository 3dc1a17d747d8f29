import { agreementPage, agreementRows, startOfDay, versionPath } from './agreement-page.js';
import type { AgreementVersion, OwnerStanding } from './answers.js';

const [DAY, LATER] = ['2026-03-31T23:00:00.000Z', '2026-04-30T23:00:00.000Z'];

const owner = (change: Partial<OwnerStanding> = {}): OwnerStanding => ({
  organisation: 'HEALTH-01',
  state: 'signed',
  inForceFrom: null,
  revokedFrom: null,
  signatures: [{ inForceFrom: DAY, signedAt: DAY, own: false }],
  ...change,
});
const version = (owners: readonly OwnerStanding[], change: Partial<AgreementVersion> = {}): AgreementVersion => ({
  agreement: 'core/one',
  version: '2026:1',
  title: 'Core',
  organisation: 'HEALTH-01',
  document: '{\n  "id": 1\n}',
  explanation: [],
  refusals: [],
  cases: 1,
  life: { state: 'draft', testedAt: null, needed: 2, owners },
  ...change,
});

describe('the page of a version', () => {
  it('has an address that holds the id and the version as they are', () => {
    expect(versionPath('core/one', '2026:1')).toBe('/agreements/core%2Fone/2026%3A1');
    const listed = { id: 'a', version: '1', state: 'in-force' as const, owners: ['A', 'B'] };
    expect(agreementRows({ agreements: [listed] })).toEqual([
      { id: 'a', version: '1', href: '/agreements/a/1', state: 'In force', owners: 'A, B' },
    ]);
  });

  it('numbers the lines of the text', () => {
    expect(agreementPage(version([]), null).lines).toEqual([
      { number: 1, text: '{' },
      { number: 2, text: '  "id": 1' },
      { number: 3, text: '}' },
    ]);
  });

  it('offers the date for which a colleague has signed, and not one’s own', () => {
    const own = { inForceFrom: LATER, signedAt: DAY, own: true };
    const waiting = (...signatures: OwnerStanding['signatures']) =>
      agreementPage(version([owner({ signatures })]), null).waiting.map(({ inForceFrom }) => inForceFrom);
    expect(waiting({ inForceFrom: DAY, signedAt: DAY, own: false }, own)).toEqual([DAY]);
    expect(waiting(own)).toEqual([]);
    expect(waiting({ ...own, own: false }, own)).toEqual([]);
    // Another organisation's signatures are its own.
    expect(agreementPage(version([owner({ organisation: 'POLICE-01' })]), null).waiting).toEqual([]);
  });

  it('offers what may be done: no signature where a test fails, no revocation where nothing was signed', () => {
    const can = (one: AgreementVersion) => {
      const { canSign, canTest, canRevoke } = agreementPage(one, null);
      return [canSign, canTest, canRevoke];
    };
    expect(can(version([]))).toEqual([true, true, false]);
    expect(can(version([], { refusals: [{ field: 'document', reason: 'x', line: 1 }] }))).toEqual([
      false,
      false,
      false,
    ]);
    expect(can(version([owner({ state: 'in-force' })]))).toEqual([false, true, true]);
    expect(can(version([owner({ state: 'revoked', signatures: [] })]))).toEqual([true, true, false]);
    const tested = { state: 'tested' as const, testedAt: DAY, needed: 2, owners: [] };
    expect(can(version([], { life: tested }))).toEqual([true, false, false]);
  });

  it('says what was done in its own words alone', () => {
    expect(agreementPage(version([]), 'signed').done).toContain('Your signature is recorded');
    for (const other of ['<b>', 'constructor', null]) expect(agreementPage(version([]), other).done).toBeNull();
  });
});

describe('the start of a day', () => {
  it.each([
    ['2026-01-15', '2026-01-15T00:00:00.000Z'],
    ['2026-07-01', '2026-06-30T23:00:00.000Z'],
    // The clocks change at one in the morning.
    ['2026-03-29', '2026-03-29T00:00:00.000Z'],
    ['2026-03-30', '2026-03-29T23:00:00.000Z'],
    ['2026-10-25', '2026-10-24T23:00:00.000Z'],
    ['2026-10-26', '2026-10-26T00:00:00.000Z'],
  ])('%s is %s in the United Kingdom', (day, instant) => {
    expect(startOfDay(day)).toBe(instant);
  });

  it.each(['', '2026-02-30', '31-03-2026', '2026-3-1', 'soon'])('“%s” is no day', (day) => {
    expect(startOfDay(day)).toBeNull();
  });
});
