import type { Feature } from '../shell/feature.js';
import { AllegationsController } from './allegations.controller.js';
import { ChildExclusionsController } from './child-exclusions.controller.js';
import { ConsentController } from './consent.controller.js';
import { DecisionForms } from './decision-forms.js';
import { MarksController } from './marks.controller.js';

export const decisionsFeature: Feature = {
  controllers: [ConsentController, MarksController, ChildExclusionsController, AllegationsController],
  providers: [DecisionForms],
};
