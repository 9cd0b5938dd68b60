import {
  eventType,
  events,
  subscribersOf,
  topology,
  type EventContract,
  type ServiceName,
} from '@courtside/contracts';
import { keyNames } from '@courtside/transport';
import type { JsonSchema } from '../../routes/message-schemas.js';
import { exampleOf } from './example.js';
import { payloadSchema } from './payload-schema.js';

/** Everything the documents tell of one event. */
export interface DescribedEvent {
  readonly event: EventContract;
  /** Name and version: `orders.created.v1`. */
  readonly type: string;
  readonly publishers: readonly ServiceName[];
  readonly subscribers: readonly ServiceName[];
  /** The stream on the bus, under the prefix that is used unless another is set. */
  readonly stream: string;
  /** The whole CloudEvent as a subscriber may rely on it. */
  readonly payload: JsonSchema;
  readonly example: unknown;
}

const keys = keyNames();

/** Every event of the contracts, with who tells it and who listens by topology.yaml. */
export const describedEvents = (): DescribedEvent[] =>
  [...events.values()]
    .map((event) => {
      const payload = payloadSchema(event.published, 'read');
      return {
        event,
        type: eventType(event),
        publishers: publishersOf(event.name),
        subscribers: subscribersOf(event.name),
        stream: keys.stream({ kind: 'events', name: event.name }),
        payload,
        example: exampleOf(payload),
      };
    })
    .sort((one, other) => (one.event.name < other.event.name ? -1 : 1));

const publishersOf = (topic: string): ServiceName[] =>
  (Object.keys(topology) as ServiceName[]).filter((name) =>
    topology[name].publishes.includes(topic),
  );
