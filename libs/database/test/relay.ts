import { Trouble, type Bus, type Logger } from '@courtside/service';
import type { TestPlatform } from '@courtside/testing';
import { openBroker, TransportServer } from '@courtside/transport';
import { OutboxMetrics } from '../src/outbox/outbox-metrics.js';
import { Publishing } from '../src/outbox/publishing.js';
import { RelayConnection } from '../src/outbox/relay-connection.js';
import { OutboxRelay, relaySettings, type RelaySettings } from '../src/outbox/relay.js';

type Publish = Bus['publish'];

export interface RelayOptions extends Partial<RelaySettings> {
  /** Stands around each hand-over to the bus. */
  readonly around?: (publish: () => Promise<void>, events: number) => Promise<void>;
  /** Called when it asks how far a group is. */
  readonly onLook?: () => void;
  /** Names its connection in `pg_stat_activity`. */
  readonly name?: string;
}

/** One more relay of orders, as another process would run it. */
export function aRelay(platform: TestPlatform, bus: Bus, options: RelayOptions = {}): OutboxRelay {
  const { around = (publish) => publish(), name = 'outbox.orders', ...rest } = options;
  const { onLook = () => {}, ...settings } = rest;
  const publish: Publish = (topic, events) =>
    around(() => bus.publish(topic, events), events.length);
  const logger = { info() {}, warn() {}, error() {} } as unknown as Logger;
  const relay = new OutboxRelay(
    {
      bus: {
        epoch: () => bus.epoch(),
        onStatus: (listener) => bus.onStatus(listener),
        finishedUntil: (topic, group) => {
          onLook();
          return bus.finishedUntil(topic, group);
        },
      },
      awaited: [{ topic: 'orders.cancelled', group: 'products' }],
      publishing: new Publishing({ publish }, logger),
      trouble: new Trouble(logger, 'events are not published', () => {}),
      metrics: new OutboxMetrics('orders'),
      connection: (onHint) => new RelayConnection(platform.database.urlOf('orders'), name, onHint),
    },
    { ...relaySettings, ...settings },
  );
  relay.onApplicationBootstrap();
  return relay;
}

/** A group of its own on `orders.cancelled`, one event at a time, that confirms nothing. */
export async function aGroup(
  platform: TestPlatform,
  group: string,
  handle: (event: { readonly sequence: string }) => Promise<void>,
): Promise<() => Promise<void>> {
  const { REDIS_URL = '', BUS_PREFIX = '' } = platform.environmentOf('orders');
  // As the administrator: it stands in for what has no rights of its own here.
  const given = process.env['TEST_REDIS_URL'] ?? 'none';
  const server = new TransportServer({
    broker: openBroker(given === 'none' ? REDIS_URL : given, { prefix: BUS_PREFIX }),
    service: group,
    maxInFlight: 1,
    ownsBroker: true,
  });
  server.addHandler('orders.cancelled', handle, true);
  await server.listen((error) => {
    if (error) throw error;
  });
  return () => server.close();
}
