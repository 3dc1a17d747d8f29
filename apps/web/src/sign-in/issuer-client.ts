import * as openid from 'openid-client';
import { Problem } from '#platform';

export interface IssuerClientOptions {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly redirectUri: string;
  /** Whether an issuer without TLS is taken: development alone. */
  readonly insecure: boolean;
}

/** What a sign-in that has begun must remember until the browser comes back. */
export interface Beginning {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface SignedIn {
  readonly accessToken: string;
  /** Seconds from now. */
  readonly lifetime: number;
}

/** The issuer, or whoever sent the browser here, did not let this person in. The reason is told to nobody. */
export class SignInRefused extends Error {
  constructor() {
    super('the sign-in was refused');
    this.name = 'SignInRefused';
  }
}

const SCOPE = 'openid read';
/** Of a token whose issuer does not say how long it lives. */
const SHORT_SECONDS = 900;
const PATIENCE_SECONDS = 10;

const unavailable = () =>
  new Problem(503, 'issuer-unavailable', 'The issuer does not answer now', { headers: { 'Retry-After': '5' } });

/** Codes that say that there was no answer, or one of something that stands before the issuer. */
const NO_ANSWER = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

/** What the issuer's own answer says, as against no answer of it. */
const isRefusal = (error: unknown): boolean => {
  if (error instanceof openid.AuthorizationResponseError) return true;
  if (error instanceof openid.ResponseBodyError) return error.status < 500;
  return error instanceof openid.ClientError && error.code !== undefined && !NO_ANSWER.has(error.code);
};

/**
 * Signs people in at any OpenID Connect issuer: authorization code flow with PKCE (S256), state and nonce (RFC 9700).
 * The issuer is found by discovery at the first sign-in.
 */
export class IssuerClient {
  private found: Promise<openid.Configuration> | undefined;

  constructor(private readonly options: IssuerClientOptions) {}

  /** Where to send the browser, and what to remember meanwhile. A person signs in anew each time. */
  async begin(): Promise<{ url: URL; beginning: Beginning }> {
    const issuer = await this.issuer();
    const beginning = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      verifier: openid.randomPKCECodeVerifier(),
    };
    const url = openid.buildAuthorizationUrl(issuer, {
      redirect_uri: this.options.redirectUri,
      scope: SCOPE,
      state: beginning.state,
      nonce: beginning.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(beginning.verifier),
      code_challenge_method: 'S256',
      prompt: 'login',
    });
    return { url, beginning };
  }

  /** @param search What came with the browser: `?code=...&state=...`. Throws `SignInRefused`, or 503. */
  async finish(search: string, { state, nonce, verifier }: Beginning): Promise<SignedIn> {
    const issuer = await this.issuer();
    const address = new URL(this.options.redirectUri);
    address.search = search;
    try {
      const tokens = await openid.authorizationCodeGrant(issuer, address, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      return { accessToken: tokens.access_token, lifetime: tokens.expires_in ?? SHORT_SECONDS };
    } catch (error) {
      throw isRefusal(error) ? new SignInRefused() : unavailable();
    }
  }

  private issuer(): Promise<openid.Configuration> {
    this.found ??= this.discover();
    return this.found.catch(() => {
      this.found = undefined;
      throw unavailable();
    });
  }

  private async discover(): Promise<openid.Configuration> {
    const { issuerUrl, clientId, clientSecret, insecure } = this.options;
    return openid.discovery(
      new URL(issuerUrl),
      clientId,
      { redirect_uris: [this.options.redirectUri], response_types: ['code'] },
      clientSecret === undefined ? openid.None() : openid.ClientSecretBasic(clientSecret),
      {
        timeout: PATIENCE_SECONDS,
        // The identity token's signature is checked too, though it came straight from the issuer.
        execute: [openid.enableNonRepudiationChecks, ...(insecure ? [openid.allowInsecureRequests] : [])],
      },
    );
  }
}
