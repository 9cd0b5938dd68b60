import { firstValueFrom } from 'rxjs';
import { TransportRecordBuilder } from '../client/transport-record.js';
import { counts, range, rejection, until, type Lab } from './lab.js';
import type { Suite } from './suite.js';

const topic = 'orders.due';
/** No heartbeat helps within a test: what comes in time was waked for it. */
const slow = { heartbeatMs: 4_000, deadAfterMs: 12_000 } as const;
/** The goal is 100 ms; a test must also pass on a machine that does ten other things. */
const lateMsMax = 900;

/** Events that wait for their time. */
export function scheduledPromises(suite: Suite): void {
  timePromises(suite);
  retryPromises(suite);
  keepingPromises(suite);
  cancelPromises(suite);
  boundPromises(suite);
}

interface Seen {
  readonly n: number;
  readonly at: number;
}

/** A replica that notes when what came; its heartbeats are too rare to help. */
async function noting(lab: Lab, service: string, options: object = slow): Promise<Seen[]> {
  const seen: Seen[] = [];
  const handler = ({ n }: { n: number }) => void seen.push({ n, at: Date.now() });
  await lab.replica(service, { events: { [topic]: handler }, options });
  return seen;
}

function timePromises({ describe, promise, expect }: Suite): void {
  describe('an event with a time', () => {
    promise('enters its topic then: not before, and soon after', async (lab) => {
      const seen = await noting(lab, 'mail');
      const client = lab.client('orders');
      await client.connect();
      const sentAt = Date.now();
      await client.emitEvent(topic, { n: 1 }, { delayMs: 500 });
      const at = sentAt + 250;
      await client.emitEvent(topic, { n: 2 }, { at });
      await client.emitEvent(topic, { n: 3 });
      await until('all three', () => seen.length === 3);
      expect(seen.map(({ n }) => n)).toEqual([3, 2, 1]);
      const [, second, first] = seen as [Seen, Seen, Seen];
      expect(second.at - at).toBeGreaterThan(-1);
      expect(second.at - at).toBeLessThan(lateMsMax);
      expect(first.at - sentAt).toBeGreaterThan(499);
      expect(first.at - sentAt).toBeLessThan(500 + lateMsMax);
    });

    promise('is handled once by each subscribing service, like any other', async (lab) => {
      const seen = await Promise.all(['mail', 'mail', 'stock'].map((name) => noting(lab, name)));
      const client = lab.client('orders');
      await Promise.all(
        range(30).map((n) => client.emitEvent(topic, { n }, { delayMs: 20 * (n % 5) })),
      );
      await until('all 60 runs', () => seen.flat().length >= 60);
      const [mail = [], other = [], stock = []] = seen;
      expect(counts([...mail, ...other].map(({ n }) => n)).size).toBe(30);
      expect(counts(stock.map(({ n }) => n)).size).toBe(30);
      expect(seen.flat().length).toBe(60);
    });

    promise('that is over enters its topic at once', async (lab) => {
      const seen = await noting(lab, 'mail');
      const client = lab.client('orders');
      await client.emitEvent(topic, { n: 1 }, { at: new Date(Date.now() - 1_000) });
      await client.emitEvent(topic, { n: 2 }, { at: 0, scheduleId: 'over' });
      await client.emitEvent(topic, { n: 3 }, { delayMs: 0 });
      await until('all three', () => seen.length === 3);
    });

    promise('is set by a record of the stock emit() too', async (lab) => {
      const seen = await noting(lab, 'mail');
      const client = lab.client('orders');
      await client.connect();
      const sentAt = Date.now();
      const later = new TransportRecordBuilder({ n: 1 }).setDelay(200).build();
      const then = new TransportRecordBuilder({ n: 2 }).scheduleAt(sentAt + 300).build();
      for (const record of [later, then]) {
        await firstValueFrom(client.emit(topic, record), { defaultValue: undefined });
      }
      await until('both', () => seen.length === 2);
      expect((seen[0]?.at ?? 0) - sentAt).toBeGreaterThan(199);
      expect((seen[1]?.at ?? 0) - sentAt).toBeGreaterThan(299);
    });
  });
}

function retryPromises({ describe, promise, expect }: Suite): void {
  describe('a failing event', () => {
    promise('is tried again when its time has come, between two heartbeats', async (lab) => {
      const runs: number[] = [];
      const handler = () => {
        runs.push(Date.now());
        if (runs.length === 1) throw new Error('not yet');
      };
      const options = { ...slow, retry: { delayMs: 200 } };
      await lab.replica('mail', { events: { 'orders.paid': handler }, options });
      await lab.client('orders').emitEvent('orders.paid', {});
      await until('the second run', () => runs.length === 2);
      const pauseMs = (runs[1] ?? 0) - (runs[0] ?? 0);
      // Half of it is random.
      expect(pauseMs).toBeGreaterThan(99);
      expect(pauseMs).toBeLessThan(200 + lateMsMax);
    });
  });
}

function keepingPromises({ describe, promise, expect }: Suite): void {
  describe('an event with a time', () => {
    promise('waits at the broker, with nobody there but who reads it in the end', async (lab) => {
      const first = await lab.replica('mail', { events: { [topic]: () => {} } });
      const client = lab.client('orders');
      await client.emitEvent(topic, { n: 1 }, { delayMs: 300 });
      await client.emitEvent(topic, { n: 2 }, { delayMs: 100 });
      await Promise.all([client.close(), first.close()]);
      const dueAt = Date.now() + 300;
      await until('its time to be over', () => Date.now() > dueAt);
      const seen = await noting(lab, 'mail');
      await until('both', () => seen.length === 2);
      expect(seen.map(({ n }) => n)).toEqual([2, 1]);
    });

    promise('is counted in the backlog of its topic until then', async (lab) => {
      const { server } = await lab.replica('mail', { events: { [topic]: () => {} } });
      const client = lab.client('orders');
      for (const scheduleId of ['a', 'b']) {
        await client.emitEvent(topic, {}, { delayMs: 60_000, scheduleId });
      }
      const [backlog] = await server.backlog();
      expect(backlog as object).toMatchObject({ waiting: 0, unfinished: 0, scheduled: 2 });
    });

    promise('is neither lost nor doubled when the broker drops the connections', async (lab) => {
      const seen: number[] = [];
      const events = { [topic]: ({ n }: { n: number }) => void seen.push(n) };
      const replica = await lab.replica('mail', { events });
      const broker = lab.harness.broker({ deadAfterMs: 1_000, service: 'orders' });
      const client = lab.client('orders', { broker });
      await client.connect();
      const sent: Promise<void>[] = [];
      for (const n of range(300)) {
        sent.push(client.emitEvent(topic, { n }, { delayMs: n }));
        if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (n === 100) await lab.harness.dropConnections(broker);
        if (n === 200) await lab.harness.dropConnections(replica.broker);
      }
      await Promise.all(sent);
      await until('all events', () => counts(seen).size === 300);
      const { broker: one } = replica;
      const queue = { kind: 'events', name: topic } as const;
      expect((await one.backlog(queue, 'mail')).scheduled).toBe(0);
      expect(seen.length).toBe(300);
    });

    promise('comes in time though a later one was there before it', async (lab) => {
      const seen = await noting(lab, 'mail');
      const client = lab.client('orders');
      await client.emitEvent(topic, { n: 1 }, { delayMs: 3_600_000 });
      const sentAt = Date.now();
      await client.emitEvent(topic, { n: 2 }, { delayMs: 100 });
      await until('the nearer one', () => seen.length === 1);
      expect(seen[0]?.n).toBe(2);
      expect((seen[0]?.at ?? 0) - sentAt).toBeLessThan(100 + lateMsMax);
    });
  });
}

function cancelPromises({ describe, promise, expect }: Suite): void {
  describe('an event with a time and an id', () => {
    promise('can be called off until it enters its topic', async (lab) => {
      const seen = await noting(lab, 'mail');
      const client = lab.client('orders');
      await client.emitEvent(topic, { n: 1 }, { delayMs: 200, scheduleId: 'first' });
      await client.emitEvent(topic, { n: 2 }, { delayMs: 300, scheduleId: 'second' });
      expect(await client.cancelScheduled(topic, 'first')).toBe(true);
      expect(await client.cancelScheduled(topic, 'first')).toBe(false);
      await until('the other one', () => seen.length === 1);
      expect(await client.cancelScheduled(topic, 'second')).toBe(false);
      expect(seen.map(({ n }) => n)).toEqual([2]);
    });

    promise('takes the place of one that waits with that id', async (lab) => {
      const seen = await noting(lab, 'mail');
      const client = lab.client('orders');
      await client.emitEvent(topic, { n: 1 }, { delayMs: 100, scheduleId: 'reminder' });
      await client.emitEvent(topic, { n: 2 }, { delayMs: 250, scheduleId: 'reminder' });
      await client.emitEvent(topic, { n: 3 }, { delayMs: 300 });
      await until('both', () => seen.length === 2);
      expect(seen.map(({ n }) => n)).toEqual([2, 3]);
    });
  });
}

function boundPromises({ describe, promise, expect }: Suite): void {
  describe('an event with a time', () => {
    promise('is refused with OVERLOADED when too many wait on its topic', async (lab) => {
      const client = lab.client('orders', { scheduledMax: 2 });
      const emit = (scheduleId: string) =>
        client.emitEvent(topic, {}, { delayMs: 60_000, scheduleId });
      await Promise.all([emit('a'), emit('b')]);
      expect(await rejection(emit('c'))).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 1_000 });
      // One that takes the place of another needs no room.
      await emit('b');
      expect(await client.cancelScheduled(topic, 'a')).toBe(true);
      await emit('c');
    });

    promise('that is no time, or too far ahead, is refused before it is sent', async (lab) => {
      const client = lab.client('orders');
      const year = 365 * 24 * 3_600_000;
      for (const options of [
        { delayMs: -1 },
        { delayMs: Number.NaN },
        { delayMs: year + 1 },
        { at: new Date(Number.NaN) },
        { at: Date.now() + year + 60_000 },
        { at: Date.now(), delayMs: 1 },
        { scheduleId: 'without a time' },
      ]) {
        expect(await rejection(client.emitEvent(topic, {}, options))).toMatchObject({
          name: 'RangeError',
        });
      }
    });
  });

  describe('a request', () => {
    promise('with a time is refused, because its caller waits now', async (lab) => {
      await lab.replica('echo', { requests: { 'echo.back': (data: unknown) => data } });
      const record = new TransportRecordBuilder({}).setDelay(10).build();
      const error = await rejection(firstValueFrom(lab.client('asker').send('echo.back', record)));
      expect(error).toMatchObject({ name: 'RangeError' });
    });
  });
}
