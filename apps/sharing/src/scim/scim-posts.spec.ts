import { staffItemsOf, type PostsChanged } from './scim-posts.js';

const AT = '2026-03-02T09:00:00.000Z';
const changed = (change: Partial<PostsChanged> = {}, user = {}): PostsChanged => ({
  user: {
    userName: 'tess',
    externalId: 'W-1',
    displayName: 'Tess Reed',
    active: true,
    role: 'dsl',
    service: null,
    from: '2026-01-01T00:00:00.000Z',
    ...user,
  },
  service: 'of the feed',
  since: '2026-02-01T00:00:00.000Z',
  teams: [],
  left: [],
  gone: false,
  ...change,
});
const NORTH = { id: 'n', name: 'North' };

describe('the posts of a provisioned user', () => {
  it('are one, and one more in each team', () => {
    const post = {
      workerId: 'W-1',
      login: 'tess',
      name: 'Tess Reed',
      service: 'of the feed',
      role: 'dsl',
      from: '2026-01-01T00:00:00.000Z',
      to: null,
    };
    expect(staffItemsOf([changed({ teams: [NORTH] })], AT)).toEqual([
      post,
      { ...post, postId: 'team-n', team: 'North' },
    ]);
    expect(staffItemsOf([changed({}, { from: null, service: 'dsl' })], AT)).toEqual([
      { ...post, from: '2026-02-01T00:00:00.000Z', service: 'dsl' },
    ]);
  });

  it('end now, all of them, when he is not active', () => {
    expect(staffItemsOf([changed({ teams: [NORTH] }, { active: false })], AT)).toMatchObject([{ to: AT }, { to: AT }]);
    expect(staffItemsOf([changed({}, { active: false, from: '2027-01-01T00:00:00.000Z' })], AT)).toEqual([
      { workerId: 'W-1', removed: true },
    ]);
  });

  it('are taken away in a team that he left, and everywhere when he is gone', () => {
    expect(staffItemsOf([changed({ left: [NORTH] })], AT)[1]).toEqual({
      workerId: 'W-1',
      postId: 'team-n',
      removed: true,
    });
    expect(staffItemsOf([changed({ teams: [NORTH], gone: true })], AT)).toEqual([
      { workerId: 'W-1', removed: true },
      { workerId: 'W-1', postId: 'team-n', removed: true },
    ]);
  });
});
