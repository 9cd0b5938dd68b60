/**
 * What answers requests over a broker or a socket, each behind the same two functions: `serve` and
 * `connect`. Where it runs inside Nest it is a controller with one `@MessagePattern`, as users write it.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { built } from '../../../tools/generate/built.mjs';
import { load } from '../contenders.mjs';

const { TransportClient, TransportServer, openBroker } = await built('libs/transport');
const peers = createRequire(new URL('../../peers/package.json', import.meta.url));
const loadPeer = async (name) => import(pathToFileURL(peers.resolve(name)).href);

/** What is used of Nest, by a function that imports a package. */
async function nestBy(importing) {
  const names = ['@nestjs/common', '@nestjs/core', '@nestjs/microservices', 'rxjs'];
  return Object.assign({}, ...(await Promise.all(names.map(importing))));
}
const nest = await nestBy(load);
const { firstValueFrom } = nest;

const PATTERN = 'orders.read';

async function serveNest(handle, options, { Controller, MessagePattern, Module, NestFactory }) {
  class Orders {
    read(data) {
      return handle(data);
    }
  }
  Controller()(Orders);
  const method = Object.getOwnPropertyDescriptor(Orders.prototype, 'read');
  MessagePattern(PATTERN)(Orders.prototype, 'read', method);
  function OrdersModule() {}
  Module({ controllers: [Orders] })(OrdersModule);
  const app = await NestFactory.createMicroservice(OrdersModule, { ...options, logger: false });
  await app.listen();
  return () => app.close();
}

/** A transport of Nest's own. */
const ofNest = (optionsOf, used = async () => nest) => ({
  serve: async (handle, address) => serveNest(handle, optionsOf(address), await used()),
  async connect(address) {
    const from = await used();
    const client = from.ClientProxyFactory.create(optionsOf(address));
    await client.connect();
    return {
      call: (data) => from.firstValueFrom(client.send(PATTERN, data)),
      close: () => client.close(),
    };
  },
});

const serveCourtside = (handle, { redisUrl }) => {
  const broker = openBroker(redisUrl, { service: 'orders' });
  const strategy = new TransportServer({ broker, service: 'orders', ownsBroker: true });
  return serveNest(handle, { strategy }, nest);
};

/** @param {(client: TransportClient) => (data: unknown) => Promise<unknown>} callOf */
const courtside = (callOf) => ({
  serve: serveCourtside,
  async connect({ redisUrl }) {
    const broker = openBroker(redisUrl, { service: 'caller' });
    const client = new TransportClient({ broker, service: 'caller', ownsBroker: true });
    await client.connect();
    return { call: callOf(client), close: () => client.close() };
  },
});

const hostOf = (url) => {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port) };
};

async function moleculerBroker(nodeID, { redisUrl }) {
  const { default: moleculer } = await loadPeer('moleculer');
  const transporter = { type: 'Redis', options: hostOf(redisUrl) };
  return new moleculer.ServiceBroker({
    nodeID: `${nodeID}-${process.pid}`,
    logger: false,
    transporter,
    requestTimeout: 5_000,
  });
}

const moleculer = {
  async serve(handle, address) {
    const broker = await moleculerBroker('orders', address);
    broker.createService({ name: 'orders', actions: { read: ({ params }) => handle(params) } });
    await broker.start();
    return () => broker.stop();
  },
  async connect(address) {
    const broker = await moleculerBroker('caller', address);
    await broker.start();
    await broker.waitForServices('orders');
    return { call: (data) => broker.call(PATTERN, data), close: () => broker.stop() };
  },
};

/** By the names of the rows. Those of Nest's own are as Nest's documentation sets them up. */
export const contenders = {
  'nest-redis': ofNest(({ redisUrl }) => ({
    transport: nest.Transport.REDIS,
    options: { ...hostOf(redisUrl), retryAttempts: 100, retryDelay: 200 },
  })),
  'courtside-send': courtside((client) => (data) => firstValueFrom(client.send(PATTERN, data))),
  'courtside-request': courtside((client) => (data) => client.request(PATTERN, data)),
  'nest-tcp': ofNest(({ tcpPort: port }) => ({
    transport: nest.Transport.TCP,
    options: { host: '127.0.0.1', port },
  })),
  'nest-nats': ofNest(
    ({ natsUrl }) => ({
      transport: nest.Transport.NATS,
      options: { servers: [natsUrl], queue: 'orders' },
    }),
    // Nest looks for the client of NATS beside itself.
    () => nestBy(loadPeer),
  ),
  moleculer,
};
