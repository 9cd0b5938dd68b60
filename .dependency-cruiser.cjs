/** Imports run downhill only: which part may import which. `npm run check -- --only imports` runs it. */
const lib = (name) => `^libs/${name}/`;
const specs = '(\\.spec\\.ts$|^(apps|libs)/[^/]+/test/|^libs/testing/)';

/** A library may import the ones below it and no other. */
const below = {
  contracts: [],
  transport: [],
  service: ['contracts', 'transport'],
  database: ['contracts', 'service'],
  identity: ['contracts', 'transport', 'service'],
  client: ['contracts'],
  testing: ['contracts', 'transport', 'service', 'database', 'identity'],
};
const downhill = Object.entries(below).map(([name, allowed]) => ({
  name: `${name}-imports-downhill`,
  comment: `libs/${name} may import ${allowed.join(', ') || 'no other library'}`,
  severity: 'error',
  from: { path: lib(name), pathNot: specs },
  to: { path: '^libs/', pathNot: [lib(name), ...allowed.map(lib)] },
}));

module.exports = {
  forbidden: [
    ...downhill,
    {
      name: 'no-cycle',
      comment: 'no two files import each other, types included',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'apps-stay-apart',
      comment: 'an app reaches another over the bus only',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libraries-know-no-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'only-through-the-index',
      comment: 'another library is imported by its name, not by a file inside it',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/$2/', '/src/index\\.ts$'] },
    },
    {
      name: 'contracts-run-in-a-browser',
      severity: 'error',
      from: { path: lib('contracts'), pathNot: specs },
      to: { dependencyTypes: ['npm', 'core'], pathNot: '(^|/)node_modules/zod/' },
    },
    {
      name: 'stores-alone-know-the-database',
      comment: 'TypeORM stands in stores, entities, migrations and the module that lists them',
      severity: 'error',
      from: {
        path: '^apps/',
        pathNot: ['\\.(store|entity|module)\\.ts$', '/migrations/', '\\.spec\\.ts$', '/test/'],
      },
      to: { path: 'node_modules/(typeorm|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-test-in-the-product',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src/', pathNot: specs },
      to: { path: ['\\.spec\\.ts$', '^libs/testing/'] },
    },
    {
      name: 'declared-dependencies',
      comment: 'what a package imports stands in its own package.json',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['(^|/)dist/', '\\.tsbuildinfo$'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
