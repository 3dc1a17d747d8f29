import type { Feature } from '../shell/feature.js';
import { ChronologyController } from './chronology.controller.js';
import { DirectivesController } from './directives.controller.js';
import { FindController } from './find.controller.js';
import { HomeController } from './home.controller.js';
import { OwnServiceController } from './own-service.controller.js';

export const practitionerFeature: Feature = {
  controllers: [HomeController, FindController, ChronologyController, DirectivesController, OwnServiceController],
  providers: [],
};
