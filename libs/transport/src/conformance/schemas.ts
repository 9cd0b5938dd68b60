import { from, lastValueFrom, toArray } from 'rxjs';
import type { StandardResult, StandardSchema } from '../schema/standard-schema.js';
import { range, rejection, until } from './lab.js';
import type { Suite } from './suite.js';

export function schemaPromises(suite: Suite): void {
  requestSchemaPromises(suite);
  replySchemaPromises(suite);
  eventSchemaPromises(suite);
}

interface Amount {
  readonly amount: number;
}

const fault = { message: 'must be a number', path: ['items', { key: 'a/b' }, 'amount'] };

/** Takes what has an amount, and makes another object of it; says so at once, or later. */
function amountSchema(isLater: boolean): StandardSchema {
  const validate = (value: unknown): StandardResult => {
    const { amount } = (value ?? {}) as Partial<Amount>;
    return typeof amount === 'number'
      ? { value: { amount, isChecked: true } }
      : { issues: [fault] };
  };
  const later = (value: unknown) => Promise.resolve().then(() => validate(value));
  const standard = { version: 1, vendor: 'spec', validate: isLater ? later : validate } as const;
  return { '~standard': standard };
}

const [amount, laterAmount] = [amountSchema(false), amountSchema(true)];
const issues = [{ path: '/items/a~1b/amount', message: 'must be a number' }];
const invalid = {
  code: 'INVALID_PAYLOAD',
  message: expectText('/items/a~1b/amount: must be a number'),
  issues,
};

/** What `toMatchObject` compares a text with that only has to hold another. */
function expectText(part: string): unknown {
  return { asymmetricMatch: (text: unknown) => String(text).includes(part) };
}

function requestSchemaPromises({ describe, promise, expect }: Suite): void {
  describe('a request with a schema', () => {
    for (const [how, request] of [
      ['at once', amount],
      ['later', laterAmount],
    ] as const) {
      promise(`that does not fit is refused before it is sent, ${how}`, async (lab) => {
        const client = lab.client('asker', { schemas: { 'shop.pay': { request } } });
        const wrong = { amount: '1' };
        expect(await rejection(client.request('shop.pay', wrong))).toMatchObject(invalid);
        const raw = client.requestRaw('shop.pay', JSON.stringify(wrong));
        expect(await rejection(raw)).toMatchObject(invalid);
        const stock = lastValueFrom(client.send('shop.pay', wrong));
        expect(await rejection(stock)).toMatchObject(invalid);
        // Nobody answers 'shop.pay': what fits is sent and learns that.
        const right = rejection(client.request('shop.pay', { amount: 1 }));
        expect(await right).toMatchObject({ code: 'NO_CONSUMER' });
      });
    }

    promise('that does not fit is answered before the handler sees it', async (lab) => {
      const handled: unknown[] = [];
      await lab.replica('shop', {
        requests: {
          'shop.pay': (data: Amount) => void handled.push(data),
          'shop.read': () => 'ok',
        },
        options: { schemas: { 'shop.pay': { request: amount } } },
      });
      const client = lab.client('asker');
      const keyed = { idempotencyKey: 'one' };
      for (const options of [{}, keyed]) {
        const refused = rejection(client.request('shop.pay', { amount: '1' }, options));
        expect(await refused).toMatchObject({ name: 'TransportError', ...invalid });
      }
      await client.request('shop.pay', { amount: 1, more: true });
      expect(handled).toEqual([{ amount: 1, isChecked: true }]);
      expect(await client.request('shop.read', 'anything')).toBe('ok');
    });
  });
}

function replySchemaPromises({ describe, promise, expect }: Suite): void {
  describe('a reply with a schema', () => {
    const schemas = { 'shop.pay': { reply: laterAmount } };
    const invalidReply = { code: 'INVALID_REPLY', issues };
    const replies = (values: readonly unknown[]) => ({ 'shop.pay': () => from(values) });

    promise('that does not fit is told to the caller by the server', async (lab) => {
      await lab.replica('shop', { requests: replies([{ amount: 'x' }]), options: { schemas } });
      const client = lab.client('asker');
      const options = { idempotencyKey: 'one' };
      expect(await rejection(client.request('shop.pay', {}))).toMatchObject(invalidReply);
      expect(await rejection(client.request('shop.pay', {}, options))).toMatchObject(invalidReply);
    });

    promise('of several values is checked value by value, in their order', async (lab) => {
      const values = [{ amount: 1 }, { amount: 2 }, { amount: 3 }];
      await lab.replica('shop', { requests: replies(values), options: { schemas } });
      const answers = lab.client('asker', { schemas }).send('shop.pay', {}).pipe(toArray());
      const checked = values.map((value) => Object.assign({ isChecked: true }, value));
      expect(await lastValueFrom(answers)).toEqual(checked);
    });

    promise(
      'that does not fit is refused by the caller, where the server checks none',
      async (lab) => {
        await lab.replica('shop', { requests: replies([{ amount: 1 }, { amount: 'x' }]) });
        const client = lab.client('asker', { schemas });
        expect(await rejection(client.request('shop.pay', {}))).toMatchObject(invalidReply);
        expect(await rejection(client.requestRaw('shop.pay', '{}'))).toMatchObject(invalidReply);
        const stock = lastValueFrom(client.send('shop.pay', {}));
        expect(await rejection(stock)).toMatchObject(invalidReply);
      },
    );
  });
}

function eventSchemaPromises({ describe, promise, expect }: Suite): void {
  describe('an event with a schema', () => {
    const schemas = { 'orders.paid': { event: amount } };
    const topic = { kind: 'events', name: 'orders.paid' } as const;

    promise('that does not fit is refused before it is sent', async (lab) => {
      const client = lab.client('orders', { schemas });
      const refused = rejection(client.emitEvent('orders.paid', { amount: null }));
      expect(await refused).toMatchObject(invalid);
      await client.emitEvent('orders.paid', { amount: 1 });
      expect(await lab.harness.queueSize(topic)).toBe(1);
    });

    promise('keeps its place in the order, however long its check takes', async (lab) => {
      const validate = async (value: unknown): Promise<StandardResult> => {
        const { n } = value as { n: number };
        await new Promise((resolve) => setTimeout(resolve, 20 - 5 * n));
        return { value };
      };
      const slow: StandardSchema = { '~standard': { version: 1, vendor: 'spec', validate } };
      const handled: number[] = [];
      await lab.replica('mail', {
        events: { 'orders.paid': ({ n }: { n: number }) => void handled.push(n) },
      });
      const client = lab.client('orders', { schemas: { 'orders.paid': { event: slow } } });
      await Promise.all(
        range(4).map((n) => client.emitEvent('orders.paid', { n }, { key: 'one' })),
      );
      await until('all events', () => handled.length === 4);
      expect(handled).toEqual(range(4));
    });

    promise('that does not fit is a dead letter at once, with the reason', async (lab) => {
      const handled: unknown[] = [];
      await lab.replica('mail', {
        events: { 'orders.paid': (data: Amount) => void handled.push(data) },
        options: { schemas },
      });
      const client = lab.client('orders');
      await client.emitEvent('orders.paid', { amount: 'x' });
      await client.emitEvent('orders.paid', { amount: 2 });
      await until('the event that fits', () => handled.length === 1);
      await until('the dead letter', async () => {
        return (await lab.harness.deadLetters(topic)).length === 1;
      });
      expect(handled).toEqual([{ amount: 2, isChecked: true }]);
      const [letter] = await lab.harness.deadLetters(topic);
      const reason = expectText("INVALID_PAYLOAD: the event 'orders.paid' does not fit");
      expect(letter as object).toMatchObject({ group: 'mail', attempts: 1, reason });
    });
  });
}
