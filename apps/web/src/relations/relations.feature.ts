import type { Feature } from '../shell/feature.js';
import { RelationsController } from './relations.controller.js';

export const relationsFeature: Feature = { controllers: [RelationsController], providers: [] };
