/** `npm run e2e:cluster`: the platform on the Kubernetes cluster that KUBECONFIG names. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './local/install.mjs';
import { countsOf } from './local/jest-results.mjs';

const help = `npm run e2e:cluster -- [any argument of jest]

Builds the images, installs the platform into a namespace of its own, asks it everything, upgrades it
ten times and removes it again. What it needs: kubectl, helm, openssl, gpg, a builder of images, and

  KUBECONFIG         the cluster; its ingress controller and its NetworkPolicies have to work
  REGISTRY           where images are pushed to (localhost:5000)
  PULL_REGISTRY      where nodes pull them from (the same)
  IMAGE_OPTIONS      for npm run images, such as "--builder buildah"
  INGRESS_URL        where the ingress controller listens for HTTPS (https://localhost:443)
  INGRESS_NAMESPACE  the namespace it runs in (ingress-nginx)
  NAMESPACE          what the namespaces of the run begin with (courtside-e2e)`;

const resultsFile = join(root, '.courtside', 'cluster-results.json');

/** What is missing before anything can begin, one sentence each. */
function missing() {
  const programs = ['kubectl', 'helm', 'openssl', 'gpg'].filter(
    (name) => spawnSync(name, ['version'], { stdio: 'ignore' }).error,
  );
  const faults = programs.map((name) => `${name} is not on PATH`);
  if (!process.env.KUBECONFIG) faults.push('KUBECONFIG is not set');
  else if (spawnSync('kubectl', ['get', '--raw', '/readyz'], { timeout: 10_000 }).status !== 0) {
    faults.push('the API server of KUBECONFIG does not answer');
  }
  return faults;
}

async function main(given) {
  if (given.includes('--help')) {
    console.log(help);
    return 0;
  }
  const faults = missing();
  if (faults.length > 0) {
    console.error(`${faults.join('\n')}\n\n${help}`);
    return 2;
  }
  await mkdir(dirname(resultsFile), { recursive: true });
  await rm(resultsFile, { force: true });
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const report = ['--json', `--outputFile=${resultsFile}`, '--verbose', '--runInBand'];
  const args = [jest, ...report, ...given, '--selectProjects', 'cluster'];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, E2E_CLUSTER: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  const { passed, failed } = countsOf(JSON.parse(await readFile(resultsFile, 'utf8')));
  console.log(`${passed} passed, ${failed} failed`);
  return code ?? 1;
}

process.exit(await main(process.argv.slice(2)));
