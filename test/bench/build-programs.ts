import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from '@swc/core';

const SOURCES = join(process.cwd(), 'test/bench');

/** Compiles the programs of a folder beside this file into a built product, beside whose packages they run. */
export const buildPrograms = async (product: string, name: string): Promise<void> => {
  const [source, folder] = [join(SOURCES, name), join(product, name)];
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(source)) {
    const { code } = await transform(await readFile(join(source, file), 'utf8'), {
      filename: file,
      swcrc: false,
      configFile: false,
      module: { type: 'es6' },
      jsc: {
        target: 'es2024',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      },
    });
    await writeFile(join(folder, file.replace(/\.ts$/, '.js')), code);
  }
};
