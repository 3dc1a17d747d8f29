import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, findBinaries } from './embedded-binaries.js';

describe('the binaries of embedded PostgreSQL', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sightline-binaries-'));
    mkdirSync(join(folder, 'native', 'bin'), { recursive: true });
    mkdirSync(join(folder, 'native', 'lib'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (...paths: string[]): void => paths.forEach((path) => writeFileSync(join(folder, 'native', path), ''));

  it('are found on this machine', () => {
    expect(findBinaries().postgres).toMatch(/native.bin.postgres$/);
  });

  it.each([
    ['a machine that has none', 'win32', 'x64', /There is no embedded PostgreSQL for win32 on x64/],
    ['a package that is not installed', 'darwin', process.platform === 'darwin' ? 'none' : 'x64', /npm ci|no embedded/],
  ])('are missed with a sentence on %s', (_, platform, arch, sentence) => {
    expect(() => findBinaries(platform, arch)).toThrow(sentence);
    expect(() => findBinaries(platform, arch)).toThrow(expect.objectContaining({ type: 'binaries-missing' }));
  });

  it('are missed with a sentence when one is not there', () => {
    put('bin/initdb');
    expect(() => checkPackage(folder, 'some-package')).toThrow(/some-package is incomplete: .*postgres is missing/);
  });

  it('are missed with a sentence when the install script did not link the libraries', () => {
    put('bin/initdb', 'bin/postgres', 'lib/libpq.so.5.18');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    writeFileSync(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));
    expect(() => checkPackage(folder, 'some-package')).toThrow(/not linked.*npm rebuild some-package/);
    symlinkSync('libpq.so.5.18', join(folder, 'native', 'lib', 'libpq.so.5'));
    expect(checkPackage(folder, 'some-package').initdb).toBe(join(folder, 'native', 'bin', 'initdb'));
  });
});
