import { setTimeout as pause } from 'node:timers/promises';
import {
  createLogger,
  electionTimes,
  KubernetesLeases,
  Leaders,
  LeaseLostError,
  metricsRegistry,
  type Lease,
  type LeaderJob,
} from '@courtside/service';
import { ApiServer, ApiStatus, eventually, standIn } from '@courtside/testing';

/** Long enough for a busy machine: no leader here stops because a spec beside it needs the processor. */
const LEASE_MS = 4_000;
const times = electionTimes(LEASE_MS);
/** So many renewals take longer than a lease lasts. */
const LEASES_RENEWED = Math.ceil(times.leaseMs / times.retryMs) + 1;
const NAME = 'courtside-users-work';

/** One process that stands for election, and the terms that it led. */
class Candidate {
  readonly terms: { readonly lease: Lease; readonly since: number; lostAt?: number }[] = [];
  readonly lines: string[] = [];
  readonly leaders: Leaders;

  constructor(
    store: KubernetesLeases,
    private readonly job: LeaderJob = untilStopped,
  ) {
    const destination = { write: (line: string) => void this.lines.push(line) };
    const logger = createLogger({ app: 'users', level: 'debug', format: 'json', destination });
    this.leaders = new Leaders({ app: 'users', store, times, logger, prefix: 'courtside' });
    this.leaders.run('work', async (lease) => {
      const term: Candidate['terms'][number] = { lease, since: performance.now() };
      lease.signal.addEventListener('abort', () => (term.lostAt = performance.now()));
      this.terms.push(term);
      await this.job(lease);
    });
  }

  term(index: number) {
    return eventually(`term ${index}`, () => this.terms[index], 3 * LEASE_MS);
  }
}

/** A job that ends when it is told to. */
async function untilStopped({ signal }: Lease): Promise<void> {
  await pause(60_000, undefined, { signal }).catch(() => undefined);
  throw signal.reason;
}

describe('a leader', () => {
  let server: ApiServer;
  let close: () => Promise<void>;
  let candidates: Candidate[];
  let stand: (job?: LeaderJob) => Candidate;
  let setSpec: (spec: object) => Promise<unknown>;
  let annotate: () => Promise<unknown>;
  let remove: () => Promise<unknown>;

  /** Waits for further renewals of the lease. */
  const renewed = async (count: number): Promise<void> => {
    const renewals = () => server.requests.filter((each) => each.startsWith('PUT')).length;
    const wanted = renewals() + count;
    await eventually(`${count} renewals`, () => renewals() >= wanted, 10 * LEASE_MS);
  };

  beforeEach(async () => {
    server = await ApiServer.start();
    const { kubernetes, close: closeCluster } = await standIn(server);
    const { namespace } = kubernetes;
    const api = kubernetes.api(({ CoordinationV1Api }) => CoordinationV1Api, 5_000);
    const at = { namespace, name: NAME };
    // As a chart makes it, so that nobody may create any.
    await api.createNamespacedLease({ namespace, body: { metadata: { name: NAME } } });
    candidates = [];
    stand = (job) => {
      const candidate = new Candidate(
        new KubernetesLeases(kubernetes, times.renewWithinMs / 2),
        job,
      );
      candidates.push(candidate);
      return candidate;
    };
    setSpec = async (spec) =>
      api.replaceNamespacedLease({ ...at, body: { metadata: { name: NAME }, spec } });
    annotate = async () => {
      const found = await api.readNamespacedLease(at);
      const metadata = { ...found.metadata, annotations: { seen: 'yes' } };
      return api.replaceNamespacedLease({ ...at, body: { ...found, metadata } });
    };
    remove = () => api.deleteNamespacedLease(at);
    close = closeCluster;
  });
  afterEach(async () => {
    await Promise.all(candidates.map(({ leaders }) => leaders.beforeApplicationShutdown()));
    await close();
  });

  it('leads at once where a chart has made the lease, and nobody else does', async () => {
    const one = stand();
    const since = performance.now();
    const { lease } = await one.term(0);
    expect(performance.now() - since).toBeLessThan(LEASE_MS / 2);
    const other = stand();
    await renewed(LEASES_RENEWED);
    expect([one.terms.length, other.terms.length]).toEqual([1, 0]);
    expect(() => lease.check()).not.toThrow();
    const metrics = await metricsRegistry().metrics();
    expect(metrics).toContain(`lease_leading{app="users",lease="${NAME}"} 1`);
  });

  it('stops before anybody else could lead when the API server is away, and leads again later', async () => {
    const one = stand();
    const { lease } = await one.term(0);
    const since = performance.now();
    await server.offline();
    await eventually('the end', () => lease.signal.aborted);
    expect((one.terms[0]?.lostAt ?? 0) - since).toBeLessThan(LEASE_MS);
    expect(() => lease.check()).toThrow(LeaseLostError);
    expect(() => lease.check()).toThrow('it was not renewed in time');
    await server.online();
    expect((await one.term(1)).lease.fence).toBeGreaterThan(lease.fence);
    expect(one.lines.filter((line) => line.includes('cannot be read or renewed'))).toHaveLength(2);
  });

  it('stays when answers are slow, and stops when they are too slow', async () => {
    const one = stand();
    const { lease } = await one.term(0);
    server.fault = () => times.renewWithinMs / 4;
    await renewed(LEASES_RENEWED);
    expect(lease.signal.aborted).toBe(false);
    server.fault = () => LEASE_MS;
    await eventually('the end', () => lease.signal.aborted);
    server.fault = () => undefined;
  });

  it('stays when the answer to its renewal is lost, or somebody annotates the object', async () => {
    const one = stand();
    const { lease } = await one.term(0);
    let losses = 1;
    server.loses = ({ method }) => method === 'PUT' && losses-- > 0;
    await eventually('a lost answer', () => losses === 0);
    await annotate();
    await renewed(LEASES_RENEWED);
    expect([lease.signal.aborted, one.terms.length]).toEqual([false, 1]);
  });

  it('stops at once when the lease has another holder', async () => {
    const { lease } = await stand().term(0);
    const since = performance.now();
    const transitions = lease.fence + 1;
    await setSpec({
      holderIdentity: 'other',
      leaseDurationSeconds: 4,
      leaseTransitions: transitions,
    });
    await eventually('the end', () => lease.signal.aborted);
    expect(performance.now() - since).toBeLessThan(times.renewWithinMs);
    expect(String(lease.signal.reason)).toContain('other holds it');
  });

  it('has a higher fence than all before it, also after the lease was removed', async () => {
    const { lease } = await stand().term(0);
    await remove();
    const removedAt = performance.now();
    await eventually('the end', () => lease.signal.aborted);
    const fresh = stand();
    const next = await eventually('the next', () =>
      candidates.flatMap(({ terms }) => terms).find((term) => term.lease.fence > lease.fence),
    );
    // Whoever held the lease that was removed has surely stopped.
    expect(next.since - removedAt).toBeGreaterThan(times.renewWithinMs);
    expect(fresh.terms.length + (candidates[0]?.terms.length ?? 0)).toBe(2);
  });

  it('lets go when its job fails, which is logged, and is elected anew', async () => {
    let failures = 1;
    const one = stand(async (lease) => {
      if (failures-- > 0) throw new Error('no scores');
      await untilStopped(lease);
    });
    const first = (await one.term(0)).lease;
    const second = (await one.term(1)).lease;
    expect(second.fence).toBe(first.fence + 1);
    expect(one.lines.join()).toContain('no scores');
  });

  it('lets go when its app stops, after its job has ended, so that the next one leads soon', async () => {
    let hasEnded = false;
    const one = stand(async ({ signal }) => {
      await untilStopped({ signal } as Lease).catch(() => undefined);
      await pause(100);
      hasEnded = true;
    });
    await one.term(0);
    const other = stand();
    await one.leaders.beforeApplicationShutdown();
    const since = performance.now();
    expect(hasEnded).toBe(true);
    await other.term(0);
    expect(performance.now() - since).toBeLessThan(LEASE_MS / 2);
  });

  it('that may not read its lease says so once, and keeps trying', async () => {
    server.fault = () => new ApiStatus(403, 'leases.coordination.k8s.io is forbidden');
    const one = stand();
    await eventually('a warning', () => one.lines.join().includes('403 leases.coordination'));
    server.fault = () => undefined;
    await one.term(0);
    expect(one.lines.filter((line) => line.includes('"warn"'))).toHaveLength(1);
  });
});
