import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from '../log/logger.js';
import { counter, gauge } from '../operations/metrics.js';
import { Trouble } from '../operations/trouble.js';
import type { ElectionTimes } from './election-times.js';
import { Election } from './election.js';
import { LeaseLostError, type HeldLease, type Lease } from './held-lease.js';
import type { LeaseStore } from './lease-store.js';

/** Works until it is told to stop by `lease.signal`; see `Lease` for what each of its steps owes. */
export type LeaderJob = (lease: Lease) => Promise<void>;

export interface LeadersOptions {
  readonly app: string;
  readonly store: LeaseStore;
  readonly times: ElectionTimes;
  readonly logger: Logger;
  /** What every lease's name starts with. */
  readonly prefix: string;
}

/** How long a stop waits for jobs at most; whoever works longer keeps its lease until it runs out. */
const DRAIN_MS = 10_000;

/**
 * Runs jobs that only one process of all replicas may run at a time, elected by a lease each.
 * @example
 * leaders.run('scores', async (lease) => {
 *   for (const game of games) {
 *     lease.check();
 *     await fenced.run(lease, (manager) => store(manager, game));
 *   }
 * });
 */
export class Leaders implements BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>[] = [];

  constructor(private readonly options: LeadersOptions) {}

  /**
   * Stands for election from now on until the app stops, and runs the job whenever this process leads. A
   * job that ends by itself or fails lets go of the lease, and there is an election again after a while.
   * @param name what the job is called, in small letters, digits and `-`; one lease for each.
   */
  run(name: string, job: LeaderJob): void {
    const { app, prefix, logger } = this.options;
    const lease = `${prefix}-${app}-${name}`;
    if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(lease)) {
      throw new Error(
        `${lease} cannot be the name of a lease: small letters, digits and -, 63 at most`,
      );
    }
    this.#running.push(this.#lead(lease, job, logger.child({ lease })));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    const drained = Promise.all(this.#running);
    await Promise.race([drained, pause(DRAIN_MS, undefined, { ref: false })]);
  }

  async #lead(name: string, job: LeaderJob, logger: Logger): Promise<void> {
    const { app, store, times } = this.options;
    const trouble = new Trouble(logger, 'the lease cannot be read or renewed', () =>
      failures().inc({ app, lease: name }),
    );
    const election = new Election(store, {
      lease: name,
      holder: `${hostname()}_${randomBytes(6).toString('hex')}`,
      times,
      onTrouble: (error) => trouble.met(error),
      onAnswer: () => trouble.over(),
    });
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const held = await election.win(signal);
      if (!held) return;
      await this.#work(held, job, logger);
      await pause(times.retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #work(held: HeldLease, job: LeaderJob, logger: Logger): Promise<void> {
    const { app } = this.options;
    const { fence, name } = held;
    const stop = () => held.stop();
    this.#stopping.signal.addEventListener('abort', stop);
    if (this.#stopping.signal.aborted) stop();
    isLeading().set({ app, lease: name }, 1);
    logger.info({ fence }, 'leading');
    const overdue = overdueAfter(held, () => {
      const said = 'the job works on although others may lead: only its fence stops it';
      if (held.isLost) logger.error({ fence }, said);
    });
    try {
      held.check();
      await job(asLease(held));
    } catch (error) {
      if (!(error instanceof LeaseLostError)) logger.error({ err: error }, 'the job failed');
    } finally {
      this.#stopping.signal.removeEventListener('abort', stop);
      overdue();
    }
    const isLost = held.isLost;
    isLeading().set({ app, lease: name }, 0);
    if (isLost) logger.warn({ fence, reason: String(held.signal.reason) }, 'leading no more');
    else logger.info({ fence }, 'the lease is let go');
    await held
      .end()
      .catch((error: unknown) => logger.warn({ err: error }, 'it runs out by itself'));
  }
}

/** What a job sees; its parts may be taken out of it. */
const asLease = (held: HeldLease): Lease => ({
  name: held.name,
  fence: held.fence,
  marginMs: held.marginMs,
  signal: held.signal,
  check: () => held.check(),
});

/** Calls `late` when a job still runs a margin after the loss. @returns how to call it off. */
function overdueAfter({ signal, marginMs }: HeldLease, late: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(late, marginMs);
  };
  signal.addEventListener('abort', begin, { once: true });
  return () => {
    signal.removeEventListener('abort', begin);
    clearTimeout(timer);
  };
}

const isLeading = () =>
  gauge({
    name: 'lease_leading',
    help: 'Whether this process leads, 0 or 1, by lease',
    labelNames: ['app', 'lease'],
  });

const failures = () =>
  counter({
    name: 'lease_failures_total',
    help: 'Reads and renewals of leases that failed',
    labelNames: ['app', 'lease'],
  });
