import { execFile } from 'node:child_process';
import { access, cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The root of the project: commands and Jest run there. */
const ROOT = process.cwd();

export const HUB_PROGRAM = 'dist/apps/hub/src/main.js';
export const VERIFY_PROGRAM = 'dist/apps/hub/src/commands/verify-main.js';
const PROGRAMS = [HUB_PROGRAM, VERIFY_PROGRAM];

export interface BuiltProduct {
  /** A folder with the compiled product in `dist`, of today's sources, that nobody else writes to. */
  readonly folder: string;
  remove(): Promise<void>;
}

/** Compiles the product into a folder of its own, where its processes run as they do from `dist`. */
export const buildProduct = async (): Promise<BuiltProduct> => {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-build-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const compiler = join(ROOT, 'node_modules/.bin/tsc');
    const output = ['--outDir', join(folder, 'dist'), '--tsBuildInfoFile', join(folder, 'build.tsbuildinfo')];
    // Types are checked elsewhere: what counts here is that the product's programs come out.
    await run(compiler, ['-p', join(ROOT, 'tsconfig.build.json'), ...output]).catch(async (error: unknown) => {
      await Promise.all(PROGRAMS.map((program) => access(join(folder, program)))).catch(() => {
        throw error;
      });
    });
    // Imports that begin with `#` and the registry are found from the nearest package.json and from where a process runs.
    await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
    // Pages find their templates beside their sources.
    for (const name of ['node_modules', 'deploy', 'apps']) await symlink(join(ROOT, name), join(folder, name));
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
};
