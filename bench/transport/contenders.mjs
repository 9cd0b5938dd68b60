/** The two transports that are compared, each behind the same few functions. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { built } from '../../tools/generate/built.mjs';

const require = createRequire(new URL('../../libs/transport/package.json', import.meta.url));
/** What the transport itself is built on: there is one copy of it. */
export const load = (name) => import(pathToFileURL(require.resolve(name)).href);

const { ClientProxyFactory, Transport } = await load('@nestjs/microservices');
const { Logger } = await load('@nestjs/common');
const { firstValueFrom, lastValueFrom, timeout } = await load('rxjs');
const { TransportClient, TransportServer, openBroker } = await built('libs/transport');

// Each loses connections and says so for every one; what counts is counted.
Logger.overrideLogger(false);

/**
 * Where Redis is, for either transport, and the service that answers, in the names of all its messages.
 * @typedef {{ service: string, url: string, sentinels?: object[], name?: string }} Address
 */
function stockOptions({ url, sentinels, name }) {
  // Without attempts the stock transport gives up at the first lost connection.
  const patience = { retryAttempts: 10_000, retryDelay: 100 };
  if (sentinels) return { ...patience, sentinels, name };
  const { hostname, port } = new URL(url);
  return { ...patience, host: hostname, port: Number(port) };
}

const courtside = {
  isDurable: true,
  serve: ({ url, service }, consumer) => ({
    strategy: new TransportServer({
      broker: openBroker(url, { service }),
      service,
      consumer,
      ownsBroker: true,
    }),
  }),
  async connect({ url, service }, { copies, deadlineMs }) {
    const broker = openBroker(url, { service: 'caller' });
    const client = new TransportClient({ broker, service: 'caller', ownsBroker: true, deadlineMs });
    await client.connect();
    return {
      read: (id) => client.request(`${service}.read`, { id }, { effect: 'none' }),
      pay: (id) => client.request(`${service}.pay`, { id }, { idempotencyKey: id }),
      emit: (id) => client.emitEvent(`${service}.happened`, { id }, { copies }),
      close: () => client.close(),
    };
  },
};

const stock = {
  isDurable: false,
  serve: (address) => ({ transport: Transport.REDIS, options: stockOptions(address) }),
  async connect(address, { deadlineMs }) {
    const options = stockOptions(address);
    const client = ClientProxyFactory.create({ transport: Transport.REDIS, options });
    await client.connect();
    const { service } = address;
    // It has no deadline of its own: without one a caller would wait for good.
    const call = (pattern, id) =>
      firstValueFrom(client.send(`${service}.${pattern}`, { id }).pipe(timeout(deadlineMs)));
    const none = { defaultValue: undefined };
    const emit = (id) => client.emit(`${service}.happened`, { id }).pipe(timeout(deadlineMs));
    return {
      read: (id) => call('read', id),
      pay: (id) => call('pay', id),
      emit: (id) => lastValueFrom(emit(id), none),
      close: () => client.close(),
    };
  },
};

export const contenders = { courtside, stock };
