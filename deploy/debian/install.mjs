/** Brings Courtside up on this machine; deploy/debian.sh calls it. Every step may be repeated. */
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Failed, run, say } from './commands.mjs';
import * as at from './layout.mjs';
import { giveRoles, startPostgres } from './postgres.mjs';
import { forgetOldReleases, makeRelease, switchTo } from './release.mjs';
import { operatorsSettings, writeEnvironments } from './settings.mjs';
import { supervisor } from './supervisor.mjs';
import { unitsOf } from './units.mjs';

const READY_WITHIN_MS = 120_000;

function makeUsers() {
  for (const name of [...at.apps, 'redis', 'caddy', 'build']) {
    const user = at.userOf(name);
    if (run(['id', '-u', user], { mayFail: true }).status === 0) continue;
    const nowhere = [
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
    ];
    run(['useradd', '--system', '--user-group', ...nowhere, user]);
  }
}

function makeFolders() {
  for (const folder of [at.etc, at.secrets, at.state, at.run])
    mkdirSync(folder, { recursive: true });
  for (const name of ['redis', 'caddy']) {
    const folder = `${at.state}/${name}`;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    run(['chown', `${at.userOf(name)}:${at.userOf(name)}`, folder]);
  }
}

/** Each folder of secrets is its user's alone; the database's is read by who makes roles. */
function giveSecrets(release) {
  const before = process.umask(0o077);
  run(
    [
      ...[
        process.execPath,
        `${release}/install/app/main.js`,
        'secrets',
        '--plan',
        `${release}/plan.json`,
      ],
      ...['--folder', at.secrets, '--tell-password'],
    ],
    { shows: true },
  );
  process.umask(before);
  const owners = { postgres: 'postgres', 'first-admin': at.userOf('users') };
  for (const name of readdirSync(at.secrets)) {
    const owner = owners[name] ?? at.userOf(name);
    run(['chown', '-R', `${owner}:`, `${at.secrets}/${name}`]);
    run(['chmod', '-R', 'u=rwX,go=', `${at.secrets}/${name}`]);
  }
  chmodSync(at.secrets, 0o711);
}

async function until(what, isSo) {
  for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end; await pause(250)) {
    if (await isSo().catch(() => false)) return;
  }
  throw new Failed(
    `${what} was not there within ${READY_WITHIN_MS / 1_000} s: see ${at.log}, or journalctl`,
  );
}

const isReady = async (url) => (await fetch(url)).ok;

/** @throws Error while nothing listens there */
async function listens(port) {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect').finally(() => socket.destroy());
  return true;
}

/** An app that cannot run, or whose tables cannot be made, is found before anything that runs is touched. */
function checkAndMigrate(release, environments) {
  for (const app of at.apps) {
    const main = [process.execPath, `${release}/${app}/app/main.js`];
    const inside = { as: at.userOf(app), env: { PATH: process.env.PATH, ...environments[app] } };
    if (at.services[app]) run([...main, 'check'], inside);
    if (at.databaseApps.includes(app)) run([...main, 'migrate'], inside);
  }
}

async function startAll(units) {
  const { what, prepare, restart } = supervisor();
  say(`starting ${what}`);
  await prepare(units);
  for (const unit of units) {
    await restart(unit);
    const app = unit.name.replace('courtside-', '');
    // An app waits for the bus, but not for ever.
    if (app === 'redis') await until(unit.name, () => listens(at.redisPort));
    if (!at.apps.includes(app)) continue;
    const probe = `http://127.0.0.1:${at.adminPort(app)}/${app}/readyz`;
    // Who asks over the bus is ready once the bus is; one that is restarted leaves the others alone.
    await until(`${unit.name}`, () => isReady(probe));
  }
}

function walkThrough(release, { isDemo }) {
  if (isDemo) return;
  say('walking through what runs');
  const main = [process.execPath, `${release}/install/app/main.js`];
  const url = `http://127.0.0.1:${at.gatewayPort}`;
  run([...main, 'journey', '--url', url, '--admin', `${at.secrets}/first-admin`], { shows: true });
}

async function main([domain, http, https, demo]) {
  const options = { domain, http, https, isDemo: demo === '1' };
  operatorsSettings();
  makeUsers();
  makeFolders();
  const release = makeRelease();
  const postgres = startPostgres();
  say('secrets');
  giveSecrets(release);
  giveRoles(postgres, release);
  const environments = writeEnvironments(options);
  checkAndMigrate(release, environments);
  switchTo(release);
  await startAll(unitsOf(environments, options));
  await until('the way in', () => isReady('http://127.0.0.1:8001/readyz'));
  walkThrough(release, options);
  forgetOldReleases(release);
  const port = https === '443' ? '' : `:${https}`;
  say(`Courtside runs at https://${domain}${port}, and without TLS at http://127.0.0.1:8001`);
}

try {
  if (!existsSync(at.planFile))
    throw new Failed(`${at.planFile} is missing: is this a whole clone?`);
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Failed ? error.message : error);
  process.exitCode = 1;
}
