import fc from 'fast-check';
import { getEventType, rankKey, type Part } from '#contracts';
import type { FiledContribution } from '#timeline';
import {
  accessesOf,
  activeAccess,
  EMERGENCY_ENDED,
  EMERGENCY_MS,
  EMERGENCY_OPENED,
  EMERGENCY_REVIEWED,
  isActiveAt,
  levelAt,
  reviewsOf,
  standingOf,
} from './emergency.js';

const REGISTRAR = 'a'.repeat(32);
const [HEALTH, COUNCIL, PARTNERSHIP] = ['HEALTH-01', 'COUNCIL-01', 'PARTNERSHIP-01'];
const BEGIN = Date.parse('2026-11-14T02:10:00.000Z');
const MINUTE = 60_000;
const instant = (ms: number) => new Date(ms).toISOString();

interface Said {
  readonly at: number;
  readonly record: string;
  readonly below?: string;
  readonly by?: string;
  readonly organisation?: string;
  readonly staffKey?: string;
  readonly unreadable?: readonly Part[];
}

let position = 0;
const said = (
  type: string,
  terms: object,
  { at, record, below, by, organisation, staffKey, unreadable }: Said,
): FiledContribution => ({
  position: (position += 1),
  envelope: {
    v: 1,
    contributionId: `${type}/${record}`,
    subject: { kind: 'staff', key: staffKey ?? REGISTRAR },
    type,
    schemaVersion: getEventType(type).schemaVersion,
    recordType: type,
    owner: { organisation: organisation ?? HEALTH, service: 'unscheduled' },
    sender: by ?? REGISTRAR,
    originatorConfirmed: true,
    record: { key: `hmac/${record}`, ancestors: below === undefined ? [] : [`hmac/${below}`], body: record },
    rank: { feed: 'hub-commands', by: 'sequence', value: instant(at), key: rankKey('sequence', instant(at)) },
    about: 'child',
    tier: 'contact',
    regime: 'uk-gdpr',
    occurred: { from: instant(at), precision: 'exact' },
    hubReceived: instant(at),
    fields: {},
    facts: [],
  },
  ...(unreadable?.includes('terms') ? {} : { terms: terms as Readonly<Record<string, unknown>> }),
  ...(unreadable?.includes('identity') ? {} : { identity: { described: { kind: 'nhs-number', value: '9990000018' } } }),
  unreadable: unreadable ?? [],
});

const opened = (id: string, at: number, change: Partial<Said> = {}) =>
  said(
    EMERGENCY_OPENED,
    {
      access: id,
      handle: `handle-${id}`,
      reason: 'injury',
      role: 'ed-clinician',
      from: instant(at),
      until: instant(at + EMERGENCY_MS),
      calendar: 'england-and-wales/2025-11-24',
      reviewBy: '2026-11-17T00:00:00.000Z',
      deputyBy: '2026-11-18T00:00:00.000Z',
      references: [],
    },
    { at, record: id, ...change },
  );
const ended = (id: string, at: number, change: Partial<Said> = {}) =>
  said(EMERGENCY_ENDED, { access: id }, { at, record: `${id}/end`, below: id, ...change });
const reviewed = (
  id: string,
  organisation: string,
  outcome: string,
  level: string,
  at: number,
  change: Partial<Said> = {},
) =>
  said(
    EMERGENCY_REVIEWED,
    { access: id, organisation, outcome, level, reviewer: 'r'.repeat(32) },
    { at, record: `${id}/review/${at}`, by: 'r'.repeat(32), organisation, ...change },
  );

describe('what somebody opened in an emergency', () => {
  it('holds from when it was recorded until two hours later, and not a millisecond longer', () => {
    const staff = [opened('K9', BEGIN)];
    const active = [BEGIN - 1, BEGIN, BEGIN + EMERGENCY_MS - 1, BEGIN + EMERGENCY_MS].map(
      (at) => activeAccess(staff, at)?.id,
    );
    expect(active).toEqual([undefined, 'K9', 'K9', undefined]);
    expect(activeAccess(staff, BEGIN)).toMatchObject({
      handle: 'handle-K9',
      organisation: HEALTH,
      service: 'unscheduled',
      described: { kind: 'nhs-number', value: '9990000018' },
      endedAt: null,
    });
  });

  it('ends when whoever opened it says so', () => {
    const staff = [opened('K9', BEGIN), ended('K9', BEGIN + 5 * MINUTE)];
    expect(activeAccess(staff, BEGIN + 5 * MINUTE - 1)?.id).toBe('K9');
    expect(activeAccess(staff, BEGIN + 5 * MINUTE)).toBeUndefined();
    expect(accessesOf(staff)[0]).toMatchObject({ until: BEGIN + 5 * MINUTE, endedAt: BEGIN + 5 * MINUTE });
  });

  it('an end that cannot be read ends it all the same, and one of another ends nothing', () => {
    const unreadable = ended('K9', BEGIN + MINUTE, { unreadable: ['terms'] });
    expect(activeAccess([opened('K9', BEGIN), unreadable], BEGIN + MINUTE)).toBeUndefined();
    expect(activeAccess([opened('K9', BEGIN), ended('K8', BEGIN + MINUTE)], BEGIN + MINUTE)?.id).toBe('K9');
    const colleague = ended('K9', BEGIN + MINUTE, { staffKey: 'b'.repeat(32) });
    expect(activeAccess([opened('K9', BEGIN), colleague], BEGIN + MINUTE)?.id).toBe('K9');
  });

  it('one that cannot be read opens nothing; one whose identifier is gone is of the own organisation alone', () => {
    expect(accessesOf([opened('K9', BEGIN, { unreadable: ['terms'] })])).toEqual([]);
    expect(activeAccess([opened('K9', BEGIN, { unreadable: ['identity'] })], BEGIN)?.described).toBeNull();
  });

  it('one that is opened beside another is none, also after the first has ended', () => {
    const staff = [opened('K9', BEGIN), opened('K8', BEGIN + MINUTE), ended('K9', BEGIN + 2 * MINUTE)];
    expect(accessesOf(staff).map(({ id }) => id)).toEqual(['K9']);
    expect(activeAccess(staff, BEGIN + 3 * MINUTE)).toBeUndefined();
    expect(activeAccess([...staff, opened('K7', BEGIN + 3 * MINUTE)], BEGIN + 3 * MINUTE)?.id).toBe('K7');
  });

  it('of nothing else that is recorded of a person anything is opened', () => {
    expect(accessesOf([ended('K9', BEGIN), reviewed('K9', COUNCIL, 'justified', 'reviewer', BEGIN)])).toEqual([]);
  });
});

describe('whatever is opened and ended, in whatever order it is filed', () => {
  const events = fc
    .array(
      fc.record({
        at: fc.integer({ min: 0, max: 600 }).map((minutes) => BEGIN + minutes * MINUTE),
        endsAfter: fc.option(fc.integer({ min: 0, max: 200 }).map((minutes) => minutes * MINUTE)),
      }),
      { maxLength: 8 },
    )
    .map((all) =>
      all.flatMap(({ at, endsAfter }, i) => [
        opened(`K${i}`, at),
        ...(endsAfter === null ? [] : [ended(`K${i}`, at + endsAfter)]),
      ]),
    );
  const shuffled = events.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  const instants = fc.integer({ min: -10, max: 900 }).map((minutes) => BEGIN + minutes * MINUTE);

  it('nobody has more than one open, for more than two hours, or before it was recorded', () => {
    fc.assert(
      fc.property(events, instants, (all, at) => {
        const active = accessesOf(all).filter((access) => isActiveAt(access, at));
        expect(active.length).toBeLessThanOrEqual(1);
        for (const { from, until } of active) {
          expect(from).toBeLessThanOrEqual(at);
          expect(until - from).toBeLessThanOrEqual(EMERGENCY_MS);
        }
      }),
    );
  });

  it('the order in which it is filed decides nothing', () => {
    fc.assert(
      fc.property(shuffled, instants, ([all, other], at) => {
        expect(activeAccess(other, at)?.id).toBe(activeAccess(all, at)?.id);
      }),
    );
  });

  it('an end leaves nothing open of what it ends', () => {
    fc.assert(
      fc.property(
        events,
        instants,
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 0, max: 600 }),
        (all, at, n, then) => {
          const end = BEGIN + then * MINUTE;
          const active = activeAccess([...all, ended(`K${n}`, end, { record: 'another' })], at);
          if (at >= end) expect(active?.id).not.toBe(`K${n}`);
        },
      ),
    );
  });
});

describe('its review', () => {
  const access = accessesOf([opened('K9', BEGIN)])[0]!;
  const [REVIEW_BY, DEPUTY_BY] = [Date.parse(access.reviewBy), Date.parse(access.deputyBy)];

  it('is with the reviewer, then with the deputy, then with the partnership', () => {
    const levels = [BEGIN, REVIEW_BY - 1, REVIEW_BY, DEPUTY_BY - 1, DEPUTY_BY].map((at) => levelAt(access, at));
    expect(levels).toEqual(['reviewer', 'reviewer', 'deputy', 'deputy', 'partnership']);
  });

  it('is each owner’s own, stays open while more is needed, and is late once the first time has passed', () => {
    const reviews = reviewsOf(
      [
        reviewed('K9', COUNCIL, 'more-needed', 'reviewer', BEGIN + MINUTE),
        reviewed('K9', HEALTH, 'justified', 'reviewer', BEGIN + 2 * MINUTE),
        reviewed('K8', COUNCIL, 'justified', 'reviewer', BEGIN + 3 * MINUTE),
      ],
      'K9',
    );
    expect(standingOf(access, reviews, HEALTH, DEPUTY_BY)).toEqual({
      state: 'justified',
      level: 'reviewer',
      late: false,
    });
    expect(standingOf(access, reviews, COUNCIL, BEGIN + MINUTE)).toEqual({
      state: 'open',
      level: 'reviewer',
      late: false,
    });
    expect(standingOf(access, reviews, COUNCIL, REVIEW_BY)).toEqual({ state: 'open', level: 'deputy', late: true });
  });

  it('is decided by the first word that decides', () => {
    const reviews = reviewsOf(
      [
        reviewed('K9', COUNCIL, 'justified', 'deputy', REVIEW_BY + 2),
        reviewed('K9', COUNCIL, 'not-justified', 'deputy', REVIEW_BY + 1),
      ],
      'K9',
    );
    expect(standingOf(access, reviews, COUNCIL, REVIEW_BY + 3)).toEqual({
      state: 'not-justified',
      level: 'deputy',
      late: true,
    });
  });

  it('hears of an owner its own people and the partnership alone, each in his own name', () => {
    const foreign = reviewed('K9', COUNCIL, 'justified', 'reviewer', BEGIN, { organisation: HEALTH });
    const forged = reviewed('K9', COUNCIL, 'justified', 'reviewer', BEGIN, { by: 'f'.repeat(32) });
    const partnership = reviewed('K9', COUNCIL, 'justified', 'partnership', BEGIN, { organisation: PARTNERSHIP });
    const unreadable = reviewed('K9', COUNCIL, 'justified', 'reviewer', BEGIN, { unreadable: ['terms'] });
    expect([foreign, forged, unreadable].map((one) => reviewsOf([one], 'K9'))).toEqual([[], [], []]);
    expect(reviewsOf([partnership], 'K9')).toMatchObject([{ organisation: COUNCIL, level: 'partnership' }]);
  });
});
