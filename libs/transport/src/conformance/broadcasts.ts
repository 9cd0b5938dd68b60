import { Gate, counts, deadAfterMs, range, until } from './lab.js';
import type { Suite } from './suite.js';

const topic = 'orders.paid';

/** Events that every living replica handles. */
export function broadcastPromises(suite: Suite): void {
  reachPromises(suite);
  contentPromises(suite);
  failurePromises(suite);
  outagePromises(suite);
  limitPromises(suite);
}

function reachPromises({ describe, promise, expect }: Suite): void {
  describe('a broadcast event', () => {
    promise('is handled by every replica of every service, and once by each group', async (lab) => {
      const handled: string[] = [];
      const hear =
        (what: string) =>
        ({ n }: { n: number }) =>
          void handled.push(`${what} ${n}`);
      for (const name of ['first', 'second']) {
        await lab.replica('mail', {
          events: { [topic]: hear('the group of mail') },
          broadcasts: { [topic]: hear(`${name} of mail`) },
        });
      }
      await lab.replica('stock', { broadcasts: { [topic]: hear('stock') } });
      const client = lab.client('orders');
      await Promise.all(range(20).map((n) => client.emitEvent(topic, { n })));
      await until('all of them', () => handled.length >= 80);
      const whose = counts(handled.map((text) => text.replace(/ \d+$/, '')));
      expect([...whose].sort()).toEqual([
        ['first of mail', 20],
        ['second of mail', 20],
        ['stock', 20],
        ['the group of mail', 20],
      ]);
      expect(counts(handled).size).toBe(80);
    });

    promise('is not handled by a replica that starts later', async (lab) => {
      const handled: string[] = [];
      const replica = (name: string) =>
        lab.replica('mail', {
          broadcasts: { [topic]: ({ n }: { n: number }) => void handled.push(`${name} ${n}`) },
        });
      const client = lab.client('orders');
      await client.emitEvent(topic, { n: 0 });
      await replica('first');
      await client.emitEvent(topic, { n: 1 });
      await until('the first replica', () => handled.length === 1);
      await replica('second');
      await client.emitEvent(topic, { n: 2 });
      await until('both replicas', () => handled.length === 3);
      expect([...handled].sort()).toEqual(['first 1', 'first 2', 'second 2']);
    });
  });
}

function contentPromises({ describe, promise, expect }: Suite): void {
  describe('a broadcast event', () => {
    promise('with a time comes to all replicas then, also where no group reads it', async (lab) => {
      const handled: string[] = [];
      const hear = (name: string) => ({
        broadcasts: { 'orders.due': () => void handled.push(name) },
      });
      await lab.replica('mail', hear('first'));
      await lab.replica('mail', hear('second'));
      const sentAt = Date.now();
      await lab.client('orders').emitEvent('orders.due', {}, { delayMs: 200 });
      await until('both', () => handled.length === 2);
      expect(Date.now() - sentAt).toBeGreaterThan(199);
      expect([...handled].sort()).toEqual(['first', 'second']);
    });

    promise('carries what every event carries', async (lab) => {
      const seen: object[] = [];
      await lab.replica('mail', {
        broadcasts: {
          [topic]: (data: unknown, { sender, pattern, metadata, attempt, isEvent }) =>
            void seen.push({ data, sender, pattern, metadata, attempt, isEvent }),
        },
      });
      await lab.client('orders').emitEvent(topic, { n: 1 }, { metadata: { a: 'b' } });
      await until('the event', () => seen.length === 1);
      expect(seen).toEqual([
        {
          data: { n: 1 },
          sender: 'orders',
          pattern: topic,
          metadata: { a: 'b' },
          attempt: 1,
          isEvent: true,
        },
      ]);
    });
  });
}

function failurePromises({ describe, promise, expect }: Suite): void {
  describe('a broadcast event', () => {
    promise('that fails runs again in that replica alone, and only what failed', async (lab) => {
      const runs: string[] = [];
      const handlers = (name: string, failures: number) => [
        () => void runs.push(`${name} other`),
        (_: unknown, { attempt }: { attempt: number }) => {
          runs.push(`${name} ${attempt}`);
          if (attempt <= failures) throw new Error('not yet');
        },
      ];
      await lab.replica('mail', { broadcasts: { [topic]: handlers('first', 2) } });
      await lab.replica('mail', { broadcasts: { [topic]: handlers('second', 0) } });
      await lab.client('orders').emitEvent(topic, {});
      await until('the third run', () => runs.includes('first 3') && runs.includes('second 1'));
      expect([...runs].sort()).toEqual([
        ...['first 1', 'first 2', 'first 3', 'first other'],
        ...['second 1', 'second other'],
      ]);
    });

    promise('that always fails is given up after its attempts, and holds up none', async (lab) => {
      const ends: string[] = [];
      const handled: number[] = [];
      await lab.replica('mail', {
        broadcasts: {
          [topic]: ({ n }: { n: number }) => {
            if (n === 0) throw new Error('always');
            handled.push(n);
          },
        },
        options: {
          retry: { attemptsMax: 3, delayMs: 20 },
          observer: { handled: ({ outcome, attempt }) => ends.push(`${outcome} ${attempt}`) },
        },
      });
      const client = lab.client('orders');
      await Promise.all(range(5).map((n) => client.emitEvent(topic, { n })));
      await until('its end', () => ends.includes('dead 3'));
      await until('the others', () => handled.length === 4);
      expect(ends.filter((end) => end !== 'done 1')).toEqual(['retried 1', 'retried 2', 'dead 3']);
      expect(await lab.harness.deadLetters({ kind: 'events', name: topic })).toEqual([]);
    });
  });
}

function outagePromises({ describe, promise, expect }: Suite): void {
  describe('a broadcast event', () => {
    promise('is neither lost nor doubled when the connections drop', async (lab) => {
      const seen: [number[], number[]] = [[], []];
      const gaps: string[] = [];
      const replicas = await Promise.all(
        seen.map((numbers) =>
          lab.replica('mail', {
            broadcasts: { [topic]: ({ n }: { n: number }) => void numbers.push(n) },
            options: { onBroadcastGap: (name) => gaps.push(name) },
          }),
        ),
      );
      const broker = lab.harness.broker({ deadAfterMs, service: 'orders' });
      const client = lab.client('orders', { broker });
      await client.connect();
      const sent: Promise<void>[] = [];
      for (const n of range(600)) {
        sent.push(client.emitEvent(topic, { n }));
        if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (n === 200) await lab.harness.dropConnections(broker);
        for (const [r, replica] of replicas.entries()) {
          if (n === 300 + 100 * r) await lab.harness.dropConnections(replica.broker);
        }
      }
      await Promise.all(sent);
      await until('all events', () => seen.every((numbers) => counts(numbers).size === 600));
      expect(seen.map(({ length }) => length)).toEqual([600, 600]);
      expect(gaps).toEqual([]);
    });

    promise('that was lost with the data of the broker is told as a gap', async (lab) => {
      const handled: number[] = [];
      const gaps: string[] = [];
      await lab.replica('mail', {
        broadcasts: { [topic]: ({ n }: { n: number }) => void handled.push(n) },
        options: { onBroadcastGap: (name) => gaps.push(name) },
      });
      const client = lab.client('orders');
      await client.emitEvent(topic, { n: 1 });
      await until('the first', () => handled.length === 1);
      expect(gaps).toEqual([]);
      await lab.harness.wipe();
      await until('the gap', async () => {
        await client.emitEvent(topic, { n: 2 });
        return gaps.length > 0;
      });
      const before = handled.length;
      await client.emitEvent(topic, { n: 3 });
      await until('the next one', () => handled.length > before && handled.at(-1) === 3);
      expect(gaps).toEqual([topic]);
    });
  });
}

function limitPromises({ describe, promise, expect }: Suite): void {
  describe('a broadcast event', () => {
    promise('waits while as many run as may', async (lab) => {
      let running = 0;
      let most = 0;
      let handled = 0;
      await lab.replica('mail', {
        broadcasts: {
          [topic]: async () => {
            running += 1;
            most = Math.max(most, running);
            await new Promise((resolve) => setImmediate(resolve));
            running -= 1;
            handled += 1;
          },
        },
        options: { maxInFlight: 3 },
      });
      const client = lab.client('orders');
      await Promise.all(range(40).map((n) => client.emitEvent(topic, { n })));
      await until('all of them', () => handled === 40);
      expect(most).toBeLessThan(4);
      expect(most).toBeGreaterThan(1);
    });

    promise('that runs is waited for when its replica closes', async (lab) => {
      const gate = new Gate();
      const ends: string[] = [];
      const replica = await lab.replica('mail', {
        broadcasts: {
          [topic]: async () => {
            ends.push('begun');
            await gate.whenOpen;
            ends.push('done');
          },
        },
      });
      await lab.client('orders').emitEvent(topic, {});
      await until('its run', () => ends.length === 1);
      const closed = replica.close().then(() => ends.push('closed'));
      gate.open();
      await closed;
      expect(ends).toEqual(['begun', 'done', 'closed']);
    });
  });
}
