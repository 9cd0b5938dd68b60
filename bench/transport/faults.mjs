/** The faults: what is started for each, and what is done to it while messages are on their way. */
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { RedisServer, SentinelServers } from '@courtside/testing';
import { until } from '../crash/until.mjs';

const durable = ['--appendonly', 'yes', '--appendfsync', 'everysec'];
/** Before and after a fault messages flow as ever, milliseconds. */
const CALM_MS = 1_500;
/** How long a killed Redis is away. */
const AWAY_MS = 1_000;
const FROZEN_MS = 10_000;
const TAKEN_OVER_WITHIN_MS = 30_000;

async function oneServer(program, flags) {
  const server = await RedisServer.start({ program, flags });
  const connection = new Redis(server.url, { maxRetriesPerRequest: null });
  connection.on('error', () => {});
  return {
    server,
    connection,
    address: { url: server.url },
    close: async () => {
      connection.disconnect();
      await server.close();
    },
  };
}
const lasting = (program) => oneServer(program, durable);
const fleeting = (program) => oneServer(program, []);

/** Entries that a dead replica has not acknowledged, in every stream of the service. */
async function heldBy({ connection, service }, consumer) {
  const streams = await connection.keys(`*${service}.*`);
  let held = 0;
  for (const stream of streams) {
    if ((await connection.type(stream)) !== 'stream') continue;
    for (const info of await connection.xinfo('GROUPS', stream)) {
      const group = info[info.indexOf('name') + 1];
      for (const member of await connection.xinfo('CONSUMERS', stream, group)) {
        // What it reads is at the end of its name.
        const isIt = member[member.indexOf('name') + 1].startsWith(`${consumer}~`);
        if (isIt) held += member[member.indexOf('pending') + 1];
      }
    }
  }
  return held;
}

/** Kills a replica and starts another; waits until what it held is in other hands. */
async function killOne({ replicas, servers, service, contender, kills }, victim) {
  const at = await replicas.kill(victim);
  const where = { connection: servers.connection, service };
  const held = contender.isDurable ? await heldBy(where, victim.consumer) : 0;
  kills.push({ at, held });
  await replicas.start();
  if (!contender.isDurable) return;
  const isTakenOver = async () => (await heldBy(where, victim.consumer)) === 0;
  await until('the takeover', isTakenOver, TAKEN_OVER_WITHIN_MS);
}

async function killReplicas(campaign) {
  const { random, points, replicas } = campaign;
  for (let point = 0; point < points; point++) {
    await pause(random.between(200, 1_000));
    await killOne(campaign, random.oneOf(replicas.living));
  }
}

/** Redis is away, and comes back with what it kept. */
async function killRedis({ servers: { server } }) {
  await server.kill();
  await pause(AWAY_MS);
  await server.restart();
  return Date.now();
}

async function freezeRedis({ servers: { server } }) {
  await server.freeze(FROZEN_MS);
  return Date.now();
}

const failOver = ({ servers }) => servers.failOver();

/**
 * By name. `replicas` serve; calls and events have `deadlineMs`; `strike` answers when Redis was back,
 * where it was away. `mayLose`: what it loses is counted, and no goal. `hasLanes`: it can be done to several
 * sets of replicas at once, since it does nothing to Redis.
 */
export const faults = {
  replica: {
    says: 'SIGKILL of one of two replicas',
    start: lasting,
    replicas: 2,
    deadlineMs: 5_000,
    hasLanes: true,
    strike: killReplicas,
  },
  only: {
    says: 'SIGKILL of the only replica, restarted',
    start: lasting,
    replicas: 1,
    deadlineMs: 5_000,
    share: 0.3,
    hasLanes: true,
    strike: killReplicas,
  },
  redis: {
    says: 'SIGKILL of Redis, AOF everysec, restarted',
    start: lasting,
    replicas: 2,
    deadlineMs: 5_000,
    strike: killRedis,
  },
  frozen: {
    says: 'Redis frozen for 10 s',
    start: lasting,
    replicas: 2,
    // A call cannot be answered before Redis goes on.
    deadlineMs: FROZEN_MS + 5_000,
    strike: freezeRedis,
  },
  wiped: {
    says: 'Redis comes back empty',
    start: fleeting,
    replicas: 2,
    deadlineMs: 5_000,
    mayLose: true,
    strike: killRedis,
  },
  failover: {
    says: 'failover by Sentinel',
    start: (program) => SentinelServers.start(program),
    replicas: 2,
    deadlineMs: 10_000,
    mayLose: true,
    strike: failOver,
  },
  copied: {
    says: 'failover by Sentinel, events with 1 copy (WAIT)',
    start: (program) => SentinelServers.start(program),
    replicas: 2,
    deadlineMs: 10_000,
    copies: 1,
    strike: failOver,
  },
};

export const calm = () => pause(CALM_MS);
