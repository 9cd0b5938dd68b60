/**
 * What stands for NestJS's broadcast test, over Express too. Its request answered by every replica
 * is what this transport promises not to do: one replica handles a message. What all of them must
 * know is an event to a group for each replica, or a broadcast.
 */
import { Controller, Get, Inject, Module } from '@nestjs/common';
import type { DynamicModule, INestApplication } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { TransportClient, TransportServer } from '../src/index.js';
import type { BrokerPort } from '../src/index.js';
import { deadAfterMs, until } from '../src/conformance/lab.js';
import { redisHarness } from '../test/redis-harness.js';
import type { Harness } from '../src/index.js';

const heard: string[] = [];

@Controller()
class NewsController {
  @Inject(TransportClient) readonly client!: TransportClient;
  @Inject('BROKER') readonly broker!: BrokerPort;

  @Get('event')
  async event(): Promise<number> {
    await this.client.emitEvent('news', 'by an event');
    await until('both replicas', () => heard.length === 2);
    return heard.length;
  }

  @Get('broadcast')
  async broadcast(): Promise<number> {
    await this.broker.broadcast('news', 'by a broadcast');
    await until('both replicas', () => heard.length === 2);
    return heard.length;
  }

  @Get('everywhere')
  async everywhere(): Promise<number> {
    await this.client.emitEvent('changes', 'by an event for all');
    await until('both replicas', () => heard.length === 2);
    return heard.length;
  }

  @EventPattern('news')
  hear(news: string): void {
    heard.push(news);
  }

  @EventPattern('changes', { broadcast: true })
  change(change: string): void {
    heard.push(change);
  }
}

@Module({})
class NewsModule {
  static over(broker: BrokerPort): DynamicModule {
    const client = new TransportClient({ broker, service: 'news' });
    const providers = [
      { provide: TransportClient, useValue: client },
      { provide: 'BROKER', useValue: broker },
    ];
    return { module: NewsModule, controllers: [NewsController], providers };
  }
}

describe('a broadcast, where NestJS sends a request to all replicas', () => {
  let harness: Harness;
  let app: INestApplication;
  let brokers: BrokerPort[];
  let url: string;

  beforeEach(async () => {
    heard.length = 0;
    harness = redisHarness(process.env['TEST_REDIS_URL'] ?? '');
    brokers = ['caller', 'replica-1', 'replica-2'].map(() =>
      harness.broker({ deadAfterMs, service: 'news' }),
    );
    const [caller, ...replicas] = brokers as [BrokerPort, ...BrokerPort[]];
    const parts = await Test.createTestingModule({ imports: [NewsModule.over(caller)] }).compile();
    app = parts.createNestApplication({ logger: false });
    for (const [n, broker] of replicas.entries()) {
      const strategy = new TransportServer({ broker, service: 'news', group: `news-${n}` });
      app.connectMicroservice({ strategy });
    }
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterEach(async () => {
    await app.close();
    for (const broker of brokers) await broker.close();
    await harness.close();
  });

  const answer = async (path: string) => (await fetch(`${url}/${path}`)).text();

  it('reaches 2 subscribers as an event that has handlers for every replica', async () => {
    expect(await answer('everywhere')).toBe('2');
    expect(heard).toEqual(['by an event for all', 'by an event for all']);
  });

  it('reaches 2 subscribers as an event, each replica being a group of its own', async () => {
    expect(await answer('event')).toBe('2');
    expect(heard).toEqual(['by an event', 'by an event']);
  });

  it('reaches 2 subscribers that listen now, as a broadcast', async () => {
    const [, ...replicas] = brokers;
    for (const replica of replicas) await replica.onBroadcast('news', (text) => heard.push(text));
    expect(await answer('broadcast')).toBe('2');
    expect(heard).toEqual(['by a broadcast', 'by a broadcast']);
  });
});
