/**
 * Requests and replies inside Nest: this transport, with every guarantee on, beside Nest's own and
 * Moleculer. Each contender has fresh processes in every round, and the rounds of all are interleaved.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../tools/local/ports.mjs';
import { built } from '../tools/generate/built.mjs';
import { count, counts, given, keep, misused } from './arguments.mjs';
import { median } from './load.mjs';
import { onSignal, prepared, tellMissed } from './transport/bench.mjs';
import { measureContender } from './transport/requests/sides.mjs';
import { hasPeers, names } from './transport/requests/names.mjs';
import { missedGoals } from './transport/requests/goals.mjs';

const USAGE = `usage: npm run bench:transport -- [options] [contender…]
  contenders: nest-redis courtside-send courtside-request nest-tcp nest-nats moleculer
  (those of other projects come by: npm ci --prefix bench/peers; NATS by a program nats-server, or NATS_SERVER)
  --rounds N       rounds, interleaved (5)
  --ms N           milliseconds of each measurement (2000)
  --in-flight N,N  requests of all clients under way (64,512,1)
  --clients N      client processes that share them (1)
  --json FILE      a row per contender, round and number in flight
  --help           this text`;
/** The broker of a contender: an empty Redis of its own each time, one NATS for all, or none. */
async function brokerOf(contender, { redisProgram, natsPort, natsPid }) {
  if (contender === 'nest-nats') {
    const address = { natsUrl: `nats://127.0.0.1:${natsPort}` };
    return { address, pid: natsPid, close: () => {} };
  }
  if (contender === 'nest-tcp') {
    // It has no broker: no process has this number.
    return { address: { tcpPort: await freePort() }, pid: 0, close: () => {} };
  }
  const { RedisServer } = await built('libs/testing');
  const server = await RedisServer.start({ program: redisProgram });
  return { address: { redisUrl: server.url }, pid: server.pid, close: () => server.close() };
}

async function startNats() {
  const port = await freePort();
  const nats = spawn(
    process.env.NATS_SERVER ?? 'nats-server',
    ['-a', '127.0.0.1', '-p', `${port}`],
    {
      stdio: 'ignore',
    },
  );
  const isThere = await once(nats, 'spawn').then(
    () => true,
    () => false,
  );
  return isThere ? { natsPort: port, natsPid: nats.pid, nats } : undefined;
}

const chosen = (text) => text.split(',').map((number) => count('in-flight', number));

/** What cannot run here is left out, and said. */
function withoutAbsent(wanted, nats) {
  const isThere = (contender) => {
    if (contender === 'nest-nats') return nats !== undefined && hasPeers();
    return contender === 'moleculer' ? hasPeers() : true;
  };
  const absent = wanted.filter((contender) => !isThere(contender));
  for (const contender of absent) console.log(`left out  ${contender}: see --help`);
  return wanted.filter(isThere);
}

const rounded = (row) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'number' ? Math.round(value * 100) / 100 : value,
    ]),
  );

/** The median of every figure over the rounds, with the range of the rate. */
function summaryOf(rows) {
  const isFigure = (key) => key !== 'round' && typeof rows[0][key] === 'number';
  const keys = Object.keys(rows[0]).filter(isFigure);
  const medians = keys.map((key) => [key, median(rows.map((row) => row[key]))]);
  const rates = rows.map(({ rps }) => Math.round(rps));
  const range = `${Math.min(...rates)}–${Math.max(...rates)}`;
  return { contender: rows[0].contender, ...Object.fromEntries(medians), range };
}

const { values, positionals } = given(
  USAGE,
  { rounds: '5', ms: '2000', 'in-flight': '64,512,1', clients: '1' },
  { allowPositionals: true },
);
const [rounds, clients, ms] = counts(values, 'rounds', 'clients', 'ms');
const inFlight = chosen(values['in-flight']);
for (const name of positionals) if (!names.includes(name)) misused(`'${name}' is no contender`);
const redisProgram = await prepared();
const nats = await startNats();
const end = async () => void nats?.nats.kill();
onSignal(end);
const contenders = withoutAbsent(positionals.length > 0 ? positionals : names, nats);
const rows = [];
for (let round = 1; round <= rounds; round += 1) {
  for (const contender of contenders) {
    const broker = await brokerOf(contender, { redisProgram, ...nats });
    try {
      const load = { round, clients, inFlight, ms };
      rows.push(...(await measureContender(contender, broker, load)));
    } finally {
      await broker.close();
    }
  }
}
await end();
const summaries = inFlight.flatMap((number) =>
  contenders.map((contender) =>
    summaryOf(rows.filter((row) => row.contender === contender && row.inFlight === number)),
  ),
);
console.table(summaries.map(rounded));
keep(rows.map(rounded), values.json);
tellMissed(missedGoals(summaries));
