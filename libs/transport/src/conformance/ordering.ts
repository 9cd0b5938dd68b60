import { TransportRecordBuilder } from '../client/transport-record.js';
import { lastValueFrom } from 'rxjs';
import { Gate, deadAfterMs, range, rejection, until, type Lab, type TestHandler } from './lab.js';
import type { Suite } from './suite.js';

export function orderingPromises(suite: Suite, { canLoseGroups }: OrderingOptions): void {
  orderPromises(suite);
  heldBackPromises(suite);
  moreHeldBackPromises(suite);
  orderCrashPromises(suite);
  if (canLoseGroups) lostOrderPromises(suite);
}

export interface OrderingOptions {
  readonly canLoseGroups?: boolean;
}

interface Numbered {
  readonly key: string;
  readonly n: number;
}

const topic = 'orders.paid';

/** Handlers that note what they were handed, and whether two of one key ever ran at once. */
class Ledger {
  readonly begun = new Map<string, number[]>();
  readonly ended: string[] = [];
  readonly #running = new Set<string>();
  overlaps = 0;

  /** Notes a run around `work`. */
  handler(work: (event: Numbered, attempt: number) => unknown = () => {}): TestHandler {
    return async (event: Numbered, { attempt }) => {
      const { key, n } = event;
      if (this.#running.has(key)) this.overlaps += 1;
      this.#running.add(key);
      this.begun.set(key, [...(this.begun.get(key) ?? []), n]);
      try {
        await new Promise((resolve) => setImmediate(resolve));
        await work(event, attempt);
        this.ended.push(`${key} ${n}`);
      } finally {
        this.#running.delete(key);
      }
    };
  }

  /** A process died with what it ran. */
  forget(): void {
    this.#running.clear();
  }
}

/** Emits `count` events of each key, turn by turn, all in one tick. */
function emitAll(lab: Lab, keys: readonly string[], count: number): Promise<unknown> {
  const client = lab.client('orders');
  return Promise.all(
    range(count).flatMap((n) => keys.map((key) => client.emitEvent(topic, { key, n }, { key }))),
  );
}

function orderPromises({ describe, promise, expect }: Suite): void {
  describe('events of one key', () => {
    promise('are handled in order and one at a time over all replicas', async (lab) => {
      const ledger = new Ledger();
      for (const _ of range(3))
        await lab.replica('mail', { events: { [topic]: ledger.handler() } });
      const keys = ['a', 'b', 'c'];
      await emitAll(lab, keys, 40);
      await until('all events', () => ledger.ended.length === 120);
      for (const key of keys) expect(ledger.begun.get(key)).toEqual(range(40));
      expect(ledger.overlaps).toBe(0);
    });

    promise('are in order in each group, which waits for no other', async (lab) => {
      const [slow, quick] = [new Ledger(), new Ledger()];
      const gate = new Gate();
      await lab.replica('mail', { events: { [topic]: slow.handler(() => gate.whenOpen) } });
      await lab.replica('stock', { events: { [topic]: quick.handler() } });
      await emitAll(lab, ['a'], 10);
      await until('the quick group', () => quick.ended.length === 10);
      expect(quick.begun.get('a')).toEqual(range(10));
      expect(slow.begun.get('a')).toEqual([0]);
      gate.open();
      await until('the slow group', () => slow.ended.length === 10);
      expect(slow.begun.get('a')).toEqual(range(10));
    });

    promise('are in order when emitted as records, before the first boot too', async (lab) => {
      const ledger = new Ledger();
      const client = lab.client('orders');
      for (const n of range(5)) {
        const record = new TransportRecordBuilder({ key: 'a', n }).setKey('a').build();
        await lastValueFrom(client.emit(topic, record), { defaultValue: 0 });
      }
      await lab.replica('mail', { events: { [topic]: ledger.handler() } });
      await until('all events', () => ledger.ended.length === 5);
      expect(ledger.begun.get('a')).toEqual(range(5));
    });

    promise(
      'are refused under a key that is empty or endless, and a request under any',
      async (lab) => {
        const client = lab.client('orders');
        for (const key of ['', 'x'.repeat(201)]) {
          const refused = rejection(client.emitEvent(topic, {}, { key }));
          expect(await refused).toMatchObject({ name: 'RangeError' });
        }
        const record = new TransportRecordBuilder({}).setKey('a').build();
        const both = rejection(client.emitEvent(topic, {}, { key: 'a', delayMs: 1_000 }));
        expect(await both).toMatchObject({ name: 'RangeError' });
        const request = rejection(lastValueFrom(client.send('orders.read', record)));
        expect(await request).toMatchObject({ name: 'TypeError' });
      },
    );
  });
}

function heldBackPromises({ describe, promise, expect }: Suite): void {
  describe('events of one key', () => {
    promise('wait while the one before them fails, until it succeeds', async (lab) => {
      const ledger = new Ledger();
      const fails = ({ n }: Numbered, attempt: number) => {
        if (n === 1 && attempt < 3) throw new Error('not yet');
      };
      for (const _ of range(2)) {
        await lab.replica('mail', { events: { [topic]: ledger.handler(fails) } });
      }
      await emitAll(lab, ['a'], 4);
      await until('all events', () => ledger.ended.length === 4);
      expect(ledger.begun.get('a')).toEqual([0, 1, 1, 1, 2, 3]);
    });

    promise('wait until the one before them is a dead letter', async (lab) => {
      const ledger = new Ledger();
      const fails = ({ n }: Numbered) => {
        if (n === 1) throw new Error('never');
      };
      await lab.replica('mail', {
        events: { [topic]: ledger.handler(fails) },
        options: { retry: { attemptsMax: 2, delayMs: 10 } },
      });
      await emitAll(lab, ['a'], 4);
      await until('the events after it', () => ledger.ended.length === 3);
      expect(ledger.begun.get('a')).toEqual([0, 1, 1, 2, 3]);
      expect((await lab.harness.deadLetters({ kind: 'events', name: topic })).length).toBe(1);
    });
  });
}

function moreHeldBackPromises({ describe, promise, expect }: Suite): void {
  describe('events of one key', () => {
    promise('hold up neither another key nor events without one', async (lab) => {
      const ledger = new Ledger();
      const gate = new Gate();
      const stuck = ({ key }: Numbered) => (key === 'a' ? gate.whenOpen : undefined);
      await lab.replica('mail', {
        events: { [topic]: ledger.handler(stuck) },
        // Far less than what waits behind the first.
        options: { maxInFlight: 4 },
      });
      await emitAll(lab, ['a'], 50);
      await emitAll(lab, ['b'], 20);
      await lab.client('orders').emitEvent(topic, { key: 'none', n: 0 });
      await until('the others', () => ledger.ended.length === 21);
      expect(ledger.begun.get('a')).toEqual([0]);
      gate.open();
      await until('the rest', () => ledger.ended.length === 71);
      expect(ledger.begun.get('a')).toEqual(range(50));
    });

    promise('are all there when everything is done, and forgotten in time', async (lab) => {
      const ledger = new Ledger();
      await lab.replica('mail', {
        events: { [topic]: ledger.handler() },
        options: { keepEventsMs: 0 },
      });
      await emitAll(lab, ['a'], 30);
      await until('all events', () => ledger.ended.length === 30);
      await until('the stream to be trimmed', async () => {
        return (await lab.harness.queueSize({ kind: 'events', name: topic })) <= 1;
      });
      await emitAll(lab, ['a'], 3);
      await until('events after those that are gone', () => ledger.ended.length === 33);
    });
  });
}

function orderCrashPromises({ describe, promise, expect }: Suite): void {
  describe('events of one key', () => {
    promise('stay in order when the replica that runs one dies', async (lab) => {
      const ledger = new Ledger();
      const stuck = ({ n }: Numbered) => (n === 2 ? new Promise(() => {}) : undefined);
      const first = await lab.replica('mail', { events: { [topic]: ledger.handler(stuck) } });
      await emitAll(lab, ['a'], 6);
      await until('the third to run', () => ledger.begun.get('a')?.length === 3);
      first.kill();
      ledger.forget();
      for (const _ of range(2))
        await lab.replica('mail', { events: { [topic]: ledger.handler() } });
      await until('the rest', () => ledger.ended.length === 6);
      expect(ledger.begun.get('a')).toEqual([0, 1, 2, 2, 3, 4, 5]);
      expect(ledger.overlaps).toBe(0);
    });

    promise('go on in another replica when the one that runs them leaves', async (lab) => {
      const ledger = new Ledger();
      const gate = new Gate();
      const work = ({ n }: Numbered) => (n === 2 ? gate.whenOpen : undefined);
      const first = await lab.replica('mail', { events: { [topic]: ledger.handler(work) } });
      await emitAll(lab, ['a'], 6);
      await until('the third to run', () => ledger.begun.get('a')?.length === 3);
      const left = first.close();
      await lab.replica('mail', { events: { [topic]: ledger.handler() } });
      gate.open();
      await left;
      await until('the rest', () => ledger.ended.length === 6);
      expect(ledger.begun.get('a')).toEqual(range(6));
    });

    promise('stay in order when connections are dropped', async (lab) => {
      const ledger = new Ledger();
      const replica = await lab.replica('mail', { events: { [topic]: ledger.handler() } });
      const broker = lab.harness.broker({ deadAfterMs, service: 'orders' });
      const client = lab.client('orders', { broker });
      await client.connect();
      const sent: Promise<void>[] = [];
      for (const n of range(300)) {
        sent.push(client.emitEvent(topic, { key: 'a', n }, { key: 'a' }));
        if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (n === 100) await lab.harness.dropConnections(broker);
        if (n === 200) await lab.harness.dropConnections(replica.broker);
      }
      await Promise.all(sent);
      await until('all events', () => ledger.ended.length === 300);
      expect(ledger.begun.get('a')).toEqual(range(300));
    });
  });
}

function lostOrderPromises({ describe, promise, expect }: Suite): void {
  describe('events of one key', () => {
    promise('stay in order when the group is lost and made again', async (lab) => {
      const ledger = new Ledger();
      const gate = new Gate();
      const work = ({ n }: Numbered) => (n === 2 ? gate.whenOpen : undefined);
      for (const _ of range(2)) {
        await lab.replica('mail', { events: { [topic]: ledger.handler(work) } });
      }
      await emitAll(lab, ['a'], 20);
      await until('the third to run', () => ledger.begun.get('a')?.length === 3);
      await lab.harness.loseGroup?.({ kind: 'events', name: topic }, 'mail');
      await lab.client('orders').emitEvent(topic, { key: 'none', n: 0 });
      await until('the group to be there again', () => ledger.begun.has('none'));
      gate.open();
      await until('the rest', () => ledger.ended.length === 21);
      expect(ledger.begun.get('a')).toEqual(range(20));
      expect(ledger.overlaps).toBe(0);
    });
  });
}
