import type { Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import { borneOutBy, recordedRelations } from './relations.js';
import { bodied } from './standing-records.js';

const [SCHOOL, COUNCIL] = ['EDUCATION-01', 'LOCAL-AUTHORITY-01'];
const AT = Date.parse('2026-03-02T09:00:00Z');
const dsl: Viewer = {
  staffKey: 'dana',
  organisation: SCHOOL!,
  organisationKind: 'EDUCATION',
  service: 'dsl',
  role: 'dsl',
};

let made = 0;
const filed = (
  type: string,
  organisation: string,
  key: string,
  terms: object | null,
  change = {},
): FiledContribution => {
  made += 1;
  const envelope = {
    v: 1,
    contributionId: `c${String(made)}`,
    subject: { kind: 'child', key: organisation },
    type,
    recordType: type,
    owner: { organisation, service: 'any' },
    sender: 'sam',
    record: { key, ancestors: [], body: JSON.stringify(terms) },
    rank: { feed: 'staff', by: 'sequence', value: '1', key: 's1' },
    about: 'child',
    tier: 'contact',
    occurred: { precision: 'unknown' },
    hubReceived: '2026-03-01T09:00:00.000Z',
    fields: {},
    facts: [],
    ...change,
  };
  return {
    position: made,
    envelope,
    unreadable: terms ? [] : ['terms'],
    ...(terms ? { terms } : {}),
  } as unknown as FiledContribution;
};
const onRoll = (change = {}) =>
  filed('relation', SCHOOL!, 'R-1', { relation: 'on-roll', service: 'dsl', from: '2026-01-05T00:00:00Z', ...change });
const WORD = {
  confirmation: 'C-1',
  confirmer: 'sam',
  organisation: SCHOOL,
  service: null,
  relation: 'on-roll',
  at: '2026-02-01T00:00:00Z',
};
const word = (change = {}, envelope = {}) =>
  filed('relation-confirmed', COUNCIL!, 'relation-confirmation/C-1', { ...WORD, ...change }, envelope);

const heldBy = (...contributions: readonly FiledContribution[]) => {
  const bySubject = Map.groupBy(contributions, ({ envelope }) => envelope.subject.key);
  const records = [...bySubject.values()].flatMap((all) => bodied(all));
  return Object.fromEntries(recordedRelations(dsl, records, borneOutBy(records, AT), AT));
};

describe('the relations that records give a post', () => {
  it('wait for a word from outside', () => {
    expect(heldBy(onRoll())).toEqual({ 'on-roll': 'status' });
    expect(heldBy(onRoll(), word())).toEqual({ 'on-roll': 'full' });
  });

  it('wait again when the word is taken back', () => {
    const back = filed(
      'entry-retracted',
      COUNCIL!,
      'relation-confirmation/C-1',
      {},
      {
        rank: { feed: 'staff', by: 'sequence', value: '2', key: 's2' },
      },
    );
    expect(heldBy(onRoll(), word(), back)).toEqual({ 'on-roll': 'status' });
  });

  it.each([
    ['is in another’s name', word({ confirmer: 'somebody' })],
    ['cannot be read', filed('relation-confirmed', COUNCIL!, 'relation-confirmation/C-1', null)],
    ['is of the school itself', word({}, { owner: { organisation: SCHOOL, service: 'any' } })],
  ])('wait on where the word %s', (_, one) => {
    expect(heldBy(onRoll(), one)).toEqual({ 'on-roll': 'status' });
  });

  it('reach as far as the least of two versions that contradict each other', () => {
    const early = onRoll();
    const late = onRoll({ from: '2026-02-15T00:00:00Z' });
    expect(heldBy(early, word())).toEqual({ 'on-roll': 'full' });
    expect(heldBy(late, word())).toEqual({ 'on-roll': 'status' });
    expect(heldBy(early, late, word())).toEqual({ 'on-roll': 'status' });
    expect(heldBy(early, onRoll({ until: '2026-02-20T00:00:00Z' }), word())).toEqual({});
  });

  const named = (change = {}, envelope = {}) =>
    filed(
      'relation',
      COUNCIL!,
      'relation/A-1',
      { relation: 'on-roll', service: 'admissions', organisation: SCHOOL, from: '2026-01-05T00:00:00Z', ...change },
      envelope,
    );

  it('wait no longer where a record of another organisation names the school', () => {
    expect(heldBy(onRoll(), named())).toEqual({ 'on-roll': 'full' });
    expect(heldBy(onRoll(), named({ organisation: SCHOOL!.toLowerCase(), until: '2026-07-01T00:00:00Z' }))).toEqual({
      'on-roll': 'full',
    });
  });

  it('are nobody’s where another organisation’s record alone names the school', () => {
    expect(heldBy(named())).toEqual({});
  });

  it.each([
    ['names another school', named({ organisation: 'EDUCATION-02' })],
    ['names none', named({ organisation: null })],
    ['says another thing of it', named({ relation: 'registered' })],
    ['says what needs no bearing out', named({ relation: 'team' })],
    ['is over', named({ until: '2026-03-02T09:00:00Z' })],
    ['has not begun', named({ from: '2026-03-03T00:00:00Z' })],
    ['is of the school itself', named({}, { owner: { organisation: SCHOOL!.toLowerCase(), service: 'any' } })],
    ['cannot be read', filed('relation', COUNCIL!, 'relation/A-1', null)],
  ])('wait on where the record %s', (_, one) => {
    expect(heldBy(onRoll(), one)).toEqual({ 'on-roll': 'status' });
  });

  it('wait on where versions of the record contradict each other', () => {
    expect(heldBy(onRoll(), named(), named({ organisation: 'EDUCATION-02' }))).toEqual({ 'on-roll': 'status' });
  });
});
