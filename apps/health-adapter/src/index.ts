import { identifierInvalidated, personalDetails, recordFeed, staffFeed, type FeedDefinition } from '#intake';
import { healthDetails } from './health-details.js';

export const feeds: readonly FeedDefinition[] = [
  recordFeed({
    name: 'health-records',
    title: 'Health records of children',
    regime: 'uk-gdpr',
    kinds: [healthDetails, personalDetails, identifierInvalidated],
  }),
  staffFeed('health-staff', 'Health staff and their relations to children'),
];
