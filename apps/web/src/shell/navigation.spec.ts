import type { Profile } from '../api/profile.js';
import { currentItem, navigationFor } from './navigation.js';

const withRoles = (roles: readonly string[], organisationKind = 'HEALTH'): Profile => ({
  subject: 'a',
  name: null,
  purposes: [],
  at: '2026-03-02T09:00:00Z',
  posts: roles.map((role) => ({
    organisation: 'A',
    organisationName: 'A',
    organisationKind,
    service: 's',
    role,
    team: null,
  })),
});
const hrefs = (...roles: string[]): string[] => navigationFor(withRoles(roles)).map(({ href }) => href);
const ofPartnership = (...roles: string[]): string[] =>
  navigationFor(withRoles(roles, 'PARTNERSHIP')).map(({ href }) => href);

describe('navigation', () => {
  it('follows the roles of one’s posts', () => {
    expect(hrefs('social-worker')).toEqual(['/', '/find']);
    expect(hrefs('data-manager')).toEqual(['/feeds', '/identity']);
    expect(hrefs('auditor')).toEqual(['/audit']);
    expect(hrefs('auditor', 'dsl', 'data-manager')).toEqual(['/', '/find', '/feeds', '/identity', '/audit']);
    expect(hrefs('information-governance')).toEqual(['/agreements']);
    expect(hrefs('override-reviewer')).toEqual(['/emergency-access', '/relation-reviews']);
    expect(hrefs('override-deputy')).toEqual(['/emergency-access', '/relation-reviews']);
    expect(ofPartnership('override-partnership', 'hub-guardian')).toEqual([
      '/emergency-access',
      '/emergency-access/all',
    ]);
    // The guardian of an organisation closes children with whom he works.
    expect(hrefs('hub-guardian')).toEqual(['/', '/find', '/attempts']);
    expect(hrefs()).toEqual([]);
  });

  it('marks the page that one is on', () => {
    const items = navigationFor(withRoles(['dsl', 'data-manager']));
    const at = (path: string) => currentItem(items, path)?.href;
    expect(['/', '/find', '/feeds/a/b', '/feedsx', '/children/x'].map(at)).toEqual([
      '/',
      '/find',
      '/feeds',
      undefined,
      undefined,
    ]);
  });
});
