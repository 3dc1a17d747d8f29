import jest from '../jest.config.mjs';

const { globalSetup, globalTeardown, ...rest } = jest;
// Nothing that is mutated needs a database.
void globalSetup;
void globalTeardown;

/** @type {import('jest').Config} */
export default { ...rest, rootDir: '..', testMatch: ['<rootDir>/libs/sharing/**/*.spec.ts'], maxWorkers: 1 };
