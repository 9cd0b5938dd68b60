import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import everySuite from '../../../jest.config.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Where run.mjs was told that NestJS's sources lie. */
const nest = join(process.env.NEST_SOURCE ?? '', 'integration', 'microservices');
const ours = everySuite.projects.find(({ displayName }) => displayName === 'app');

/** Specs over the servers of any other test run, with NestJS's own beside ours. */
export default {
  ...ours,
  displayName: 'nest',
  rootDir: root,
  roots: [here, nest],
  testMatch: [join(here, '*.spec.ts'), join(nest, 'e2e', 'sum-redis.spec.ts')],
  resolver: join(here, 'resolver.cjs'),
  setupFiles: ['reflect-metadata', join(here, 'swap.ts')],
  testTimeout: everySuite.testTimeout,
};
