import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { DatabaseProfile, DatabaseTime } from './profile.js';

/** Sessions hand in what they counted when they have been idle for a second, or ten at the latest. */
const SETTLE_MS = 1500;
const SETTINGS = { track_functions: 'all', log_min_duration_statement: '0', log_parameter_max_length: '0' };

const LINE = /duration: ([\d.]+) ms {2}(parse|bind|execute|statement)(?: [^:]*)?: (.*)$/;
/** Enough of a statement to tell it from others. */
const TEXT = 90;

/** Time by statement, waiting included, from the server's log with durations. Statements about the server itself are left out. */
export const readStatements = (log: string): DatabaseTime[] => {
  const statements = new Map<string, { calls: number; ms: number }>();
  // What goes on in a new line begins with a tab.
  for (const line of log.replace(/\n\t\s*/g, ' ').split('\n')) {
    const [, ms, step, text] = LINE.exec(line) ?? [];
    if (text === undefined || text.includes('pg_')) continue;
    const name = text.replace(/\s+/g, ' ').trim().slice(0, TEXT);
    const one = statements.get(name) ?? { calls: 0, ms: 0 };
    one.ms += Number(ms);
    one.calls += Number(step === 'execute' || step === 'statement');
    statements.set(name, one);
  }
  return [...statements].map(([name, { calls, ms }]) => ({ name, calls, ms }));
};

/** Measures the database's functions and statements while `work` runs. `logFile`: the server's log. */
export const profileDatabase = async (
  pool: Pool,
  logFile: string,
  work: () => Promise<unknown>,
): Promise<DatabaseProfile> => {
  for (const [name, value] of Object.entries(SETTINGS)) await pool.query(`alter system set ${name} = '${value}'`);
  try {
    await pool.query('select pg_reload_conf()');
    await delay(SETTLE_MS);
    await pool.query('select pg_stat_reset()');
    const { size } = await stat(logFile);
    await work();
    const log = (await readFile(logFile)).subarray(size).toString('utf8');
    await delay(SETTLE_MS);
    const { rows } = await pool.query(
      `select schemaname || '.' || funcname as name, calls::float8, self_time as ms from pg_stat_user_functions`,
    );
    return { functions: rows as DatabaseTime[], statements: readStatements(log) };
  } finally {
    for (const name of Object.keys(SETTINGS)) await pool.query(`alter system reset ${name}`);
    await pool.query('select pg_reload_conf()');
  }
};
