/**
 * Brings the whole platform up for the specs in this folder, by the command a newcomer types, in a
 * state of its own. With `BASE_URL` given it starts nothing: it waits for what runs there.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const START_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 15_000;

export default async function startPlatform() {
  if (process.env.BASE_URL) return untilReady({ exitCode: null }, () => '');
  const state = mkdtempSync(join(tmpdir(), 'courtside-e2e-'));
  const port = await freePort();
  const launcher = spawn(
    process.execPath,
    ['tools/start.mjs', '--state', state, '--port', `${port}`],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream.on('data', (data) => (output = (output + data).slice(-20_000)));
  }
  process.env.BASE_URL = `http://127.0.0.1:${port}`;
  globalThis.stopPlatform = () => stop(launcher, state);
  await untilReady(launcher, () => output);
}

async function untilReady(launcher, output) {
  const end = Date.now() + START_WITHIN_MS;
  while (Date.now() < end) {
    if (launcher.exitCode !== null) throw new Error(`npm start ended:\n${output()}`);
    const answer = await fetch(`${process.env.BASE_URL}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`npm start was not ready within ${START_WITHIN_MS} ms:\n${output()}`);
}

async function stop(launcher, state) {
  const ended = new Promise((resolve) => launcher.once('exit', resolve));
  launcher.kill('SIGINT');
  const overdue = setTimeout(() => launcher.kill('SIGKILL'), STOP_WITHIN_MS);
  if (launcher.exitCode === null) await ended;
  clearTimeout(overdue);
  rmSync(state, { recursive: true, force: true });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
