import fc from 'fast-check';
import type { FiledContribution } from '#timeline';
import { AT, filed, read, type Post } from '../testing/child-scope.js';

const [CLINIC, SCHOOL, COUNCIL] = ['CLINIC', 'SCHOOL', 'COUNCIL'];
const WORKER: Post = { login: 'worker', organisation: COUNCIL };

const services = (org: string, open: 'open' | 'guarded') => ({ kind: org, orgs: [org], desk: org, services: { main: open } }); // prettier-ignore
const permit = (id: string, from: string, type: string, basis: string) => ({
  id,
  readerText: id,
  basis,
  from: [from],
  records: { types: [type] },
  to: ['council.main'],
  show: { summary: true },
});
/** Each of clinic and school shows one type by duty and one by consent; the clinic is the young person’s own. */
const AGREEMENT = {
  schema: 'agreement/1',
  id: 'core',
  version: '1',
  parties: {
    clinic: services(CLINIC, 'guarded'),
    school: services(SCHOOL, 'open'),
    council: services(COUNCIL, 'open'),
  },
  bases: { duty: ['CA2004 s16LA'], consent: ['UK GDPR 6(1)(a)', 'UK GDPR 9(2)(a)'] },
  permits: [
    permit('clinic-duty', 'clinic.main', 'health-status', 'duty'),
    permit('clinic-consent', 'clinic.main', 'missed-appointment', 'consent'),
    permit('school-duty', 'school.main', 'education-status', 'duty'),
    permit('school-consent', 'school.main', 'attendance-year', 'consent'),
  ],
  forbids: [
    {
      id: 'own-service',
      records: { from: ['clinic.main'] },
      to: ['*'],
      unless: ['young-person-agreed', 'owner-recorded-significant-harm'],
    },
  ],
};

const RECORDS = [
  filed('health-status', CLINIC, { record: 'h' }),
  filed('missed-appointment', CLINIC, { record: 'm' }),
  filed('education-status', SCHOOL, { record: 'e' }),
  filed('attendance-year', SCHOOL, { record: 'a' }),
  filed('childrens-services-status', COUNCIL, { record: 'c' }),
];
const [HEALTH, APPOINTMENT, EDUCATION, ATTENDANCE, OWN] = ['health-status', 'missed-appointment', 'education-status', 'attendance-year', 'childrens-services-status'] as const; // prettier-ignore

const consent = (organisation: string, by: string, decision: string, version = '1', until: string | null = null) =>
  filed('processing-consent-recorded', organisation, {
    record: `consent-${by}`,
    version,
    terms: { by, decision, until },
  });
const decision = (organisation: string, agreed: boolean, version = '1', competent = true) =>
  filed('young-person-decision-recorded', organisation, { record: 'young', version, terms: { agreed, competent } });
const harm = (organisation: string, stands: boolean, version = '1') =>
  filed('significant-harm-recorded', organisation, { record: 'harm', version, terms: { stands } });

const shown = (said: readonly FiledContribution[], pending: readonly FiledContribution[] = [], records = RECORDS) =>
  read({ posts: [WORKER], agreement: AGREEMENT, filed: [...records, ...said], pending })
    .entries.map(({ contribution }) => contribution.envelope.type)
    .sort();

describe('consent to processing', () => {
  it('is not given where nothing is known of it', () => expect(shown([])).toEqual([EDUCATION, OWN].sort()));

  it('opens what rests on it, of the service that holds it', () => {
    const given = consent(SCHOOL, 'parental-responsibility', 'given');
    expect(shown([given])).toEqual([ATTENDANCE, EDUCATION, OWN].sort());
    expect(shown([consent(CLINIC, 'parental-responsibility', 'given')])).toEqual([EDUCATION, OWN].sort());
  });

  it('is gone with one who withdraws, with its end, and where it cannot be read', () => {
    const given = consent(SCHOOL, 'parental-responsibility', 'given');
    const shut = [EDUCATION, OWN].sort();
    expect(shown([given, consent(SCHOOL, 'young-person', 'withdrawn')])).toEqual(shut);
    expect(shown([consent(SCHOOL, 'young-person', 'given', '1', new Date(AT).toISOString())])).toEqual(shut);
    expect(shown([consent(SCHOOL, 'young-person', 'given', '1', new Date(AT + 1).toISOString())])).toContain(
      ATTENDANCE,
    );
    const unreadable = filed('processing-consent-recorded', SCHOOL, { record: 'x', unreadable: true });
    expect(shown([given, unreadable])).toEqual(shut);
  });

  it('counts from its acknowledgement on where it closes, and once it is filed where it opens', () => {
    const given = consent(SCHOOL, 'parental-responsibility', 'given');
    expect(shown([], [given])).toEqual([EDUCATION, OWN].sort());
    expect(shown([given], [consent(SCHOOL, 'parental-responsibility', 'withdrawn', '2')])).not.toContain(ATTENDANCE);
  });
});

describe('a young person’s own service', () => {
  it('opens by their competent agreement, and closes with it', () => {
    expect(shown([decision(CLINIC, true)])).toContain(HEALTH);
    expect(shown([decision(CLINIC, true, '1', false)])).not.toContain(HEALTH);
    expect(shown([decision(CLINIC, true), decision(CLINIC, false, '2')])).not.toContain(HEALTH);
    expect(shown([decision(CLINIC, true)], [decision(CLINIC, false, '2')])).not.toContain(HEALTH);
    expect(shown([decision(CLINIC, false)], [decision(CLINIC, true, '2')])).not.toContain(HEALTH);
  });

  it('is opened by no other service’s word', () => {
    expect(shown([decision(SCHOOL, true), harm(COUNCIL, true)])).not.toContain(HEALTH);
  });

  it('is reopened by significant harm that the owner records, until it ends', () => {
    expect(shown([decision(CLINIC, false), harm(CLINIC, true)])).toContain(HEALTH);
    expect(shown([decision(CLINIC, false), harm(CLINIC, true), harm(CLINIC, false, '2')])).not.toContain(HEALTH);
  });

  it('is closed by their refusal whatever an entry’s sender says, which opens where nobody decided', () => {
    const said = [filed('health-status', CLINIC, { record: 'h', facts: ['young-person-agreed'] }), ...RECORDS.slice(1)];
    expect(shown([], [], said)).toContain(HEALTH);
    expect(shown([decision(CLINIC, false)], [], said)).not.toContain(HEALTH);
  });

  it('shares by consent by their own alone: a parent neither opens nor closes it', () => {
    const agreed = decision(CLINIC, true);
    const parent = (said: string) => consent(CLINIC, 'parental-responsibility', said);
    expect(shown([agreed, parent('given')])).not.toContain(APPOINTMENT);
    expect(shown([agreed, consent(CLINIC, 'young-person', 'given')])).toContain(APPOINTMENT);
    expect(shown([agreed, consent(CLINIC, 'young-person', 'given'), parent('withdrawn')])).toContain(APPOINTMENT);
  });
});

describe('whatever is recorded', () => {
  const words = fc.array(
    fc.oneof(
      fc.record({ organisation: fc.constantFrom(CLINIC, SCHOOL, COUNCIL), by: fc.constantFrom('young-person', 'parental-responsibility'), said: fc.constantFrom('given', 'withdrawn'), version: fc.constantFrom('1', '2', '3') }).map(({ organisation, by, said, version }) => consent(organisation, by, said, version)), // prettier-ignore
      fc.record({ organisation: fc.constantFrom(CLINIC, SCHOOL, COUNCIL), agreed: fc.boolean(), version: fc.constantFrom('1', '2', '3') }).map(({ organisation, agreed, version }) => decision(organisation, agreed, version)), // prettier-ignore
      fc.record({ organisation: fc.constantFrom(CLINIC, SCHOOL, COUNCIL), stands: fc.boolean(), version: fc.constantFrom('1', '2', '3') }).map(({ organisation, stands, version }) => harm(organisation, stands, version)), // prettier-ignore
    ),
    { maxLength: 8 },
  );
  const dutyAlone = (types: readonly string[]) =>
    types.filter((type) => type === EDUCATION || type === HEALTH || type === OWN);
  const ofClinic = (types: readonly string[]) => types.filter((type) => type === HEALTH || type === APPOINTMENT);

  it('a parent’s consent, given or withdrawn, changes nothing that rests on duty, and nothing of the young person’s own', () =>
    fc.assert(
      fc.property(words, fc.constantFrom(CLINIC, SCHOOL), fc.constantFrom('given', 'withdrawn'), (said, of, what) => {
        const before = shown(said);
        const after = shown([...said, consent(of, 'parental-responsibility', what, '9')]);
        expect(dutyAlone(after)).toEqual(dutyAlone(before));
        expect(ofClinic(after)).toEqual(ofClinic(before));
      }),
      { numRuns: 60 },
    ));

  it('a young person’s refusal changes exactly the records of the service that recorded it, and opens none', () =>
    fc.assert(
      fc.property(words, fc.constantFrom(CLINIC, SCHOOL), (said, of) => {
        const before = shown(said);
        const after = shown([...said, decision(of, false, '9')]);
        expect(after.filter((type) => !ofClinic([type]).length)).toEqual(before.filter((type) => !ofClinic([type]).length)); // prettier-ignore
        if (of !== CLINIC) expect(after).toEqual(before);
        expect(before).toEqual(expect.arrayContaining(after));
      }),
      { numRuns: 60 },
    ));
});
