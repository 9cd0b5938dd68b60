import { Gate, counts, deadAfterMs, range, rejection, until } from './lab.js';
import type { Suite } from './suite.js';

export function crashPromises(suite: Suite): void {
  replicaPromises(suite);
  onceOnlyPromises(suite);
  brokerPromises(suite);
  connectionPromises(suite);
}

function replicaPromises({ describe, promise, expect }: Suite): void {
  describe('when a replica dies', () => {
    promise('its unfinished event is delivered again to another', async (lab) => {
      const runs: string[] = [];
      const replica = (name: string, wait: Promise<void>) =>
        lab.replica('mail', {
          events: {
            'orders.paid': async (_: unknown, { attempt }) => {
              runs.push(`${name} ${attempt}`);
              await wait;
            },
          },
        });
      const first = await replica('first', new Promise(() => {}));
      await lab.client('orders').emitEvent('orders.paid', {});
      await until('the first run', () => runs.length === 1);
      first.kill();
      await replica('second', Promise.resolve());
      await until('the second run', () => runs.length === 2);
      expect(runs).toEqual(['first 1', 'second 2']);
    });

    promise(
      'its work is taken over when it is dead, and not at the next heartbeat',
      async (lab) => {
        let runs = 0;
        const handler = (wait: Promise<void>) => async () => {
          runs += 1;
          await wait;
        };
        const first = await lab.replica('mail', {
          events: { 'orders.paid': handler(new Promise(() => {})) },
        });
        await lab.client('orders').emitEvent('orders.paid', {});
        await until('the first run', () => runs === 1);
        await lab.replica('mail', {
          events: { 'orders.paid': handler(Promise.resolve()) },
          options: { heartbeatMs: 120_000 },
        });
        first.kill();
        await until('the second run', () => runs === 2);
      },
    );

    promise('its request that may run twice is answered by another', async (lab) => {
      const runs: string[] = [];
      const requests = (name: string, wait?: Promise<void>) => ({
        'shop.read': async () => {
          runs.push(name);
          await wait;
          return name;
        },
      });
      const first = await lab.replica('shop', {
        requests: requests('first', new Promise(() => {})),
      });
      const options = { effect: 'none', deadlineMs: 10_000 } as const;
      const answer = lab.client('asker').request('shop.read', {}, options);
      await until('the first run', () => runs.length === 1);
      first.kill();
      await lab.replica('shop', { requests: requests('second') });
      expect(await answer).toBe('second');
    });
  });
}

function onceOnlyPromises({ describe, promise, expect }: Suite): void {
  describe('when a replica dies', () => {
    promise('its request that must not run twice is answered UNKNOWN_OUTCOME', async (lab) => {
      const runs: string[] = [];
      const requests = (name: string) => ({
        'shop.pay': () => {
          runs.push(name);
          return new Promise(() => {});
        },
      });
      const first = await lab.replica('shop', { requests: requests('first') });
      const answer = lab.client('asker').request('shop.pay', {}, { deadlineMs: 10_000 });
      const ended = rejection(answer);
      await until('the first run', () => runs.length === 1);
      first.kill();
      await lab.replica('shop', { requests: requests('second'), options: { drainMs: 0 } });
      expect(await ended).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
      expect(runs).toEqual(['first']);
    });

    promise('a handler slower than every timeout is still not run twice', async (lab) => {
      let runs = 0;
      const gate = new Gate();
      const events = {
        'orders.paid': async () => {
          runs += 1;
          await gate.whenOpen;
        },
      };
      await lab.replica('mail', { events });
      await lab.replica('mail', { events });
      const startedAt = Date.now();
      await lab.client('orders').emitEvent('orders.paid', {});
      await until('three lives of a silent replica', () => {
        return Date.now() - startedAt > 3 * deadAfterMs;
      });
      gate.open();
      expect(runs).toBe(1);
    });
  });
}

function brokerPromises({ describe, promise, expect }: Suite): void {
  describe('when the broker', () => {
    promise('lost all its data, requests and events flow again', async (lab) => {
      const handled: number[] = [];
      await lab.replica('shop', {
        requests: { 'shop.read': () => 'ok' },
        events: { 'orders.paid': ({ n }: { n: number }) => void handled.push(n) },
      });
      const client = lab.client('asker');
      expect(await client.request('shop.read', {})).toBe('ok');
      await lab.harness.wipe();
      await until('an answer', async () => {
        return (await client.request('shop.read', {}).catch(() => '')) === 'ok';
      });
      await client.emitEvent('orders.paid', { n: 7 });
      await until('the event', () => handled.length === 1);
      expect(handled).toEqual([7]);
    });

    promise('lost its data while a request ran, the caller still gets the reply', async (lab) => {
      const gate = new Gate();
      let runs = 0;
      await lab.replica('shop', {
        requests: {
          'shop.read': async () => {
            runs += 1;
            await gate.whenOpen;
            return 'ok';
          },
        },
      });
      const answer = lab.client('asker').request('shop.read', {});
      await until('the handler to run', () => runs === 1);
      await lab.harness.wipe();
      gate.open();
      expect(await answer).toBe('ok');
    });
  });
}

function connectionPromises({ describe, promise, expect }: Suite): void {
  describe('when the broker', () => {
    promise('drops the connections, no request fails and none runs twice', async (lab) => {
      const handled: number[] = [];
      const replica = await lab.replica('shop', {
        requests: { 'shop.count': ({ n }: { n: number }) => handled.push(n) },
      });
      const options = { target: 'shop', deadlineMs: 10_000 } as const;
      const clientBroker = lab.harness.broker({ deadAfterMs, service: 'asker' });
      const client = lab.client('asker', { broker: clientBroker });
      await client.connect();
      const answers: Promise<unknown>[] = [];
      for (const n of range(300)) {
        answers.push(client.request('shop.count', { n }, { ...options, effect: 'once' }));
        if (n % 30 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (n === 100) await lab.harness.dropConnections(replica.broker);
      }
      await Promise.all(answers);
      expect(counts(handled).size).toBe(300);
      expect(handled.length).toBe(300);
    });

    promise('drops the connections, no event is lost and none is doubled', async (lab) => {
      const handled: number[] = [];
      const replica = await lab.replica('mail', {
        events: { 'orders.paid': ({ n }: { n: number }) => void handled.push(n) },
      });
      const broker = lab.harness.broker({ deadAfterMs, service: 'orders' });
      const client = lab.client('orders', { broker });
      await client.connect();
      const sent: Promise<void>[] = [];
      for (const n of range(600)) {
        sent.push(client.emitEvent('orders.paid', { n }));
        if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (n === 200) await lab.harness.dropConnections(broker);
        if (n === 400) await lab.harness.dropConnections(replica.broker);
      }
      await Promise.all(sent);
      await until('all events', () => counts(handled).size === 600);
      expect(handled.length).toBe(600);
    });
  });
}
