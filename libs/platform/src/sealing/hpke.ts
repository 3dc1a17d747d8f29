import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256, HpkeError } from '@hpke/core';
import type { AeadInterface } from '@hpke/core';
import { SealingError } from './sealing-error.js';

/** What HPKE makes of a plain text: the encapsulated key (32 bytes) and the cipher text with its 16-byte tag. */
export interface HpkeSealed {
  readonly enc: Uint8Array;
  readonly ct: Uint8Array;
}

/** An X25519 key pair, each half 32 raw bytes. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

const kem = new DhkemX25519HkdfSha256();

/** HPKE (RFC 9180) in base mode, single shot, with DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256. */
export const hpkeWith = (aead: AeadInterface) => {
  const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead });
  return {
    /** `ephemeral`: key material of the ephemeral key pair, for tests that reproduce recorded bytes. */
    async seal(
      publicKey: Uint8Array,
      plain: Uint8Array,
      info: Uint8Array,
      aad: Uint8Array,
      ephemeral?: Uint8Array,
    ): Promise<HpkeSealed> {
      const recipientPublicKey = await kem.deserializePublicKey(publicKey);
      const { enc, ct } = await suite.seal(
        { recipientPublicKey, info, ...(ephemeral && { ekm: ephemeral }) },
        plain,
        aad,
      );
      return { enc: new Uint8Array(enc), ct: new Uint8Array(ct) };
    },

    async open(
      privateKey: Uint8Array,
      enc: Uint8Array,
      ct: Uint8Array,
      info: Uint8Array,
      aad: Uint8Array,
    ): Promise<Uint8Array> {
      const recipientKey = await kem.deserializePrivateKey(privateKey);
      try {
        return new Uint8Array(await suite.open({ recipientKey, enc, info }, ct, aad));
      } catch (error) {
        if (!(error instanceof HpkeError)) throw error;
        throw new SealingError('altered', 'a sealed key does not open');
      }
    },
  };
};

const suite = hpkeWith(new Aes256Gcm());
const nothing = new Uint8Array();

/** Seals to a raw X25519 public key (32 bytes) with AES-256-GCM. `info` and `aad` must be the same at opening. */
export const sealTo = (
  publicKey: Uint8Array,
  plain: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array = nothing,
  ephemeral?: Uint8Array,
): Promise<HpkeSealed> => suite.seal(publicKey, plain, info, aad, ephemeral);

/** The plain text. Throws a SealingError `altered` for another key, other bytes, another `info` or `aad`. */
export const openWith = (
  privateKey: Uint8Array,
  enc: Uint8Array,
  ct: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array = nothing,
): Promise<Uint8Array> => suite.open(privateKey, enc, ct, info, aad);

export const generateKeyPair = async (): Promise<KeyPair> => {
  const pair = await kem.generateKeyPair();
  return {
    publicKey: new Uint8Array(await kem.serializePublicKey(pair.publicKey)),
    privateKey: new Uint8Array(await kem.serializePrivateKey(pair.privateKey)),
  };
};
