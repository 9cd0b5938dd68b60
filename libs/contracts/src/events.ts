import type { EventContract } from './event.js';
import { orderEvents } from './orders.js';
import { productEvents } from './products.js';
import { userEvents } from './users.js';

const all: EventContract[] = [userEvents, productEvents, orderEvents].flatMap((service) =>
  Object.values<EventContract>(service),
);

/** Every event of the platform by its name, which is its topic. */
export const events: ReadonlyMap<string, EventContract> = new Map(
  all.map((event) => [event.name, event]),
);
