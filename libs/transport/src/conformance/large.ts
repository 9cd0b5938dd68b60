import { from, lastValueFrom, toArray } from 'rxjs';
import { TransportRecord } from '../client/transport-record.js';
import { Gate, range, rejection, until } from './lab.js';
import type { Suite } from './suite.js';

export function largePromises(suite: Suite): void {
  largeRequestPromises(suite);
  largeKeyPromises(suite);
  largeEventPromises(suite);
  largeFailurePromises(suite);
}

const topic = { kind: 'events', name: 'orders.paid' } as const;
const mebibyte = 1024 * 1024;

/** A text that takes about so many bytes, not all of one character. */
const textOf = (bytes: number, n = 0): string => `${n} `.padEnd(bytes - 3, 'abcdefgh') + 'ü';

function largeRequestPromises({ describe, promise, expect }: Suite): void {
  describe('a large payload', () => {
    promise('of a request and of its reply arrives as it was', async (lab) => {
      await lab.replica('big', {
        requests: { 'big.turn': (text: string, { body }) => ({ text, length: body.length }) },
      });
      const client = lab.client('asker', { deadlineMs: 10_000 });
      for (const bytes of [65_000, 66_000, mebibyte, 5 * mebibyte]) {
        const text = textOf(bytes);
        const reply = await client.request('big.turn', text);
        expect(reply).toEqual({ text, length: JSON.stringify(text).length });
      }
    });

    promise('is one of many under way, and leaves nothing behind', async (lab) => {
      await lab.replica('big', {
        requests: { 'big.turn': (text: string) => text },
        options: { maxInFlight: 4 },
      });
      const client = lab.client('asker', { deadlineMs: 20_000 });
      const texts = range(40).map((n) => textOf(n % 4 === 0 ? 100 : mebibyte, n));
      const replies = await Promise.all(texts.map((text) => client.request('big.turn', text)));
      expect(replies.every((reply, n) => reply === texts[n])).toBe(true);
      await until('nothing to lie apart', async () => ((await lab.harness.apart?.()) ?? 0) === 0);
    });

    promise('of one value among several comes in its turn', async (lab) => {
      const [first, second] = [textOf(mebibyte, 1), textOf(200_000, 2)];
      const lists = {
        'big.last': ['small', first, 'smaller', second],
        'big.first': [first, 'small'],
      };
      await lab.replica('big', {
        requests: {
          'big.last': () => from(lists['big.last']),
          'big.first': () => from(lists['big.first']),
        },
      });
      const client = lab.client('asker');
      for (const [pattern, values] of Object.entries(lists)) {
        for (const idempotencyKey of [undefined, 'one']) {
          const record = new TransportRecord({}, idempotencyKey ? { idempotencyKey } : {});
          const answers = client.send<string>(pattern, record).pipe(toArray());
          expect(await lastValueFrom(answers)).toEqual(values);
        }
      }
    });

    promise('above the limit is refused before it is sent', async (lab) => {
      const client = lab.client('asker');
      const text = textOf(9 * mebibyte);
      const refused = { code: 'PAYLOAD_TOO_LARGE' };
      expect(await rejection(client.request('big.turn', text))).toMatchObject(refused);
      expect(await rejection(client.emitEvent(topic.name, text))).toMatchObject(refused);
    });
  });
}

function largeKeyPromises({ describe, promise, expect }: Suite): void {
  describe('a large payload', () => {
    promise(
      'with an idempotency key runs once, and its reply reaches all who wait',
      async (lab) => {
        const gate = new Gate();
        let runs = 0;
        await lab.replica('big', {
          requests: {
            'big.pay': async (text: string) => {
              runs += 1;
              await gate.whenOpen;
              return text + text;
            },
          },
        });
        const clients = [lab.client('asker'), lab.client('asker')];
        const text = textOf(mebibyte);
        const keyed = { idempotencyKey: 'one', deadlineMs: 10_000 };
        const answers = clients.map((client) => client.request('big.pay', text, keyed));
        await until('the run', () => runs === 1);
        const other = clients[0]?.request('big.pay', textOf(mebibyte, 1), keyed);
        expect(await rejection(other!)).toMatchObject({ code: 'KEY_REUSED' });
        gate.open();
        const [first, second] = await Promise.all(answers);
        expect([first === text + text, second === text + text, runs]).toEqual([true, true, 1]);
        const again = await rejection(clients[0]!.request('big.pay', text, keyed));
        expect(again).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
      },
    );
  });
}

function largeEventPromises({ describe, promise, expect }: Suite): void {
  describe('a large payload', () => {
    promise('of an event reaches each service, in each of its runs', async (lab) => {
      const handled: string[] = [];
      const text = textOf(2 * mebibyte);
      const note =
        (service: string) =>
        (data: string, { attempt }: { attempt: number }) => {
          handled.push(`${service} ${attempt} ${data === text}`);
          if (service === 'mail' && attempt < 3) throw new Error('not yet');
        };
      await lab.replica('mail', { events: { [topic.name]: note('mail') } });
      await lab.client('orders').emitEvent(topic.name, text, { key: 'a' });
      await until('the last run', () => handled.length === 3);
      await lab.replica('stock', { events: { [topic.name]: note('stock') } });
      await until('the service that booted later', () => handled.length === 4);
      expect(handled).toEqual(['mail 1 true', 'mail 2 true', 'mail 3 true', 'stock 1 true']);
    });

    promise('of an event reaches each replica that hears it as a broadcast', async (lab) => {
      const handled: string[] = [];
      const text = textOf(mebibyte);
      const note = (name: string) => ({
        [topic.name]: (data: string) => void handled.push(`${name} ${data === text}`),
      });
      await lab.replica('mail', { events: note('group'), broadcasts: note('mail') });
      await lab.replica('stock', { broadcasts: note('stock') });
      await lab.client('orders').emitEvent(topic.name, text);
      await until('all three', () => handled.length === 3);
      expect([...handled].sort()).toEqual(['group true', 'mail true', 'stock true']);
    });

    promise('of an event goes with its event', async (lab) => {
      let handled = 0;
      await lab.replica('mail', {
        events: { [topic.name]: () => void (handled += 1) },
        options: { keepEventsMs: 0 },
      });
      const client = lab.client('orders');
      await Promise.all(range(20).map((n) => client.emitEvent(topic.name, textOf(mebibyte, n))));
      await until('all runs', () => handled === 20);
      await until('the stream to be trimmed', async () => {
        return (await lab.harness.queueSize(topic)) <= 1;
      });
      // The last event of a stream stays until there is another.
      await until('payloads to be gone', async () => ((await lab.harness.apart?.()) ?? 0) <= 1);
    });
  });
}

function largeFailurePromises({ describe, promise, expect }: Suite): void {
  describe('a large payload', () => {
    promise('is taken over with its event when a replica dies', async (lab) => {
      const handled: string[] = [];
      const text = textOf(mebibyte);
      const events = (name: string, wait: Promise<void>) => ({
        [topic.name]: async (data: string) => {
          handled.push(`${name} ${data === text}`);
          await wait;
        },
      });
      const first = await lab.replica('mail', { events: events('first', new Promise(() => {})) });
      await lab.client('orders').emitEvent(topic.name, text);
      await until('the first run', () => handled.length === 1);
      first.kill();
      await lab.replica('mail', { events: events('second', Promise.resolve()) });
      await until('the second run', () => handled.length === 2);
      expect(handled).toEqual(['first true', 'second true']);
    });

    promise('of an event that is given up is part of its dead letter', async (lab) => {
      const text = textOf(mebibyte);
      await lab.replica('mail', {
        events: {
          [topic.name]: () => {
            throw new Error('the mailbox is full');
          },
        },
        options: { retry: { attemptsMax: 1 }, keepEventsMs: 0 },
      });
      await lab.client('orders').emitEvent(topic.name, text);
      await until('the dead letter', async () => {
        return (await lab.harness.deadLetters(topic)).length > 0;
      });
      const [letter] = await lab.harness.deadLetters(topic);
      expect(letter?.reason).toBe('Error: the mailbox is full');
      expect(letter?.body === JSON.stringify(text)).toBe(true);
    });
  });
}
