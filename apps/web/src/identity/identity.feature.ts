import type { Feature } from '../shell/feature.js';
import { IdentityController } from './identity.controller.js';
import { LinksController } from './links.controller.js';

export const identityFeature: Feature = { controllers: [IdentityController, LinksController], providers: [] };
