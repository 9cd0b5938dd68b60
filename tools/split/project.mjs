/** An app with what the repository around it gave it: compiler, test runner, and the versions tested there. */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jestConfig from '../../jest.config.mjs';
import { stageChart } from '../publish/charts/stage.mjs';

/** What apps are compiled and tested with. */
const TOOLS = [
  '@swc/core',
  '@swc/jest',
  '@types/jest',
  '@types/node',
  'jest',
  'reflect-metadata',
  'typescript',
];

/** Made here anew, or of this checkout alone. */
const LEFT = new Set(['node_modules', 'dist', 'tsconfig.json', 'package.json', 'Dockerfile']);

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const json = (value) => `${JSON.stringify(value, undefined, 2)}\n`;

function manifestOf(app) {
  const [own, root] = [read(`apps/${app}/package.json`), read('package.json')];
  const tools = TOOLS.filter((name) => !own.dependencies[name]);
  const devDependencies = { ...own.devDependencies };
  for (const name of tools) devDependencies[name] = root.devDependencies[name];
  const { 'unrs-resolver': resolver, undici } = root.overrides;
  return {
    ...own,
    engines: root.engines,
    scripts: {
      build: 'tsc -p tsconfig.build.json',
      check: 'tsc -p tsconfig.json',
      test: 'jest',
      start: 'node dist/main.js',
    },
    devDependencies,
    overrides: { 'unrs-resolver': resolver, undici },
  };
}

/** Versions that were tested together: of a lock file whose other packages npm leaves out by itself. */
function lockOf(manifest) {
  const { packages, ...rest } = read('package-lock.json');
  const taken = Object.entries(packages).filter(
    ([path, { link }]) => path.startsWith('node_modules/') && !link,
  );
  const { name, version } = manifest;
  return { ...rest, name, version, packages: { '': manifest, ...Object.fromEntries(taken) } };
}

/** As in the repository, with the packages of Courtside compiled as other ES modules are. */
function testsOf() {
  const { setupFiles, transform, testEnvironment, moduleNameMapper, transformIgnorePatterns } =
    jestConfig.projects.find(({ displayName }) => displayName === 'app');
  const relative = Object.entries(moduleNameMapper).find(([from]) => !from.includes('courtside'));
  return {
    testEnvironment,
    setupFiles,
    transform,
    testMatch: ['<rootDir>/{src,test}/**/*.spec.ts'],
    moduleNameMapper: Object.fromEntries([relative]),
    transformIgnorePatterns: transformIgnorePatterns.map((one) =>
      one.replace('(?!(', '(?!(@courtside|'),
    ),
    testTimeout: jestConfig.testTimeout,
  };
}

function compilerOf() {
  const { composite: _, ...compilerOptions } = read('tsconfig.base.json').compilerOptions;
  return {
    all: {
      compilerOptions: {
        ...compilerOptions,
        declaration: false,
        noEmit: true,
        types: ['node', 'jest'],
      },
      include: ['src', 'test'],
    },
    build: {
      extends: './tsconfig.json',
      compilerOptions: { noEmit: false, rootDir: 'src', outDir: 'dist', types: ['node'] },
      include: ['src'],
      exclude: ['**/*.spec.ts'],
    },
  };
}

export async function splitOut({ app, folder, registry }) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(`apps/${app}`).filter((each) => !LEFT.has(each))) {
    if (!name.endsWith('.tsbuildinfo'))
      cpSync(`apps/${app}/${name}`, join(folder, name), { recursive: true });
  }
  const [manifest, compiler] = [manifestOf(app), compilerOf()];
  const files = {
    'package.json': json(manifest),
    'package-lock.json': json(lockOf(manifest)),
    'tsconfig.json': json(compiler.all),
    'tsconfig.build.json': json(compiler.build),
    'jest.config.json': json(testsOf()),
    '.gitignore': 'node_modules\ndist\n',
    ...(registry && { '.npmrc': `@courtside:registry=${registry}\n` }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  cpSync('LICENSE', join(folder, 'LICENSE'));
  if (existsSync(`helm/${app}`))
    stageChart({ root: 'helm', name: app, into: join(folder, 'helm'), given: {} });
}
