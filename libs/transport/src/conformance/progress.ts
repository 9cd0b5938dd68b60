import { deadAfterMs, Gate, until, type Lab } from './lab.js';
import type { Suite } from './suite.js';

/** Asks, as the publisher, how far 'mail' is on one of its topics. */
async function withProgress(
  lab: Lab,
  run: (finished: (group?: string, topic?: string) => Promise<number | undefined>) => Promise<void>,
): Promise<void> {
  const broker = lab.harness.broker({ service: 'orders', deadAfterMs });
  await broker.connect();
  try {
    await run((group = 'mail', topic = 'orders.paid') => broker.finishedUntil(topic, group));
  } finally {
    await broker.close();
  }
}

export function progressPromises({ describe, promise, expect }: Suite): void {
  describe('the progress of a service', () => {
    promise('is until when it has finished the events of a topic', async (lab) => {
      const gate = new Gate();
      const handled: number[] = [];
      const events = {
        'orders.paid': async ({ n }: { n: number }) => {
          if (n === 2) await gate.whenOpen;
          handled.push(n);
        },
      };
      await lab.replica('mail', { events });
      const client = lab.client('orders');
      await withProgress(lab, async (finished) => {
        await client.emitEvent('orders.paid', { n: 1 });
        const first = (await finished()) ?? 0;
        await until('the first', async () => ((await finished()) ?? 0) > first);
        await client.emitEvent('orders.paid', { n: 2 });
        const second = (await finished()) ?? 0;
        await client.emitEvent('orders.paid', { n: 3 });
        await until('the third', () => handled.length === 2);
        expect(await finished()).toBe(second);
        gate.open();
        await until('all', async () => ((await finished()) ?? 0) > second);
      });
    });

    promise('stands still at what fails until that is a dead letter', async (lab) => {
      const events = {
        'orders.paid': () => {
          throw new Error('never');
        },
      };
      await lab.replica('mail', { events });
      await lab.client('orders').emitEvent('orders.paid', {});
      await withProgress(lab, async (finished) => {
        const at = (await finished()) ?? 0;
        await until('the dead letter', async () => {
          const dead = await lab.harness.deadLetters({ kind: 'events', name: 'orders.paid' });
          return dead.length === 1;
        });
        await until('it goes on', async () => ((await finished()) ?? 0) > at);
      });
    });

    promise('is unknown of a service that has never read the topic', async (lab) => {
      await lab.replica('mail', { events: { 'orders.paid': () => {} } });
      await withProgress(lab, async (finished) => {
        expect(await finished('stock')).toBe(undefined);
        expect(await finished('mail', 'orders.created')).toBe(undefined);
      });
    });
  });
}
