import { auth } from './auth.js';
import type { Message } from './message.js';
import { operations } from './operations.js';
import { orders } from './orders.js';
import { products } from './products.js';
import { time } from './time.js';
import { users } from './users.js';

const all: Message[] = [
  ...[auth, users, products, orders, time],
  ...Object.values(operations),
].flatMap((service) => Object.values<Message>(service));

/** Every message of the platform by its name. */
export const messages: ReadonlyMap<string, Message> = new Map(
  all.map((message) => [message.name, message]),
);
