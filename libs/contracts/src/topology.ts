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

/** The topic on which a subscriber tells a publisher's outbox which of its events are handled. */
export const confirmationTopic = (publisher: string, subscriber: string): string =>
  `outbox.${publisher}.${subscriber}`;

type Edges = Pick<ServiceTopology, 'publishes' | 'subscribes'>;

/**
 * Adds what follows from the edges of events: whoever subscribes to a topic confirms to its publisher.
 * The bus allows exactly this.
 */
export function withConfirmations<N extends string, T extends Edges>(
  given: Readonly<Record<N, T>>,
): Record<N, T> {
  const all = Object.entries<T>(given);
  const pairs = all.flatMap(([subscriber, { subscribes }]) =>
    all
      .filter(([, { publishes }]) => publishes.some((topic) => subscribes.includes(topic)))
      .map(([publisher]) => ({ publisher, subscriber })),
  );
  const topics = (side: 'publisher' | 'subscriber', name: string) =>
    pairs
      .filter((pair) => pair[side] === name)
      .map(({ publisher, subscriber }) => confirmationTopic(publisher, subscriber));
  const completed = all.map(([name, service]): [string, T] => {
    const publishes = [...service.publishes, ...topics('subscriber', name)];
    const subscribes = [...service.subscribes, ...topics('publisher', name)];
    return [name, { ...service, publishes, subscribes }];
  });
  return Object.fromEntries(completed) as Record<N, T>;
}

/** The topology with the confirmations: what the access list of the bus is made from. */
export const busTopology: Readonly<Record<ServiceName, ServiceTopology>> =
  withConfirmations(topology);

/** What one app may do with another, with a topic or with a channel. */
export type Edge = 'calls' | 'publishes' | 'subscribes' | 'broadcasts' | 'hears';

/** Whether an app may do this with that service, topic or channel. */
export const isDeclared = (from: ServiceName, edge: Edge, to: string): boolean =>
  (busTopology[from][edge] as readonly string[]).includes(to);

/** A sentence that names an edge that topology.yaml does not say; undefined when it does. */
export const undeclared = (from: ServiceName, edge: Edge, to: string): string | undefined =>
  isDeclared(from, edge, to)
    ? undefined
    : `${from} ${edge} ${to}, which is not declared: add ${to} to services.${from}.${edge} in topology.yaml`;

/**
 * Refuses what topology.yaml does not say: on a laptop as in a cluster, where it would be refused by
 * network, bus and database.
 * @throws Error naming the edge and where to declare it.
 */
export function demandDeclared(from: ServiceName, edge: Edge, to: string): void {
  const fault = undeclared(from, edge, to);
  if (fault !== undefined) throw new Error(fault);
}
