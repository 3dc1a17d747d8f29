import { registerHooks } from 'node:module';

/**
 * Changes one compiled module of the product as it is loaded. Throws when the module does not look as the bug needs it:
 * a bug that is not there would be "found" by nobody.
 */
export const plantBug = (ending, expected, change) => {
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      if (!url.endsWith(ending)) return loaded;
      const source = Buffer.from(loaded.source).toString('utf8');
      if (!expected.test(source)) throw new Error(`there is no place for the planted bug in ${ending}`);
      return { ...loaded, source: change(source) };
    },
  });
};
