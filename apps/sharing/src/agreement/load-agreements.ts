import { readFile } from 'node:fs/promises';
import { JsonRefused, toIJson } from '#platform';
import { parseAgreement, type CompiledAgreement, type ImportOptions, type ImportedAgreement } from '#sharing';
import { Stop } from './stop.js';

export interface LoadedAgreement {
  readonly path: string;
  readonly agreement: CompiledAgreement;
  readonly imported: ImportedAgreement | null;
}

const readJson = async (path: string): Promise<unknown> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new Stop([`${path}: cannot be read`]);
  }
  try {
    return toIJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // A name that stands twice says two things: whoever reads the first sees another document than the hub.
    const isTwice = error instanceof JsonRefused && error.reason === 'duplicate-name';
    throw new Stop([`${path}: ${isTwice ? 'has a name twice in one object' : 'is not JSON'}`]);
  }
};

/** A document of any shape, ready to decide with. Throws a `Stop` with every place at which it is refused. */
export const loadAgreement = async (path: string, options: ImportOptions = {}): Promise<LoadedAgreement> => {
  const parsed = parseAgreement(await readJson(path), options);
  if ('refused' in parsed) throw new Stop(parsed.refused.map(({ place, reason }) => `${path}: ${place}: ${reason}`));
  return { path, ...parsed };
};
