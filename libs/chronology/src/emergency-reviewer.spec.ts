import { getEventType, rankKey, type Envelope, type Tier } from '#contracts';
import type { Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import { childForReviewer } from './emergency-reviewer.js';

const KEY = '1'.repeat(32);
const COUNCIL = 'COUNCIL-01';
const AT = Date.parse('2026-12-29T09:00:00.000Z');
const reviewer: Viewer = {
  staffKey: 'a'.repeat(32),
  organisation: COUNCIL,
  organisationKind: 'LOCAL_AUTHORITY',
  service: 'csc',
  role: 'override-reviewer',
};

let position = 0;
const filed = (
  type: string,
  name: string,
  parts: Pick<FiledContribution, 'terms' | 'identity'>,
  change: Partial<Envelope> = {},
): FiledContribution => ({
  position: (position += 1),
  envelope: {
    v: 1,
    contributionId: name,
    subject: { kind: 'child', key: KEY },
    type,
    schemaVersion: getEventType(type).schemaVersion,
    recordType: type,
    owner: { organisation: COUNCIL, service: 'csc' },
    sender: 'connector',
    originatorConfirmed: true,
    record: { key: name, ancestors: [], body: name },
    rank: { feed: 'records', by: 'version', value: '1', key: rankKey('version', '1') },
    about: 'child',
    tier: 'ordinary',
    regime: 'uk-gdpr',
    occurred: { precision: 'unknown' },
    hubReceived: '2026-12-01T09:00:00.000Z',
    fields: {},
    facts: [],
    ...change,
  },
  ...parts,
  unreadable: [],
});
const details = (name: string, givenName: string, change: Partial<Envelope> = {}) =>
  filed(
    'personal-details',
    name,
    { identity: { givenName, familyName: 'Example' }, terms: { birthDate: '2026-06-12' } },
    change,
  );
const exclusion = (staffKey: string | null, team: string | null = null) =>
  filed('exclusion-made', 'exclusion', {
    terms: {
      directive: 'd',
      who: [{ organisation: COUNCIL, service: null, team, staffKey }],
      until: null,
      feed: null,
      record: null,
    },
  });
const child = (contributions: readonly FiledContribution[], pending: readonly FiledContribution[] = []) =>
  childForReviewer(reviewer, [{ key: KEY, organisation: COUNCIL, contributions }], pending, AT);
const nobody = { name: null, birthDate: null };

describe('the child of a review', () => {
  it('is called as the organisation’s own records call it, by what was recorded last', () => {
    const later = details('later', 'Adam', { hubReceived: '2026-12-02T09:00:00.000Z' });
    expect(child([details('first', 'Ada')])).toEqual({ name: 'Ada Example', birthDate: '2026-06-12' });
    expect(child([details('first', 'Ada'), later])?.name).toBe('Adam Example');
    expect(child([])).toEqual(nobody);
  });

  it.each<[Tier, string, boolean]>([
    ['special', 'adoption', true],
    ['originator', 'csc', true],
    ['originator', 'adoption', false],
    ['sealed', 'csc', false],
  ])('of a record of tier %s that %s recorded: %s', (tier, service, isNamed) => {
    const record = details('record', 'Ada', { tier, owner: { organisation: COUNCIL, service } });
    expect(child([record])?.name ?? null).toBe(isNamed ? 'Ada Example' : null);
  });

  it('is for somebody else to review where an exclusion names the reviewer, from its acknowledgement on', () => {
    const own = exclusion(reviewer.staffKey);
    expect(child([details('first', 'Ada'), own])).toBeUndefined();
    expect(child([details('first', 'Ada')], [{ ...own, position: null }])).toBeUndefined();
    expect(child([details('first', 'Ada'), exclusion('b'.repeat(32))])).toMatchObject({ name: 'Ada Example' });
  });

  it('has no name where what is on its way says another, or takes it back', () => {
    const [given, pending] = [
      details('first', 'Ada'),
      details('later', 'Adam', { hubReceived: '2026-12-03T09:00:00.000Z' }),
    ];
    expect(child([given], [{ ...pending, position: null }])).toEqual({ name: null, birthDate: '2026-06-12' });
    const retracted = filed('entry-retracted', 'gone', { terms: {} }, { record: given.envelope.record });
    expect(child([given], [{ ...retracted, position: null }])).toEqual(nobody);
  });
});
