/** `npm run test:pipelines`: the Jenkinsfiles, executed in a Groovy harness; on a cluster too, if there is one. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './local/install.mjs';
import { countsOf } from './local/jest-results.mjs';

const help = `npm run test:pipelines -- [any argument of jest]

Executes Jenkinsfile and Jenkins/deploy/Jenkinsfile with every program of theirs answered for, and checks
what they call, in which order, and that no secret comes to light. What it needs: java (or JAVA_HOME),
groovy 2.4 or later, shellcheck.

Where KUBECONFIG is set, a build of main runs for real as well, with what npm run e2e:cluster needs but
IMAGE_OPTIONS, and buildah; with cosign, images are signed. One that was interrupted leaves its namespace.`;

const resultsFile = join(root, '.courtside', 'pipelines-results.json');

const isThere = (program, ...args) =>
  !spawnSync(program, args, { stdio: 'ignore', timeout: 30_000 }).error;

/** Debian's groovy wants JAVA_HOME, which java itself can tell. */
function javaHome() {
  if (process.env.JAVA_HOME) return process.env.JAVA_HOME;
  const { stdout } = spawnSync('sh', ['-c', 'command -v java'], { encoding: 'utf8' });
  const java = stdout.trim();
  return java && existsSync(java) ? dirname(dirname(realpathSync(java))) : undefined;
}

/** What is missing before anything can begin, one sentence each. */
function missing(env) {
  const programs = [
    ['groovy', '--version'],
    ['shellcheck', '--version'],
    ...(env.KUBECONFIG ? [['kubectl'], ['helm', 'version'], ['buildah', '--version']] : []),
  ];
  const faults = programs
    .filter((call) => !isThere(...call))
    .map(([name]) => `${name} is not on PATH`);
  if (!env.JAVA_HOME) faults.push('there is no java, and JAVA_HOME is not set');
  return faults;
}

async function main(given) {
  if (given.includes('--help')) {
    console.log(help);
    return 0;
  }
  const home = javaHome();
  const env = { ...process.env, ...(home && { JAVA_HOME: home }), TEST_PIPELINES: '1' };
  const faults = missing(env);
  if (faults.length > 0) {
    console.error(`${faults.join('\n')}\n\n${help}`);
    return 2;
  }
  await mkdir(dirname(resultsFile), { recursive: true, mode: 0o700 });
  await rm(resultsFile, { force: true });
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const report = ['--json', `--outputFile=${resultsFile}`];
  const child = spawn(
    process.execPath,
    [jest, ...report, ...given, '--selectProjects', 'pipelines'],
    { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [code] = await once(child, 'exit');
  if (!existsSync(resultsFile)) {
    console.error('The run ended before it had a result.');
    return code || 1;
  }
  const { passed, failed } = countsOf(JSON.parse(await readFile(resultsFile, 'utf8')));
  console.log(`${passed} passed, ${failed} failed`);
  return code ?? 1;
}

process.exitCode = await main(process.argv.slice(2));
