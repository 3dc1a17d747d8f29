import { randomBytes } from 'node:crypto';
import { SealedBox } from './sealed-box.js';

const secret = randomBytes(32);
const box = new SealedBox(secret, 'a');
const owner = Buffer.from('owner');

describe('SealedBox', () => {
  it('opens what it sealed, for the same owner, and seals nothing twice alike', () => {
    const value = { a: ['é', null, 1] };
    expect(box.open(box.seal(value, owner), owner)).toEqual(value);
    expect(box.seal(value, owner)).not.toEqual(box.seal(value, owner));
  });

  it('opens nothing else', () => {
    const sealed = box.seal('canary', owner);
    expect(sealed.toString('latin1')).not.toContain('canary');
    expect(box.open(sealed, Buffer.from('other'))).toBeUndefined();
    expect(new SealedBox(secret, 'b').open(sealed, owner)).toBeUndefined();
    expect(new SealedBox(randomBytes(32), 'a').open(sealed, owner)).toBeUndefined();
    for (let length = 0; length < sealed.length; length += 1) {
      expect(box.open(sealed.subarray(0, length), owner)).toBeUndefined();
    }
    for (let i = 0; i < sealed.length; i += 1) {
      const changed = Buffer.from(sealed);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(box.open(changed, owner)).toBeUndefined();
    }
  });
});
