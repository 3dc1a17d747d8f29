declare const pattern: unique symbol;

/** A route as the source wrote it, such as `/v1/receipts/:id`: never the address of a request. */
export type RoutePattern = string & { readonly [pattern]: true };

const FORM = /^\/[A-Za-z0-9/:_*.-]{0,119}$/;

/** Of a request that no route answers. */
const UNMATCHED = 'unmatched' as RoutePattern;

const known = new Set<RoutePattern>([UNMATCHED]);

/** Every route that a server of this process was given: what a label or an attribute may say of one. */
export const ROUTES: ReadonlySet<RoutePattern> = known;

/** To be called with each route that a server is given, and with nothing that a request said. */
export const addRoute = (written: string): void => {
  if (FORM.test(written)) known.add(written as RoutePattern);
};

/** The route of this pattern, if it was added. */
export const routeOf = (written: string | undefined): RoutePattern =>
  known.has(written as RoutePattern) ? (written as RoutePattern) : UNMATCHED;
