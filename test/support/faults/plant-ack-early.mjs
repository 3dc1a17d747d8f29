import { plantBug } from './plant-bug.mjs';

/** A planted bug: a submission is acknowledged before it is durable, which it becomes a moment later. */
plantBug(
  '/libs/intake/src/inbox/inbox.js',
  /export class Inbox \{[^]* accept\(attempt, chunk, digest, receiptId\)/,
  (source) => `${source}
const durable = Inbox.prototype.accept;
Inbox.prototype.accept = function (attempt, chunk, digest, receiptId) {
  setTimeout(() => durable.call(this, attempt, chunk, digest, receiptId).catch(() => undefined), 200);
  return Promise.resolve({ receiptId, bodyDigest: digest, won: true });
};
`,
);
