import type { Registry } from '#intake';
import { createDevelopmentKeys } from '#platform';
import { adapterOf } from './prepare-database.js';

/** Keys in files for the hub and for every organisation of the registry, made where there are none. */
export const makeDevelopmentKeys = (keysDir: string, registry: Registry): Promise<void> =>
  createDevelopmentKeys(keysDir, [
    { organisation: 'hub', adapter: 'sharing' },
    ...registry.organisations.map(({ id, kind }) => ({ organisation: id, adapter: adapterOf(kind) })),
  ]);
