import { casesIn, refusalsOfAdoption } from './check-agreement.js';
import { parseAgreement } from './parse-agreement.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import { examplePolicies } from '../testing/example-policies.js';

const parsed = (json: unknown) => {
  const found = parseAgreement(json);
  if ('refused' in found) throw new Error(JSON.stringify(found.refused));
  return found;
};
const refusals = (json: unknown) => {
  const { agreement, imported } = parsed(json);
  return refusalsOfAdoption(json, agreement, imported);
};
/** An agreement of so many permits without a case, so that each can be deleted unseen. */
const untested = (permits: number) => ({
  schema: 'agreement/1',
  id: 'untested',
  version: '1',
  parties: { council: { kind: 'X', orgs: ['C'], desk: 'x', services: { care: 'open', door: 'open' } } },
  permits: Array.from({ length: permits }, (_, index) => ({
    id: `p${index}`,
    readerText: 'x',
    from: ['council.care'],
    to: ['council.door'],
    show: { summary: true },
  })),
});

describe('why an agreement may not be adopted', () => {
  it('is a clause that can be deleted, with the name by which it can be waived', () => {
    expect(refusals(untested(1))[0]).toEqual({
      place: '$.permits[0]',
      reason: 'can be deleted and no case fails; waived by name as clause p0, change deleted',
    });
  });

  it('is said of a hundred places at most: the last of them counts the others', () => {
    // Three places a permit, and one for each waiver that waives nothing.
    const idle = (waivers: number) =>
      refusals({
        ...untested(33),
        waivers: Array.from({ length: waivers }, () => ({ clause: 'p0', change: 'roles', reason: 'x' })),
      });
    const hundred = idle(1);
    expect(hundred).toHaveLength(100);
    expect(hundred.map(({ place }) => place)).not.toContain('$');
    expect(idle(2)).toHaveLength(100);
    expect(idle(2).filter(({ place }) => place === '$')).toEqual([
      { place: '$', reason: 'holds 2 more places of this kind' },
    ]);
  });

  it('is nothing but its cases for a policy that was imported', () => {
    const [policy] = examplePolicies().organisations;
    const { agreement, imported } = parsed(policy);
    const without = { ...imported!, permits: [] };
    expect(refusalsOfAdoption(without, agreement, without).map(({ reason }) => reason)).toContain(
      'decides otherwise than the source',
    );
  });
});

describe('how much an agreement says that was tested', () => {
  it('is every expectation of its cases', () => {
    const expectations = exampleAgreement().cases.map(({ expect: each }) => each.length);
    expect(expectations).toEqual([5, 5, 3, 2]);
    expect(casesIn(exampleAgreement(), null)).toBe(15);
    expect(casesIn(untested(1), null)).toBe(0);
  });

  it('is every verdict of an imported policy', () => {
    const { imported } = parsed(examplePolicies());
    expect(casesIn(imported, imported)).toBe(imported!.cases.length);
  });
});
