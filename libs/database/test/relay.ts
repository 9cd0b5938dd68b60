import type { Bus, Logger } from '@courtside/service';
import type { TestPlatform } from '@courtside/testing';
import { OutboxMetrics } from '../src/outbox/outbox-metrics.js';
import { Publishing } from '../src/outbox/publishing.js';
import { RelayConnection } from '../src/outbox/relay-connection.js';
import { OutboxRelay, relaySettings, type RelaySettings } from '../src/outbox/relay.js';
import { Trouble } from '../src/trouble.js';

type Publish = Bus['publish'];

export interface RelayOptions extends Partial<RelaySettings> {
  /** Stands around each hand-over to the bus. */
  readonly around?: (publish: () => Promise<void>, events: number) => Promise<void>;
  /** Names its connection in `pg_stat_activity`. */
  readonly name?: string;
}

/** One more relay of orders, as another process would run it. */
export function aRelay(platform: TestPlatform, bus: Bus, options: RelayOptions = {}): OutboxRelay {
  const { around = (publish) => publish(), name = 'outbox.orders', ...settings } = options;
  const publish: Publish = (topic, events) =>
    around(() => bus.publish(topic, events), events.length);
  const logger = { info() {}, warn() {}, error() {} } as unknown as Logger;
  const relay = new OutboxRelay(
    {
      bus,
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
