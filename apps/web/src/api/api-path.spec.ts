import fc from 'fast-check';
import { apiPath } from './api-path.js';

describe('apiPath', () => {
  it('makes one segment of whatever it is given', () => {
    expect(apiPath`/v1/my/profile`).toBe('/v1/my/profile');
    expect(apiPath`/v1/children/${'a/b?c#d'}/chronology`).toBe('/v1/children/a%2Fb%3Fc%23d/chronology');
    for (const climbing of ['.', '..', '']) expect(apiPath`/v1/feeds/${climbing}/x`).toBe('/v1/feeds/%00/x');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('\ud800')), (value) => {
        const { pathname, search, hash } = new URL(apiPath`/v1/a/${value}/b`, 'http://x.invalid');
        expect(pathname).toMatch(/^\/v1\/a\/[^/]+\/b$/);
        expect(search + hash).toBe('');
      }),
    );
  });
});
