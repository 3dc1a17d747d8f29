import { Module, type DynamicModule } from '@nestjs/common';
import { SESSION_SECRET } from '#platform';
import { agreementsFeature } from './agreements/agreements.feature.js';
import { ApiClient } from './api/api-client.js';
import { auditFeature } from './audit/audit.feature.js';
import { decisionsFeature } from './decisions/decisions.feature.js';
import { emergencyFeature } from './emergency/emergency.feature.js';
import { feedsFeature } from './feeds/feeds.feature.js';
import { identityFeature } from './identity/identity.feature.js';
import { practitionerFeature } from './practitioner/practitioner.feature.js';
import { relationsFeature } from './relations/relations.feature.js';
import { SessionPurpose } from './session/purpose.js';
import { SessionGuard } from './session/session.guard.js';
import { SessionStore } from './session/session-store.js';
import { Assets } from './shell/assets.js';
import { AssetsController } from './shell/assets.controller.js';
import { NothingHereController } from './shell/nothing-here.controller.js';
import { PageErrorFilter } from './shell/page-error.filter.js';
import { Pages } from './shell/pages.js';
import { WEB_OPTIONS, type WebOptions } from './shell/web-options.js';
import { IssuerClient } from './sign-in/issuer-client.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignInMemory } from './sign-in/sign-in-memory.js';
import { SignOutController } from './sign-in/sign-out.controller.js';

const FEATURES = [
  practitionerFeature,
  emergencyFeature,
  relationsFeature,
  decisionsFeature,
  feedsFeature,
  identityFeature,
  auditFeature,
  agreementsFeature,
];

/** The pages. They speak to the rest over the public API alone, with the token of whoever is signed in. */
@Module({})
export class WebModule {
  static async register(options: WebOptions): Promise<DynamicModule> {
    const { pool, keys, environment, webUrl, issuerUrl, clientId, clientSecret, now } = options;
    const secret = await keys.secret(SESSION_SECRET);
    return {
      module: WebModule,
      controllers: [
        AssetsController,
        SignInController,
        SignOutController,
        ...FEATURES.flatMap(({ controllers }) => controllers),
        NothingHereController,
      ],
      providers: [
        { provide: WEB_OPTIONS, useValue: options },
        { provide: Assets, useValue: new Assets() },
        { provide: SessionStore, useValue: new SessionStore(pool, secret, now) },
        { provide: SignInMemory, useValue: new SignInMemory(secret, now) },
        {
          provide: IssuerClient,
          useValue: new IssuerClient({
            issuerUrl,
            clientId,
            ...(clientSecret === undefined ? {} : { clientSecret }),
            redirectUri: redirectUriOf(webUrl),
            insecure: environment !== 'production',
          }),
        },
        ApiClient,
        Pages,
        SessionGuard,
        SessionPurpose,
        PageErrorFilter,
        ...FEATURES.flatMap(({ providers }) => providers),
      ],
    };
  }
}

/** The address to which the issuer sends people back; it must be registered there. */
export const redirectUriOf = (webUrl: string): string => `${webUrl}/sign-in/callback`;
