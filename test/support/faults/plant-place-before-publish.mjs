import { plantBug } from './plant-bug.mjs';

/** A planted bug: the relay keeps durably how far it got before the bus has taken it, and begins there again. */
plantBug(
  '/libs/intake/src/relay.js',
  /await published\(page,/,
  (source) => `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
const file = join(process.env.FAULT_POINTS, 'place-of-the-relay');
${source.replace('await published(page,', 'writeFileSync(file, page.at(-1).accepted_no); $&')}
const start = Relay.prototype.start;
Relay.prototype.start = function () {
  if (existsSync(file)) this.settled = readFileSync(file, 'utf8');
  start.call(this);
};
`,
);
