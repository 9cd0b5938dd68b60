import type { MessageContext } from '../server/message-context.js';
import { greedy } from './greedy.js';
import { Gate, range, until } from './lab.js';
import type { Suite } from './suite.js';

export function closingPromises(suite: Suite): void {
  drainPromises(suite);
  handBackPromises(suite);
  handoverPromises(suite);
}

function drainPromises({ describe, promise, expect }: Suite): void {
  describe('closing a replica', () => {
    promise('waits for running handlers and delivers their replies', async (lab) => {
      const gate = new Gate();
      let runs = 0;
      const replica = await lab.replica('shop', {
        requests: {
          'shop.read': async () => {
            runs += 1;
            await gate.whenOpen;
            return 'finished';
          },
        },
      });
      const answer = lab.client('asker').request('shop.read', {});
      await until('the handler to run', () => runs === 1);
      const closed = replica.close();
      gate.open();
      await closed;
      expect(await answer).toBe('finished');
      const left = await lab.harness.queueSize({ kind: 'requests', name: 'shop' });
      expect(left).toBe(0);
    });

    promise('gives up after its time and leaves the work to the others', async (lab) => {
      const runs: string[] = [];
      const replica = (name: string, wait: Promise<void>) =>
        lab.replica('mail', {
          events: {
            'orders.paid': async () => {
              runs.push(name);
              await wait;
            },
          },
          options: { drainMs: 50 },
        });
      const first = await replica('first', new Promise(() => {}));
      await lab.client('orders').emitEvent('orders.paid', {});
      await until('the first run', () => runs.length === 1);
      await first.close();
      await replica('second', Promise.resolve());
      await until('the second run', () => runs.length === 2);
      expect(runs).toEqual(['first', 'second']);
    });
  });
}

function handBackPromises({ describe, promise, expect }: Suite): void {
  describe('closing a replica', () => {
    promise('gives what it had not begun to the others at once, as not begun', async (lab) => {
      const gate = new Gate();
      const runs: string[] = [];
      const requests = (name: string, wait: Promise<void>) => ({
        'shop.pay': async ({ n }: { n: number }, { attempt }: MessageContext) => {
          runs.push(`${name} ${n} ${attempt}`);
          await wait;
        },
      });
      let held = 0;
      const first = await lab.replica('shop', {
        requests: requests('first', gate.whenOpen),
        options: { maxInFlight: 1 },
        // A read shares its room among the queues of the service, of which there are two.
        wrap: (broker) => greedy(broker, 9, (count) => (held += count)),
      });
      // A request that must not run twice is refused where it might have been begun.
      const client = lab.client('asker');
      const answers = range(5).map((n) => client.request('shop.pay', { n }, { effect: 'once' }));
      await until(
        'the first to run and the others to be held',
        () => held === 5 && runs.length === 1,
      );
      await lab.replica('shop', { requests: requests('second', Promise.resolve()) });
      const closed = first.close();
      await until('the others to run elsewhere', () => runs.length === 5);
      expect([...runs].sort()).toEqual([
        'first 0 1',
        ...range(5)
          .slice(1)
          .map((n) => `second ${n} 1`),
      ]);
      gate.open();
      await Promise.all([closed, ...answers]);
    });
  });
}

function handoverPromises({ describe, promise, expect }: Suite): void {
  describe('closing a replica', () => {
    promise('while another takes over fails no request', async (lab) => {
      const requests = {
        'shop.read': async () => new Promise((resolve) => setImmediate(() => resolve(1))),
      };
      const first = await lab.replica('shop', { requests });
      const client = lab.client('asker');
      const over = new AbortController();
      const caller = async () => {
        let answered = 0;
        while (!over.signal.aborted)
          answered += (await client.request<number>('shop.read', {})) ?? 0;
        return answered;
      };
      const callers = Promise.all(range(8).map(caller));
      const second = await lab.replica('shop', { requests });
      await first.close();
      await lab.replica('shop', { requests });
      await second.close();
      over.abort();
      const answered = await callers;
      expect(Math.min(...answered)).toBeGreaterThan(0);
    });

    promise('twice is the same as once', async (lab) => {
      const replica = await lab.replica('shop', { requests: { 'shop.read': () => 1 } });
      await Promise.all([replica.close(), replica.close()]);
      expect((await replica.broker.health()).up).toBe(false);
    });
  });
}
