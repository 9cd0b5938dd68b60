/** What the suites of helm-unittest promise, for `npm run contract`. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const RESULTS = '.courtside/charts-results.json';

/** The files of a glob with a star in its name alone, which is all that suites are named by. */
function filesOf(glob) {
  const folder = dirname(glob);
  const [start, end] = glob.slice(folder.length + 1).split('*');
  return readdirSync(folder)
    .filter((name) => name.startsWith(start) && name.endsWith(end))
    .map((name) => join(folder, name));
}

const titlesIn = (file) =>
  parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) => {
    const { suite, tests = [], skip } = document.toJS() ?? {};
    return skip ? [] : tests.filter((test) => !test.skip).map(({ it }) => `${suite} ${it}`);
  });

/**
 * @param {string[]} charts as folders below `helm`; @param {string[]} globs relative to each
 * @returns {string[]} the titles of their tests; those that are passed over are none
 */
export const titlesOf = (charts, globs, root = 'helm') => {
  const files = charts.flatMap((chart) =>
    globs.flatMap((glob) => filesOf(join(root, chart, glob))),
  );
  return [...new Set(files)].flatMap(titlesIn);
};

/** Keeps what passed, as Jest writes it. */
export function writeResults(titles, path = RESULTS) {
  const assertionResults = titles.map((fullName) => ({ fullName, status: 'passed' }));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify({ testResults: [{ name: 'helm', assertionResults }] }));
}
