import fc from 'fast-check';
import { draftsOf, misfits, quarantinedOf, readFeed } from '../../../../test/support/read-feed.js';
import { DocumentRefused, QUARANTINE_REASONS } from '../feed.js';
import { OptionalDate, OptionalText } from './check-class.js';
import { occurredOn } from './dates.js';
import { personalDetails } from './personal-details.js';
import { recordFeed } from './record-feed.js';
import { datedItems, recordKind } from './record-kind.js';

class Payload {
  @OptionalText() setting?: string | null;
}
class Visit {
  @OptionalDate() date?: string | null;
  @OptionalText() reason?: string | null;
}
const kind = recordKind<Payload>({
  recordType: 'visits.details',
  type: 'education-status',
  payload: Payload,
  body: ({ setting }) => ({ settingName: setting }),
  dated: [
    datedItems<Visit>({
      field: 'visits',
      type: 'emergency-attendance',
      item: Visit,
      key: ({ date }) => [date],
      occurred: ({ date }) => occurredOn(date),
      body: ({ reason }) => ({ reason }),
    }),
  ],
});
const feed = recordFeed({ name: 'visits', title: 'Visits', regime: 'uk-gdpr', kinds: [kind, personalDetails] });

const record = (more: Record<string, unknown> = {}) => ({
  recordId: 'R-1',
  personId: '9990000018',
  recordType: 'visits.details',
  version: '1',
  systemId: 'SYSTEM-1',
  payload: { setting: 'Here', visits: [{ date: '2025-10-01', reason: 'Fall' }] },
  ...more,
});
const file = (...records: unknown[]) => ({ orgId: 'ORG-01', orgName: 'One', orgType: 'OTHER', records });

describe('a feed of records', () => {
  it('makes one contribution of the statuses and one of each dated item', async () => {
    const drafts = draftsOf(await readFeed(feed, file(record())));
    const common = {
      subject: { kind: 'child', system: 'SYSTEM-1', localId: '9990000018' },
      recordType: 'visits.details',
      rank: { by: 'version', value: '1' },
      about: 'child',
      regime: 'uk-gdpr',
    };
    const identifiers = [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }];
    expect(drafts).toEqual([
      {
        ...common,
        type: 'education-status',
        recordKey: 'R-1',
        ancestors: [],
        occurred: { precision: 'unknown' },
        body: { identifiers, settingName: 'Here' },
      },
      {
        ...common,
        type: 'emergency-attendance',
        recordKey: 'R-1/visits/2025-10-01',
        ancestors: ['R-1'],
        occurred: { from: '2025-10-01', precision: 'day' },
        body: { identifiers, reason: 'Fall' },
      },
    ]);
    expect(misfits(drafts)).toEqual([]);
  });

  it('takes a file, a list of records and one record alike', async () => {
    const keys = async (document: unknown) =>
      draftsOf(await readFeed(feed, document)).map(({ recordKey }) => recordKey);
    expect(await keys([record()])).toEqual(await keys(file(record())));
    expect(await keys(record())).toEqual(await keys(file(record())));
  });

  it('refuses a payload that names nobody', async () => {
    await expect(readFeed(feed, { setting: 'Here' })).rejects.toEqual(new DocumentRefused('personId', 'missing'));
    await expect(readFeed(feed, '[')).rejects.toBeInstanceOf(DocumentRefused);
    await expect(readFeed(feed, '1')).rejects.toBeInstanceOf(DocumentRefused);
    await expect(readFeed(feed, { orgId: 'ORG-01', records: {} })).rejects.toBeInstanceOf(DocumentRefused);
    await expect(readFeed(feed, ' '.repeat(1024 * 1024 + 1))).rejects.toEqual(new DocumentRefused('', 'too-large'));
  });

  it('keeps back a record without a person and lets the others flow', async () => {
    const { personId: _, ...nameless } = record();
    const items = await readFeed(feed, file(nameless, record({ recordId: 'R-2' })));
    expect(quarantinedOf(items)).toEqual(['records[0].personId: missing']);
    expect(draftsOf(items)).toHaveLength(2);
  });

  it.each([
    ['another organisation', { orgId: 'ORG-02' }, 'orgId: organisation-not-registered'],
    ['none', { orgId: undefined }, 'orgId: missing'],
  ])('keeps back everything of a document of %s', async (_, more, problem) => {
    const items = await readFeed(feed, { ...file(record(), record()), ...more });
    expect(quarantinedOf(items)).toEqual([problem, problem]);
    expect(draftsOf(items)).toEqual([]);
  });

  it('lets the statuses and each dated item stand alone', async () => {
    const visits = [{ date: '2025-02-30' }, { date: '2025-02' }, { date: null }, 7, { date: '2025', other: 1 }, {}];
    const items = await readFeed(feed, file(record({ payload: { setting: 5, visits } })));
    expect(quarantinedOf(items)).toEqual([
      'records[0].payload.setting: not-text',
      'records[0].payload.visits[0].date: not-a-date',
      'records[0].payload.visits[3]: not-an-object',
      'records[0].payload.visits[4].other: unknown-field',
    ]);
    expect(draftsOf(items).map(({ recordKey, occurred }) => [recordKey, occurred])).toEqual([
      ['R-1/visits/2025-02', { from: '2025-02', precision: 'month' }],
      // Two without a date: told apart by what they say.
      ['R-1/visits/', { precision: 'unknown' }],
      ['R-1/visits/#2', { precision: 'unknown' }],
    ]);
  });

  it('names what it does not know, in the part where it stands', async () => {
    const items = await readFeed(feed, file(record({ payload: { setting: 'Here', colour: 1, visits: [{}] } })));
    expect(quarantinedOf(items)).toEqual(['records[0].payload.colour: unknown-field']);
    expect(draftsOf(items).map(({ type }) => type)).toEqual(['emergency-attendance']);
    expect(quarantinedOf(await readFeed(feed, file(record({ recordType: 'other' }))))).toEqual([
      'records[0].recordType: unknown-record-type',
    ]);
  });

  it('does not mistake null for false, nor absent for null', async () => {
    const payload = { braille: null, makaton: false };
    const [draft] = draftsOf(await readFeed(feed, file(record({ recordType: 'personal.details', payload }))));
    expect(draft?.body).toMatchObject({ braille: null, makaton: false });
    expect(draft?.body).not.toHaveProperty('signLanguage');
  });

  it('ranks a record without a version first, and takes a number for one', async () => {
    const values = async (version: unknown) => draftsOf(await readFeed(feed, file(record({ version }))))[0]?.rank.value;
    expect(await values(undefined)).toBe('0');
    expect(await values(null)).toBe('0');
    expect(await values(12)).toBe('12');
    expect(quarantinedOf(await readFeed(feed, file(record({ version: {} }))))).toEqual([
      'records[0].version: not-allowed',
    ]);
  });

  it('uses the name of the feed where the record names no system', async () => {
    const [draft] = draftsOf(await readFeed(feed, file(record({ systemId: undefined }))));
    expect(draft?.subject.system).toBe('visits');
  });

  it.each([
    ['9990000018', ['nhs-number'], 'traced'],
    ['9990000018', [], 'asserted'],
    ['9990000019', ['nhs-number'], 'wrong-check-digit'],
    ['A3L_dqR9', ['nhs-number'], 'wrong-check-digit'],
  ] as const)('classifies %s of a feed registered for %j as %s', async (personId, authoritativeFor, status) => {
    const [draft] = draftsOf(await readFeed(feed, file(record({ personId })), { authoritativeFor }));
    expect(draft?.body['identifiers']).toMatchObject([{ status }]);
  });

  it('puts the handling that a record asks for on all of it', async () => {
    const handling = { tier: 'originator', facts: ['address-protected'] };
    for (const draft of draftsOf(await readFeed(feed, file(record({ handling }))))) {
      expect(draft).toMatchObject(handling);
    }
  });

  it('hides the rest of a record whose stricter handling, or a part of it, cannot be read', async () => {
    const suspends = { subject: { kind: 'child', system: 'SYSTEM-1', localId: '9990000018' }, recordKey: 'R-1' };
    const [bad] = await readFeed(feed, file(record({ handling: { tier: 'secret' } })));
    expect(bad).toMatchObject({ ok: false, field: 'records[0].handling.tier', reason: 'not-allowed', suspends });
    const handling = { facts: ['address-protected'] };
    const items = await readFeed(feed, file(record({ handling, payload: { setting: 5, visits: [{}] } })));
    expect(items[0]).toMatchObject({ ok: false, suspends });
    expect(items[1]).toMatchObject({ ok: true });
    const [plain] = await readFeed(feed, file(record({ payload: null })));
    expect(plain).not.toHaveProperty('suspends');
  });

  it('reads a purge as a tombstone of the whole record', async () => {
    const { payload: _, ...withdrawn } = record({ purge: true, version: '2' });
    const drafts = draftsOf(await readFeed(feed, file(withdrawn)));
    expect(drafts).toMatchObject([
      { type: 'entry-retracted', recordKey: 'R-1', rank: { by: 'version', value: '2' }, body: {} },
    ]);
    expect(misfits(drafts)).toEqual([]);
  });

  it('gives the same contributions in whatever order dated items come', async () => {
    const visits = [{ date: '2025-01-01', reason: 'a' }, { date: '2025-01-01', reason: 'b' }, { date: '2025-01-01' }];
    const sorted = async (list: unknown[]) =>
      draftsOf(await readFeed(feed, file(record({ payload: { visits: list } }))))
        .map((draft) => JSON.stringify(draft))
        .sort();
    expect(await sorted(visits)).toEqual(await sorted([...visits].reverse()));
  });

  it('never fails on hostile values, fits every schema and repeats no value in a place or reason', async () => {
    const hostile = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom<unknown>({ toString: 1 }, { constructor: { prototype: 1 } }, ['x'], '', ' ', 1e15, '2025-13-01'),
    );
    const some = fc.dictionary(
      fc.constantFrom(
        ...[
          'recordId',
          'personId',
          'version',
          'systemId',
          'handling',
          'purge',
          'payload',
          'contactDetails',
          'constructor',
          'x y',
        ],
      ),
      hostile,
    );
    await fc.assert(
      fc.asyncProperty(some, hostile, hostile, async (more, setting, visits) => {
        const sent = record({ payload: { setting, visits }, ...more });
        const items = await readFeed(feed, file(sent));
        expect(misfits(draftsOf(items))).toEqual([]);
        for (const item of items) {
          if (item.ok) continue;
          expect(QUARANTINE_REASONS).toContain(item.reason);
          expect(item.field).toMatch(/^records\[0\](\.[A-Za-z0-9_]+(\[\d+\])*|\.\?)*$/);
        }
        expect(items.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });

  it('takes no key of a sender for one of its own', async () => {
    const text = JSON.stringify(file(record())).replace(
      '"setting"',
      '"__proto__":{"polluted":1},"constructor":1,"setting"',
    );
    const items = await readFeed(feed, text);
    expect(quarantinedOf(items)).toEqual(['records[0].payload.__proto__: unknown-field']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('keeps back a list that is out of all proportion as one item', async () => {
    const visits = Array.from({ length: 100_000 }, () => ({}));
    const items = await readFeed(feed, file(record({ payload: { visits } })));
    expect(quarantinedOf(items)).toEqual(['records[0].payload.visits: too-large']);
    const contactDetails = visits;
    expect(quarantinedOf(await readFeed(feed, file(record({ contactDetails }))))).toEqual([
      'records[0].contactDetails: too-large',
    ]);
    await expect(readFeed(feed, visits)).rejects.toEqual(new DocumentRefused('', 'too-large'));
  });
});
