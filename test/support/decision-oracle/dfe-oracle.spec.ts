import { decideDfe, decideDfeWithBaseline } from './dfe-oracle.js';
import type { DfePolicyFile, DfeRule } from './dfe-oracle.js';
import { dfeTable } from './dfe-table.js';
import type { RequestRow } from './request-row.js';
import { DFE_POLICIES_PATH, itWith, readDfePolicies } from './shared-documents.js';

const allow: DfeRule = {
  effect: 'allow',
  modes: ['EXISTENCE', 'CONTENT'],
  recordTypes: ['visit'],
  destOrgTypes: ['HEALTH'],
  purposes: ['SAFEGUARDING'],
};
const deny: DfeRule = { ...allow, effect: 'deny' };
const row: RequestRow = {
  request: '1',
  at: '2026-01-01T00:00:00Z',
  sourceOrg: 'A-01',
  destOrg: 'B-01',
  destOrgType: 'HEALTH',
  purpose: 'SAFEGUARDING',
  recordType: 'visit',
  mode: 'CONTENT',
};

function file(defaults: DfeRule[], exceptions: DfeRule[] = []): DfePolicyFile {
  const organisation = { orgName: '', recordTypes: ['visit'] };
  return {
    organisations: [
      { ...organisation, orgId: 'A-01', orgType: 'POLICE', dsaPolicy: { version: '1', defaults, exceptions } },
      { ...organisation, orgId: 'B-01', orgType: 'HEALTH', dsaPolicy: { version: '1' } },
    ],
  };
}

const decide = (defaults: DfeRule[], exceptions: DfeRule[], change: Partial<RequestRow> = {}): string =>
  decideDfe([file(defaults, exceptions)], { ...row, ...change });

describe('oracle of policies with defaults and exceptions', () => {
  itWith(DFE_POLICIES_PATH)('agrees with the table worked out by hand', () => {
    const policies = readDfePolicies();
    const table = dfeTable();
    const wrong = table.filter((line) => decideDfe([policies], line.row) !== line.expected);
    expect(wrong).toEqual([]);
    expect(table).toHaveLength(4 * 12 * 7 * 4);
  });

  it('lets the first match decide, exceptions before defaults', () => {
    expect(decide([allow, deny], [])).toBe('allow');
    expect(decide([deny, allow], [])).toBe('deny');
    expect(decide([allow], [deny])).toBe('deny');
    expect(decide([deny], [allow])).toBe('allow');
    expect(decide([], [])).toBe('deny');
  });

  it('lets ids silence types, takes empty and null for absent, and never matches without a target', () => {
    expect(decide([{ ...allow, destOrgIds: ['C-01'] }], [])).toBe('deny');
    expect(decide([{ ...allow, destOrgIds: [] }], [])).toBe('allow');
    expect(decide([{ ...allow, destOrgIds: null }], [])).toBe('allow');
    expect(decide([{ ...allow, destOrgTypes: null, destOrgIds: ['b-01'] }], [])).toBe('allow');
    expect(decide([allow], [{ ...deny, destOrgTypes: [] }])).toBe('allow');
    expect(decide([allow], [{ ...deny, purposes: [] }])).toBe('allow');
  });

  it('counts both ends of the validity in, to the millisecond, and goes on to the next rule outside it', () => {
    const window = { validFrom: '2026-01-01T00:00:00.000Z', validUntil: '2026-01-01T00:00:00.001Z' };
    const at = (instant: string): string => decide([allow], [{ ...deny, ...window }], { at: instant });
    expect(at('2025-12-31T23:59:59.999Z')).toBe('allow');
    expect(at('2026-01-01T00:00:00Z')).toBe('deny');
    expect(at('2026-01-01T01:00:00.001+01:00')).toBe('deny');
    expect(at('2026-01-01T00:00:00.002Z')).toBe('allow');
  });

  it('compares without case, keeps the modes apart, and denies what it does not know', () => {
    expect(decide([allow], [], { sourceOrg: 'a-01', purpose: 'safeGuarding', recordType: 'VISIT' })).toBe('allow');
    expect(decide([{ ...allow, modes: ['content'] }], [], { mode: 'EXISTENCE' })).toBe('deny');
    expect(decide([{ ...allow, modes: ['Existence'] }], [], { mode: 'LOCATION' })).toBe('deny');
    for (const column of ['sourceOrg', 'destOrgType', 'purpose', 'recordType'] as const) {
      expect(decide([allow], [], { [column]: 'unheard-of' })).toBe('deny');
    }
    expect(decide([allow], [], { destOrgType: '' })).toBe('allow');
    expect(decide([allow], [], { destOrgType: '', destOrg: 'C-01' })).toBe('deny');
    expect(decide([allow], [], { tier: 'originator' })).toBe('deny');
    expect(decide([allow], [], { tier: 'special' })).toBe('allow');
  });

  it('lays the baseline over it', () => {
    const decideRow = (change: Partial<RequestRow>): string =>
      decideDfeWithBaseline([file([allow])], { ...row, relation: 'registered', ...change });
    expect(decideRow({})).toBe('allow');
    expect(decideRow({ relation: '' })).toBe('deny');
    expect(decideRow({ relation: 'emergency' })).toBe('deny');
    expect(decideRow({ destOrg: 'A-01', destOrgType: 'POLICE' })).toBe('allow');
    expect(decideRow({ destOrg: 'A-01', destOrgType: 'POLICE', tier: 'originator' })).toBe('allow');
    expect(decideRow({ destOrg: 'A-01', destOrgType: 'POLICE', tier: 'sealed' })).toBe('deny');
    expect(decideRow({ destOrg: 'A-01', destOrgType: 'POLICE', purpose: 'CURIOSITY' })).toBe('deny');
  });
});
