import type { Profile } from '../api/profile.js';
import { boundPurpose } from './purpose.js';

const bound = (purpose: string | null, purposes: readonly string[]): string =>
  boundPurpose({ purpose, profile: { purposes } as unknown as Profile });

describe('the purpose of a session', () => {
  it('is the one that was chosen, while a relation allows it', () => {
    expect(bound('CHILD_PROTECTION', ['SAFEGUARDING', 'CHILD_PROTECTION'])).toBe('CHILD_PROTECTION');
    expect(bound('CHILD_PROTECTION', ['SAFEGUARDING'])).toBe('SAFEGUARDING');
  });

  it('is the first that is allowed for whoever has not chosen', () => {
    expect(bound(null, ['SAFEGUARDING', 'CHILD_PROTECTION'])).toBe('SAFEGUARDING');
    expect(bound(null, [])).toBe('SAFEGUARDING');
  });
});
