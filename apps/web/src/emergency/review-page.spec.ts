import type { Review } from './answers.js';
import { accessRow, reviewView } from './review-page.js';

const review: Review = {
  accessId: 'id',
  organisation: 'LA',
  organisationName: 'Authority',
  by: { organisationName: 'Hospital', service: 'unscheduled', role: 'ed-clinician', name: 'Rae Gistrar' },
  reason: 'injury',
  openedAt: '2026-12-26T02:10:00.000Z',
  until: '2026-12-26T04:10:00.000Z',
  endedAt: null,
  state: 'open',
  level: 'reviewer',
  late: false,
  mayReview: true,
  text: 'A fracture',
  child: { name: 'Ada Example', birthDate: '2026-06-12' },
  reviewBy: '2026-12-30T00:00:00.000Z',
  deputyBy: '2026-12-31T00:00:00.000Z',
  reviews: [{ level: 'reviewer', outcome: 'more-needed', at: '2026-12-29T09:00:00.000Z', note: null }],
};

describe('a review on its page', () => {
  it('says who, when, about whom, and until the end of which day it is with whom', () => {
    expect(reviewView(review)).toMatchObject({
      who: 'Rae Gistrar, ed clinician, Unscheduled, Hospital',
      times: '26 December 2026 at 2:10am until 26 December 2026 at 4:10am',
      child: 'Ada Example, born 12 June 2026',
      stands: 'The owner’s reviewer decides. By the end of 29 December 2026',
      reason: 'An injury that has to be explained now',
      said: [
        {
          what: 'The owner’s reviewer, 29 December 2026 at 9:00am: more is needed before anybody can say',
          note: 'Cannot be read',
        },
      ],
    });
  });

  it('says what is not known, that it passed on, and what was decided', () => {
    const stands = (change: Partial<Review>) => reviewView({ ...review, ...change }).stands;
    expect(stands({ level: 'deputy' })).toContain('By the end of 30 December 2026');
    expect(stands({ level: 'partnership' })).toBe('The partnership decides. It has no time left');
    expect(stands({ state: 'not-justified', level: 'deputy' })).toBe(
      'Not justified, said by: the owner’s deputy reviewer',
    );
    expect(reviewView({ ...review, child: null }).child).toContain('Not shown');
    expect(reviewView({ ...review, child: { name: null, birthDate: null } }).child).toContain('do not say');
    const over = { ...review, endedAt: '2026-12-26T02:30:00.000Z', by: { ...review.by, name: null } };
    expect(reviewView(over)).toMatchObject({
      times: '26 December 2026 at 2:10am, ended by them on 26 December 2026 at 2:30am',
      who: expect.stringContaining('Somebody, ') as string,
    });
  });

  it('tells a guardian whether anything waits', () => {
    const row = (open: boolean, late: boolean) => accessRow({ ...review, open, late }).stands;
    expect([row(true, false), row(true, true), row(false, false)]).toEqual([
      'Not decided yet',
      'Not decided, and late',
      'Nothing waits for a decision',
    ]);
  });
});
