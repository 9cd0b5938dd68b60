import { RpcException } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { TransportRecordBuilder } from '../client/transport-record.js';
import { Gate, deadAfterMs, range, rejection, until } from './lab.js';
import type { Suite } from './suite.js';

export function keyPromises(suite: Suite): void {
  repeatPromises(suite);
  scopePromises(suite);
  endPromises(suite);
  keyCrashPromises(suite);
}

const keyed = { idempotencyKey: 'order 1', deadlineMs: 10_000 } as const;

function repeatPromises({ describe, promise, expect }: Suite): void {
  describe('a request with an idempotency key', () => {
    promise('runs once, however often it is asked, and all get one reply', async (lab) => {
      let runs = 0;
      await lab.replica('shop', { requests: { 'shop.pay': () => ({ runs: (runs += 1) }) } });
      const [client, sameService] = [lab.client('asker'), lab.client('asker')];
      const first = await client.request('shop.pay', { n: 1 }, keyed);
      const others = await Promise.all(
        range(20).map((n) => (n % 2 ? client : sameService).request('shop.pay', { n: 1 }, keyed)),
      );
      expect([first, ...others]).toEqual(range(21).map(() => ({ runs: 1 })));
      const record = new TransportRecordBuilder({ n: 1 }).setIdempotencyKey('order 1').build();
      expect(await lastValueFrom(client.send('shop.pay', record))).toEqual({ runs: 1 });
    });

    promise('that runs is waited for by the next one with the same key', async (lab) => {
      const gate = new Gate();
      let runs = 0;
      const pay = async (
        _: unknown,
        { idempotencyKey }: { idempotencyKey?: string | undefined },
      ) => {
        runs += 1;
        await gate.whenOpen;
        return idempotencyKey;
      };
      await lab.replica('shop', { requests: { 'shop.pay': pay } });
      const impatient = lab.client('asker').request('shop.pay', {}, { ...keyed, deadlineMs: 200 });
      expect(await rejection(impatient)).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      const retried = lab.client('asker').request('shop.pay', {}, keyed);
      const another = lab.client('asker').request('shop.pay', {}, keyed);
      await lab
        .client('asker')
        .request('shop.none', {})
        .catch(() => {});
      gate.open();
      expect(await Promise.all([retried, another])).toEqual(['order 1', 'order 1']);
      expect(runs).toBe(1);
    });

    promise('that was answered is answered again while no replica is alive', async (lab) => {
      const replica = await lab.replica('shop', { requests: { 'shop.pay': () => 'paid' } });
      const client = lab.client('asker');
      expect(await client.request('shop.pay', {}, keyed)).toBe('paid');
      await replica.close();
      expect(await client.request('shop.pay', {}, keyed)).toBe('paid');
      const another = client.request('shop.pay', {}, { idempotencyKey: 'order 2' });
      expect(await rejection(another)).toMatchObject({ code: 'NO_CONSUMER' });
    });
  });
}

function scopePromises({ describe, promise, expect }: Suite): void {
  describe('an idempotency key', () => {
    promise('that is used again with another payload is refused with KEY_REUSED', async (lab) => {
      let runs = 0;
      await lab.replica('shop', { requests: { 'shop.pay': () => (runs += 1) } });
      const client = lab.client('asker');
      await client.request('shop.pay', { amount: 1 }, keyed);
      const other = rejection(client.request('shop.pay', { amount: 2 }, keyed));
      expect(await other).toMatchObject({ name: 'TransportError', code: 'KEY_REUSED' });
      expect(runs).toBe(1);
    });

    promise('is another one for another pattern, and from another service', async (lab) => {
      let runs = 0;
      const requests = { 'shop.pay': () => (runs += 1), 'shop.book': () => (runs += 1) };
      await lab.replica('shop', { requests });
      const client = lab.client('asker');
      await client.request('shop.pay', {}, keyed);
      await client.request('shop.book', {}, keyed);
      await lab.client('other').request('shop.pay', {}, keyed);
      expect(runs).toBe(3);
    });

    promise('that is empty or endless is refused before anything is sent', async (lab) => {
      const client = lab.client('asker');
      for (const idempotencyKey of ['', 'x'.repeat(201)]) {
        const refused = rejection(client.request('shop.pay', {}, { idempotencyKey }));
        expect(await refused).toMatchObject({ name: 'RangeError' });
      }
    });

    promise('is forgotten when its time is over', async (lab) => {
      let runs = 0;
      await lab.replica('shop', { requests: { 'shop.pay': () => (runs += 1) } });
      const client = lab.client('asker');
      const shortly = { ...keyed, keepReplyMs: 1_000 };
      expect(await client.request('shop.pay', {}, shortly)).toBe(1);
      expect(await client.request('shop.pay', {}, shortly)).toBe(1);
      await until('the next run', async () => {
        return (await client.request('shop.pay', {}, shortly)) === 2;
      });
    });
  });
}

function endPromises({ describe, promise, expect }: Suite): void {
  describe('a request with an idempotency key', () => {
    promise('that was refused is refused again without a run', async (lab) => {
      let runs = 0;
      const pay = () => {
        runs += 1;
        throw new RpcException({ code: 'shop.no-money' });
      };
      await lab.replica('shop', { requests: { 'shop.pay': pay } });
      const client = lab.client('asker');
      for (const _ of range(2)) {
        const error = await rejection(client.request('shop.pay', {}, keyed));
        expect(error).toMatchObject({ error: { code: 'shop.no-money' } });
      }
      expect(runs).toBe(1);
    });

    promise('runs again after a fault nobody meant, where that does no harm', async (lab) => {
      let runs = 0;
      const fail = () => {
        runs += 1;
        throw new Error('the database is away');
      };
      await lab.replica('shop', { requests: { 'shop.pay': fail } });
      const client = lab.client('asker');
      for (const effect of ['once', 'once', 'idempotent', 'idempotent'] as const) {
        const options = { idempotencyKey: effect, effect };
        await rejection(client.request('shop.pay', {}, options));
      }
      expect(runs).toBe(3);
    });

    promise('whose first caller gave up before it was read runs for the second', async (lab) => {
      const gate = new Gate();
      const handled: string[] = [];
      const work = async ({ name }: { name: string }) => {
        handled.push(name);
        if (name === 'first') await gate.whenOpen;
        return name;
      };
      await lab.replica('shop', { requests: { 'shop.pay': work }, options: { maxInFlight: 1 } });
      const client = lab.client('asker');
      const first = client.request('shop.pay', { name: 'first' });
      await until('the first to run', () => handled.length === 1);
      const late = client.request('shop.pay', { name: 'x' }, { ...keyed, deadlineMs: 100 });
      const waiting = lab.client('asker').request('shop.pay', { name: 'x' }, keyed);
      expect(await rejection(late)).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      gate.open();
      expect(await Promise.all([first, waiting])).toEqual(['first', 'x']);
      expect(handled).toEqual(['first', 'x']);
    });
  });
}

function keyCrashPromises({ describe, promise, expect }: Suite): void {
  describe('a request with an idempotency key', () => {
    promise('whose replica died stays UNKNOWN_OUTCOME for all who ask again', async (lab) => {
      const runs: string[] = [];
      const requests = (name: string) => ({
        'shop.pay': () => {
          runs.push(name);
          return new Promise(() => {});
        },
      });
      const dead = await lab.replica('shop', { requests: requests('dead') });
      const client = lab.client('asker');
      const answer = rejection(client.request('shop.pay', {}, keyed));
      await until('the run', () => runs.length === 1);
      dead.kill();
      await lab.replica('shop', { requests: requests('next'), options: { drainMs: 0 } });
      expect(await answer).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
      const again = rejection(client.request('shop.pay', {}, keyed));
      expect(await again).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
      expect(runs).toEqual(['dead']);
    });

    promise('is asked again after a lost connection, and still runs once', async (lab) => {
      const gate = new Gate();
      let runs = 0;
      const pay = async () => {
        runs += 1;
        await gate.whenOpen;
        return 'paid';
      };
      await lab.replica('shop', { requests: { 'shop.pay': pay } });
      const broker = lab.harness.broker({ deadAfterMs, service: 'asker' });
      const client = lab.client('asker', { broker });
      const answer = client.request('shop.pay', {}, { ...keyed, effect: 'once' });
      await until('the run', () => runs === 1);
      await lab.harness.dropConnections(broker);
      gate.open();
      expect(await answer).toBe('paid');
      expect(runs).toBe(1);
    });
  });
}
