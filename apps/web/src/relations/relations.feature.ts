import type { Feature } from '../shell/feature.js';
import { RelationsController } from './relations.controller.js';
import { RelationReviewsController } from './reviews.controller.js';

export const relationsFeature: Feature = {
  controllers: [RelationsController, RelationReviewsController],
  providers: [],
};
