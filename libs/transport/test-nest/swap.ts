/**
 * The one difference from NestJS's own run: whoever asks NestJS for its Redis transport gets ours,
 * on the server of this run. Every spec file has keys of its own.
 */
import { randomUUID } from 'node:crypto';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { ServerFactory } from '@nestjs/microservices/server/server-factory.js';
import { TransportClient, TransportServer, openBroker } from '../src/index.js';

const service = 'nest';
const prefix = `t${randomUUID().slice(0, 8)}`;
const broker = () => openBroker(process.env['TEST_REDIS_URL'] ?? '', { prefix, service });

interface Factory {
  create(options: { transport?: unknown }): unknown;
}

function swap(factory: Factory, ours: () => unknown): void {
  const stock = factory.create.bind(factory);
  factory.create = (options) => (options.transport === Transport.REDIS ? ours() : stock(options));
}

swap(ServerFactory as Factory, () => {
  return new TransportServer({ broker: broker(), service, ownsBroker: true });
});
swap(ClientProxyFactory as Factory, () => {
  // Patterns such as { cmd: 'sum' } name no service.
  return new TransportClient({ broker: broker(), service, target: service, ownsBroker: true });
});
