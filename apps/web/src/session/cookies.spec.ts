import { clearCookie, readCookie, SESSION_COOKIE, setCookie } from './cookies.js';

describe('readCookie', () => {
  it('finds a cookie among others', () => {
    expect(readCookie(`a=b; ${SESSION_COOKIE}=x-_9; c=d`, SESSION_COOKIE)).toBe('x-_9');
    expect(readCookie(`${SESSION_COOKIE}=x`, SESSION_COOKIE)).toBe('x');
  });

  it.each([
    undefined,
    '',
    'a=b',
    `${SESSION_COOKIE}`,
    `${SESSION_COOKIE}=`,
    `${SESSION_COOKIE}="x"`,
    `${SESSION_COOKIE}=x y`,
    `${SESSION_COOKIE}=x, a=b`,
    `x${SESSION_COOKIE}=x`,
    `${SESSION_COOKIE.toLowerCase()}=x`,
    `${SESSION_COOKIE}=x; ${SESSION_COOKIE}=x`,
    `${SESSION_COOKIE}=x;${SESSION_COOKIE}=y`,
    `${SESSION_COOKIE}=${'x'.repeat(4001)}`,
  ])('finds none in %j', (header) => {
    expect(readCookie(header, SESSION_COOKIE)).toBeUndefined();
  });

  it('is set and cleared with the attributes that its prefix asks for', () => {
    expect(setCookie(SESSION_COOKIE, 'x')).toBe('__Host-sightline=x; Path=/; Secure; HttpOnly; SameSite=Lax');
    expect(clearCookie(SESSION_COOKIE)).toBe('__Host-sightline=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0');
  });
});
