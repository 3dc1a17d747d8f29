import { relationReviewView, type RelationReview } from './reviews-page.js';

const review: RelationReview = {
  reviewId: 'id',
  organisationName: 'Example Authority',
  relation: 'triage',
  service: 'csc',
  team: null,
  role: null,
  from: '2026-03-02T09:00:00.000Z',
  until: '2026-03-05T00:00:00.000Z',
  reason: 'A call from a neighbour',
  child: { name: 'Ada Example', birthDate: '2015-06-12' },
  readers: [
    { name: 'Col League', role: 'social-worker', reads: 2 },
    { name: null, role: 'manager', reads: 1 },
  ],
  otherReaders: 0,
  state: 'open',
  reviews: [{ outcome: 'more-needed', at: '2026-03-03T09:00:00.000Z', note: null }],
};
const rowsOf = (change: Partial<RelationReview> = {}) =>
  Object.fromEntries(relationReviewView({ ...review, ...change }).rows.map(({ key, value }) => [key.text, value.text]));

describe('a relation to be reviewed on its page', () => {
  it('says what it is, about whom, whose, why, and who read by it', () => {
    expect(relationReviewView(review).title).toBe('A contact at the front door, since 2 March 2026 at 9:00am');
    expect(rowsOf()).toEqual({
      Child: 'Ada Example, born 12 June 2015',
      'Whose it is': 'Example Authority, children’s social care',
      'Until when': '5 March 2026 at 12:00am',
      'In their words': 'A call from a neighbour',
      'Who read by it': 'Col League (social worker), 2 times; Somebody without a recorded name (manager), once',
    });
    expect(rowsOf({ otherReaders: 3 })['Who read by it']).toMatch(/once; and 3 more, who read less often$/);
    expect(relationReviewView(review).said).toEqual([
      { what: '3 March 2026 at 9:00am: more is needed before anybody can say', note: 'Cannot be read' },
    ]);
  });

  it('says what is not known, and asks for words only where a person gave some', () => {
    expect(rowsOf({ reason: null })['In their words']).toBe('Cannot be read');
    const team = { relation: 'team', team: 'south', role: 'social-worker', reason: null, until: null };
    expect(rowsOf(team)).not.toHaveProperty('In their words');
    expect(rowsOf(team)['Whose it is']).toBe('Example Authority, children’s social care, team south, social worker');
    expect(rowsOf(team)['Until when']).toBe('No end is recorded');
    expect(rowsOf({ child: { name: null, birthDate: null } })['Child']).toContain('do not say');
    expect(relationReviewView({ ...review, relation: 'another-kind' }).title).toContain('Another kind, since');
    expect(relationReviewView({ ...review, state: 'genuine' }).isOpen).toBe(false);
  });
});
