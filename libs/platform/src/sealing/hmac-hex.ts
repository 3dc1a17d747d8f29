import { createHmac } from 'node:crypto';

const DOMAIN = /^[a-z][a-z0-9-]*$/;

/**
 * HMAC-SHA-256 in hex (64 digits) of `domain`, a line feed and `text` in UTF-8. The domain says what the text is
 * (`record-key`, `body`), so that equal texts of two kinds differ. Throws a RangeError for a domain of another form.
 */
export const hmacHex = (secret: Uint8Array, domain: string, text: string): string => {
  if (!DOMAIN.test(domain)) throw new RangeError('a domain is lower-case letters, digits and hyphens');
  return createHmac('sha256', secret).update(`${domain}\n`).update(text, 'utf8').digest('hex');
};
