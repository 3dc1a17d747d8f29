import fc from 'fast-check';
import { deriveLinks } from './derive-links.js';
import { foldReference, identifierTokens, type IdentityStatement } from './identity-reference.js';
import { LINKAGE_RULES_V1 } from './linkage-rules.js';

const health = { key: 'h', organisation: 'HEALTH-01' };
const traced = { kind: 'nhs-number', value: '9990000018', status: 'traced' } as const;
const record = (rank: string, more: Partial<IdentityStatement>): IdentityStatement => ({
  record: 'R1',
  rank,
  fromStaffFeed: false,
  ...more,
});

describe('foldReference', () => {
  it('takes the highest rank of each record, and both of an equal rank', () => {
    const folded = foldReference(health, [
      record('3', { demographics: { birthDate: '2015-06-07' } }),
      record('1', { demographics: { birthDate: '2010-06-07' } }),
      record('3', { demographics: { birthDate: '2015-07-06' } }),
      { ...record('2', { identifiers: [traced] }), record: 'R2' },
    ]);
    expect(folded.demographics.map(({ birthDate }) => birthDate)).toEqual(['2015-06-07', '2015-07-06']);
    expect(folded.identifiers).toEqual([traced]);
    expect(folded.staffOnly).toBe(false);
  });

  it('lets a staff feed verify nothing, whatever its status says', () => {
    const staff = { ...record('1', { identifiers: [traced] }), fromStaffFeed: true };
    expect(foldReference(health, [staff])).toMatchObject({
      staffOnly: true,
      identifiers: [{ ...traced, status: 'asserted' }],
    });
    const other = { ...record('1', {}), record: 'R2' };
    expect(foldReference(health, [staff, other])).toMatchObject({
      staffOnly: false,
      identifiers: [{ ...traced, status: 'asserted' }],
    });
    expect(foldReference(health, [staff, { ...other, identifiers: [traced] }]).identifiers).toEqual([traced]);
  });

  it('knows nothing of a reference without versions', () => {
    expect(foldReference(health, [])).toEqual({
      ...health,
      identifiers: [],
      invalidated: [],
      demographics: [],
      staffOnly: false,
    });
  });

  const statement: fc.Arbitrary<IdentityStatement> = fc.record({
    record: fc.constantFrom('R1', 'R2'),
    rank: fc.constantFrom('1', '2', '3'),
    fromStaffFeed: fc.boolean(),
    identifiers: fc.subarray([
      traced,
      { ...traced, status: 'asserted' as const },
      { kind: 'upn' as const, value: 'B801200005001', status: 'traced' as const },
    ]),
    invalidated: fc.constantFrom([], [{ kind: 'nhs-number' as const, value: '9990000026' }]),
    demographics: fc.constantFrom(null, { birthDate: '2015-06-07' }, { birthDate: '2016-06-07' }, { givenName: 'Amy' }),
  });

  it('gives the same reference, and so the same links, for every order of the same versions', () => {
    const versions = fc.tuple(
      fc.array(statement, { maxLength: 5 }),
      fc.array(statement, { maxLength: 5 }),
      fc.array(statement, { maxLength: 5 }),
    );
    const answers = [{ a: 'r0', b: 'r1', answer: 'confirmed' }] as const;
    const derive = (all: readonly IdentityStatement[][]) => {
      const references = all.map((list, i) => foldReference({ key: `r${i}`, organisation: 'LA-01' }, list));
      return { references, derived: deriveLinks(references, answers, LINKAGE_RULES_V1) };
    };
    fc.assert(
      fc.property(versions, fc.infiniteStream(fc.nat(1000)), (all, dice) => {
        const shuffle = <T>(list: readonly T[]) =>
          list
            .map((value) => ({ value, at: dice.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ value }) => value);
        const doubled = all.map((list) => shuffle([...list, ...list]));
        expect(derive(doubled)).toEqual(derive(all));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('identifierTokens', () => {
  it('names what can bring together or keep apart, and no placeholder or wrong number', () => {
    const reference = {
      ...health,
      staffOnly: false,
      demographics: [],
      identifiers: [
        { ...traced, value: '999 000 0018' },
        { ...traced, value: '0000000000' },
        { ...traced, value: '9990000019' },
        { kind: 'upn', value: 'B801200005001', status: 'asserted' },
      ] as const,
      invalidated: [{ kind: 'nhs-number', value: '9990000026' }] as const,
    };
    expect(identifierTokens(reference, LINKAGE_RULES_V1)).toEqual([
      'nhs-number:9990000018',
      'nhs-number:9990000026',
      'upn:B801200005001',
    ]);
  });
});
