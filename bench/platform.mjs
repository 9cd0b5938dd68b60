/** The whole platform as `npm start --split` runs it, for benchmarks: a process for each app. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processes } from './processes.mjs';

const PORT = 18_001;
const START_WITHIN_MS = 120_000;

export const base = `http://127.0.0.1:${PORT}`;

/** Starts it on a state of its own; `stop` takes it down and removes that. */
export async function startPlatform() {
  const state = mkdtempSync(join(tmpdir(), 'courtside-bench-'));
  const launcher = spawn(
    process.execPath,
    ['tools/start.mjs', '--split', '--state', state, '--port', `${PORT}`],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, LOG_LEVEL: 'info' } },
  );
  const stop = async () => {
    const ended = new Promise((resolve) => launcher.once('exit', resolve));
    launcher.kill('SIGINT');
    if (launcher.exitCode === null) await ended;
    rmSync(state, { recursive: true, force: true });
  };
  for (const end = Date.now() + START_WITHIN_MS; Date.now() < end; await pause(100)) {
    if (launcher.exitCode !== null) throw new Error('npm start ended');
    if ((await fetch(`${base}/readyz`).catch(() => undefined))?.ok) return { launcher, stop };
  }
  await stop();
  throw new Error('npm start was not ready in time');
}

/** The access token of a demo user. */
export async function signIn(username) {
  const answer = await fetch(`${base}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: 'a' }),
  });
  return (await answer.json()).access_token;
}

/** The processes whose CPU counts: the named apps, and the servers they use. */
export function partsOf(launcher, names) {
  const all = processes();
  const apps = all.filter((each) => each.parent === launcher.pid);
  const app = (name) => apps.find((each) => each.command.endsWith(`apps.mjs ${name}`))?.pid;
  const servers = all.filter((each) => /postgres|redis|valkey/.test(each.command));
  return {
    ...Object.fromEntries(names.map((name) => [name, app(name)])),
    servers: servers.map(({ pid }) => pid),
  };
}
