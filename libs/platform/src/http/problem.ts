/** One field of a request and what is wrong with it: a code, never the value. */
export interface ProblemField {
  readonly field: string;
  readonly reason: string;
  /** Where it stands in the text that was read, from 1. */
  readonly line?: number;
  readonly column?: number;
}

export interface ProblemOptions {
  readonly errors?: readonly ProblemField[];
  /** Headers of the answer, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of an answer of type `application/problem+json` (RFC 9457). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly errors?: readonly ProblemField[];
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/**
 * An answer that is not a success, thrown by a handler. `slug` names the kind of problem (`idempotency-key-missing`),
 * `title` says it in fixed words; neither may repeat anything that the request said.
 */
export class Problem extends Error {
  readonly errors: readonly ProblemField[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly slug: string,
    readonly title: string,
    { errors = [], headers = {} }: ProblemOptions = {},
  ) {
    super(title);
    this.name = 'Problem';
    this.errors = errors;
    this.headers = headers;
  }

  toBody(): ProblemBody {
    return {
      type: `urn:sightline:problem:${this.slug}`,
      title: this.title,
      status: this.status,
      ...(this.errors.length > 0 && { errors: this.errors.map(publicField) }),
    };
  }
}

const publicField = ({ field, reason, line, column }: ProblemField): ProblemField => ({
  field,
  reason,
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
});

const BY_STATUS: Readonly<Record<number, readonly [slug: string, title: string]>> = {
  400: ['bad-request', 'The request cannot be read'],
  401: ['unauthorised', 'A valid access token is needed'],
  403: ['forbidden', 'The access token does not allow this'],
  404: ['not-found', 'There is nothing here'],
  405: ['method-not-allowed', 'This method is not taken here'],
  406: ['not-acceptable', 'No form that the request accepts is given here'],
  408: ['timeout', 'The request took too long'],
  409: ['conflict', 'The request conflicts with what is there'],
  410: ['gone', 'This is no longer here'],
  411: ['length-required', 'The request must say its length'],
  412: ['precondition-failed', 'A precondition of the request does not hold'],
  413: ['too-large', 'The request is too large'],
  414: ['address-too-long', 'The address of the request is too long'],
  415: ['unsupported-media-type', 'This media type is not taken here'],
  422: ['unprocessable', 'The request cannot be carried out'],
  428: ['precondition-required', 'The request must name a precondition'],
  429: ['too-many-requests', 'Too many requests'],
  431: ['headers-too-large', 'The headers of the request are too large'],
  501: ['not-implemented', 'This is not implemented'],
  503: ['unavailable', 'The service cannot answer now'],
  504: ['timeout-behind', 'Something behind the service did not answer in time'],
};

/** The general problem of a status, in fixed words. A status that has none is a 500. */
export const problemOf = (status: number, options?: ProblemOptions): Problem => {
  const known = BY_STATUS[status];
  return known
    ? new Problem(status, known[0], known[1], options)
    : new Problem(500, 'internal-error', 'Something went wrong here', options);
};

/** The one answer to a request without a valid access token, whatever is wrong with it (RFC 6750). */
export const unauthorised = (): Problem => problemOf(401, { headers: { 'WWW-Authenticate': 'Bearer' } });

/** A valid token that lacks the scope. */
export const insufficientScope = (): Problem =>
  problemOf(403, { headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' } });
