import { availableParallelism } from 'node:os';

/**
 * NestJS 12 and some of its dependencies are ES modules only. Jest runs CommonJS on every Node this
 * project supports, so our sources and those dependencies are transformed; the smoke run starts the
 * real build, which stays ES modules.
 */
const esmOnly = [
  '@nestjs',
  '@kubernetes',
  'agent-base',
  'openid-client',
  'oauth4webapi',
  'socks-proxy-agent',
  '@seriousme',
  'file-type',
  'token-types',
  'strtok3',
  '@tokenizer',
  'uint8array-extras',
  '@borewit',
  'cookie',
  'content-disposition',
  'jose',
  'openapi-fetch',
  'openapi-typescript-helpers',
  'load-esm',
];
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
/** The whole platform by `npm start`, or the one that BASE_URL names. */
const platform = {
  globalSetup: '<rootDir>/e2e/start-platform.mjs',
  globalTeardown: '<rootDir>/e2e/stop-platform.mjs',
};
/** Runs once, and only when specs of a project that names it are run: unit specs need no server. */
const servers = {
  globalSetup: '<rootDir>/tools/jest-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest-teardown.mjs',
};
const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  testMatch,
  testEnvironment: 'node',
  // Temporary files go with the run, and this is worth keeping.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  setupFiles: ['reflect-metadata'],
  transform: { '^.+\\.[cm]?[tj]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: {
    '^@courtside/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['/dist/'],
  ...extra,
});
export default {
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // What waits for a condition has a deadline of its own; this ends what hangs, on a busy machine too.
  testTimeout: 20_000,
  projects: [
    project('unit', [
      '<rootDir>/{apps,libs}/*/src/**/*.spec.ts',
      // What counts the losses of a cluster has to be able to find some.
      '<rootDir>/e2e/cluster/load/*.spec.ts',
    ]),
    project('app', ['<rootDir>/{apps,libs}/*/test/**/*.spec.ts'], servers),
    project('platform', ['<rootDir>/e2e/platform/**/*.spec.ts'], servers),
    project('e2e', ['<rootDir>/e2e/*.spec.ts'], platform),
    // Takes a cluster, so npm run e2e:cluster alone asks for it.
    ...(process.env.E2E_CLUSTER ? [project('cluster', ['<rootDir>/e2e/cluster/*.spec.ts'])] : []),
    // Takes Caddy and nginx, so npm run test:doors alone asks for it.
    ...(process.env.E2E_DOORS ? [project('doors', ['<rootDir>/e2e/doors/*.spec.ts'])] : []),
    // Takes root and a Debian, so npm run test:host alone asks for it.
    ...(process.env.E2E_HOST ? [project('host', ['<rootDir>/e2e/host/*.spec.ts'])] : []),
    // Takes groovy, so npm run test:pipelines alone asks for it.
    ...(process.env.TEST_PIPELINES
      ? [project('pipelines', ['<rootDir>/Jenkins/test/*.spec.ts'])]
      : []),
    project('tools', ['<rootDir>/tools/**/*.spec.ts'], servers),
  ],
};
