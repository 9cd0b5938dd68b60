/** `npm start`: brings one instance up, holds it, and takes it down in order. */
import { join } from 'node:path';
import { appsEntry, beginApps, endLeftApps } from './app-processes.mjs';
import { UsageError, gatewayPort } from './arguments.mjs';
import { built, ensureBuilt } from './build.mjs';
import { environmentsOf } from './environment.mjs';
import { ensureInstalled, root } from './install.mjs';
import { ensureKeys } from './keys.mjs';
import { freePort, holderOf, isFree } from './ports.mjs';
import { openPostgres, openRedis, stopServers } from './servers.mjs';
import { openState, stateDirectory } from './state.mjs';

const ADMIN_PORT = 9001;

function refuseDemoInProduction(options, env) {
  if (env.NODE_ENV !== 'production' || options.noSeed) return;
  throw new UsageError(
    'The demo accounts and their passwords are public, so they are refused with NODE_ENV=production: add --no-seed.',
  );
}

/** Clients know this one port, so it never moves by itself. */
async function refuseTakenPort(port) {
  if (await isFree(port)) return;
  const holder = holderOf(port);
  const by = holder ? ` by ${holder}` : '';
  throw new Error(
    `Port ${port} is taken${by}. Free it, or choose another: npm start -- --port ${port + 1}`,
  );
}

/** One door for health and metrics per process; it may move and is remembered. */
async function chooseAdminPorts(state, apps, { split, avoid }) {
  const ports = {};
  const taken = [...avoid];
  for (const [index, app] of apps.entries()) {
    const name = split ? `admin-${app}` : 'admin';
    const preferred = state.facts.ports?.[name] ?? ADMIN_PORT + (split ? index : 0);
    if (split || index === 0)
      taken.push(state.rememberPort(name, await freePort(preferred, taken)));
    ports[app] = state.facts.ports[name];
  }
  return ports;
}

/** Both come up at once. What is begun is put into `begun`, to be taken down again. */
async function openServers({ options, env, state, progress, begun, avoid }) {
  const opening = [
    progress.step(
      'starting PostgreSQL',
      () => openPostgres(state, env, { avoid }),
      ({ what }) => what,
    ),
    progress.step(
      'starting Redis',
      () => openRedis(state, env, { memory: options.memory, avoid }),
      ({ what }) => what,
    ),
  ];
  begun.servers = Promise.allSettled(opening);
  const [postgres, redis] = await Promise.all(opening);
  if (options.split && redis.url === 'memory:') {
    throw new Error(`--split needs a Redis, since processes can only talk over one. ${redis.lack}`);
  }
  state.remember({ postgres: postgres.what, redis: redis.what });
  return { postgres, redis };
}

/** A role of the database and a user of the bus for each service: what is not declared fails here. */
async function giveRights({ env, state, progress, topology, postgres, redis }) {
  const [{ provision }, { busPasswordName, busUsers }, { databaseServices }] = await Promise.all([
    import('./provision.mjs'),
    import('./bus-users.mjs'),
    import('./topology.mjs'),
  ]);
  const services = Object.keys(topology.services);
  const secrets = [...databaseServices(topology), ...services.map(busPasswordName)];
  const passwords = state.passwords(secrets);
  const given = { topology, prefix: env.BUS_PREFIX || undefined, passwords };
  const [, bus] = await progress.step(
    'preparing roles, schemas and users of the bus',
    () => Promise.all([provision(postgres.url, topology, passwords), busUsers(redis, given)]),
    ([, { what }]) => `roles and schemas, ${what}`,
  );
  return { passwords, bus };
}

/** Everything up to running apps. */
async function bringUp(work) {
  const { options, env, state, port, progress, prepare, entry, begun } = work;
  await prepare(progress);
  const { chosenApps, readTopology } = await import('./topology.mjs');
  const topology = readTopology(join(root, 'topology.yaml'));
  const apps = chosenApps(topology, env.APPS);
  const split = Boolean(options.split);
  begun.apps = beginApps({ apps, split, entry, env });
  state.remember({ apps: begun.apps.running });

  const making = await built('identity', 'dist', 'make-keys.js');
  const keys = ensureKeys(state.path('keys'), Object.keys(topology.services), making);
  const { postgres, redis } = await openServers({ ...work, avoid: [port] });
  const { passwords, bus } = await giveRights({ env, state, progress, topology, postgres, redis });
  const adminPorts = await chooseAdminPorts(state, apps, { split, avoid: [port] });
  const environments = environmentsOf(apps, {
    base: env,
    topology,
    keys,
    passwords,
    databaseUrl: postgres.url,
    busUrlOf: bus.urlOf,
    port,
    adminPorts,
    isDemo: !options.noSeed,
  });
  await progress.step(
    `starting ${apps.join(', ')}`,
    () => begun.apps.start(environments),
    () => `${apps.join(', ')}${split ? ', a process each' : ' in one process'}`,
  );
  return { apps, adminPorts, note: redis.note ?? bus.note };
}

function banner({ apps, adminPorts, note }, { url, options }) {
  const doors = url
    ? [
        `  home     ${url}`,
        `  docs     ${url}/docs`,
        `  schema   ${url}/schema`,
        `  health   ${url}/smoke`,
      ]
    : [];
  const admin = [...new Set(Object.values(adminPorts))].map((port) => {
    const served = apps.filter((app) => adminPorts[app] === port);
    const path = served.length === 1 ? served[0] : '<app>';
    return `  metrics  http://127.0.0.1:${port}/${path}/metrics`;
  });
  const logins = options.noSeed ? [] : ['  sign in  admin a', '           user a'];
  return [...doors, ...admin, ...logins, ...(note ? ['', note] : [])].join('\n');
}

/** Waits for a signal to end, or for a process that ended by itself. */
function untilToldToStop() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(signal));
  });
}

async function takeDown({ begun, state, progress }) {
  await begun.apps?.stop();
  // A server that is still coming up would otherwise be missed.
  await begun.servers;
  const stopped = [...(begun.apps ? ['apps'] : []), ...(await stopServers(state))];
  state.remember({ apps: [] });
  state.release();
  if (stopped.length > 0) progress.say(`stopped ${stopped.join(', ')}`);
}

/** What a specification may replace. */
const real = {
  entry: appsEntry,
  prepare: async (progress) => {
    await ensureInstalled(progress);
    await ensureBuilt(progress);
  },
};

/**
 * @param {ReturnType<import('./arguments.mjs').parseArguments>} options
 * @param {{ env: NodeJS.ProcessEnv, progress: import('./progress.mjs').Progress }} surroundings
 * @returns {Promise<number>} the exit code
 */
export async function launch(options, { env, progress }, { entry, prepare } = real) {
  const since = Date.now();
  refuseDemoInProduction(options, env);
  const state = openState(stateDirectory(options.state));
  const port = gatewayPort(options, env);
  const url = `http://localhost:${port}`;
  if (!state.claim(url)) {
    const { pid, url: other, ready } = state.launcher ?? {};
    progress.say(ready ? `already running at ${other}` : `already being started by process ${pid}`);
    return 0;
  }
  const told = untilToldToStop();
  const begun = {};
  try {
    await endLeftApps(state.facts.apps);
    await refuseTakenPort(port);
    const work = { options, env, state, port, progress, prepare, entry, begun };
    const up = await Promise.race([bringUp(work), told]);
    if (typeof up === 'string') return 0;
    state.claimReady(url);
    const hasDoor = up.apps.includes('gateway');
    progress.say(`\nCourtside is running (${((Date.now() - since) / 1000).toFixed(1)} s)`);
    progress.say(banner(up, { url: hasDoor ? url : undefined, options }));
    progress.say('\nCtrl-C stops it.');
    const end = await Promise.race([told, begun.apps.broken]);
    if (end.startsWith('SIG')) return 0;
    throw new Error(end);
  } finally {
    await takeDown({ begun, state, progress });
  }
}
