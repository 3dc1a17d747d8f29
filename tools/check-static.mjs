/** Runs every check that needs no running hub, two at a time, whatever the others say, and tells how long each took. */
import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** The longest first. */
const PARTS = [
  ['lint', ['lint']],
  ['format', ['check:format']],
  ['import rules', ['check:imports']],
  ['types', ['check:types']],
  ['generated files', ['docs', '--', '--check']],
  ['unused code', ['check:unused']],
];

const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s`;
const failed = [];

const check = ([name, script]) =>
  new Promise((resolve) => {
    const since = performance.now();
    execFile('npm', ['run', '-s', ...script], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      process.stdout.write(`${name.padEnd(16)} ${error ? 'FAILED' : 'ok    '} ${seconds(since)}\n`);
      if (error) {
        failed.push(name);
        process.stdout.write(`${stdout}${stderr}\n`);
      }
      resolve();
    });
  });

const queue = PARTS.values();
const lane = async () => {
  for (const part of queue) await check(part);
};
await Promise.all([lane(), lane()]);
process.stdout.write(`${'in all'.padEnd(16)} ${failed.length === 0 ? 'ok    ' : 'FAILED'} ${seconds(started)}\n`);
if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
