import { plantBug } from './plant-bug.mjs';

/** A planted bug: the record of a read is written once the answer is on its way. */
plantBug('/apps/sharing/src/reading/read-chronology.js', /await this\.options\.record\([^;]*;/, (source) =>
  source.replace(/await (this\.options\.record\([^;]*);/, 'setTimeout(() => $1.catch(() => undefined), 50);'),
);
