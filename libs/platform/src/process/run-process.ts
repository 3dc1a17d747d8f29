import { readConfiguration, type Configuration, type ProcessKind } from '../config/read-configuration.js';

/** A process that was told to stop has this long to finish what is in hand. */
const DRAIN_LIMIT_MS = 10_000;

/**
 * Runs one process: reads the configuration, starts, and closes on SIGINT or SIGTERM, within ten seconds. What is
 * wrong is said in sentences, and the process ends with status 1.
 */
export const runProcess = async (
  name: string,
  start: (configuration: Configuration) => Promise<() => Promise<void>>,
  kind: ProcessKind = { everyModule: false },
): Promise<void> => {
  const fail = (lines: readonly string[]): never => {
    for (const line of lines) process.stderr.write(`${line}\n`);
    process.exit(1);
  };
  const read = readConfiguration(process.env, kind);
  if (!read.ok) return fail(read.problems.map((problem) => `${problem.name} ${problem.reason}.`));
  let close: (() => Promise<void>) | undefined;
  let closing: Promise<void> | undefined;
  const stop = (): void => {
    // Nothing is in hand before the start is over.
    if (!close) process.exit(0);
    setTimeout(() => process.exit(1), DRAIN_LIMIT_MS).unref();
    closing ??= close().finally(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  try {
    close = await start(read.configuration);
  } catch (error) {
    fail([`The ${name} did not start: ${(error as Error).message}`]);
  }
};
