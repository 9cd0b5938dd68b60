import { Redis } from 'ioredis';
import { conformance } from '../src/conformance/conformance.js';
import { keyNames } from '../src/index.js';
import type { Harness } from '../src/conformance/conformance.js';
import { Lab, counts, range, until } from '../src/conformance/lab.js';
import { slotOf } from '../src/redis/slot.js';
import { ClusterServers } from './cluster-servers.js';
import { programs, withProgram } from './programs.js';
import { serversHarness } from './redis-harness.js';

for (const program of programs) {
  withProgram('the Redis driver on a Cluster of three nodes', program, onCluster);
}

function onCluster(program: string): void {
  let cluster: ClusterServers;
  let servers: Redis[] = [];
  beforeAll(async () => {
    cluster = await ClusterServers.start({ program, hasCopies: true });
    servers = cluster.nodes.map(({ url }) => new Redis(url, { maxRetriesPerRequest: null }));
    for (const redis of servers) redis.on('error', () => {});
  }, 60_000);
  afterAll(async () => {
    for (const redis of servers) redis.disconnect();
    await cluster.close();
  });

  const harness = (): Harness => ({
    ...serversHarness({ address: { url: cluster.url }, servers: async () => servers }),
    failOver: (queue) => cluster.failOver(slotOf(keyNames().stream(queue))),
  });
  conformance({ describe, it, expect }, harness, { canLoseGroups: true, canFailOver: true });

  it('loses nothing and does nothing twice while a slot moves to another node', async () => {
    const lab = new Lab(harness());
    try {
      const handled: number[] = [];
      await lab.replica('mail', {
        events: { 'orders.paid': ({ n }: { n: number }) => void handled.push(n) },
      });
      const client = lab.client('orders', { deadlineMs: 20_000 });
      const over = new AbortController();
      let sent = 0;
      const sender = async () => {
        while (!over.signal.aborted) {
          await client.emitEvent('orders.paid', { n: (sent += 1) });
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const senders = Promise.all(range(3).map(sender));
      try {
        await until('the first events', () => handled.length > 10);
        await cluster.move(slotOf(keyNames().stream({ kind: 'events', name: 'orders.paid' })));
        const before = handled.length;
        await until('events after the move', () => handled.length > before + 10);
      } finally {
        over.abort();
      }
      await senders;
      await until('all events', () => counts(handled).size === sent);
      expect(handled.length).toBe(sent);
    } finally {
      await lab.close();
    }
  }, 60_000);
}
