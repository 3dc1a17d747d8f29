import type { Pool } from 'pg';
import type { Environment, KeyService, Logger } from '#platform';

export interface WebOptions {
  /** As a role with `webCapability`. */
  readonly pool: Pool;
  /** Holds the secret of sessions. */
  readonly keys: KeyService;
  readonly logger: Logger;
  readonly environment: Environment;
  /** Where browsers reach these pages, without a slash at the end. */
  readonly webUrl: string;
  /** Where the public API answers, without a slash at the end. */
  readonly apiUrl: string;
  /** Where the adapter of each kind of agency answers, `*` for every other kind; else where the rest of the API does. */
  readonly adapterUrls: Readonly<Record<string, string>>;
  readonly issuerUrl: string;
  readonly clientId: string;
  /** Absent for a public client, which proves itself by PKCE alone. */
  readonly clientSecret?: string;
  /** The machine's clock when absent. */
  readonly now?: () => Date;
}

export const WEB_OPTIONS = Symbol('WEB_OPTIONS');
