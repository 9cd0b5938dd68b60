/** `npm run e2e:cluster`: the platform on the Kubernetes cluster that KUBECONFIG names. */
import { spawnSync } from 'node:child_process';
import { missingPrograms, runSuite } from './local/jest-suite.mjs';

const help = `npm run e2e:cluster -- [any argument of jest]

Builds the images, installs the platform into a namespace of its own, asks it everything, upgrades it
ten times and removes it again; then installs the release before and changes that while a hundred requests a
second are made of it. What it needs: kubectl, helm, openssl, gpg, a builder of images, and

  KUBECONFIG         the cluster; its ingress controller and its NetworkPolicies have to work
  REGISTRY           where images are pushed to (localhost:5000)
  PULL_REGISTRY      where nodes pull them from (the same)
  IMAGE_OPTIONS      for npm run images, such as "--builder buildah"
  INGRESS_URL        where the ingress controller listens for HTTPS (https://localhost:443)
  INGRESS_NAMESPACE  the namespace it runs in (ingress-nginx)
  NAMESPACE          what the namespaces of the run begin with (courtside-e2e)
  PREVIOUS_RELEASE   the git revision that is upgraded from (the newest tag v* before this commit)
  DIGESTS            a file that npm run images wrote: those are taken, and nothing is built
  PREVIOUS_DIGESTS   the same of the release before

One part alone: npm run e2e:cluster -- -t 'changed while people use it'`;

/** What is missing before anything can begin, one sentence each. */
function missing() {
  const faults = missingPrograms(['kubectl', 'helm', 'openssl', 'gpg']);
  if (!process.env.KUBECONFIG) faults.push('KUBECONFIG is not set');
  else if (spawnSync('kubectl', ['get', '--raw', '/readyz'], { timeout: 10_000 }).status !== 0) {
    faults.push('the API server of KUBECONFIG does not answer');
  }
  return faults;
}

const suite = { project: 'cluster', help, missing, env: { E2E_CLUSTER: '1' } };
process.exit(await runSuite(suite, process.argv.slice(2)));
