/** `npm run test:pipelines`: the Jenkinsfiles, executed in a Groovy harness; on a cluster too, if there is one. */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { missingPrograms, runSuite } from './local/jest-suite.mjs';

const help = `npm run test:pipelines -- [any argument of jest]

Executes Jenkinsfile and Jenkins/deploy/Jenkinsfile with every program of theirs answered for, and checks
what they call, in which order, and that no secret comes to light. What it needs: java (or JAVA_HOME),
groovy 2.4 or later, shellcheck.

Where KUBECONFIG is set, a build of main runs for real as well, with what npm run e2e:cluster needs but
IMAGE_OPTIONS, and buildah; with cosign, images are signed. One that was interrupted leaves its namespace.`;

/** Debian's groovy wants JAVA_HOME, which java itself can tell. */
function javaHome() {
  if (process.env.JAVA_HOME) return process.env.JAVA_HOME;
  const { stdout } = spawnSync('sh', ['-c', 'command -v java'], { encoding: 'utf8' });
  const java = stdout.trim();
  return java && existsSync(java) ? dirname(dirname(realpathSync(java))) : undefined;
}

const home = javaHome();

/** What is missing before anything can begin, one sentence each. */
function missing() {
  const onCluster = process.env.KUBECONFIG ? ['kubectl', 'helm', 'buildah'] : [];
  const faults = missingPrograms(['groovy', 'shellcheck', ...onCluster]);
  if (!home) faults.push('there is no java, and JAVA_HOME is not set');
  return faults;
}

const env = { TEST_PIPELINES: '1', ...(home && { JAVA_HOME: home }) };
const suite = { project: 'pipelines', help, missing, env, how: [] };
process.exit(await runSuite(suite, process.argv.slice(2)));
