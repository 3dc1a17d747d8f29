import { personalDetails, recordFeed, staffFeed, type FeedDefinition } from '#intake';
import { crimeJusticeDetails } from './crime-justice-details.js';

export const feeds: readonly FeedDefinition[] = [
  recordFeed({
    name: 'police-records',
    title: 'Police records of children',
    regime: 'dpa-part3',
    kinds: [crimeJusticeDetails, personalDetails],
  }),
  staffFeed('police-staff', 'Police staff and their relations to children'),
];
