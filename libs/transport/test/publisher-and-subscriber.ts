import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import {
  TransportClient,
  TransportServer,
  type BrokerPort,
  type MessageContext,
  type TransportServerOptions,
} from '../src/index.js';
import type { Harness } from '../src/conformance/harness.js';
import { deadAfterMs } from '../src/conformance/lab.js';
import { redisHarness } from './redis-harness.js';

/** The service `orders`, which publishes, and `mail`, which subscribes, on one broker; and what lies behind it. */
export class PublisherAndSubscriber {
  readonly prefix = `t${randomUUID().slice(0, 8)}`;
  readonly redis: Redis;
  readonly harness: Harness;
  readonly broker: BrokerPort;
  readonly client: TransportClient;
  #server: TransportServer | undefined;

  constructor(url: string) {
    this.redis = new Redis(url);
    this.harness = redisHarness(url, this.prefix);
    this.broker = this.harness.broker({ deadAfterMs, service: 'orders' });
    this.client = new TransportClient({ broker: this.broker, service: 'orders' });
  }

  /** Starts `mail`. */
  async serve<Event>(
    topic: string,
    handle: (event: Event, context: MessageContext) => unknown,
    options: Pick<TransportServerOptions, 'retry'> = {},
  ): Promise<void> {
    const { broker } = this;
    const server = new TransportServer({ broker, service: 'mail', heartbeatMs: 50, ...options });
    this.#server = server;
    const run = async (event: Event, context: MessageContext) => handle(event, context);
    server.addHandler(topic, run as never, true);
    await new Promise<void>((resolve, reject) => {
      void server.listen((error) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    await this.#server?.close();
    await this.client.close();
    await this.broker.close();
    await this.harness.close();
    this.redis.disconnect();
  }
}
