import { canonicalText, eventId } from '#contracts';
import { contribution } from '../../../test/support/contributions.js';
import { specification } from '../../../test/support/given-when-then.js';
import {
  decideFiling,
  evolve,
  fileContribution,
  initialState,
  readContribution,
  readFiled,
  type Contribution,
  type FilingDecision,
  type TimelineEvent,
} from './filing.js';

const { given } = specification<typeof initialState, TimelineEvent, Contribution, FilingDecision>({
  initialState,
  evolve,
  decide: decideFiling,
});

/** The event of a contribution that was filed whole. */
const whole = ({ envelope, bytes }: Contribution): TimelineEvent => ({
  id: eventId(envelope.contributionId, 0),
  type: envelope.type,
  data: bytes,
});

const confirmed = ({ envelope }: Contribution, holder: Contribution): TimelineEvent => ({
  id: eventId(envelope.contributionId, 0),
  type: 'record-confirmed',
  data: new TextEncoder().encode(canonicalText({ v: 1, envelope, confirms: holder.envelope.contributionId })),
});

const first = contribution({ rank: '1' });
const unchanged = contribution({ rank: '2' });
const unchangedAgain = contribution({ rank: '3' });
const corrected = contribution({ rank: '2', body: 'body-2' });
const retraction = contribution({ rank: '4', body: 'none', change: { type: 'entry-retracted' } });
const retractionAgain = contribution({ rank: '5', body: 'none', change: { type: 'entry-retracted' } });

const filed = (...events: TimelineEvent[]): FilingDecision => ({ kind: 'filed', events });

describe('filing', () => {
  it('files what is new, byte for byte', () =>
    given([])
      .when(first)
      .then(filed(whole(first))));

  it('files nothing twice', () =>
    given([whole(first)])
      .when(first)
      .then({ kind: 'already-filed' }));

  it('files another body of the record', () =>
    given([whole(first)])
      .when(corrected)
      .then(filed(whole(corrected))));

  it('confirms an unchanged body at another rank, higher or lower', () => {
    given([whole(first)])
      .when(unchanged)
      .then(filed(confirmed(unchanged, first)));
    given([whole(unchanged)])
      .when(first)
      .then(filed(confirmed(first, unchanged)));
  });

  it('files no confirmation twice', () =>
    given([whole(first), confirmed(unchanged, first)])
      .when(unchanged)
      .then({ kind: 'already-filed' }));

  it('confirms the contribution that holds the body, never another confirmation', () =>
    given([whole(first), confirmed(unchanged, first)])
      .when(unchangedAgain)
      .then(filed(confirmed(unchangedAgain, first))));

  it.each([
    ['another record', contribution({ record: 'record-2' })],
    ['another feed', contribution({ feed: 'clinic' })],
    ['another type', contribution({ rank: '2', change: { type: 'relation' } })],
    ['another shape', contribution({ rank: '2', change: { schemaVersion: 2 } })],
  ])('takes the same body of %s for no confirmation', (_, other) =>
    given([whole(first)])
      .when(other)
      .then(filed(whole(other))),
  );

  it('files a retraction whole, of what is there, of what is not, and again', () => {
    given([])
      .when(retraction)
      .then(filed(whole(retraction)));
    given([whole(first)])
      .when(retraction)
      .then(filed(whole(retraction)));
    given([whole(retraction)])
      .when(retractionAgain)
      .then(filed(whole(retractionAgain)));
    given([whole(retraction)])
      .when(retraction)
      .then({ kind: 'already-filed' });
  });

  it('gives the facts to append, and none the second time', () => {
    const file = fileContribution(first);
    expect(file(initialState)).toEqual([whole(first)]);
    expect(file(evolve(initialState, whole(first)))).toEqual([]);
  });

  it('leaves older states as they were', () => {
    const state = evolve(initialState, whole(first));
    evolve(state, whole(corrected));
    expect(decideFiling(state, corrected).kind).toBe('filed');
    expect(decideFiling(initialState, first).kind).toBe('filed');
  });
});

describe('reading', () => {
  it('takes the envelope from final bytes and from confirmations', () => {
    expect(readContribution(first.bytes)).toEqual(first);
    expect(readFiled(whole(first))).toEqual({ envelope: first.envelope });
    expect(readFiled(confirmed(unchanged, first))).toEqual({
      envelope: unchanged.envelope,
      confirms: first.envelope.contributionId,
    });
  });

  it.each(['', '{', 'null', '[]', '{"v":2}', '{"v":1}', '{"v":1,"envelope":{"v":2}}'])('refuses %j', (text) =>
    expect(() => readContribution(new TextEncoder().encode(text))).toThrow(RangeError),
  );
});
