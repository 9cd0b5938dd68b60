/**
 * What `GET /api/v1/users/{id}` with a token costs: through gateway, bus, service and database, beside
 * a bare Fastify that answers the same bytes.
 * usage: npm run bench:read-user -- [--rounds N] [--seconds N] [--connections N] [--json FILE]
 */
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { load, median, needWrk } from './load.mjs';
import { cpuSeconds, processes } from './processes.mjs';

const PORT = 18_001;
const FLOOR_PORT = 18_002;
const START_WITHIN_MS = 120_000;
const base = `http://127.0.0.1:${PORT}`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    json: { type: 'string' },
  },
});
const [rounds, seconds, connections] = [values.rounds, values.seconds, values.connections].map(
  Number,
);

async function startPlatform(state) {
  const launcher = spawn(
    process.execPath,
    ['tools/start.mjs', '--split', '--state', state, '--port', `${PORT}`],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, LOG_LEVEL: 'info' } },
  );
  for (const end = Date.now() + START_WITHIN_MS; Date.now() < end; await pause(100)) {
    if (launcher.exitCode !== null) throw new Error('npm start ended');
    if ((await fetch(`${base}/readyz`).catch(() => undefined))?.ok) return launcher;
  }
  throw new Error('npm start was not ready in time');
}

async function signedIn() {
  const answer = await fetch(`${base}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"username":"user","password":"a"}',
  });
  const token = (await answer.json()).access_token;
  const me = await fetch(`${base}/api/v1/users/me`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await me.text();
  return { token, text, url: `${base}/api/v1/users/${JSON.parse(text).id}` };
}

/** The processes whose CPU counts: each app, and the servers they use. */
function parts(launcher) {
  const all = processes();
  const apps = all.filter((each) => each.parent === launcher.pid);
  const app = (name) => apps.find((each) => each.command.endsWith(`apps.mjs ${name}`))?.pid;
  const servers = all.filter((each) => /postgres|redis|valkey/.test(each.command));
  return { gateway: app('gateway'), users: app('users'), servers: servers.map(({ pid }) => pid) };
}

/** One measurement: requests per second and CPU microseconds per request of the given processes. */
async function measure(what, groups) {
  const cpu = () =>
    Object.fromEntries(
      Object.entries(groups).map(([name, pids]) => [
        name,
        [pids].flat().reduce((sum, pid) => sum + cpuSeconds(pid), 0),
      ]),
    );
  await load({ ...what, seconds: 1 });
  const before = cpu();
  const result = await load(what);
  const after = cpu();
  const micros = Object.keys(groups).map((name) => [
    `${name}CpuMicros`,
    ((after[name] - before[name]) * 1e6) / result.requests,
  ]);
  return { ...result, ...Object.fromEntries(micros) };
}

function summary(rows, key) {
  return Math.round(median(rows.map((row) => row[key])) * 10) / 10;
}

needWrk();
const state = mkdtempSync(join(tmpdir(), 'courtside-bench-'));
const launcher = await startPlatform(state);
const { token, text, url } = await signedIn();
const floor = fork('bench/floor.mjs', [`${FLOOR_PORT}`, text]);
await new Promise((resolve) => floor.once('message', resolve));
const rows = { ours: [], floor: [] };
try {
  for (let round = 0; round < rounds; round++) {
    const how = { connections, seconds };
    rows.floor.push(
      await measure({ url: `http://127.0.0.1:${FLOOR_PORT}/`, ...how }, { gateway: floor.pid }),
    );
    rows.ours.push(await measure({ url, token, ...how }, parts(launcher)));
  }
} finally {
  floor.kill();
  launcher.kill('SIGINT');
  await new Promise((resolve) => launcher.once('exit', resolve));
  rmSync(state, { recursive: true, force: true });
}
for (const [name, measured] of Object.entries(rows)) {
  const keys = Object.keys(measured[0]);
  console.log(name, Object.fromEntries(keys.map((key) => [key, summary(measured, key)])));
}
const [ours, bare] = [rows.ours, rows.floor].map((list) => summary(list, 'gatewayCpuMicros'));
console.log(`gateway CPU per request: ${(ours / bare).toFixed(2)} x the floor`);
if (values.json) writeFileSync(values.json, JSON.stringify(rows, null, 2));
