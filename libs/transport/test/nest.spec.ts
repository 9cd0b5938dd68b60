import { Controller, Inject, Module } from '@nestjs/common';
import type { INestMicroservice, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientsModule,
  Ctx,
  EventPattern,
  MessagePattern,
  Payload,
  RpcException,
} from '@nestjs/microservices';
import { Observable, firstValueFrom, lastValueFrom, of, timeout, toArray } from 'rxjs';
import { MessageContext, TransportClient, TransportServer, openBroker } from '../src/index.js';
import type { BrokerPort } from '../src/index.js';
import { rejection, until } from '../src/conformance/lab.js';
import { RedisServer } from '@courtside/testing';

const heard: string[] = [];

@Controller()
class MathController {
  @MessagePattern('math.sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((a, b) => a + b, 0);
  }

  @MessagePattern('math.stream')
  stream(): Observable<number> {
    return of(1, 2, 3);
  }

  @MessagePattern({ cmd: 'who' })
  who(@Ctx() context: MessageContext): string {
    return `${context.sender} ${context.metadata['tenant'] ?? 'nobody'}`;
  }

  @MessagePattern('math.divide')
  divide(): number {
    throw new RpcException({ code: 'math.by-zero', detail: 'nothing divides by zero' });
  }

  @MessagePattern('math.crash')
  crash(): number {
    throw new TypeError('secret');
  }

  @MessagePattern('math.forever')
  forever(): Promise<never> {
    return new Promise(() => {});
  }

  @EventPattern('math.learned')
  first(@Payload() data: string): void {
    heard.push(`first ${data}`);
  }

  @EventPattern('math.learned')
  second(@Payload() data: string): void {
    heard.push(`second ${data}`);
  }

  @EventPattern('math.changed', { broadcast: true })
  everywhere(@Payload() data: string, @Ctx() context: unknown): void {
    const { sender } = context as MessageContext;
    heard.push(`everywhere ${data} from ${sender}`);
  }

  @EventPattern('math.changed')
  inOnePlace(@Payload() data: string): void {
    heard.push(`in one place ${data}`);
  }

  @EventPattern('math.failed')
  fails(@Ctx() context: MessageContext): void {
    heard.push(`attempt ${context.attempt}`);
    if (context.attempt === 1) throw new Error('once');
  }
}

@Module({ controllers: [MathController] })
class MathModule {}

function clientModule(broker: BrokerPort): Type {
  @Module({
    imports: [
      ClientsModule.register([
        {
          name: 'MATH',
          customClass: TransportClient,
          options: { broker, service: 'tester', target: 'math' },
        },
      ]),
    ],
  })
  class CallerModule {
    constructor(@Inject('MATH') readonly math: TransportClient) {}
  }
  return CallerModule;
}

function nestPromises(address: () => string): void {
  let client: TransportClient;
  withNest(address, (made) => (client = made));
  requestPromises(() => client);
  eventPromises(() => client);
}

function withNest(address: () => string, use: (client: TransportClient) => void): void {
  let service: INestMicroservice;
  let closeCaller: () => Promise<void>;

  beforeAll(async () => {
    const strategy = new TransportServer({
      broker: openBroker(address()),
      service: 'math',
      heartbeatMs: 100,
      drainMs: 100,
      ownsBroker: true,
      retry: { delayMs: 10 },
    });
    service = await NestFactory.createMicroservice(MathModule, { strategy, logger: false });
    await service.listen();
    const broker = openBroker(address());
    const caller = await NestFactory.createApplicationContext(clientModule(broker), {
      logger: false,
    });
    use(caller.get<TransportClient>('MATH'));
    closeCaller = async () => {
      await caller.close();
      await broker.close();
    };
  });

  afterAll(async () => {
    await closeCaller();
    await service.close();
  });
}

function requestPromises(client: () => TransportClient): void {
  it('answers the stock send() from a stock @MessagePattern', async () => {
    expect(await firstValueFrom(client().send('math.sum', [1, 2, 3]))).toBe(6);
  });

  it('answers request() the same', async () => {
    expect(await client().request('math.sum', [4, 5])).toBe(9);
  });

  it('streams every value of an Observable', async () => {
    expect(await lastValueFrom(client().send('math.stream', {}).pipe(toArray()))).toEqual([
      1, 2, 3,
    ]);
  });

  it('finds a pattern that is an object and carries what the dispatch hook set', async () => {
    client().setOnDispatchHook((packet) => {
      packet.metadata = { tenant: 'blue' };
    });
    expect(await firstValueFrom(client().send({ cmd: 'who' }, {}))).toBe('tester blue');
  });

  it('hands a stock caller the refusal of an RpcException as the plain object it was', async () => {
    const answer = firstValueFrom(client().send('math.divide', {}));
    await expect(answer).rejects.toEqual({
      code: 'math.by-zero',
      detail: 'nothing divides by zero',
    });
  });

  it('keeps any other error opaque', async () => {
    expect(await rejection(client().request('math.crash', {}))).toMatchObject({
      error: { status: 'error', message: 'Internal server error' },
    });
  });

  it('calls a request off when the caller unsubscribes', async () => {
    const answer = lastValueFrom(client().send('math.forever', {}).pipe(timeout(50)));
    await expect(answer).rejects.toMatchObject({ name: 'TimeoutError' });
  });
}

function eventPromises(client: () => TransportClient): void {
  it('runs every handler of the stock emit()', async () => {
    heard.length = 0;
    await lastValueFrom(client().emit('math.learned', 'pi'), { defaultValue: undefined });
    await until('both handlers', () => heard.length === 2);
    expect([...heard].sort()).toEqual(['first pi', 'second pi']);
  });

  it('runs a handler for every replica beside one for all of them', async () => {
    heard.length = 0;
    await lastValueFrom(client().emit('math.changed', 'pi'), { defaultValue: undefined });
    await until('both handlers', () => heard.length === 2);
    expect([...heard].sort()).toEqual(['everywhere pi from tester', 'in one place pi']);
  });

  it('retries an event whose stock handler threw', async () => {
    heard.length = 0;
    await client().emitEvent('math.failed', {});
    await until('the second attempt', () => heard.length === 2);
    expect(heard).toEqual(['attempt 1', 'attempt 2']);
  });
}

describe('a Nest microservice over the in-process driver', () => {
  nestPromises(() => 'memory:nest-spec');
});

const given = process.env['TEST_REDIS_URL'];
(given === 'none' ? describe.skip : describe)(
  `a Nest microservice over Redis${given === 'none' ? ' (not run: TEST_REDIS_URL=none)' : ''}`,
  () => {
    let redis: RedisServer;
    beforeAll(async () => {
      redis = await RedisServer.start();
    });
    nestPromises(() => redis.url);
    afterAll(() => redis.close());
  },
);
