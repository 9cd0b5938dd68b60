import { RpcException } from '@nestjs/microservices';
import { from, lastValueFrom, toArray } from 'rxjs';
import type { MessageContext } from '../server/message-context.js';
import { TransportRecordBuilder } from '../client/transport-record.js';
import { counts, range, rejection } from './lab.js';
import type { Suite } from './suite.js';

export function requestPromises(suite: Suite): void {
  answerPromises(suite);
  envelopePromises(suite);
  refusalPromises(suite);
}

function answerPromises({ describe, promise, expect }: Suite): void {
  describe('a request', () => {
    promise('is handled by exactly one replica', async (lab) => {
      const handled: number[] = [];
      const requests = { 'sums.add': ({ n }: { n: number }) => handled.push(n) };
      await lab.replica('sums', { requests });
      await lab.replica('sums', { requests });
      const client = lab.client('asker');
      await Promise.all(range(200).map((n) => client.request('sums.add', { n })));
      expect(handled.length).toBe(200);
      expect(counts(handled).size).toBe(200);
    });

    promise('is answered with what the handler returned', async (lab) => {
      await lab.replica('echo', { requests: { 'echo.back': (data: unknown) => data } });
      const client = lab.client('asker');
      for (const data of [{ text: 'Zürich\n\u2028 ok' }, [1, null], 'plain', 0, false]) {
        expect(await client.request('echo.back', data)).toEqual(data);
      }
    });

    promise('resolves with undefined when the handler returns nothing', async (lab) => {
      await lab.replica('echo', { requests: { 'echo.none': () => undefined } });
      expect(await lab.client('asker').request('echo.none', {})).toBe(undefined);
    });
  });
}

function envelopePromises({ describe, promise, expect }: Suite): void {
  describe('a request', () => {
    promise('carries metadata, deadline, sender and attempt to the handler', async (lab) => {
      let seen: MessageContext | undefined;
      await lab.replica('echo', {
        requests: { 'echo.look': (_: unknown, context) => void (seen = context) },
      });
      const deadline = Date.now() + 3_000;
      const metadata = { traceparent: '00-abc' };
      await lab.client('asker').request('echo.look', {}, { deadline, metadata });
      const { pattern, attempt, sender } = seen ?? {};
      expect({ pattern, attempt, sender, deadline: seen?.deadline }).toEqual({
        pattern: 'echo.look',
        attempt: 1,
        sender: 'asker',
        deadline,
      });
      expect(seen?.metadata).toEqual(metadata);
    });

    promise('is passed on as JSON text without being parsed by requestRaw', async (lab) => {
      await lab.replica('echo', { requests: { 'echo.back': (data: unknown) => data } });
      const json = '{"price":100,"name":"Ball"}';
      expect(await lab.client('asker').requestRaw('echo.back', json)).toBe(json);
    });

    promise(
      'streams the values of many requests at once, each in order and before its end',
      async (lab) => {
        await lab.replica('shop', { requests: { 'shop.count': () => from([1, 2, 3]) } });
        const client = lab.client('asker');
        const answers = range(60).map(() =>
          lastValueFrom(client.send<number>('shop.count', {}).pipe(toArray())),
        );
        expect(await Promise.all(answers)).toEqual(range(60).map(() => [1, 2, 3]));
      },
    );

    promise('streams several values in order through the stock send()', async (lab) => {
      await lab.replica('echo', { requests: { 'echo.many': () => from(range(20)) } });
      const values = lab.client('asker').send('echo.many', {}).pipe(toArray());
      expect(await lastValueFrom(values)).toEqual(range(20));
    });

    promise(
      'takes metadata, deadline and effect from a record of the stock send()',
      async (lab) => {
        let seen: MessageContext | undefined;
        await lab.replica('echo', {
          requests: { 'echo.look': (_: unknown, context) => (seen = context) && 'ok' },
        });
        const record = new TransportRecordBuilder({}).setMetadata({ a: 'b' }).setDeadline(2_000);
        const sentAt = Date.now();
        await lastValueFrom(lab.client('asker').send('echo.look', record.build()));
        expect(seen?.metadata).toEqual({ a: 'b' });
        expect((seen?.deadline ?? 0) - sentAt).toBeLessThan(3_000);
      },
    );

    promise('runs inside the wrapper that the service gave', async (lab) => {
      const wrapped: string[] = [];
      await lab.replica('echo', {
        requests: { 'echo.back': (data: unknown) => data },
        options: {
          around: async (context, run) => {
            wrapped.push(context.pattern);
            return { wrapped: await run() };
          },
        },
      });
      expect(await lab.client('asker').request('echo.back', 1)).toEqual({ wrapped: 1 });
      expect(wrapped).toEqual(['echo.back']);
    });
  });
}

function refusalPromises({ describe, promise, expect }: Suite): void {
  describe('a refusal', () => {
    promise('that a handler exposes reaches the caller as plain JSON', async (lab) => {
      const refusal = { code: 'orders.unknown', detail: 'no such order' };
      await lab.replica('orders', {
        requests: {
          'orders.read': () => {
            throw new RpcException(refusal);
          },
        },
      });
      const error = await rejection(lab.client('asker').request('orders.read', {}));
      expect(error).toMatchObject({ name: 'RemoteError', error: refusal });
    });

    promise('that a handler did not mean to expose stays opaque', async (lab) => {
      await lab.replica('orders', {
        requests: {
          'orders.read': () => {
            throw new Error('password of the database is 1234');
          },
        },
      });
      const error = await rejection(lab.client('asker').request('orders.read', {}));
      expect(error).toMatchObject({ error: { status: 'error', message: 'Internal server error' } });
    });

    promise('for a pattern without a handler is UNKNOWN_PATTERN', async (lab) => {
      await lab.replica('orders', { requests: { 'orders.read': () => 1 } });
      const error = await rejection(lab.client('asker').request('orders.burn', {}));
      expect(error).toMatchObject({ name: 'TransportError', code: 'UNKNOWN_PATTERN' });
    });
  });
}
