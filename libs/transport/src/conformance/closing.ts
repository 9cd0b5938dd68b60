import { Gate, range, until } from './lab.js';
import type { Suite } from './suite.js';

export function closingPromises(suite: Suite): void {
  drainPromises(suite);
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
