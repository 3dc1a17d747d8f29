import { plantBug } from './plant-bug.mjs';

/** A planted bug: which idempotency keys were used is known to the process alone. */
plantBug(
  '/libs/intake/src/inbox/inbox.js',
  /export class Inbox \{[^]* accept\(attempt, chunk, digest, receiptId\)/,
  (source) => `${source}
const used = new Map();
const nameOf = (client, feed, key) => JSON.stringify([client, feed, key]);
Inbox.prototype.findAccepted = async (client, feed, key) => used.get(nameOf(client, feed, key));
const durable = Inbox.prototype.accept;
Inbox.prototype.accept = async function (attempt, ...rest) {
  const accepted = await durable.call(this, { ...attempt, idempotencyKey: attempt.attemptId }, ...rest);
  used.set(nameOf(attempt.client, attempt.feed, attempt.idempotencyKey), accepted);
  return accepted;
};
`,
);
