import type { BrokerPort } from '../broker/port.js';
import type { TransportClientOptions } from '../client/client-options.js';
import { TransportClient } from '../client/transport-client.js';
import type { MessageContext } from '../server/message-context.js';
import type { TransportServerOptions } from '../server/server-options.js';
import { TransportServer } from '../server/transport-server.js';
import type { Harness } from './harness.js';

/** Short enough for a quick test, long enough for a busy machine. */
const heartbeatMs = 100;
export const deadAfterMs = 1_000;
const waitMsMax = 15_000;
const lookMs = 5;

export type TestHandler = (data: never, context: MessageContext) => unknown;

export interface ServerParts {
  readonly requests?: Record<string, TestHandler>;
  /** One handler of each topic, or several. */
  readonly events?: Record<string, TestHandler | readonly TestHandler[]>;
  /** The same, run by every replica. */
  readonly broadcasts?: Record<string, TestHandler | readonly TestHandler[]>;
  readonly options?: Partial<TransportServerOptions>;
  /** What its server gets in place of the broker. */
  readonly wrap?: (broker: BrokerPort) => BrokerPort;
}

/** A server in a process of its own, as far as the broker can tell. */
export interface Replica {
  readonly server: TransportServer;
  readonly broker: BrokerPort;
  /** Dies at once: what it still does reaches nobody. */
  kill(): void;
  close(): Promise<void>;
}

/** The workbench of one test: makes replicas and clients, and clears them away. */
export class Lab {
  readonly harness: Harness;
  readonly #cleanups: (() => unknown)[] = [];

  constructor(harness: Harness) {
    this.harness = harness;
  }

  async replica(service: string, parts: ServerParts): Promise<Replica> {
    const broker = this.harness.broker({ deadAfterMs, service });
    const server = new TransportServer({
      broker: parts.wrap?.(broker) ?? broker,
      service,
      heartbeatMs,
      deadAfterMs,
      drainMs: 5_000,
      ownsBroker: true,
      retry: { delayMs: 20 },
      ...parts.options,
    });
    for (const [pattern, handler] of Object.entries(parts.requests ?? {})) {
      server.addHandler(pattern, async (data, context) => handler(data as never, context));
    }
    addEvents(server, parts.events, {});
    addEvents(server, parts.broadcasts, { broadcast: true });
    await listening(server);
    let isDead = false;
    const close = async () => {
      if (!isDead) await server.close();
    };
    this.#cleanups.push(close);
    const kill = () => {
      isDead = true;
      broker.destroy();
    };
    return { server, broker, close, kill };
  }

  client(
    service: string,
    { copies, ...options }: Partial<TransportClientOptions> & { readonly copies?: number } = {},
  ): TransportClient {
    const broker = this.harness.broker({ deadAfterMs, service, ...(copies && { copies }) });
    const client = new TransportClient({ broker, service, ownsBroker: true, ...options });
    this.#cleanups.push(() => client.close());
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#cleanups.map((cleanup) => cleanup()));
    await this.harness.close();
  }
}

/** Waits for a condition and names it when it does not come. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const endsAt = Date.now() + waitMsMax;
  while (!(await condition())) {
    if (Date.now() > endsAt) throw new Error(`waited ${waitMsMax} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

/** A promise that the test settles: handlers wait at it. */
export class Gate {
  readonly whenOpen: Promise<void>;
  open: () => void = () => {};

  constructor() {
    this.whenOpen = new Promise((resolve) => (this.open = resolve));
  }
}

/** The fields of an error that a promise was rejected with; fails when it was not. */
export async function rejection(promise: Promise<unknown>): Promise<object> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return { ...error, name: error.name, message: error.message };
    throw error;
  }
  throw new Error('the promise was expected to be rejected');
}

/** Every item, with how often it is there. */
export function counts(items: readonly unknown[]): Map<unknown, number> {
  const found = new Map<unknown, number>();
  for (const item of items) found.set(item, (found.get(item) ?? 0) + 1);
  return found;
}

/** `[0, 1, … n - 1]` */
export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

async function listening(server: TransportServer): Promise<void> {
  let fault: unknown;
  await server.listen((error) => (fault = error));
  if (fault) throw fault;
}

function addEvents(
  server: TransportServer,
  events: ServerParts['events'] = {},
  extras: Record<string, unknown>,
): void {
  for (const [topic, given] of Object.entries(events)) {
    for (const handler of [given].flat() as TestHandler[]) {
      const run = async (data: unknown, context: unknown) =>
        handler(data as never, context as MessageContext);
      server.addHandler(topic, run, true, extras);
    }
  }
}
