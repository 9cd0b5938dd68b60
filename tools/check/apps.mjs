/** Every app is alike: what one has, all have. A new one that lacks a part is named with the part. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readTopology } from '../topology/read.mjs';

/** What each app must have, whatever it does. */
const parts = ['package.json', 'tsconfig.json', 'README.md', 'src/main.ts', 'src/app.ts', 'test'];
/** What is reached over HTTP alone, and so is no service: it has no module and no contract. */
const withoutBus = new Set(['web']);

/** What a program must have that runs and ends, and serves nobody: it says so by its `bin`. */
const partsOfProgram = ['tsconfig.json', 'README.md', 'src/main.ts', 'test'];

const faults = [];
const apps = readdirSync('apps', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const { services } = readTopology('topology.yaml');
const contracts = readFileSync('libs/contracts/src/services.ts', 'utf8');

function demandParts(app, wanted) {
  for (const part of wanted) {
    if (!existsSync(`apps/${app}/${part}`)) faults.push(`apps/${app} lacks ${part}`);
  }
}

function isProgram(app) {
  if (services[app]) return false;
  const file = `apps/${app}/package.json`;
  return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).bin !== undefined;
}

for (const app of apps) {
  if (isProgram(app)) {
    demandParts(app, partsOfProgram);
    continue;
  }
  demandParts(app, parts);
  if (withoutBus.has(app)) continue;
  if (!existsSync(`apps/${app}/src/app.module.ts`)) faults.push(`apps/${app} lacks its module`);
  if (services[app]?.database) demandParts(app, ['src/database.ts']);
  if (!services[app]) faults.push(`topology.yaml does not name ${app}`);
  // Being a service of the contracts gives an app its smoke and describe messages.
  if (!contracts.includes(`'${app}'`)) faults.push(`libs/contracts does not name ${app}: no smoke`);
  if (app !== 'gateway' && !existsSync(`libs/contracts/src/${app}.ts`)) {
    faults.push(`libs/contracts/src/${app}.ts is missing: ${app} has no contract`);
  }
}
for (const name of Object.keys(services)) {
  if (!apps.includes(name)) faults.push(`topology.yaml names ${name}, which is no app`);
}
const UMBRELLA = 'helm/microservices-app/Chart.yaml';
const umbrella = existsSync(UMBRELLA) ? readFileSync(UMBRELLA, 'utf8') : '';
for (const app of [...Object.keys(services), ...withoutBus]) {
  if (!existsSync(`helm/${app}/Chart.yaml`))
    faults.push(`helm/${app} is missing: ${app} has no chart`);
  if (!umbrella.includes(`name: ${app},`)) faults.push(`helm/microservices-app lacks ${app}`);
}
for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);
