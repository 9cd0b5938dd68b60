/** The suites that tests can be run by: `npm test -- --suite database`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What each is made of: the first that a file fits has it. */
const places = {
  containers: [
    /^tools\/(images|charts|compose)\b/,
    /^e2e\/(cluster|compose)\b/,
    /^e2e\/operations\.spec/,
    /^libs\/service\/src\/operations\//,
  ],
  frontend: [/^apps\/web\//, /^e2e\/web\b/],
  database: [
    /^libs\/database\//,
    /^(apps|libs)\/.*\b(migrations?|database)\b/,
    /^tools\/(local\/servers|app-commands)\b/,
  ],
  backend: [/^apps\//, /^libs\//, /^e2e\//],
};

export const suiteNames = Object.keys(places);

/** @returns {string} the suite of a file of specs, by its path below the root; `tools` where it is of none */
export const suiteOf = (path) =>
  suiteNames.find((name) => places[name].some((place) => place.test(path))) ?? 'tools';

/** What is no project's, or has a command of its own: with another Nest, a cluster, proxies or a bare host. */
const ELSEWHERE = /\/(node_modules|dist|test-nest)\/|^e2e\/(cluster|doors|host)\/[^/]+$/;

/** @returns {string[]} the files of specs of a suite, below the root */
export const filesOf = (suite, root) =>
  ['apps', 'libs', 'e2e', 'tools'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.spec.ts') && !ELSEWHERE.test(path))
      .filter((path) => suiteOf(path) === suite),
  );

/**
 * What jest is told where `npm test` is told this: `--unit` and `--suite NAME` are ours, the rest is jest's.
 * @throws RangeError saying which suites there are
 */
export function jestArguments(given, root) {
  const rest = given.filter((argument) => argument !== '--unit');
  // Last, since jest takes every word after it for the name of a project.
  if (rest.length < given.length) return [...jestArguments(rest, root), '--selectProjects', 'unit'];
  const at = given.indexOf('--suite');
  if (at < 0) return rest;
  const suite = given[at + 1];
  if (!suiteNames.includes(suite)) {
    throw new RangeError(`there is no suite ${suite}: there are ${suiteNames.join(', ')}`);
  }
  return [...rest.toSpliced(at, 2), '--runTestsByPath', ...filesOf(suite, root)];
}

/** @returns {Record<string, number>} how many tests passed, by suite */
export function passedBySuite({ testResults }, root) {
  const counts = Object.fromEntries([...suiteNames, 'tools'].map((name) => [name, 0]));
  for (const { name, assertionResults } of testResults) {
    const passed = assertionResults.filter(({ status }) => status === 'passed').length;
    counts[suiteOf(name.replace(`${root}/`, ''))] += passed;
  }
  return counts;
}
