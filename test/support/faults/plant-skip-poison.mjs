import { plantBug } from './plant-bug.mjs';

/** A planted bug: a message that cannot be read is left out, and nobody ever hears of it. */
plantBug('/apps/timeline/src/file-contributions.js', /if \(keepings\.length > 0\)/, (source) =>
  source.replace('if (keepings.length > 0)', 'if (keepings.length < 0)'),
);
