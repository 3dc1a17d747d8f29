import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PgbenchRun {
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  /** Each is one transaction of the count; they are taken at random, all as often. */
  readonly scripts: readonly string[];
  /** Texts that the scripts use as `:name`. They travel as parameters of prepared statements. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface PgbenchResult {
  readonly transactions: number;
  readonly rate: number;
  readonly latenciesMs: readonly number[];
}

/** `15.18`; undefined where there is no pgbench. */
export const findPgbench = async (): Promise<string | undefined> => {
  try {
    const { stdout } = await run('pgbench', ['--version']);
    return /\d[\d.]*/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
};

/** What pgbench says, read: transactions processed, and their rate without the time that connecting took. */
export const readPgbenchOutput = (stdout: string): Pick<PgbenchResult, 'transactions' | 'rate'> => {
  const transactions = Number(/transactions actually processed: (\d+)/.exec(stdout)?.[1]);
  const failed = Number(/failed transactions: (\d+)/.exec(stdout)?.[1] ?? 0);
  const rate = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]);
  if (!(transactions > 0 && rate > 0) || failed > 0) throw new Error(`pgbench measured nothing: ${stdout}`);
  return { transactions, rate };
};

export const runPgbench = async ({ url, clients, seconds, scripts, variables }: PgbenchRun): Promise<PgbenchResult> => {
  const { hostname, port, username, password, pathname } = new URL(url);
  const folder = await mkdtemp(join(tmpdir(), 'sightline-pgbench-'));
  try {
    const files = await Promise.all(
      scripts.map(async (script, i) => {
        const file = join(folder, `script-${i}.sql`);
        await writeFile(file, script);
        return file;
      }),
    );
    const { stdout } = await run(
      'pgbench',
      [
        ...['--no-vacuum', '--protocol=prepared', '--client', String(clients), '--time', String(seconds)],
        ...['--log', `--log-prefix=${join(folder, 'log')}`],
        ...Object.entries(variables).map(([name, value]) => `--define=${name}=${value}`),
        ...files.map((file) => `--file=${file}`),
        ...['--host', hostname, '--port', port, '--username', decodeURIComponent(username)],
        decodeURIComponent(pathname.slice(1)),
      ],
      {
        env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', PGPASSWORD: decodeURIComponent(password) },
        timeout: (seconds + 60) * 1000,
      },
    );
    const logs = (await readdir(folder)).filter((name) => name.startsWith('log'));
    const lines = (await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')))).join('').split('\n');
    return {
      ...readPgbenchOutput(stdout),
      // The third column is the time of the transaction in µs.
      latenciesMs: lines.flatMap((line) => (line === '' ? [] : [Number(line.split(' ')[2]) / 1000])),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
