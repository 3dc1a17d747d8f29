import { personalDetails, recordFeed, staffFeed, type FeedDefinition } from '#intake';
import { childrenInNeedCensus } from './census/children-in-need-census.js';
import { childrensServicesDetails } from './childrens-services-details.js';

export const feeds: readonly FeedDefinition[] = [
  recordFeed({
    name: 'social-care-records',
    title: 'Social care records of children',
    regime: 'uk-gdpr',
    kinds: [childrensServicesDetails, personalDetails],
  }),
  childrenInNeedCensus,
  staffFeed('social-care-staff', 'Social care staff and their relations to children'),
];
