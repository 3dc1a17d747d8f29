import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { Aes128Gcm } from '@hpke/core';
import { generateKeyPair, hpkeWith, openWith, sealTo } from './hpke.js';
import { SealingError } from './sealing-error.js';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** RFC 9180 appendix A.1.1: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, sequence number 0. */
const A1 = {
  info: hex('4f6465206f6e2061204772656369616e2055726e'),
  ikmE: hex('7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234'),
  pkR: hex('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d'),
  skR: hex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'),
  enc: hex('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'),
  pt: hex('4265617574792069732074727574682c20747275746820626561757479'),
  aad: hex('436f756e742d30'),
  ct: hex('f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a'),
};

/** The same opening written from the text of RFC 9180 over `node:crypto`, to check AES-256 with. */
const openByTheBook = (
  aeadId: 1 | 2,
  skR: Uint8Array,
  enc: Uint8Array,
  ct: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
) => {
  const i2osp = (n: number) => Buffer.from([n >> 8, n & 255]);
  const hmac = (key: Uint8Array, ...data: Uint8Array[]) => {
    const mac = createHmac('sha256', key);
    for (const d of data) mac.update(d);
    return mac.digest();
  };
  const kemSuite = Buffer.concat([utf8('KEM'), i2osp(0x20)]);
  const hpkeSuite = Buffer.concat([utf8('HPKE'), i2osp(0x20), i2osp(1), i2osp(aeadId)]);
  const extract = (suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array) =>
    hmac(salt, utf8('HPKE-v1'), suite, utf8(label), ikm);
  const expand = (suite: Uint8Array, prk: Uint8Array, label: string, data: Uint8Array, length: number) =>
    hmac(prk, i2osp(length), utf8('HPKE-v1'), suite, utf8(label), data, Buffer.from([1])).subarray(0, length);
  const empty = Buffer.alloc(0);

  const privateKey = createPrivateKey({
    key: Buffer.concat([hex('302e020100300506032b656e04220420'), skR]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = (raw: Uint8Array) =>
    createPublicKey({ key: Buffer.concat([hex('302a300506032b656e032100'), raw]), format: 'der', type: 'spki' });
  const pkR = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const dh = diffieHellman({ privateKey, publicKey: spki(enc) });
  const shared = expand(
    kemSuite,
    extract(kemSuite, empty, 'eae_prk', dh),
    'shared_secret',
    Buffer.concat([enc, pkR]),
    32,
  );
  const context = Buffer.concat([
    Buffer.from([0]),
    extract(hpkeSuite, empty, 'psk_id_hash', empty),
    extract(hpkeSuite, empty, 'info_hash', info),
  ]);
  const secret = extract(hpkeSuite, shared, 'secret', empty);
  const key = expand(hpkeSuite, secret, 'key', context, aeadId === 1 ? 16 : 32);
  const nonce = expand(hpkeSuite, secret, 'base_nonce', context, 12);
  const decipher = createDecipheriv(aeadId === 1 ? 'aes-128-gcm' : 'aes-256-gcm', key, nonce, { authTagLength: 16 });
  decipher.setAAD(aad);
  decipher.setAuthTag(ct.subarray(-16));
  return new Uint8Array(Buffer.concat([decipher.update(ct.subarray(0, -16)), decipher.final()]));
};

describe('HPKE', () => {
  it('opens and makes the published vector A.1.1', async () => {
    const suite = hpkeWith(new Aes128Gcm());
    expect(await suite.open(A1.skR, A1.enc, A1.ct, A1.info, A1.aad)).toEqual(A1.pt);
    expect(await suite.seal(A1.pkR, A1.pt, A1.info, A1.aad, A1.ikmE)).toEqual({ enc: A1.enc, ct: A1.ct });
  });

  it('agrees, with AES-256-GCM, with a second implementation that opens the published vector', async () => {
    expect(openByTheBook(1, A1.skR, A1.enc, A1.ct, A1.info, A1.aad)).toEqual(A1.pt);
    const { publicKey, privateKey } = await generateKeyPair();
    const { enc, ct } = await sealTo(publicKey, A1.pt, A1.info, A1.aad);
    expect(openByTheBook(2, privateKey, enc, ct, A1.info, A1.aad)).toEqual(A1.pt);
  });

  it('opens only with the same key, info, associated data and bytes', async () => {
    const pair = await generateKeyPair();
    const other = await generateKeyPair();
    const { enc, ct } = await sealTo(pair.publicKey, A1.pt, A1.info, A1.aad);
    const flipped = (bytes: Uint8Array) => bytes.map((b, i) => (i === 3 ? b ^ 1 : b));
    const altered = { type: 'altered' };
    expect(await openWith(pair.privateKey, enc, ct, A1.info, A1.aad)).toEqual(A1.pt);
    await expect(openWith(other.privateKey, enc, ct, A1.info, A1.aad)).rejects.toMatchObject(altered);
    await expect(openWith(pair.privateKey, flipped(enc), ct, A1.info, A1.aad)).rejects.toMatchObject(altered);
    await expect(openWith(pair.privateKey, enc, flipped(ct), A1.info, A1.aad)).rejects.toMatchObject(altered);
    await expect(openWith(pair.privateKey, enc, ct, utf8('else'), A1.aad)).rejects.toMatchObject(altered);
    await expect(openWith(pair.privateKey, enc, ct, A1.info)).rejects.toBeInstanceOf(SealingError);
    await expect(openWith(pair.privateKey, enc.subarray(1), ct, A1.info, A1.aad)).rejects.toMatchObject(altered);
    await expect(openWith(pair.privateKey, enc, ct.subarray(0, 5), A1.info, A1.aad)).rejects.toMatchObject(altered);
  });

  it('never makes the same twice', async () => {
    const { publicKey } = await generateKeyPair();
    const [a, b] = await Promise.all([sealTo(publicKey, A1.pt, A1.info), sealTo(publicKey, A1.pt, A1.info)]);
    expect(a.enc).not.toEqual(b.enc);
    expect(a.ct).not.toEqual(b.ct);
  });
});
