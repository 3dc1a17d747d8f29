import { registerHooks } from 'node:module';

/**
 * Lets plain Node load this project's TypeScript, for what runs outside Jest's transform: relative imports end in `.js`
 * and mean the `.ts` beside them. Only files of erasable syntax can be loaded so.
 */
registerHooks({
  resolve: (specifier, context, next) =>
    /^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')
      ? next(`${specifier.slice(0, -3)}.ts`, context)
      : next(specifier, context),
});
