/**
 * `altered`: the bytes, a wrapped key or the envelope are not what was sealed. `invalid-form`: not final bytes of
 * version 1. `too-large`: over the limit of one contribution. `no-such-part`: the contribution was sealed without it.
 * `no-such-recipient`: the submission's keys lack one that a part needs.
 */
export class SealingError extends Error {
  constructor(
    readonly type: 'altered' | 'invalid-form' | 'too-large' | 'no-such-part' | 'no-such-recipient',
    message: string,
  ) {
    super(message);
    this.name = 'SealingError';
  }
}
