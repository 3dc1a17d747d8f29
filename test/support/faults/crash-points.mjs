import { existsSync, readFileSync, renameSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { plantBug } from './plant-bug.mjs';

/**
 * Loaded before a process of a test: places in the product at which it ends by SIGKILL, once, when a test has armed one
 * by a file `arm-<point>` in the folder FAULT_POINTS. The file is renamed to `reached-<point>` first: of several
 * processes one ends, and that it got there is on record.
 */
const folder = process.env.FAULT_POINTS ?? '';

const take = (point) => {
  const armed = join(folder, `arm-${point}`);
  if (folder === '' || !existsSync(armed)) return undefined;
  try {
    renameSync(armed, join(folder, `reached-${point}`));
  } catch {
    return undefined; // Another process was first.
  }
  return readFileSync(join(folder, `reached-${point}`));
};

const end = (point) => {
  if (!take(point)) return undefined;
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};

/** Of subjects: what a process records of itself is not meant. */
const isOfSubjects = (writes) => writes.some(({ stream }) => /^(child|staff|org|agreement|quarantine)-/.test(stream));

globalThis.faults = {
  end,
  endOfSubjects: (point, writes) => (isOfSubjects(writes) ? end(point) : undefined),
  /** What was appended is durable, and the connection ends before the answer is read. */
  cutOfSubjects: (point, writes) => {
    if (isOfSubjects(writes) && take(point)) throw new Error('the connection has ended');
  },
  record: async (options, ...record) => {
    await end('reader-before-record');
    await options.record(...record);
    await end('reader-after-record');
  },
  /** A message that nobody can read, in front of the others, under the key of the first. */
  withPoison: (messages) => {
    const value = take('poison');
    return value ? [{ ...messages[0], value }, ...messages] : messages;
  },
};

const point = (ending, found, put) => plantBug(ending, found, (source) => source.replace(found, put));

point(
  '/libs/intake/src/inbox/inbox.js',
  /return accept\(client, batch\);/,
  `await faults.end('door-before-accept'); $&`,
);
point(
  '/libs/intake/src/submit.js',
  /const accepted = await this\.inbox\.accept\([^;]*\);/,
  `$& await faults.end('door-after-accept');`,
);
point(
  '/libs/intake/src/relay.js',
  /await published\(page, \(\) => bus\.publish\(CONTRIBUTIONS_TOPIC, (page\.map\(messageOf\))\)\)[^]*?\}\);/,
  (whole, messages) =>
    `await faults.end('relay-before-publish');
    ${whole.replace(messages, `faults.withPoison(${messages})`)}
    await faults.end('relay-after-publish');`,
);
point(
  '/libs/event-sourcing/src/stream-writer.js',
  /const results = await this\.options\.store\.append\(writes\);/,
  `await faults.endOfSubjects('timeline-before-append', writes); $&`,
);
// An earlier batch may still be on its way: what nobody can read would be lost with a bus inside the process.
point(
  '/apps/timeline/src/file-contributions.js',
  /await writeAll\(writers\.timelines,/,
  `if (keepings.length > 0) await faults.end('timeline-mid-batch'); $&`,
);
point(
  '/apps/timeline/src/timeline.consumer.js',
  /await fileContributions\([^;]*;/,
  `$& await faults.end('timeline-after-append');`,
);
point(
  '/libs/engines/src/postgres/postgres-event-store.js',
  /const rows = await inTime\(appendRows[^;]*;/,
  `$& faults.cutOfSubjects('store-before-answer', batch);`,
);
point(
  '/apps/sharing/src/projection/projector.js',
  /return inTransaction\((this\.options\.pool, [^]*?)(await projectReads\([^]*?\}\));/,
  `const projected = await inTransaction($1 await faults.end('projector-before-commit'); $2;
  await faults.end('projector-after-commit');
  return projected;`,
);
point('/apps/sharing/src/reading/read-chronology.js', /this\.options\.record\(/, 'faults.record(this.options, ');
point(
  '/apps/sharing/src/projection/rebuild.js',
  /while \(!\(await switchTo\(/,
  `await faults.end('rebuild-before-switch'); $&`,
);
point(
  '/apps/sharing/src/projection/rebuild.js',
  /for \(const table of PROJECTED_TABLES\)/,
  `await faults.end('rebuild-after-switch'); $&`,
);

/** Half of an answer leaves, and then the process ends. */
const endAnswer = ServerResponse.prototype.end;
ServerResponse.prototype.end = function (chunk, ...rest) {
  const isPage = this.statusCode === 200 && /\/chronology\?/.test(this.req.url) && chunk?.length > 2;
  if (!isPage || !take('reader-mid-answer')) return endAnswer.call(this, chunk, ...rest);
  this.write(Buffer.from(chunk).subarray(0, Math.floor(chunk.length / 2)), () => {
    void delay(100).then(() => process.kill(process.pid, 'SIGKILL'));
  });
  return this;
};
