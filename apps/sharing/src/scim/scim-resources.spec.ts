import { ScimRefused } from './scim-error.js';
import {
  GROUP_SCHEMA,
  parseFilter,
  parseGroup,
  parsePatch,
  parseUser,
  patchGroup,
  patchUser,
  POST_SCHEMA,
  USER_SCHEMA,
} from './scim-resources.js';

const body = {
  schemas: [USER_SCHEMA, POST_SCHEMA],
  userName: 'tess',
  externalId: 'W-1',
  name: { givenName: 'Tess', familyName: 'Reed' },
  roles: [{ value: 'dsl' }],
  [POST_SCHEMA]: { service: 'dsl', from: '2026-01-01T00:00:00Z' },
  emails: [{ value: 'tess@school.example' }],
};
const user = parseUser(body);
const patched = (...Operations: readonly object[]) =>
  patchUser(user, parsePatch({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }));
const refusalOf = (act: () => unknown): [string | undefined, string] => {
  try {
    act();
  } catch (error) {
    if (error instanceof ScimRefused) return [error.scimType, error.detail];
    throw error;
  }
  throw new Error('it was not refused');
};

describe('a user', () => {
  it('is kept with what a post needs, and with nothing else', () => {
    expect(user).toEqual({
      userName: 'tess',
      externalId: 'W-1',
      displayName: 'Tess Reed',
      active: true,
      role: 'dsl',
      service: 'dsl',
      from: '2026-01-01T00:00:00.000Z',
    });
  });

  it('has attributes whose names compare without case, and its primary role', () => {
    const { [POST_SCHEMA]: post, ...rest } = body;
    const roles = [{ value: 'dsl' }, { value: 'head', primary: true }];
    const other = { ...rest, username: 'tess', userName: undefined, ROLES: roles, roles: undefined, Active: 'False' };
    const lower = JSON.parse(JSON.stringify({ ...other, [POST_SCHEMA.toLowerCase()]: post })) as object;
    expect(parseUser(lower)).toMatchObject({ userName: 'tess', role: 'head', active: false, service: 'dsl' });
  });

  it.each<[string, object, string]>([
    ['without its schema', { schemas: [GROUP_SCHEMA] }, 'schemas'],
    ['without a userName', { userName: ' ' }, 'userName'],
    ['without the organisation’s own number', { externalId: null }, 'externalId'],
    ['without a role', { roles: [] }, 'roles'],
    ['with two roles of which none is primary', { roles: [{ value: 'a' }, { value: 'b' }] }, 'roles'],
    ['with an active that is neither', { active: 'perhaps' }, 'active'],
    ['with a role that is too long', { roles: [{ value: 'secret'.repeat(20) }] }, 'roles'],
    ['with a day that is none', { [POST_SCHEMA]: { from: '2026-13-01T00:00:00Z' } }, 'from'],
  ])('is refused %s, by name and never by value', (_, change, named) => {
    const [, detail] = refusalOf(() => parseUser({ ...body, ...change }));
    expect(detail).toMatch(new RegExp(`^${named}: `));
    expect(detail).not.toMatch(/perhaps|secret|2026/);
  });
});

describe('operations on a user', () => {
  it.each<[string, object, object]>([
    ['with a path', { op: 'Replace', path: 'active', value: 'False' }, { active: false }],
    ['without one', { op: 'replace', value: { active: false } }, { active: false }],
    ['on the post', { op: 'add', path: `${POST_SCHEMA}:service`, value: 'pastoral' }, { service: 'pastoral' }],
    ['on the whole post', { op: 'remove', path: POST_SCHEMA }, { service: null, from: null }],
    ['on the role', { op: 'replace', path: 'roles[primary eq "True"].value', value: 'head' }, { role: 'head' }],
    ['on the name', { op: 'replace', path: 'name.formatted', value: 'Tess Ames' }, { displayName: 'Tess Ames' }],
    ['on what is not kept', { op: 'replace', path: 'emails[type eq "work"].value', value: 'x' }, {}],
    ['on another schema', { op: 'add', path: 'urn:x:enterprise:2.0:User:department', value: 'x' }, {}],
  ])('%s', (_, operation, change) => {
    expect(patched(operation)).toEqual({ ...user, ...change });
  });

  it('are carried out in their order', () => {
    const [off, on] = [false, true].map((value) => ({ op: 'replace', path: 'active', value }));
    expect(patched(off!, on!).active).toBe(true);
    expect(patched(on!, off!).active).toBe(false);
  });

  it('are refused where what they leave is no user, or where they are none', () => {
    expect(refusalOf(() => patched({ op: 'remove', path: 'userName' }))).toEqual([
      'invalidValue',
      'userName: is missing',
    ]);
    expect(refusalOf(() => patched({ op: 'remove' }))[0]).toBe('invalidPath');
    expect(refusalOf(() => patched({ op: 'replace', path: 'active eq', value: true }))[0]).toBe('invalidPath');
    expect(refusalOf(() => patched({ op: 'move', path: 'active' }))[0]).toBe('invalidSyntax');
    expect(refusalOf(() => patched())[0]).toBe('invalidSyntax');
  });
});

describe('a group', () => {
  const [A, B] = ['0b57f2aa-0000-4000-8000-00000000000a', '0b57f2aa-0000-4000-8000-00000000000b'];
  const group = parseGroup({ schemas: [GROUP_SCHEMA], displayName: 'North', members: [{ value: A }] });
  const changed = (...Operations: readonly object[]) =>
    patchGroup(group, parsePatch({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }));

  it('has members who come and go', () => {
    expect(changed({ op: 'add', path: 'members', value: [{ value: B }, { value: A }] }).members).toEqual([A, B]);
    expect(changed({ op: 'remove', path: `members[value eq "${A!}"]` }).members).toEqual([]);
    expect(changed({ op: 'remove', path: 'members', value: [{ value: B }] }).members).toEqual([A]);
    expect(changed({ op: 'remove', path: 'members' }).members).toEqual([]);
    expect(changed({ op: 'replace', path: 'members', value: [{ value: B }] }).members).toEqual([B]);
    expect(changed({ op: 'replace', value: { displayName: 'South', members: [] } })).toMatchObject({
      displayName: 'South',
      members: [],
    });
  });

  it('is refused a path that names nothing of it', () => {
    expect(refusalOf(() => changed({ op: 'replace', path: 'owner', value: 'x' }))[0]).toBe('invalidPath');
  });
});

describe('a filter', () => {
  it('is for one name or number', () => {
    expect(parseFilter('userName eq "te\\"ss"', 'userName')).toEqual({ attribute: 'name', value: 'te"ss' });
    expect(parseFilter('EXTERNALID Eq "W-1"', 'userName')).toEqual({ attribute: 'externalId', value: 'W-1' });
    expect(parseFilter(undefined, 'userName')).toBeNull();
  });

  it.each([
    'userName co "a"',
    'emails eq "a"',
    'userName eq a',
    'userName eq "a" and active eq true',
    'displayName eq "a"',
  ])('is refused where it is %s', (text) => {
    const [scimType, detail] = refusalOf(() => parseFilter(text, 'userName'));
    expect([scimType, detail]).toEqual(['invalidFilter', 'filter: userName or externalId eq a text']);
  });
});
