/** `npm run split-out`: makes a project of its own of one app. `-- --help` says how. */
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { splitOut } from './split/project.mjs';

const usage = `npm run split-out -- APP FOLDER [--registry URL]
Copies an app into FOLDER, where it is built, tested and released without this repository: it takes the
libraries as packages, in exactly its own version (npm run publish:packages), and has its chart with it.

  --registry URL  where npm finds the packages of Courtside
  --help          this text

Exit codes: 0 done, 1 refused, 2 the command line cannot be meant.`;

function givenOptions() {
  const options = { registry: { type: 'string' }, help: { type: 'boolean', default: false } };
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [app, folder, ...rest] = positionals;
    if (!values.help && (!folder || rest.length > 0)) throw new Error('Which app, and where to?');
    return { ...values, app, folder };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    return process.exit(2);
  }
}

/** @returns {string | undefined} why not */
function refusal({ app, folder }) {
  const isApp = existsSync(`apps/${app}/src/main.ts`) && existsSync(`apps/${app}/package.json`);
  if (!isApp) return `There is no app ${app}; there are ${readdirSync('apps').join(', ')}.`;
  const isTaken = existsSync(folder) && readdirSync(folder).length > 0;
  return isTaken ? `${folder} is not empty: what is there stays as it is.` : undefined;
}

async function main(given) {
  if (given.help) {
    console.log(usage);
    return 0;
  }
  const why = refusal(given);
  if (why) {
    console.error(why);
    return 1;
  }
  await splitOut(given);
  console.log(`${given.folder}: npm install, npm run build, npm test`);
  return 0;
}

process.exitCode = await main(givenOptions());
