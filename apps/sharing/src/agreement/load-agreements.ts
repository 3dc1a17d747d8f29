import { readFile } from 'node:fs/promises';
import { JsonRefused, toIJson } from '#platform';
import {
  parseAgreement,
  placesIn,
  positionAt,
  type CompiledAgreement,
  type ImportOptions,
  type ImportedAgreement,
  type Refusal,
} from '#sharing';
import { Stop } from './stop.js';

export interface LoadedAgreement {
  readonly path: string;
  readonly json: unknown;
  readonly agreement: CompiledAgreement;
  readonly imported: ImportedAgreement | null;
  /** What is wrong, each with the line and column of the file in which it stands. */
  readonly locate: (refusals: readonly Refusal[]) => string[];
}

const readText = async (path: string): Promise<string> => {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch {
    throw new Stop([`${path}: cannot be read`]);
  }
};

const readJson = (path: string, text: string): unknown => {
  try {
    return toIJson(text);
  } catch (error) {
    if (!(error instanceof JsonRefused)) throw error;
    const { line, column } = positionAt(text, error.offset);
    // A name that stands twice says two things: whoever reads the first sees another document than the hub.
    const isTwice = error.reason === 'duplicate-name';
    throw new Stop([`${path}:${line}:${column}: ${isTwice ? 'has a name twice in one object' : 'is not JSON'}`]);
  }
};

/** A document of any shape, ready to decide with. Throws a `Stop` with every place and line at which it is refused. */
export const loadAgreement = async (path: string, options: ImportOptions = {}): Promise<LoadedAgreement> => {
  const text = await readText(path);
  const json = readJson(path, text);
  const locate = (refusals: readonly Refusal[]): string[] => {
    const positionOf = placesIn(text);
    return refusals.map(({ place, reason }) => {
      const { line, column } = positionOf(place);
      return `${path}:${line}:${column}: ${place}: ${reason}`;
    });
  };
  const parsed = parseAgreement(json, options);
  if ('refused' in parsed) throw new Stop(locate(parsed.refused));
  return { path, json, locate, ...parsed };
};
