import { purposesFor, relationsAllowing } from './purposes.js';

describe('the purposes of relations', () => {
  it('are those of the table in its order, then those that documents name, sorted', () => {
    expect(purposesFor(['allocated'], [])).toEqual(['SAFEGUARDING', 'CHILD_PROTECTION']);
    expect(purposesFor(['registered'], ['YOUTH_SUPPORT', 'FAMILY_GROUP_MEETING'])).toEqual([
      'SAFEGUARDING',
      'DIRECT_CARE',
      'FAMILY_GROUP_MEETING',
      'YOUTH_SUPPORT',
    ]);
    expect(purposesFor(['asserted', 'emergency'], ['YOUTH_SUPPORT'])).toEqual(['SAFEGUARDING', 'EMERGENCY']);
    expect(purposesFor([], ['YOUTH_SUPPORT'])).toEqual([]);
  });

  it('name no purpose of the table twice, however a document spells it', () => {
    expect(purposesFor(['on-roll'], ['Safeguarding', 'DIRECT_care'])).toEqual(['SAFEGUARDING']);
  });

  it('name no purpose of documents twice, however many name it and however they spell it', () => {
    expect(purposesFor(['team'], ['Youth_Support', 'YOUTH_SUPPORT', 'youth_support'])).toEqual([
      'SAFEGUARDING',
      'CHILD_PROTECTION',
      'YOUTH_SUPPORT',
    ]);
  });

  it('rest on the relations of the table, in its order', () => {
    const all = ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'];
    const allowing = (purpose: string): string[] => [...relationsAllowing(purpose, false)];
    expect(allowing('SAFEGUARDING')).toEqual(all);
    expect(allowing('CHILD_PROTECTION')).toEqual(['allocated', 'team', 'triage', 'duty', 'presenting', 'invited']);
    expect(allowing('DIRECT_CARE')).toEqual(['registered', 'presenting']);
    expect(allowing('EMERGENCY')).toEqual(['emergency']);
  });

  it('are no purpose where neither the table nor a document names one', () => {
    expect([...relationsAllowing('GOSSIP', false)]).toEqual([]);
    expect([...relationsAllowing('Gossip', true)]).toEqual(['allocated', 'team', 'duty', 'on-roll', 'registered']);
    expect([...relationsAllowing('direct_CARE', false)]).toEqual(['registered', 'presenting']);
  });
});
