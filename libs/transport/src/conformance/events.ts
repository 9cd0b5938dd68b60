import { Gate, counts, range, until } from './lab.js';
import type { Suite } from './suite.js';

export function eventPromises(suite: Suite): void {
  deliveryPromises(suite);
  failurePromises(suite);
}

function deliveryPromises({ describe, promise, expect }: Suite): void {
  describe('an event', () => {
    promise('is handled once by each subscribing service', async (lab) => {
      const handled: string[] = [];
      const events = (service: string) => ({
        'orders.created': ({ n }: { n: number }) => void handled.push(`${service} ${n}`),
      });
      await lab.replica('mail', { events: events('mail') });
      await lab.replica('mail', { events: events('mail') });
      await lab.replica('stock', { events: events('stock') });
      const client = lab.client('orders');
      await Promise.all(range(50).map((n) => client.emitEvent('orders.created', { n })));
      await until('all 100 runs', () => handled.length >= 100);
      expect(counts(handled).size).toBe(100);
      expect(handled.length).toBe(100);
    });

    promise('that was emitted before the first boot of its subscriber is not lost', async (lab) => {
      const client = lab.client('orders');
      await client.emitEvent('orders.created', { n: 1 });
      const handled: number[] = [];
      const events = { 'orders.created': ({ n }: { n: number }) => void handled.push(n) };
      await lab.replica('mail', { events });
      await until('the early event', () => handled.length === 1);
    });

    promise('that was handled is still there for a service that boots later', async (lab) => {
      const handled: string[] = [];
      const client = lab.client('orders');
      await lab.replica('mail', { events: { 'orders.paid': () => void handled.push('mail') } });
      await client.emitEvent('orders.paid', {});
      await until('the first service', () => handled.length === 1);
      await lab.replica('stock', { events: { 'orders.paid': () => void handled.push('stock') } });
      await until('the second service', () => handled.length === 2);
      expect(handled).toEqual(['mail', 'stock']);
    });

    promise('is forgotten once every service is done and its time is over', async (lab) => {
      const handled: number[] = [];
      await lab.replica('mail', {
        events: { 'orders.paid': ({ n }: { n: number }) => void handled.push(n) },
        options: { keepEventsMs: 0 },
      });
      const client = lab.client('orders');
      await Promise.all(range(20).map((n) => client.emitEvent('orders.paid', { n })));
      await until('all runs', () => handled.length === 20);
      await until('the stream to be trimmed', async () => {
        return (await lab.harness.queueSize({ kind: 'events', name: 'orders.paid' })) <= 1;
      });
    });

    promise('that was emitted while every replica was away is handled afterwards', async (lab) => {
      const handled: number[] = [];
      const events = { 'orders.paid': ({ n }: { n: number }) => void handled.push(n) };
      const first = await lab.replica('mail', { events });
      await first.close();
      await lab.client('orders').emitEvent('orders.paid', { n: 1 });
      await lab.replica('mail', { events });
      await until('the event', () => handled.length === 1);
    });
  });
}

function failurePromises({ describe, promise, expect }: Suite): void {
  describe('a failing event', () => {
    promise('is tried again with a growing attempt until it succeeds', async (lab) => {
      const attempts: number[] = [];
      await lab.replica('mail', {
        events: {
          'orders.paid': (_: unknown, { attempt }) => {
            attempts.push(attempt);
            if (attempt < 3) throw new Error('not yet');
          },
        },
      });
      await lab.client('orders').emitEvent('orders.paid', {});
      await until('the third attempt', () => attempts.length === 3);
      expect(attempts).toEqual([1, 2, 3]);
      const dead = await lab.harness.deadLetters({ kind: 'events', name: 'orders.paid' });
      expect(dead).toEqual([]);
    });

    promise('becomes a dead letter with its reason after the last attempt', async (lab) => {
      let runs = 0;
      await lab.replica('mail', {
        events: {
          'orders.paid': () => {
            runs += 1;
            throw new Error('the mailbox is gone');
          },
        },
        options: { retry: { attemptsMax: 2, delayMs: 10 } },
      });
      await lab.client('orders').emitEvent('orders.paid', {});
      const topic = { kind: 'events', name: 'orders.paid' } as const;
      await until('the dead letter', async () => {
        return (await lab.harness.deadLetters(topic)).length > 0;
      });
      expect(await lab.harness.deadLetters(topic)).toEqual([
        { group: 'mail', reason: 'Error: the mailbox is gone', attempts: 2, body: '{}' },
      ]);
      expect(runs).toBe(2);
    });

    promise('does not hold up its neighbours, nor other services', async (lab) => {
      const handled: string[] = [];
      const gate = new Gate();
      await lab.replica('mail', {
        events: {
          'orders.paid': async ({ n }: { n: number }) => {
            if (n === 0) throw new Error('always');
            handled.push(`mail ${n}`);
          },
        },
        options: { retry: { delayMs: 60_000 } },
      });
      await lab.replica('stock', {
        events: { 'orders.paid': ({ n }: { n: number }) => void handled.push(`stock ${n}`) },
      });
      const client = lab.client('orders');
      await Promise.all(range(10).map((n) => client.emitEvent('orders.paid', { n })));
      await until('all but the failing one', () => handled.length === 19);
      gate.open();
      expect(handled.includes('stock 0')).toBe(true);
    });
  });
}
