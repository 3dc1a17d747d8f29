import type { EngineSetting } from './read-configuration.js';

/** The engines that a process of this app stands on: it is asked for these, and told nothing of the others. */
export const enginesOf = (app: string): readonly EngineSetting[] => {
  switch (app) {
    case 'timeline':
    case 'sharing':
      return ['DATABASE_URL', 'EVENT_STORE_URL', 'BUS_URL'];
    case 'audit':
      return ['DATABASE_URL', 'EVENT_STORE_URL'];
    case 'web':
      return ['DATABASE_URL'];
    case 'issuer':
      return [];
    default:
      // An adapter never sees the store.
      return ['DATABASE_URL', 'BUS_URL'];
  }
};
