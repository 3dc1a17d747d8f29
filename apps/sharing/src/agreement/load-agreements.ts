import { readFile } from 'node:fs/promises';
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
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new Stop([`${path}: is not JSON`]);
  }
};

/** A document of any shape, ready to decide with. Throws a `Stop` with every place at which it is refused. */
export const loadAgreement = async (path: string, options: ImportOptions = {}): Promise<LoadedAgreement> => {
  const parsed = parseAgreement(await readJson(path), options);
  if ('refused' in parsed) throw new Stop(parsed.refused.map(({ place, reason }) => `${path}: ${place}: ${reason}`));
  return { path, ...parsed };
};
