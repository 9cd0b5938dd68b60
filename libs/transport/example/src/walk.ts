/** What a caller sees, from the first request to a dead letter that was mended. */
import { DeadLetters, TransportError, type TransportClient } from '@courtside/transport';
import { mailboxes, sent } from './mail.js';
import type { Order } from './orders.js';

interface Bus {
  readonly url: string;
  readonly prefix: string;
}

const placed = { kind: 'events', name: 'orders.placed' } as const;
const patienceMs = 10_000;

export async function walk(client: TransportClient, bus: Bus): Promise<void> {
  await placeWithKey(client);
  await waitTooShort(client);
  await mendDeadLetter(client, new DeadLetters(bus));
}

/** However often it is asked: one order, and everybody gets its number. */
async function placeWithKey(client: TransportClient): Promise<void> {
  const place = (mail: string) =>
    client.request<Order>('orders.place', { mail }, { idempotencyKey: 'basket-7' });
  const [first, second] = await Promise.all([place('ann@example.org'), place('ann@example.org')]);
  console.log(`placed: order ${first.number}, and again order ${second.number}`);
  console.log(`placed: the key with another basket is ${await codeOf(place('bob@example.org'))}`);
}

async function waitTooShort(client: TransportClient): Promise<void> {
  const report = client.request('orders.report', {}, { deadlineMs: 200, effect: 'none' });
  console.log(`report: ${await codeOf(report)}`);
}

async function mendDeadLetter(client: TransportClient, letters: DeadLetters): Promise<void> {
  await client.request('orders.place', { mail: 'eve@example.org' });
  await letters.connect();
  try {
    const letter = await until(() => firstOf(letters.list(placed)));
    console.log(`dead letter of ${letter.group}: ${letter.reason}`);
    mailboxes.add('eve@example.org');
    const { moved } = await letters.redrive(placed);
    console.log(`redriven: ${moved}`);
    await until(async () => (sent.has(1) && sent.has(2) ? sent : undefined));
  } finally {
    await letters.close();
  }
}

async function codeOf(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'answered';
  } catch (error) {
    if (error instanceof TransportError) return error.code;
    throw error;
  }
}

async function firstOf<T>(all: AsyncIterable<T>): Promise<T | undefined> {
  for await (const one of all) return one;
  return undefined;
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`nothing came in ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
