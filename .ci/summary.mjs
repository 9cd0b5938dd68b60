/** Adds up what the test runs counted. usage: node .ci/summary.mjs RESULTS… */
import { readFileSync } from 'node:fs';

const runs = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
const [passed, failed] = [
  sum('numPassedTests'),
  sum('numFailedTests') + sum('numRuntimeErrorTestSuites'),
];
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
