/** `npm run test:host`: deploy/debian.sh on a fresh Debian, in a root folder and a network of its own. */
import { missingPrograms, runSuite } from './local/jest-suite.mjs';

const help = `npm run test:host -- [any argument of jest]

Makes a Debian from its packages, copies this clone onto it, runs deploy/debian.sh there and asks what then
runs. Takes root, the internet and some minutes. What it needs, by its Debian package:

  apt-get install mmdebstrap slirp4netns shellcheck util-linux iproute2

  HOST_SUITE   the release of Debian (bookworm)`;

function missing() {
  const faults = missingPrograms([
    ...['mmdebstrap', 'slirp4netns', 'shellcheck', 'unshare', 'nsenter', 'ip', 'git'],
  ]);
  if (process.getuid?.() !== 0) faults.push('this has to run as root: it makes a root folder');
  return faults;
}

const suite = { project: 'host', help, missing, env: { E2E_HOST: '1' } };
process.exit(await runSuite(suite, process.argv.slice(2)));
