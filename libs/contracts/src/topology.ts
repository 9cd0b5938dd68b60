import { topologyServices } from './generated/topology.js';
import type { ServiceName } from './services.js';

/** What topology.yaml says about one app: what is not here is refused. */
export interface ServiceTopology {
  /** What it is for, half a sentence. */
  readonly is: string;
  /** The apps it may ask. */
  readonly calls: readonly ServiceName[];
  /** Topics of events it may publish. */
  readonly publishes: readonly string[];
  /** Topics of events it handles. */
  readonly subscribes: readonly string[];
  /** Channels it may tell every process on, at most once. */
  readonly broadcasts: readonly string[];
  /** Broadcast channels it listens to. */
  readonly hears: readonly string[];
  /** Whether it has a schema and a role of its own. */
  readonly database: boolean;
  /** What it reaches outside the platform. */
  readonly outside: readonly string[];
}

export const topology: Readonly<Record<ServiceName, ServiceTopology>> = topologyServices;

const services = Object.entries(topology) as [ServiceName, ServiceTopology][];

/** The services that handle the events of a topic: each has a consumer group and an inbox. */
export const subscribersOf = (topic: string): ServiceName[] =>
  services.flatMap(([name, { subscribes }]) => (subscribes.includes(topic) ? [name] : []));

/** The services that handle any of a publisher's events, and so confirm them to it. */
export const confirmersOf = (publisher: ServiceName): ServiceName[] => [
  ...new Set(topology[publisher].publishes.flatMap(subscribersOf)),
];

/**
 * The topic on which one subscribing service tells one publisher what it has handled. One for each
 * pair, so that the bus' access list says who may confirm as whom.
 */
export const confirmationTopic = (publisher: ServiceName, group: ServiceName): string =>
  `outbox.${publisher}.${group}`;

type Edge = 'calls' | 'publishes' | 'subscribes' | 'broadcasts' | 'hears';

/** Whether an app may do this with that service, topic or channel. */
export const isDeclared = (from: ServiceName, edge: Edge, to: string): boolean =>
  (topology[from][edge] as readonly string[]).includes(to);

/**
 * Refuses what topology.yaml does not say: on a laptop as in a cluster, where it would be refused by
 * network, bus and database.
 * @throws Error naming the edge and where to declare it.
 */
export function demandDeclared(from: ServiceName, edge: Edge, to: string): void {
  if (isDeclared(from, edge, to)) return;
  throw new Error(
    `${from} ${edge} ${to}, which is not declared: add ${to} to services.${from}.${edge} in topology.yaml`,
  );
}
