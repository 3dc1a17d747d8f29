import jest from '../jest.config.mjs';

const { globalSetup, globalTeardown, ...rest } = jest;
// Nothing that is mutated needs a database.
void globalSetup;
void globalTeardown;

/** Specs that are run for each mutant, by commas; all of the lib where none are named. */
const specs = process.env.MUTATION_SPECS?.split(',') ?? ['*.spec.ts'];

/** @type {import('jest').Config} */
export default {
  ...rest,
  rootDir: '..',
  testMatch: specs.map((spec) => `<rootDir>/libs/sharing/src/${spec}`),
  maxWorkers: 1,
};
