import { readConfiguration, type Configuration, type ProcessKind } from './read-configuration.js';

/**
 * Runs one process: reads the configuration, starts, and closes on SIGINT or SIGTERM. What is wrong is said in
 * sentences, and the process ends with status 1.
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
  try {
    const close = await start(read.configuration);
    let closing: Promise<void> | undefined;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        closing ??= close().finally(() => process.exit(0));
      });
    }
  } catch (error) {
    fail([`The ${name} did not start: ${(error as Error).message}`]);
  }
};
