import { runAgreement } from './run-agreement.js';

/** Runs the command on the streams of this process. Returns the exit code. */
export const runAgreementCli = (args: readonly string[]): Promise<number> =>
  runAgreement(args, {
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    interactive: process.stderr.isTTY === true,
  });

if (import.meta.main) process.exitCode = await runAgreementCli(process.argv.slice(2));
