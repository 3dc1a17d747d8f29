import { personalDetails, recordFeed, staffFeed, type FeedDefinition } from '#intake';
import { educationDetails } from './education-details.js';

export const feeds: readonly FeedDefinition[] = [
  recordFeed({
    name: 'education-records',
    title: 'Education records of children',
    regime: 'uk-gdpr',
    kinds: [educationDetails, personalDetails],
  }),
  staffFeed('education-staff', 'School staff and their relations to children'),
];
