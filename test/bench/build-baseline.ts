import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from '@swc/core';

const SOURCE = join(process.cwd(), 'test/bench/baseline');

/** Compiles the reference application into a folder of a built product, beside whose packages it runs. */
export const buildBaseline = async (product: string): Promise<string> => {
  const folder = join(product, 'baseline');
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(SOURCE)) {
    const { code } = await transform(await readFile(join(SOURCE, name), 'utf8'), {
      filename: name,
      swcrc: false,
      configFile: false,
      module: { type: 'es6' },
      jsc: {
        target: 'es2024',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      },
    });
    await writeFile(join(folder, name.replace(/\.ts$/, '.js')), code);
  }
  return 'baseline/baseline-main.js';
};
