import type { Feature } from '../shell/feature.js';
import { OpeningController } from './opening.controller.js';
import { ReviewsController } from './reviews.controller.js';

export const emergencyFeature: Feature = { controllers: [OpeningController, ReviewsController], providers: [] };
