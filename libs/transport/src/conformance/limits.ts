import { lastValueFrom } from 'rxjs';
import type { MessageContext } from '../server/message-context.js';
import { cancelChannel } from '../wire/cancel.js';
import { Gate, deadAfterMs, range, rejection, until } from './lab.js';
import type { Suite } from './suite.js';

/** The goal is 50 ms; a test must also pass on a machine that does ten other things. */
const quicklyMs = 500;

export function limitPromises(suite: Suite): void {
  deadlinePromises(suite);
  latePromises(suite);
  loadPromises(suite);
  payloadPromises(suite);
  cancellationPromises(suite);
}

function deadlinePromises({ describe, promise, expect }: Suite): void {
  describe('a caller never hangs: a request', () => {
    promise('to a service without a replica fails with NO_CONSUMER at once', async (lab) => {
      const client = lab.client('asker');
      await client.connect();
      const startedAt = Date.now();
      const error = await rejection(client.request('nobody.there', {}));
      expect(error).toMatchObject({ code: 'NO_CONSUMER' });
      expect(Date.now() - startedAt).toBeLessThan(quicklyMs);
    });

    promise('to a service whose last replica left fails with NO_CONSUMER', async (lab) => {
      const replica = await lab.replica('shop', { requests: { 'shop.open': () => true } });
      const client = lab.client('asker');
      expect(await client.request('shop.open', {})).toBe(true);
      await replica.close();
      expect(await rejection(client.request('shop.open', {}))).toMatchObject({
        code: 'NO_CONSUMER',
      });
    });

    promise(
      'to a service whose last replica died fails, and soon with NO_CONSUMER',
      async (lab) => {
        const replica = await lab.replica('shop', { requests: { 'shop.open': () => true } });
        const client = lab.client('asker', { deadlineMs: 200 });
        replica.kill();
        await until('the dead replica to be noticed', async () => {
          const error = (await rejection(client.request('shop.open', {}))) as { code: string };
          return error.code === 'NO_CONSUMER';
        });
      },
    );
  });
}

function latePromises({ describe, promise, expect }: Suite): void {
  describe('a caller never hangs: a request', () => {
    promise('that nobody answers in time fails with DEADLINE_EXCEEDED', async (lab) => {
      const gate = new Gate();
      await lab.replica('slow', { requests: { 'slow.work': () => gate.whenOpen } });
      const client = lab.client('asker');
      await client.connect();
      const error = await rejection(client.request('slow.work', {}, { deadlineMs: 100 }));
      gate.open();
      expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    });

    promise('whose deadline passed while it waited is dropped unhandled', async (lab) => {
      const gate = new Gate();
      const handled: string[] = [];
      await lab.replica('slow', {
        requests: {
          'slow.work': async ({ name }: { name: string }) => {
            handled.push(name);
            await gate.whenOpen;
          },
        },
        options: { maxInFlight: 1 },
      });
      const client = lab.client('asker');
      const first = client.request('slow.work', { name: 'first' });
      await until('the first request to run', () => handled.length === 1);
      const late = client.request('slow.work', { name: 'late' }, { deadlineMs: 100 });
      expect(await rejection(late)).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      const last = client.request('slow.work', { name: 'last' });
      gate.open();
      await Promise.all([first, last]);
      expect(handled).toEqual(['first', 'last']);
    });

    promise('of a client that is closed fails with DISCONNECTED', async (lab) => {
      const gate = new Gate();
      await lab.replica('slow', { requests: { 'slow.work': () => gate.whenOpen } });
      const client = lab.client('asker');
      const answer = rejection(client.request('slow.work', {}));
      await lab
        .client('other')
        .request('slow.nothing', {})
        .catch(() => {});
      await client.close();
      gate.open();
      expect(await answer).toMatchObject({ code: 'DISCONNECTED' });
    });
  });
}

function loadPromises({ describe, promise, expect }: Suite): void {
  describe('a limit', () => {
    promise('of handlers at once is kept', async (lab) => {
      let running = 0;
      let most = 0;
      await lab.replica('busy', {
        requests: {
          'busy.work': async () => {
            running += 1;
            most = Math.max(most, running);
            await new Promise((resolve) => setImmediate(resolve));
            running -= 1;
          },
        },
        options: { maxInFlight: 3 },
      });
      const client = lab.client('asker');
      await Promise.all(range(50).map(() => client.request('busy.work', {})));
      expect(most).toBeLessThan(4);
      expect(most).toBeGreaterThan(1);
    });

    promise('of a queue refuses with OVERLOADED before the message is queued', async (lab) => {
      const gate = new Gate();
      let handled = 0;
      await lab.replica('busy', {
        requests: {
          'busy.work': async () => {
            handled += 1;
            await gate.whenOpen;
          },
        },
        options: { maxInFlight: 1 },
      });
      const client = lab.client('asker', { queueMax: 5 });
      let refused = 0;
      const answers = range(8).map(() =>
        client.request('busy.work', {}).then(
          () => 'ok',
          (error: unknown) => {
            refused += 1;
            return fields(error);
          },
        ),
      );
      await until('the three above the limit to be refused', () => refused === 3);
      gate.open();
      const ends = await Promise.all(answers);
      expect(ends.slice(0, 5)).toEqual(range(5).map(() => 'ok'));
      expect(ends[7] as object).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 1_000 });
      expect(handled).toBe(5);
    });

    promise('of requests under way makes the client refuse more', async (lab) => {
      const gate = new Gate();
      await lab.replica('busy', { requests: { 'busy.work': () => gate.whenOpen } });
      const client = lab.client('asker', { pendingMax: 2 });
      const first = [client.request('busy.work', {}), client.request('busy.work', {})];
      const error = await rejection(client.request('busy.work', {}));
      expect(error).toMatchObject({ code: 'OVERLOADED' });
      gate.open();
      await Promise.all(first);
    });
  });
}

function payloadPromises({ describe, promise, expect }: Suite): void {
  describe('a limit', () => {
    promise('of the payload refuses a message before it is sent', async (lab) => {
      const client = lab.client('asker', { payloadBytesMax: 1_000 });
      const error = await rejection(client.request('any.thing', 'é'.repeat(600)));
      expect(error).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
      const event = await rejection(client.emitEvent('any.thing', 'é'.repeat(600)));
      expect(event).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    });

    promise('of the payload refuses a reply and says so to the caller', async (lab) => {
      await lab.replica('big', {
        requests: { 'big.read': () => 'x'.repeat(2_000) },
        options: { payloadBytesMax: 1_000 },
      });
      const error = await rejection(lab.client('asker').request('big.read', {}));
      expect(error).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    });
  });
}

function cancellationPromises({ describe, promise, expect }: Suite): void {
  describe('a request that is called off', () => {
    promise('fails with CANCELLED and aborts the signal of its handler', async (lab) => {
      let context: MessageContext | undefined;
      await lab.replica('slow', {
        requests: {
          'slow.work': (_: unknown, given) => {
            context = given;
            return new Promise((resolve) => given.signal.addEventListener('abort', resolve));
          },
        },
      });
      const caller = new AbortController();
      const answer = rejection(
        lab.client('asker').request('slow.work', {}, { signal: caller.signal }),
      );
      await until('the handler to run', () => context !== undefined);
      caller.abort();
      expect(await answer).toMatchObject({ code: 'CANCELLED' });
      await until('the signal of the handler', () => context?.signal.aborted === true);
    });

    promise('before it is read is never handled', async (lab) => {
      const gate = new Gate();
      const handled: number[] = [];
      const work = async ({ n }: { n: number }) => {
        handled.push(n);
        await gate.whenOpen;
      };
      await lab.replica('slow', {
        requests: { 'slow.work': work },
        options: { maxInFlight: 1 },
      });
      const client = lab.client('asker');
      const first = lastValueFrom(client.send('slow.work', { n: 1 }), { defaultValue: 0 });
      await until('the first to run', () => handled.length === 1);
      const subscription = client.send('slow.work', { n: 2 }).subscribe();
      const third = client.request('slow.work', { n: 3 });
      await until('the others to be queued', async () => {
        return (await lab.harness.queueSize({ kind: 'requests', name: 'slow' })) === 3;
      });
      const other = lab.harness.broker({ deadAfterMs, service: 'slow' });
      let heard = false;
      await other.onBroadcast(cancelChannel('slow'), () => (heard = true));
      subscription.unsubscribe();
      await until('the cancellation to be heard', () => heard);
      await other.close();
      gate.open();
      await Promise.all([first, third]);
      expect(handled).toEqual([1, 3]);
    });
  });
}

function fields(error: unknown): object {
  return { ...(error as object) };
}
