/** Nothing from elsewhere, no script, no frame, no plug-in: what is not named is not loaded. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const NO_FEATURES = ['camera', 'geolocation', 'microphone', 'payment', 'usb', 'browsing-topics']
  .map((feature) => `${feature}=()`)
  .join(', ');

/** Headers of every page, its redirects and its errors. Nothing is kept in the browser. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': NO_FEATURES,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  Vary: 'Cookie',
};

const YEAR_SECONDS = 31_536_000;

/** With what an origin on https adds. */
export const pageHeaders = (webUrl: string): Readonly<Record<string, string>> =>
  webUrl.startsWith('https:')
    ? { ...PAGE_HEADERS, 'Strict-Transport-Security': `max-age=${YEAR_SECONDS}` }
    : PAGE_HEADERS;
