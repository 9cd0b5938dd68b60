import { counts, range, until } from './lab.js';
import type { Suite } from './suite.js';

const paid = { kind: 'events', name: 'orders.paid' } as const;
const shop = { kind: 'requests', name: 'shop' } as const;

export function failoverPromises(suite: Suite): void {
  runningPromises(suite);
  waitingPromises(suite);
  keyOrderPromises(suite);
}

function waitingPromises({ describe, promise, expect }: Suite): void {
  describe('when a copy takes over from a server that dies', () => {
    promise('no event that waits for its time is lost, where the copy had it', async (lab) => {
      const due = { kind: 'events', name: 'orders.due' } as const;
      const handled: number[] = [];
      await lab.replica('mail', {
        events: { [due.name]: ({ n }: { n: number }) => void handled.push(n) },
      });
      const client = lab.client('orders', { copies: 1, deadlineMs: 20_000 });
      const delayMs = 3_000;
      await Promise.all(range(30).map((n) => client.emitEvent(due.name, { n }, { delayMs })));
      await lab.harness.failOver?.(due);
      await until('all of them', () => counts(handled).size === 30);
      expect(Math.max(...counts(handled).values())).toBeLessThan(3);
    });
  });
}

function keyOrderPromises({ describe, promise, expect }: Suite): void {
  describe('when a copy takes over from a server that dies', () => {
    promise('events of one key go on in their order', async (lab) => {
      const begun: number[] = [];
      const event = async ({ n }: { n: number }) => {
        begun.push(n);
        await new Promise((resolve) => setImmediate(resolve));
      };
      for (const _ of range(2)) await lab.replica('mail', { events: { 'orders.paid': event } });
      const client = lab.client('orders', { copies: 1, deadlineMs: 20_000 });
      const over = new AbortController();
      const confirmed: number[] = [];
      const sender = async () => {
        for (let n = 0; !over.signal.aborted; n += 1) {
          await client.emitEvent('orders.paid', { n }, { key: 'one' }).then(
            () => confirmed.push(n),
            () => {},
          );
        }
      };
      const sending = sender();
      try {
        await until('some events', () => begun.length > 10);
        await lab.harness.failOver?.(paid);
        const before = confirmed.length;
        await until('events after it', () => confirmed.length > before + 10);
      } finally {
        over.abort();
      }
      await sending;
      await until('every confirmed event', () => confirmed.every((n) => begun.includes(n)));
      // What the copy had not heard of as done may run again, before what follows it.
      const firsts = [...counts(begun).keys()];
      expect(firsts).toEqual([...firsts].sort((a, b) => Number(a) - Number(b)));
    });
  });
}

function runningPromises({ describe, promise, expect }: Suite): void {
  describe('when a copy takes over from a server that dies', () => {
    promise('no request that may run twice fails', async (lab) => {
      const requests = { 'shop.read': ({ n }: { n: number }) => n };
      await lab.replica('shop', { requests });
      await lab.replica('shop', { requests });
      const client = lab.client('asker');
      const over = new AbortController();
      const caller = async () => {
        let answered = 0;
        while (!over.signal.aborted) {
          const n = answered;
          const options = { effect: 'none', deadlineMs: 20_000 } as const;
          if ((await client.request('shop.read', { n }, options)) === n) answered += 1;
        }
        return answered;
      };
      const callers = Promise.all(range(4).map(caller));
      try {
        await lab.harness.failOver?.(shop);
        expect(await client.request('shop.read', { n: 7 }, { deadlineMs: 20_000 })).toBe(7);
      } finally {
        over.abort();
      }
      expect(Math.min(...(await callers))).toBeGreaterThan(0);
    });

    promise('no event that a copy had is lost, and its replica runs none again', async (lab) => {
      const handled: number[] = [];
      const events = { 'orders.paid': ({ n }: { n: number }) => void handled.push(n) };
      await lab.replica('mail', { events });
      const client = lab.client('orders', { copies: 1, deadlineMs: 20_000 });
      const over = new AbortController();
      const confirmed: number[] = [];
      let sent = 0;
      const sender = async () => {
        while (!over.signal.aborted) {
          const n = (sent += 1);
          // One that was not confirmed may be there or not: it is counted as neither.
          await client.emitEvent('orders.paid', { n }).then(
            () => confirmed.push(n),
            () => {},
          );
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const senders = Promise.all(range(3).map(sender));
      try {
        await until('some events', () => handled.length > 10);
        await lab.harness.failOver?.(paid);
        const before = confirmed.length;
        await until('events after it', () => confirmed.length > before + 10);
      } finally {
        over.abort();
      }
      await senders;
      await until('every confirmed event', () => {
        const found = counts(handled);
        return confirmed.every((n) => found.has(n));
      });
      expect(handled.length).toBe(counts(handled).size);
    });
  });
}
