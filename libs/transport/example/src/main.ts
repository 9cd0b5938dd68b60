/**
 * Two services and a caller on one Redis, in one process so that it is one command. Usage:
 * `npm start -- [redis://…]`, or REDIS_URL. It has keys of its own there and removes them in the end.
 */
import 'reflect-metadata';
import type { DynamicModule, INestMicroservice, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { emptyBus, openBroker, TransportClient, TransportServer } from '@courtside/transport';
import type { BrokerPort } from '@courtside/transport';
import { MailModule } from './mail.js';
import { OrdersModule } from './orders.js';
import { walk } from './walk.js';

const url = process.argv[2] ?? process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
const prefix = `example-${process.pid}`;

async function start(
  service: string,
  module: (broker: BrokerPort) => Type | DynamicModule,
): Promise<INestMicroservice> {
  const broker = openBroker(url, { prefix, service });
  const retry = { attemptsMax: 2, delayMs: 100 };
  const strategy = new TransportServer({ broker, service, retry, ownsBroker: true });
  const app = await NestFactory.createMicroservice(module(broker), {
    strategy,
    // What handlers throw here is part of the walk; elsewhere Nest logs it.
    logger: ['fatal'],
  });
  await app.listen();
  return app;
}

async function main(): Promise<void> {
  const apps = [await start('orders', OrdersModule.with), await start('mail', () => MailModule)];
  const broker = openBroker(url, { prefix, service: 'shop' });
  const client = new TransportClient({ broker, service: 'shop', ownsBroker: true });
  try {
    await walk(client, { url, prefix });
  } finally {
    await client.close();
    for (const app of apps) await app.close();
    await emptyBus({ url, prefix });
  }
}

try {
  await main();
} catch (error) {
  console.error(`the example failed at ${url.replace(/\/\/.*@/, '//')}: ${String(error)}`);
  process.exitCode = 1;
}
