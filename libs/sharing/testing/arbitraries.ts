import { ABOUT, TIERS } from '#contracts';
import * as fc from 'fast-check';
import { RELATION_KINDS, type SharedEntry, type SharingState, type Viewer } from '../src/types.js';

/** Viewers of the example agreement, and strangers. */
const anyViewer: fc.Arbitrary<Viewer> = fc
  .tuple(
    fc.constantFrom(
      ['school.dsl', 'urn:100@la:901', 'EDUCATION'],
      ['council.door', 'la:901', 'LOCAL_AUTHORITY'],
      ['council.care', 'LA:901', 'LOCAL_AUTHORITY'],
      ['police.protect', 'force:91', 'POLICE'],
      ['health.urgent', 'ods:ZZ2/07', 'HEALTH'],
      ['none.dsl', 'urn:100@la:902', 'EDUCATION'],
    ),
    fc.constantFrom('dsl', 'anyone', ''),
  )
  .map(([[seat = '', organisation = '', organisationKind = ''], role]) => ({
    staffKey: 'viewer',
    organisation,
    organisationKind,
    service: seat.split('.')[1] ?? '',
    role,
  }));

const anyEntry: fc.Arbitrary<SharedEntry> = fc
  .record({
    owner: fc.constantFrom(
      { organisation: 'la:901', service: 'care' },
      { organisation: 'la:901', service: 'adoption' },
      { organisation: 'force:91', service: 'protect' },
      { organisation: 'ods:ZZ1', service: 'minds' },
      { organisation: 'ods:ZZ1', service: 'sexual-health' },
      { organisation: 'la:902', service: 'care' },
    ),
    type: fc.constantFrom('protection-plan', 'notice', 'attendance'),
    tier: fc.constantFrom(...TIERS),
    about: fc.constantFrom(...ABOUT),
    occurred: fc.constantFrom('2026-05-01', '2024-01-01', '2026'),
    facts: fc.subarray(['address-protected', 'young-person-agreed']),
  })
  .map(({ type, about, occurred, ...rest }) => ({
    ...rest,
    id: 'entry',
    type,
    recordType: type,
    about,
    aboutBirthDate: '1990-01-01',
    occurred: { from: occurred, precision: 'day' as const },
    fields: [
      ...['status', 'lead-contact', 'facts', 'grading', 'sanitised-text', 'unnamed'].map((name) => ({
        name,
        part: 'content' as const,
        about,
      })),
      { name: 'incident-place', part: 'location' as const, about },
    ],
  }));

const anyState: fc.Arbitrary<Omit<SharingState, 'agreements'>> = fc.record({
  at: fc.constantFrom(Date.UTC(2026, 5, 1), Date.UTC(2025, 0, 1)),
  purpose: fc.constantFrom('SAFEGUARDING', 'Child_Protection', 'DIRECT_CARE', 'FAMILY_GROUP_MEETING', 'GOSSIP', ''),
  relations: fc.subarray([...RELATION_KINDS], { maxLength: 4 }),
  childBirthDate: fc.constantFrom('2015-03-01', '2003-03-01', null, 'unborn'),
  facts: fc.subarray(['open-episode', 'address-protected', 'young-person-agreed']),
  releases: fc.constantFrom(
    [],
    ['care', 'adoption', 'protect', 'minds', 'sexual-health'].map((service) => ({
      entryId: 'entry',
      owner: {
        organisation:
          service === 'protect' ? 'force:91' : ['minds', 'sexual-health'].includes(service) ? 'ods:ZZ1' : 'la:901',
        service,
      },
      byRole: 'supervisor',
      staffKey: 'viewer',
      from: '2026-05-20',
      until: '2026-06-10',
    })),
  ),
});

/** A question that means something to the example agreement: some reader, relation and record that go together. */
const stories = [
  {
    seat: 'dsl',
    organisation: 'urn:100@la:901',
    relation: 'on-roll',
    service: 'care',
    type: 'protection-plan',
    purpose: 'SAFEGUARDING',
  },
  {
    seat: 'door',
    organisation: 'la:901',
    relation: 'triage',
    service: 'protect',
    type: 'notice',
    purpose: 'SAFEGUARDING',
  },
  {
    seat: 'door',
    organisation: 'la:901',
    relation: 'asserted',
    service: 'protect',
    type: 'notice',
    purpose: 'SAFEGUARDING',
  },
  {
    seat: 'urgent',
    organisation: 'ods:ZZ2/07',
    relation: 'presenting',
    service: 'minds',
    type: 'attendance',
    purpose: 'DIRECT_CARE',
  },
] as const;

const ownerOf = (service: string): SharedEntry['owner'] => ({
  service,
  organisation: service === 'protect' ? 'force:91' : service === 'minds' ? 'ods:ZZ1' : 'la:901',
});

/** Viewer, what is known, and an entry: half of them free, half near to one of the stories. */
export const anyQuestion: fc.Arbitrary<readonly [Viewer, Omit<SharingState, 'agreements'>, SharedEntry]> = fc
  .tuple(
    anyViewer,
    anyState,
    anyEntry,
    fc.option(fc.constantFrom(...stories)),
    fc.constantFrom('child' as const, 'household-adult' as const, 'carer' as const),
    fc.constantFrom('ordinary' as const, 'special' as const, 'originator' as const),
  )
  .map(([viewer, state, entry, story, about, tier]) =>
    story === null
      ? [viewer, state, entry]
      : [
          { ...viewer, organisation: story.organisation, service: story.seat, role: viewer.role || 'dsl' },
          {
            ...state,
            at: Date.UTC(2026, 5, 1),
            purpose: story.purpose,
            childBirthDate: '2015-03-01',
            relations: [...new Set([...state.relations, story.relation])],
          },
          {
            ...entry,
            owner: ownerOf(story.service),
            type: story.type,
            occurred: { from: '2026-05-01', precision: 'day' },
            about,
            tier,
          },
        ],
  );
