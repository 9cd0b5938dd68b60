/** A process that stands for election, writes while it leads, and says everything that it does. */
import { setTimeout as pause } from 'node:timers/promises';
import { createDataSource, FencedWrites, StaleFenceError } from '@courtside/database';
import {
  createLogger,
  electionTimes,
  FileLeases,
  KubernetesLeases,
  Leaders,
  openKubernetes,
  type Lease,
} from '@courtside/service';
import type { CandidateOptions, Said } from './candidates.js';

const STEP_MS = 20;
const options = JSON.parse(process.env['CANDIDATE'] ?? '') as CandidateOptions;
const { name, folder, cluster, leaseMs, databaseUrl } = options;
const logger = createLogger({ app: 'users', level: 'error', format: 'json' });

/** The monotonic clock of the machine: the same for every process on it. */
const now = () => Number(process.hrtime.bigint()) / 1e6;
const say = (said: Omit<Said, 'name'>) =>
  process.stdout.write(`${JSON.stringify({ name, ...said })}\n`);

const connection = { url: databaseUrl, poolMax: 2, statementTimeoutMs: 5_000 };
const source = createDataSource({ schema: 'users', entities: [], migrations: [] }, connection);
await source.initialize();
const writes = new FencedWrites(source);
const times = electionTimes(leaseMs);
const store = cluster
  ? new KubernetesLeases(await openKubernetes(cluster), times.renewWithinMs / 2)
  : new FileLeases(folder ?? '');
const leaders = new Leaders({ app: 'users', store, times, logger, prefix: 'spec' });

let last: Lease | undefined;
async function write(lease: Lease): Promise<void> {
  const { fence } = lease;
  try {
    await writes.run(lease, (manager) =>
      manager.query('INSERT INTO work (fence, worker) VALUES ($1, $2)', [fence, name]),
    );
  } catch (error) {
    if (!(error instanceof StaleFenceError)) throw error;
    say({ did: 'refused', fence, at: now() });
  }
}

leaders.run('work', async (lease) => {
  last = lease;
  const { fence } = lease;
  lease.signal.addEventListener('abort', () => say({ did: 'lost', fence, at: now() }));
  say({ did: 'lead', fence, at: now() });
  for (;;) {
    const at = now();
    lease.check();
    say({ did: 'step', fence, at });
    await write(lease);
    await pause(STEP_MS);
  }
});

// What a frozen process still had in hand: a write without a look at the lease.
process.on('SIGCONT', () => {
  if (last) void write(last);
});
process.on('SIGTERM', () => {
  void leaders.beforeApplicationShutdown().then(() => process.exit(0));
});
say({ did: 'stand', fence: 0, at: now() });
