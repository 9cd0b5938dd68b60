import { requestsOf } from '../broker/queue.js';
import { failoverPromises } from './failovers.js';
import { Gate, counts, deadAfterMs, range, until, type Lab } from './lab.js';
import type { Suite } from './suite.js';

const paid = { kind: 'events', name: 'orders.paid' } as const;

/** What the harness of a driver can do to its server. */
export interface OutageOptions {
  /** The harness has `loseGroup`. */
  readonly canLoseGroups?: boolean;
  /** The harness has `freeze`. */
  readonly canFreeze?: boolean;
  /** The harness has `failOver`. */
  readonly canFailOver?: boolean;
}

/** What a server does to its clients, apart from what every driver can show. */
export function outagePromises(suite: Suite, options: OutageOptions): void {
  if (options.canLoseGroups) lostGroupPromises(suite);
  if (options.canFreeze) freezePromises(suite);
  if (options.canFailOver) failoverPromises(suite);
}

function lostGroupPromises({ describe, promise, expect }: Suite): void {
  describe('when a group is lost while its stream stays', () => {
    promise('nothing acknowledged runs again and nothing unread is skipped', async (lab) => {
      const handled: number[] = [];
      const gate = new Gate();
      const event = async ({ n }: { n: number }) => {
        handled.push(n);
        if (n === 3) await gate.whenOpen;
      };
      await lab.replica('mail', { events: { 'orders.paid': event } });
      await lab.replica('mail', { events: { 'orders.paid': event } });
      await emit(lab, range(20));
      await until('the first events', () => handled.length === 20);
      await lab.harness.loseGroup?.(paid, 'mail');
      await emit(lab, [20, 21, 22]);
      await until('the later events', () => handled.includes(22));
      gate.open();
      await emit(lab, [23]);
      await until('the last event', () => handled.includes(23));
      expect(counts(handled).size).toBe(24);
      expect(handled.length).toBe(24);
    });

    promise('what waits for its next run keeps it', async (lab) => {
      const runs: string[] = [];
      const events = {
        'orders.paid': (_: unknown, { attempt }: { attempt: number }) => {
          runs.push(`run ${attempt}`);
          if (runs.length === 1) throw new Error('not yet');
        },
      };
      await lab.replica('mail', { events, options: { retry: { delayMs: 600 } } });
      await emit(lab, [1]);
      await until('the first run', () => runs.length === 1);
      await lab.harness.loseGroup?.(paid, 'mail');
      await until('the second run', () => runs.length === 2);
      expect(runs[0]).toBe('run 1');
    });

    for (const priority of ['normal', 'high'] as const) {
      promise(`a request of ${priority} priority that runs does not run twice`, async (lab) => {
        const gate = new Gate();
        const runs: number[] = [];
        const requests = {
          'shop.pay': async ({ n }: { n: number }) => {
            runs.push(n);
            await gate.whenOpen;
            return n;
          },
        };
        await lab.replica('shop', { requests });
        await lab.replica('shop', { requests });
        const client = lab.client('asker');
        const options = { effect: 'once', deadlineMs: 15_000, priority } as const;
        const first = range(3).map((n) => client.request('shop.pay', { n }, options));
        await until('the first three', () => runs.length === 3);
        await lab.harness.loseGroup?.(requestsOf('shop', priority), 'shop');
        const later = client.request('shop.pay', { n: 3 }, options);
        await until('the later one', () => runs.includes(3));
        gate.open();
        expect(await Promise.all([...first, later])).toEqual(range(4));
        expect(runs.length).toBe(4);
      });
    }
  });
}

function freezePromises({ describe, promise, expect }: Suite): void {
  describe('when the broker answers nothing for longer than a silent replica lives', () => {
    promise('no replica is held for dead, and every request is answered', async (lab) => {
      const runs: number[] = [];
      const gate = new Gate();
      const parts = {
        requests: { 'shop.read': ({ n }: { n: number }) => n },
        events: {
          'orders.paid': async ({ n }: { n: number }) => {
            runs.push(n);
            await gate.whenOpen;
          },
        },
      };
      await lab.replica('shop', parts);
      await lab.replica('shop', parts);
      const client = lab.client('asker');
      await emit(lab, range(6));
      await until('all to run', () => runs.length === 6);
      await client.request('shop.read', { n: 0 });
      const frozen = lab.harness.freeze?.(2 * deadAfterMs);
      const asked = { effect: 'none', deadlineMs: 15_000 } as const;
      const answers = range(20).map((n) => client.request('shop.read', { n }, asked));
      await frozen;
      expect(await Promise.all(answers)).toEqual(range(20));
      const heardAt = Date.now();
      await until('two lives of a silent replica', () => Date.now() - heardAt > 2 * deadAfterMs);
      gate.open();
      expect(runs.length).toBe(6);
    });
  });
}

async function emit(lab: Lab, numbers: readonly number[]): Promise<void> {
  const client = lab.client('orders');
  await Promise.all(numbers.map((n) => client.emitEvent('orders.paid', { n })));
}
