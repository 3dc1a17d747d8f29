import { decideAgreements, decideAgreementsWithBaseline, failingCases } from './agreement-oracle.js';
import type { RequestRow } from './request-row.js';
import { WEXSHIRE_PATH, itWith, readWexshire } from './shared-documents.js';
import { SMALL_AGREEMENT } from './small-agreement.js';
import { addToInstant, ageAt, toInstant } from './zoned-time.js';

const row: RequestRow = {
  request: '1',
  at: '2026-05-01T09:00:00Z',
  sourceOrg: 'la:901',
  sourceService: 'csc',
  destOrg: 'ods:T1/007',
  destService: 'ward',
  role: 'nurse',
  relation: 'registered',
  purpose: 'SAFEGUARDING',
  recordType: 'protection-plan',
  mode: 'CONTENT',
  childBorn: '2015-05-01',
  occurred: '2026-04-01',
};
const decide = (change: Partial<RequestRow>) => decideAgreements([SMALL_AGREEMENT], { ...row, ...change });

describe('oracle of agreements', () => {
  itWith(WEXSHIRE_PATH)('holds every case of the agreement beside the project, in any order of clauses', () => {
    const wexshire = readWexshire();
    expect(wexshire.cases.flatMap(({ expect: expected }) => expected).length).toBeGreaterThan(10);
    expect(failingCases(wexshire)).toEqual([]);
    const reversed = {
      ...wexshire,
      permits: wexshire.permits.toReversed(),
      caps: wexshire.caps.toReversed(),
      forbids: wexshire.forbids.toReversed(),
    };
    expect(failingCases(reversed)).toEqual([]);
  });

  it('holds the cases of a small agreement, and notices when a clause is loosened', () => {
    expect(failingCases(SMALL_AGREEMENT)).toEqual([]);
    expect(failingCases({ ...SMALL_AGREEMENT, forbids: SMALL_AGREEMENT.forbids.slice(0, 1) })).toHaveLength(1);
    expect(failingCases({ ...SMALL_AGREEMENT, permits: [] })).not.toEqual([]);
  });

  it('keeps the facets apart', () => {
    expect(decide({})).toEqual({ decision: 'allow', fields: ['lead-contact', 'status'] });
    expect(decide({ mode: 'location' })).toEqual({ decision: 'allow', fields: ['incident-place'] });
    expect(decide({ mode: 'LOCATION', facts: 'other;address-protected' })).toEqual({ decision: 'deny', fields: [] });
    expect(decide({ mode: 'SUMMARY', relation: 'asserted' })).toEqual({ decision: 'allow', fields: [] });
    expect(decide({ relation: 'asserted' })).toEqual({ decision: 'deny', fields: [] });
    expect(decide({ mode: 'SUMMARY', childBorn: '' })).toEqual({ decision: 'deny', fields: [] });
  });

  it('decides existence by service: open, guarded by name, never hidden', () => {
    const existence = { mode: 'EXISTENCE', recordType: '', occurred: '' };
    expect(decide(existence).decision).toBe('allow');
    expect(decide({ ...existence, sourceOrg: 'ods:T1/1', sourceService: 'camhs' }).decision).toBe('allow');
    expect(decide({ ...existence, sourceOrg: 'ods:T1/1', sourceService: 'ward' }).decision).toBe('deny');
    expect(decide({ ...existence, sourceService: 'adoption' }).decision).toBe('deny');
    expect(decide({ ...existence, purpose: 'DIRECT_CARE' }).decision).toBe('deny');
  });

  it('takes what is closed away whoever opened it, and only on records of its own parties', () => {
    const closing = { ...SMALL_AGREEMENT, permits: [], forbids: [{ id: 'all', to: ['*'] }] };
    const withoutCouncil = Object.entries(closing.parties).filter(([name]) => name !== 'la');
    const elsewhere = { ...closing, parties: Object.fromEntries(withoutCouncil) };
    expect(decideAgreements([closing, SMALL_AGREEMENT], row).decision).toBe('deny');
    expect(decideAgreements([SMALL_AGREEMENT, closing], row).decision).toBe('deny');
    expect(decideAgreements([elsewhere, SMALL_AGREEMENT], row).decision).toBe('allow');
  });

  it('lays the baseline over it', () => {
    const own = { ...row, destOrg: 'LA:901', destService: 'csc', relation: 'allocated', recordType: 'anything' };
    expect(decideAgreementsWithBaseline([SMALL_AGREEMENT], own)).toBe('allow');
    expect(decideAgreementsWithBaseline([SMALL_AGREEMENT], { ...own, destService: 'adoption' })).toBe('deny');
    expect(decideAgreementsWithBaseline([SMALL_AGREEMENT], { ...own, relation: 'emergency' })).toBe('deny');
  });

  it('counts days and ages by the calendar of the zone', () => {
    expect(toInstant('2026-06-01', 'Europe/London')).toBe(Date.parse('2026-05-31T23:00:00Z'));
    expect(toInstant('2026-06-01T08:10', 'Europe/London')).toBe(Date.parse('2026-06-01T07:10:00Z'));
    expect(addToInstant(Date.parse('2026-01-10T00:00:00.5Z'), 'P6M', 'Europe/London')).toBe(
      Date.parse('2026-07-09T23:00:00.5Z'),
    );
    expect(ageAt('2008-02-29', Date.parse('2026-02-28T23:59:59.999Z'), 'Europe/London')).toBe(17);
    expect(ageAt('2008-02-29', Date.parse('2026-03-01T00:00:00Z'), 'Europe/London')).toBe(18);
    expect(ageAt('2008-06-01', Date.parse('2026-05-31T23:00:00Z'), 'Europe/London')).toBe(18);
    expect(ageAt('2026-06-01', Date.parse('2026-05-31T22:59:59.999Z'), 'Europe/London')).toBe(-1);
  });
});
