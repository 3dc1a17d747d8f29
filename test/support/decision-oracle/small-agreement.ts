import type { AgreementDocument } from './agreement-oracle.js';

/** A document of a made-up place with one clause of each kind, and cases worked out by hand. */
export const SMALL_AGREEMENT: AgreementDocument = {
  schema: 'agreement/1',
  id: 'sedgemoor-small',
  version: '1',
  title: 'Sedgemoor: a small agreement',
  zone: 'Europe/London',
  force: { from: '2026-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z', reviewBy: '2026-10-01' },
  parties: {
    la: {
      kind: 'LOCAL_AUTHORITY',
      orgs: ['la:901'],
      desk: 'Front door',
      services: { csc: 'open', adoption: 'hidden' },
    },
    nhs: { kind: 'HEALTH', orgs: ['ods:T1/*'], desk: 'Nurse', services: { ward: 'open', camhs: 'guarded' } },
  },
  purposes: {
    SAFEGUARDING: { relations: ['allocated', 'registered', 'asserted'] },
    DIRECT_CARE: { relations: ['registered'] },
  },
  bases: { duty: ['CA2004 s16LA'] },
  existence: [
    {
      id: 'who',
      of: ['la.csc', 'nhs.camhs'],
      to: ['la.csc', 'nhs.ward'],
      relation: ['allocated', 'registered'],
      purposes: ['SAFEGUARDING'],
      childAge: { max: 17, at: 'read' },
      basis: 'duty',
      shows: ['party-kind', 'desk'],
    },
  ],
  permits: [
    {
      id: 'plan-to-ward',
      readerText: 'The council shares plan status',
      basis: 'duty',
      from: ['la.csc'],
      records: { types: ['protection-plan'], about: ['child'], lookback: 'P6M' },
      to: ['nhs.ward'],
      roles: ['nurse'],
      relation: ['registered', 'asserted'],
      purposes: ['SAFEGUARDING', 'DIRECT_CARE'],
      show: { summary: true, content: ['status', 'lead-contact'], location: ['incident-place'] },
    },
  ],
  releases: [],
  caps: [{ id: 'own-word', to: ['*'], relation: ['asserted'], max: { summary: true } }],
  forbids: [
    { id: 'sealed', records: { tiers: ['sealed'] }, to: ['*'] },
    { id: 'place', fields: ['incident-place'], to: ['*'], when: ['address-protected'] },
  ],
  cases: [
    {
      name: 'A plan shows to the ward for six months after it ended',
      viewer: { service: 'nhs.ward', role: 'nurse', relation: { registered: ['2026-01-01', '2026-12-01'] } },
      purpose: 'DIRECT_CARE',
      born: '2009-02-28',
      entry: {
        from: 'la.csc',
        type: 'protection-plan',
        tier: 'special',
        about: 'child',
        occurred: '2025-01-01',
        ended: '2026-01-15',
      },
      expect: [
        {
          at: '2026-07-14T23:59',
          by: ['plan-to-ward'],
          content: ['lead-contact', 'status'],
          location: ['incident-place'],
        },
        { at: '2026-07-15T00:00', by: [] },
        { at: '2026-07-01', facts: ['address-protected'], by: ['plan-to-ward'], content: ['lead-contact', 'status'] },
        { at: '2025-12-31T23:59', by: [] },
        { at: '2026-07-01', set: { tier: 'sealed' }, by: [] },
        { at: '2026-07-01', set: { tier: 'originator' }, by: [] },
        { at: '2026-07-01', set: { about: 'carer' }, by: [] },
        { at: '2026-07-01', purpose: 'CHILD_PROTECTION', by: [] },
      ],
    },
    {
      name: 'A permit without an age ends at eighteen, on 1 March for a child born on 29 February',
      viewer: { service: 'nhs.ward', role: 'nurse', relation: { registered: ['2026-01-01', '2026-12-01'] } },
      purpose: 'SAFEGUARDING',
      born: '2008-02-29',
      entry: { from: 'la.csc', type: 'protection-plan', tier: 'ordinary', about: 'child', occurred: '2026-01-10' },
      expect: [
        {
          at: '2026-02-28T23:59',
          by: ['plan-to-ward'],
          content: ['lead-contact', 'status'],
          location: ['incident-place'],
        },
        { at: '2026-03-01T00:00', by: [] },
      ],
    },
  ],
};
