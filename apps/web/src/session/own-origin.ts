type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Whether a browser says that a form came from a page of ours. Under `Referrer-Policy: no-referrer` the `Origin` of a
 * form is `null`, so `Sec-Fetch-Site` is what tells; `Origin` must not contradict it. Neither header: no.
 */
export const isFromOwnPage = (headers: Headers, ownOrigin: string): boolean => {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origin !== 'null' && origin !== ownOrigin) return false;
  return site === undefined ? origin === ownOrigin : site === 'same-origin';
};

const FALLBACK = '/';
const LONGEST_PATH = 2000;

/**
 * Where to go after a sign-in: a path of this origin and nothing else, `/` for whatever else it was. Backslashes,
 * control characters and a second slash would make a browser read another host into it.
 */
export const safeReturnTo = (wanted: unknown): string => {
  if (typeof wanted !== 'string' || wanted.length > LONGEST_PATH) return FALLBACK;
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted)) return FALLBACK;
  const base = 'http://own.invalid';
  const url = URL.parse(wanted, base);
  if (url?.origin !== base || url.pathname.startsWith('//')) return FALLBACK;
  // Never back into the machinery of signing in and out.
  return /^\/sign-(in|out)/i.test(url.pathname) ? FALLBACK : `${url.pathname}${url.search}`;
};
