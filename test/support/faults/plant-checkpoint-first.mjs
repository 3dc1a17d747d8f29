import { plantBug } from './plant-bug.mjs';

/** A planted bug: the projection's checkpoint is moved on in a transaction of its own, before the rows are there. */
plantBug('/apps/sharing/src/projection/projector.js', /const moved = await client\.query\(/, (source) =>
  source.replace('const moved = await client.query(', 'const moved = await this.options.pool.query('),
);
