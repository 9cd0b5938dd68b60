import { confirmersOf, subscribersOf, topology, type ServiceName } from '@courtside/contracts';
import { Bus, CONFIG, LOGGER, Trouble, type Logger } from '@courtside/service';
import type { Provider, Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DatabaseConfig } from '../database-config.js';
import { CommitHint } from './commit-hint.js';
import { confirmationsController } from './confirmations.controller.js';
import { ConfirmedEvents } from './confirmed-events.js';
import { OutboxMetrics } from './outbox-metrics.js';
import { Outbox } from './outbox.js';
import { Publishing } from './publishing.js';
import { RelayConnection } from './relay-connection.js';
import { OutboxRelay, relaySettings } from './relay.js';

export { Outbox };

/** What every process of a publishing service has. */
export const outboxProviders = (service: ServiceName): Provider[] => [
  Outbox,
  ConfirmedEvents,
  { provide: OutboxMetrics, useFactory: () => new OutboxMetrics(service) },
  {
    provide: OutboxRelay,
    useFactory: relayOf,
    inject: [Bus, DataSource, CONFIG, LOGGER, OutboxMetrics],
  },
];

/** What hears its subscribers, where it has any. */
export const outboxControllers = (service: ServiceName): Type[] =>
  confirmersOf(service).length > 0 ? [confirmationsController(service)] : [];

function relayOf(
  bus: Bus,
  source: DataSource,
  config: DatabaseConfig,
  logger: Logger,
  metrics: OutboxMetrics,
): OutboxRelay {
  const channel = `outbox.${bus.name}`;
  const relay = new OutboxRelay({
    bus,
    awaited: topology[bus.name].publishes.flatMap((topic) =>
      subscribersOf(topic).map((group) => ({ topic, group })),
    ),
    publishing: new Publishing(bus, logger),
    trouble: new Trouble(logger, 'events are not published', () => metrics.failed()),
    metrics,
    connection: (onHint) => new RelayConnection(config.DATABASE_URL, channel, onHint),
  });
  const notifyOthers = () => source.query('SELECT pg_notify($1, $2)', [channel, '']);
  new CommitHint(relay, notifyOthers, relaySettings.gatherMs).attachTo(source);
  return relay;
}
