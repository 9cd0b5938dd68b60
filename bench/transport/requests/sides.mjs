/** A contender under load: its processes, and what they cost. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median } from '../../load.mjs';
import { cpuSeconds } from '../../processes.mjs';

const START_MS = 30_000;
const END_MS = 4_000;
const program = fileURLToPath(new URL('./process.mjs', import.meta.url));

/** One side of a contender in a process of its own. */
async function startSide(contender, side, address) {
  const args = [contender, side, JSON.stringify(address)];
  const child = fork(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const answer = async () => {
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${contender} ended`)));
    return (await Promise.race([once(child, 'message'), ended]))[0];
  };
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  await answer();
  clearTimeout(timer);
  return {
    pid: child.pid,
    ask(order) {
      child.send(order);
      return answer();
    },
    async end() {
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      if (child.connected) child.send({ ask: 'end' });
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      clearTimeout(timer);
    },
  };
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** One measurement. @returns its row: CPU in microseconds per answered request, waits in milliseconds */
async function measureLoad({ server, clients, brokerPid }, { inFlight, ms }) {
  const groups = {
    client: clients.map(({ pid }) => pid),
    server: [server.pid],
    broker: [brokerPid],
  };
  const cpu = () => Object.values(groups).map((pids) => sum(pids.map(cpuSeconds)));
  const load = { inFlight: Math.ceil(inFlight / clients.length), ms };
  const handledBefore = await server.ask({ ask: 'handled' });
  const before = cpu();
  const parts = await Promise.all(clients.map((client) => client.ask({ ask: 'drive', load })));
  const after = cpu();
  const answered = sum(parts.map((part) => part.answered));
  const micros = after.map((seconds, n) => ((seconds - before[n]) * 1e6) / answered);
  return {
    inFlight,
    rps: answered / Math.max(...parts.map(({ seconds }) => seconds)),
    cpuMicros: sum(micros),
    p50: median(parts.map(({ p50 }) => p50)),
    p99: Math.max(...parts.map(({ p99 }) => p99)),
    clientMicros: micros[0],
    serverMicros: micros[1],
    brokerMicros: micros[2],
    failed: sum(parts.map(({ failed }) => failed)),
    handledPerRequest: ((await server.ask({ ask: 'handled' })) - handledBefore) / answered,
  };
}

/** A row for each number in flight, of fresh processes. */
export async function measureContender(
  contender,
  broker,
  { round, clients: number, inFlight, ms },
) {
  const server = await startSide(contender, 'server', broker.address);
  const clients = [];
  try {
    for (let n = 0; n < number; n += 1) {
      clients.push(await startSide(contender, 'client', broker.address));
    }
    await Promise.all(clients.map((client) => client.ask({ ask: 'warm' })));
    const rows = [];
    for (const each of inFlight) {
      const parts = { server, clients, brokerPid: broker.pid };
      rows.push({
        round,
        contender,
        clients: number,
        ...(await measureLoad(parts, { inFlight: each, ms })),
      });
    }
    return rows;
  } finally {
    await Promise.all(clients.map((client) => client.end()));
    await server.end();
  }
}
