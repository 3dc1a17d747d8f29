import type { Feature } from '../shell/feature.js';
import { AgreementsPagesController } from './agreements.controller.js';

export const agreementsFeature: Feature = { controllers: [AgreementsPagesController], providers: [] };
