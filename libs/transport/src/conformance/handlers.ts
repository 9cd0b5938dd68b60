import { until, type Lab, type Replica } from './lab.js';
import type { Suite } from './suite.js';

/** Several handlers of one event, each with its own end. */
export function handlerPromises({ describe, promise, expect }: Suite): void {
  describe('of several handlers of one event', () => {
    promise('only the one that failed runs again', async (lab) => {
      const runs: string[] = [];
      await lab.replica('mail', {
        events: {
          'orders.paid': [
            () => void runs.push('first'),
            (_: unknown, { attempt }) => {
              runs.push(`second ${attempt}`);
              if (attempt < 3) throw new Error('not yet');
            },
            () => void runs.push('third'),
          ],
        },
      });
      await lab.client('orders').emitEvent('orders.paid', {});
      await until('the third attempt', () => runs.includes('second 3'));
      expect([...runs].sort()).toEqual(['first', 'second 1', 'second 2', 'second 3', 'third']);
    });

    promise('those that are done stay done when their replica dies', async (lab) => {
      const runs: string[] = [];
      const first = await dyingBetweenHandlers(lab, runs);
      first.kill();
      await lab.replica('mail', {
        events: {
          'orders.paid': [
            () => void runs.push('first again'),
            () => void runs.push('second again'),
          ],
        },
      });
      await until('the second handler', () => runs.includes('second again'));
      expect(runs).toEqual(['second', 'first', 'second again']);
    });
  });
}

/** A replica in which the first handler is done, and known to be, while the second still runs. */
async function dyingBetweenHandlers(lab: Lab, runs: string[]): Promise<Replica> {
  const replica = await lab.replica('mail', {
    events: {
      'orders.paid': [
        async () => {
          await until('the second to run', () => runs.includes('second'));
          runs.push('first');
        },
        () => {
          runs.push('second');
          return new Promise(() => {});
        },
      ],
    },
  });
  await lab.client('orders').emitEvent('orders.paid', {});
  await until('the first to be done', () => runs.includes('first'));
  // Its mark leaves in the next tick, on the connection on which health is asked after it.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  await replica.broker.health();
  return replica;
}
