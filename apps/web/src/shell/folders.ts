import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Templates and public files stay in the sources when the code is compiled elsewhere. */
const folder = (name: string): string => {
  const places = [join(import.meta.dirname, '../..', name), join(import.meta.dirname, '../../../../../apps/web', name)];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`the folder ${name} of the pages is not there`);
  return found;
};

export const viewsFolder = (): string => folder('views');
export const publicFolder = (): string => folder('public');
