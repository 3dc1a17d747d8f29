/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          experimental: { keepImportAttributes: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironment: '<rootDir>/test/support/plain-environment.mjs',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  // What needs real engines is run by `npm run test:engines`.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(process.env.TEST_ENGINES ? [] : ['<rootDir>/test/engines/', '<rootDir>/test/contract/(kafka|eventstoredb)']),
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/data/'],
  globalSetup: '<rootDir>/test/support/postgres/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/postgres/global-teardown.mjs',
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  // Most tests wait more than they compute.
  maxWorkers: 2,
  // A worker keeps what modules of its specs left behind, and long collections of garbage stop the hubs in it.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
};
