/**
 * Starts the platform with another version of Node (npm's `node` package has the program) by the
 * launcher, runs the journeys against its door, and stops it. usage: node .ci/smoke.mjs VERSION RESULTS
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const [version, results] = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), 'courtside-smoke-'));

function nodeOf(wanted) {
  const done = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefix', home, `node@${wanted}`],
    {
      stdio: 'inherit',
    },
  );
  if (done.status !== 0) throw new Error(`cannot install node@${wanted}`);
  return join(home, 'node_modules', 'node', 'bin', 'node');
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function untilReady(launcher, url) {
  for (const end = Date.now() + 120_000; Date.now() < end; await pause(200)) {
    if (launcher.exitCode !== null) throw new Error('the launcher ended');
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error('not ready within 120 s');
}

const node = nodeOf(version);
console.log(spawnSync(node, ['--version']).stdout.toString().trim());
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const launcher = spawn(
  node,
  ['tools/start.mjs', '--state', join(home, 'state'), '--port', `${port}`],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
let status = 1;
try {
  await untilReady(launcher, url);
  const jest = [
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    'e2e',
    '--json',
    '--outputFile',
    results,
  ];
  status = spawnSync(process.execPath, jest, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, BASE_URL: url },
  }).status;
} finally {
  const ended = new Promise((resolve) => launcher.once('exit', resolve));
  launcher.kill('SIGINT');
  if (launcher.exitCode === null) await ended;
  rmSync(home, { recursive: true, force: true });
}
process.exit(status);
