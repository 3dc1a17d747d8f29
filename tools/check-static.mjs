/** Runs every check that needs no running hub, whatever the others say, and tells how long each took. */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const PARTS = [
  ['format', ['check:format']],
  ['lint', ['lint']],
  ['types', ['check:types']],
  ['import rules', ['check:imports']],
  ['unused code', ['check:unused']],
  ['generated files', ['docs', '--', '--check']],
];

const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s`;
const failed = [];
for (const [name, script] of PARTS) {
  const since = performance.now();
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', ...script], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const ok = status === 0;
  process.stdout.write(`${name.padEnd(16)} ${ok ? 'ok    ' : 'FAILED'} ${seconds(since)}\n`);
  if (!ok) {
    failed.push(name);
    process.stdout.write(`${stdout ?? ''}${stderr ?? ''}\n`);
  }
}
process.stdout.write(`${'in all'.padEnd(16)} ${failed.length === 0 ? 'ok    ' : 'FAILED'} ${seconds(started)}\n`);
if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
