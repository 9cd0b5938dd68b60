import { firstValueFrom } from 'rxjs';
import { TransportRecordBuilder } from '../client/transport-record.js';
import { inARowMax } from '../protocol/lane-share.js';
import { cancelChannel } from '../wire/cancel.js';
import { deadAfterMs, Gate, counts, range, rejection, until, type Lab } from './lab.js';
import type { Suite } from './suite.js';

const high = { priority: 'high' } as const;

/** Requests that go before others. */
export function priorityPromises(suite: Suite): void {
  orderPromises(suite);
  guaranteePromises(suite);
  failurePromises(suite);
  interruptionPromises(suite);
  boundPromises(suite);
}

/** A service that handles one request at a time, the first only when its gate opens. */
async function busy(lab: Lab): Promise<{ handled: string[]; gate: Gate }> {
  const gate = new Gate();
  const handled: string[] = [];
  const work = async ({ name }: { name: string }) => {
    handled.push(name);
    await gate.whenOpen;
    return name;
  };
  await lab.replica('busy', { requests: { 'busy.work': work }, options: { maxInFlight: 1 } });
  return { handled, gate };
}

function orderPromises({ describe, promise, expect }: Suite): void {
  describe('a request of high priority', () => {
    promise('goes before those of normal priority that wait', async (lab) => {
      const { handled, gate } = await busy(lab);
      const client = lab.client('asker');
      const ask = (name: string, options = {}) => client.request('busy.work', { name }, options);
      const first = ask('first');
      await until('the first to run', () => handled.length === 1);
      const normal = range(4).map((n) => ask(`normal ${n}`));
      const service = { kind: 'requests', name: 'busy' } as const;
      await until('all to wait', async () => (await lab.harness.queueSize(service)) === 5);
      const urgent = [ask('urgent 0', high), ask('urgent 1', high)];
      await until('those too', async () => {
        return (await lab.harness.queueSize({ ...service, lane: 'high' })) >= 2;
      });
      gate.open();
      await Promise.all([first, ...normal, ...urgent]);
      expect(handled).toEqual([
        ...['first', 'urgent 0', 'urgent 1'],
        ...range(4).map((n) => `normal ${n}`),
      ]);
    });

    promise('comes by a record of the stock send() too', async (lab) => {
      const { handled, gate } = await busy(lab);
      const client = lab.client('asker');
      const first = client.request('busy.work', { name: 'first' });
      await until('the first to run', () => handled.length === 1);
      const normal = client.request('busy.work', { name: 'normal' });
      const record = new TransportRecordBuilder({ name: 'urgent' }).setPriority('high').build();
      const urgent = firstValueFrom(client.send('busy.work', record));
      const queue = { kind: 'requests', name: 'busy' } as const;
      await until('both to wait', async () => {
        const sizes = [queue, { ...queue, lane: 'high' } as const].map(lab.harness.queueSize);
        return (await Promise.all(sizes)).join(' ') === '2 1';
      });
      gate.open();
      expect(await urgent).toBe('urgent');
      await Promise.all([first, normal]);
      expect(handled).toEqual(['first', 'urgent', 'normal']);
    });

    promise('keeps no other waiting for ever', async (lab) => {
      const { handled, gate } = await busy(lab);
      const client = lab.client('asker');
      const ask = (name: string, options = {}) => client.request('busy.work', { name }, options);
      const first = ask('first');
      await until('the first to run', () => handled.length === 1);
      const urgent = range(4 * inARowMax).map(() => ask('urgent', high));
      const normal = range(3).map(() => ask('normal'));
      const queue = { kind: 'requests', name: 'busy' } as const;
      await until('all to wait', async () => {
        const sizes = [queue, { ...queue, lane: 'high' } as const].map(lab.harness.queueSize);
        return (await Promise.all(sizes)).join(' ') === `4 ${4 * inARowMax}`;
      });
      gate.open();
      await Promise.all([first, ...urgent, ...normal]);
      const rows = handled.join(' ').split('normal').slice(0, 3);
      const longest = rows.map((row) => row.split('urgent').length - 1);
      expect(Math.max(...longest)).toBeLessThan(inARowMax);
      expect(Math.min(...longest.slice(1))).toBeGreaterThan(inARowMax - 2);
    });
  });
}

function guaranteePromises({ describe, promise, expect }: Suite): void {
  describe('requests of both priorities', () => {
    promise('are each handled by exactly one replica and answered', async (lab) => {
      const handled: number[] = [];
      const requests = { 'sums.add': ({ n }: { n: number }) => handled.push(n) && n };
      await lab.replica('sums', { requests });
      await lab.replica('sums', { requests, options: { maxInFlight: 2 } });
      const client = lab.client('asker');
      const answers = range(300).map((n) =>
        client.request('sums.add', { n }, n % 3 === 0 ? high : {}),
      );
      expect(await Promise.all(answers)).toEqual(range(300));
      expect(counts(handled).size).toBe(300);
      expect(handled.length).toBe(300);
    });

    promise('are one where they have one idempotency key', async (lab) => {
      let runs = 0;
      const gate = new Gate();
      const pay = async () => {
        runs += 1;
        await gate.whenOpen;
        return runs;
      };
      await lab.replica('shop', { requests: { 'shop.pay': pay } });
      const client = lab.client('asker');
      const key = { idempotencyKey: 'order 7' };
      const answers = [
        client.request('shop.pay', {}, { ...key, ...high }),
        client.request('shop.pay', {}, key),
      ];
      await until('the run', () => runs === 1);
      gate.open();
      expect(await Promise.all(answers)).toEqual([1, 1]);
      expect(await client.request('shop.pay', {}, { ...key, ...high })).toBe(1);
    });

    promise('are counted apart in the backlog', async (lab) => {
      const gate = new Gate();
      let runs = 0;
      const work = () => {
        runs += 1;
        return gate.whenOpen;
      };
      const { server } = await lab.replica('busy', {
        requests: { 'busy.work': work },
        options: { maxInFlight: 1 },
      });
      const client = lab.client('asker');
      const answers = [client.request('busy.work', {})];
      await until('the first to run', () => runs === 1);
      answers.push(...range(2).map(() => client.request('busy.work', {}, high)));
      await until('both lanes', async () => {
        const found = (await server.backlog()).map(({ queue, waiting, unfinished }) => {
          return `${queue.lane ?? 'normal'} ${waiting} ${unfinished}`;
        });
        return found.join(', ') === 'high 2 0, normal 0 1';
      });
      gate.open();
      await Promise.all(answers);
    });
  });
}

function failurePromises({ describe, promise, expect }: Suite): void {
  describe('a request of high priority', () => {
    promise('whose replica dies is answered by another', async (lab) => {
      const runs: string[] = [];
      const requests = (name: string, wait?: Promise<void>) => ({
        'shop.read': async () => {
          runs.push(name);
          await wait;
          return name;
        },
      });
      const dying = await lab.replica('shop', {
        requests: requests('first', new Promise(() => {})),
      });
      const options = { effect: 'none', deadlineMs: 10_000, ...high } as const;
      const answer = lab.client('asker').request('shop.read', {}, options);
      await until('the first run', () => runs.length === 1);
      dying.kill();
      await lab.replica('shop', { requests: requests('second') });
      expect(await answer).toBe('second');
    });

    promise('that runs is waited for when its replica closes', async (lab) => {
      const gate = new Gate();
      let runs = 0;
      const read = async () => {
        runs += 1;
        await gate.whenOpen;
        return 'finished';
      };
      const replica = await lab.replica('shop', { requests: { 'shop.read': read } });
      const answer = lab.client('asker').request('shop.read', {}, high);
      await until('the handler to run', () => runs === 1);
      const closed = replica.close();
      gate.open();
      await closed;
      expect(await answer).toBe('finished');
      const queue = { kind: 'requests', name: 'shop', lane: 'high' } as const;
      expect(await lab.harness.queueSize(queue)).toBe(0);
    });
  });
}

function interruptionPromises({ describe, promise, expect }: Suite): void {
  describe('a request of high priority', () => {
    promise('neither fails nor runs twice when the connections drop', async (lab) => {
      const handled: number[] = [];
      const requests = { 'shop.count': ({ n }: { n: number }) => handled.push(n) };
      const replica = await lab.replica('shop', { requests });
      const broker = lab.harness.broker({ deadAfterMs, service: 'asker' });
      const client = lab.client('asker', { broker });
      await client.connect();
      const answers: Promise<unknown>[] = [];
      for (const n of range(300)) {
        const options = { deadlineMs: 10_000, ...(n % 2 === 0 && high) } as const;
        answers.push(client.request('shop.count', { n }, options));
        if (n % 30 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (n === 100) await lab.harness.dropConnections(replica.broker);
      }
      await Promise.all(answers);
      expect(counts(handled).size).toBe(300);
      expect(handled.length).toBe(300);
    });

    promise('that is called off before it is read is never handled', async (lab) => {
      const { handled, gate } = await busy(lab);
      const client = lab.client('asker');
      const first = client.request('busy.work', { name: 'first' });
      await until('the first to run', () => handled.length === 1);
      const caller = new AbortController();
      const options = { ...high, signal: caller.signal };
      const off = rejection(client.request('busy.work', { name: 'off' }, options));
      const last = client.request('busy.work', { name: 'last' });
      const queue = { kind: 'requests', name: 'busy', lane: 'high' } as const;
      await until('it to wait', async () => (await lab.harness.queueSize(queue)) === 1);
      const other = lab.harness.broker({ deadAfterMs, service: 'busy' });
      let heard = false;
      await other.onBroadcast(cancelChannel('busy'), () => (heard = true));
      caller.abort();
      expect(await off).toMatchObject({ code: 'CANCELLED' });
      await until('the cancellation to be heard', () => heard);
      await other.close();
      gate.open();
      await Promise.all([first, last]);
      expect(handled).toEqual(['first', 'last']);
    });
  });
}

function boundPromises({ describe, promise, expect }: Suite): void {
  describe('a request of high priority', () => {
    promise(
      'is taken while the queue of the others is full, and has its own limit',
      async (lab) => {
        const { handled, gate } = await busy(lab);
        const client = lab.client('asker', { queueMax: 2 });
        const ask = (options = {}) => client.request('busy.work', { name: 'x' }, options);
        const answers = [ask()];
        await until('the first to run', () => handled.length === 1);
        answers.push(ask());
        expect(await rejection(ask())).toMatchObject({ code: 'OVERLOADED' });
        answers.push(ask(high), ask(high));
        expect(await rejection(ask(high))).toMatchObject({ code: 'OVERLOADED' });
        gate.open();
        await Promise.all(answers);
      },
    );

    promise('to a service without a replica fails with NO_CONSUMER', async (lab) => {
      const client = lab.client('asker');
      expect(await rejection(client.request('nobody.there', {}, high))).toMatchObject({
        code: 'NO_CONSUMER',
      });
    });
  });

  describe('a priority', () => {
    promise('that does not exist, or of an event, is refused', async (lab) => {
      const client = lab.client('asker');
      const wrong = { priority: 'urgent' as never };
      expect(await rejection(client.request('busy.work', {}, wrong))).toMatchObject({
        name: 'RangeError',
      });
      const record = new TransportRecordBuilder({}).setPriority('high').build();
      expect(await rejection(firstValueFrom(client.emit('orders.paid', record)))).toMatchObject({
        name: 'RangeError',
      });
    });
  });
}
