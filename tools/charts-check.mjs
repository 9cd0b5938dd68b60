/**
 * `npm run check:charts`: lints the charts, renders them with every set of values, by two versions of Helm
 * where two are there, and runs their suites. Needs Helm and helm-unittest, so it is no part of `npm test`.
 * usage: npm run check:charts -- [--write] [--help]
 */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Helm, Missing, UnitTest } from './charts/check/helm.mjs';
import { invalidObjects } from './charts/check/kubeconform.mjs';
import { madeFiles } from './charts/check/made.mjs';
import { LONGEST_RELEASE, nameFaults } from './charts/check/names.mjs';
import { suites } from './charts/check/suites.mjs';
import { titlesOf, writeResults } from './charts/check/titles.mjs';

const HELP = `npm run check:charts -- [--write]

  --write  writes k8s/networkpolicy.yaml and images.txt anew instead of finding that they have drifted

HELM                Helm 3 or 4 (default: helm)
HELM_OTHER          the other one: what both render is compared
HELM_UNITTEST       helm-unittest as a program (default: the plugin of Helm)
KUBECONFORM         validates what is rendered, where it is set
KUBERNETES_SCHEMAS  where that has its schemas from (default: its own, from the internet)`;

const UMBRELLA = 'helm/microservices-app';

/** Two cores. */
const SIDE_BY_SIDE = 2;

const filesIn = (folder) =>
  readdirSync(`${UMBRELLA}/${folder}`)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${UMBRELLA}/${folder}/${name}`);

/** Each chart alone, then the platform with each set of values. */
function cases() {
  const charts = readdirSync('helm').filter((name) => name !== 'library');
  const sets = [...filesIn('ci'), ...filesIn('values')];
  return [
    ...charts.map((name) => ({ name, chart: `helm/${name}`, files: [] })),
    ...sets.map((file) => ({ name: file, chart: UMBRELLA, files: [file] })),
  ];
}

const { KUBECONFORM, KUBERNETES_SCHEMAS } = process.env;

const invalidIn = (rendered) =>
  KUBECONFORM
    ? invalidObjects({ program: KUBECONFORM, schemas: KUBERNETES_SCHEMAS }, rendered)
    : [];

/** What is wrong with one chart and one set of values. */
async function faultsOf({ name, chart, files }, helm, other) {
  try {
    const [first, again] = [
      await helm.template(chart, { files }),
      await (other ?? helm).template(chart, { files }),
    ];
    const differs = first === again ? [] : [`${name}: two renders are not the same`];
    const longest = await helm.template(chart, { release: LONGEST_RELEASE, files });
    const linted = await helm.lint(chart, files);
    const found = [...nameFaults(longest), ...linted, ...(await invalidIn(longest))];
    return [...differs, ...found.map((finding) => `${name}: ${finding}`)];
  } catch (error) {
    if (error instanceof Missing) throw error;
    return [`${name}: ${error.message}`];
  }
}

async function inTurn(waiting, work) {
  const faults = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      faults.push(...(await work(next)));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return faults;
}

const failuresIn = (output) =>
  output
    .split('\n')
    .filter((line) => !line.startsWith(' PASS '))
    .join('\n')
    .trim();

async function testFaults(unitTest) {
  let tests = 0;
  const titles = [];
  const faults = await inTurn(suites(), async ({ charts, globs }) => {
    const result = await unitTest.run(
      charts.map((name) => `helm/${name}`),
      globs,
    );
    tests += result.tests;
    if (!result.passed) return [failuresIn(result.output)];
    titles.push(...titlesOf(charts, globs));
    return [];
  });
  writeResults(titles);
  console.log(`suites: ${tests} tests passed`);
  return faults;
}

async function check({ write }) {
  const helm = new Helm(process.env.HELM || 'helm');
  const other = process.env.HELM_OTHER ? new Helm(process.env.HELM_OTHER) : undefined;
  const unitTest = new UnitTest(helm, process.env.HELM_UNITTEST);
  const versions = [await helm.version(), await other?.version()].filter(Boolean);
  await unitTest.version();
  const all = cases();
  console.log(`Helm ${versions.join(' and ')}: ${all.length} renders`);
  if (!other) console.log('HELM_OTHER is not set: no other version of Helm is compared');
  if (!KUBECONFORM) console.log('KUBECONFORM is not set: objects are not validated');
  const faults = [
    ...(await inTurn([...all], (one) => faultsOf(one, helm, other))),
    ...(await madeFiles(helm, { isWrite: write })),
    ...(await testFaults(unitTest)),
  ];
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

async function main() {
  try {
    const options = { write: { type: 'boolean', default: false }, help: { type: 'boolean' } };
    const { values } = parseArgs({ options });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    return await check(values);
  } catch (error) {
    if (!(error instanceof Missing) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
    console.error(`${error.message}\n\n${HELP}`);
    return 2;
  }
}

process.exit(await main());
