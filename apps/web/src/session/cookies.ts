/** The session. The prefix makes the browser refuse it from another host, path or an insecure origin (RFC 6265bis). */
export const SESSION_COOKIE = '__Host-sightline';
/** What a sign-in that has begun must remember. */
export const SIGN_IN_COOKIE = '__Host-sightline-sign-in';

const VALUE = /^[A-Za-z0-9_-]{1,4000}$/;

/**
 * The value of a cookie in a request's `Cookie` header: unpadded base64url. Undefined where it is absent, is in another
 * form, or is given twice: somebody tossed one in, and which is ours cannot be told.
 */
export const readCookie = (header: string | undefined, name: string): string | undefined => {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && VALUE.test(value) ? value : undefined;
};

const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** A `Set-Cookie` for the browser's own session: nothing of it is kept when the browser closes. */
export const setCookie = (name: string, value: string): string => `${name}=${value}; ${ATTRIBUTES}`;

export const clearCookie = (name: string): string => `${name}=; ${ATTRIBUTES}; Max-Age=0`;
