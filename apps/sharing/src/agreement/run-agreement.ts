import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  casesIn,
  explainAgreement,
  explainImported,
  foldCode,
  refusalsOfAdoption,
  type AgreementDocument,
} from '#sharing';
import { decideTable } from './decide-table.js';
import { loadAgreement } from './load-agreements.js';
import { Stop } from './stop.js';

const USAGE = `Usage:
  agreement decide --agreement PATH... --requests FILE.csv --out FILE.csv [--baseline]
  agreement import --agreement PATH [--desk 'ORG=text' ...] --out FILE.json
  agreement test PATH...
  agreement explain PATH...

decide   answers a table of requests by the documents alone, or with the hub's baseline above them
import   writes a policy in the shape of the DfE prototype as permit-only cells
test     whether documents may be adopted: their cases hold, nothing can be deleted or loosened unseen, and no
         condition tells a hidden fact; what is wrong is named with its line
explain  says what documents say, in plain English`;

export interface AgreementConsole {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Whether a progress bar would be seen. */
  readonly interactive: boolean;
}

const OPTIONS = {
  agreement: { type: 'string', multiple: true },
  requests: { type: 'string' },
  desk: { type: 'string', multiple: true },
  out: { type: 'string' },
  baseline: { type: 'boolean' },
} as const;

const isBadArgument = (error: unknown): error is Error =>
  typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

const only = (command: string, values: Readonly<Record<string, unknown>>, allowed: readonly string[]): void => {
  for (const name of Object.keys(values))
    if (!allowed.includes(name)) throw new Stop([`--${name} is no option of ${command}`, USAGE]);
};

const needed = (value: string | undefined, name: string): string => {
  if (!value) throw new Stop([`--${name} is needed`, USAGE]);
  return value;
};

const readDesks = (desks: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    desks.map((desk) => {
      const at = desk.indexOf('=');
      if (at < 1 || at === desk.length - 1) throw new Stop(["--desk must be given as 'ORG=text'"]);
      return [desk.slice(0, at), desk.slice(at + 1)];
    }),
  );

const runImport = async (
  agreement: string,
  desks: Readonly<Record<string, string>>,
  out: string,
  io: AgreementConsole,
): Promise<void> => {
  const { imported } = await loadAgreement(agreement, { desk: desks });
  if (!imported) throw new Stop([`${agreement}: is an agreement already, not a policy to import`]);
  const known = new Set(imported.parties.map(({ organisation }) => foldCode(organisation)));
  if (Object.keys(desks).some((organisation) => !known.has(foldCode(organisation))))
    throw new Stop(['--desk names an organisation that the document does not hold']);
  for (const { organisation, desk } of imported.parties)
    if (desk === null) io.complain(`${organisation} has no desk: its notices will say its kind alone`);
  try {
    await writeFile(out, `${JSON.stringify(imported, null, 2)}\n`);
  } catch {
    throw new Stop([`${out}: cannot be written`]);
  }
  io.print(`${imported.existence.length} existence and ${imported.permits.length} content cells`);
};

/** Every document is looked at, whatever is wrong with another. Throws a `Stop` with all that is wrong. */
const runTest = async (paths: readonly string[], io: AgreementConsole): Promise<void> => {
  const complaints: string[] = [];
  for (const path of paths) {
    try {
      const { json, agreement, imported, locate } = await loadAgreement(path);
      const refusals = refusalsOfAdoption(json, agreement, imported);
      if (refusals.length > 0) complaints.push(...locate(refusals));
      else io.print(`${path}: may be adopted; ${casesIn(json, imported)} cases hold`);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      complaints.push(...error.lines);
    }
  }
  if (complaints.length > 0) throw new Stop(complaints);
};

const runExplain = async (paths: readonly string[], io: AgreementConsole): Promise<void> => {
  for (const path of paths) {
    const { json, agreement, imported } = await loadAgreement(path);
    io.print(`${agreement.title} (${agreement.id}, version ${agreement.version})`);
    for (const { title, sentences } of imported
      ? explainImported(imported)
      : explainAgreement(json as AgreementDocument)) {
      io.print(`\n${title}`);
      for (const { clause, text } of sentences) io.print(`- ${text}${clause === null ? '' : ` [${clause}]`}`);
    }
  }
};

/**
 * The command `agreement`: `decide`, `import`, `test` and `explain`. Returns the exit code: 0, or 1 where an argument, a document or a
 * table is refused, which is then said on the error stream.
 */
export const runAgreement = async (args: readonly string[], io: AgreementConsole): Promise<number> => {
  try {
    const [command, ...rest] = args;
    if (command === undefined || command === '--help' || command === 'help') {
      io.print(USAGE);
      return command === undefined ? 1 : 0;
    }
    const { values, positionals } = parseArgs({ args: rest, options: OPTIONS, allowPositionals: true });
    // `--agreement A B` names two as `--agreement A --agreement B` does.
    const paths = [...(values.agreement ?? []), ...positionals];
    if (command === 'decide') {
      only(command, values, ['agreement', 'requests', 'out', 'baseline']);
      if (paths.length === 0) throw new Stop(['--agreement is needed', USAGE]);
      const requests = needed(values.requests, 'requests');
      const out = needed(values.out, 'out');
      const agreements = await Promise.all(paths.map((path) => loadAgreement(path)));
      const { rows, allowed } = await decideTable(
        agreements.map(({ agreement }) => agreement),
        requests,
        out,
        { baseline: values.baseline ?? false, progress: io.interactive },
      );
      io.print(`${rows} requests: ${allowed} allowed, ${rows - allowed} denied`);
      return 0;
    }
    if (command === 'import') {
      only(command, values, ['agreement', 'desk', 'out']);
      const [path, ...more] = paths;
      if (path === undefined || more.length > 0) throw new Stop(['--agreement is needed, once', USAGE]);
      await runImport(path, readDesks(values.desk ?? []), needed(values.out, 'out'), io);
      return 0;
    }
    if (command === 'test' || command === 'explain') {
      only(command, values, ['agreement']);
      if (paths.length === 0) throw new Stop([`${command} takes the paths of documents`, USAGE]);
      await (command === 'test' ? runTest(paths, io) : runExplain(paths, io));
      return 0;
    }
    throw new Stop([USAGE]);
  } catch (error) {
    if (error instanceof Stop) error.lines.forEach(io.complain);
    else if (isBadArgument(error)) [error.message, USAGE].forEach(io.complain);
    else throw error;
    return 1;
  }
};
