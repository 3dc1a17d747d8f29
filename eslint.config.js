import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const NODE_GLOBALS = Object.fromEntries(
  ['process', 'console', 'Buffer', 'URL', 'globalThis', 'setTimeout', 'clearTimeout', 'performance', 'fetch'].map(
    (name) => [name, 'readonly'],
  ),
);

/** What works on the code's types finds the faults that matter here: a promise nobody waits for, a case left out. */
const onTypes = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-base-to-string': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-for-in-array': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false } }],
  '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
  '@typescript-eslint/prefer-promise-reject-errors': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

export default defineConfig(
  { ignores: ['dist/', 'data/', 'coverage/', 'libs/contracts/generated/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-param-reassign': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...onTypes,
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // The index signature of a type that contains itself cannot be a Record.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // Nest's modules are classes of static functions, and a fake leaves out what it does not need.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      // `Promise.withResolvers<void>()` is no misuse of void.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // A check of an index that is known to be there would only hide what is meant.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // The compiler says so already.
      '@typescript-eslint/no-unused-vars': 'off',
    },
  },
  {
    files: ['test/**', '**/*.spec.ts', '**/testing/**'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      // Tests plant what the types forbid, and throw what is no error.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  { files: ['**/*.{js,mjs,cjs}'], languageOptions: { globals: NODE_GLOBALS } },
);
