import type { KeyNames } from '../broker/key-names.js';
import type { Completion } from '../broker/port.js';
import { entryKey, type Queue } from '../broker/queue.js';
import { ByteBudget } from '../protocol/byte-budget.js';
import { isReference, referenceOf } from '../wire/reference.js';
import type { CommandConnection } from './commands.js';
import type { StoredDelivery } from './entries.js';

/** Large payloads that the handlers of one member have in hand at once. */
const bytesMax = 64 * 1024 * 1024;

/** The payloads that lie apart of what one member has in work: each is fetched when its turn comes. */
export class FetchedBodies {
  readonly #keys: KeyNames;
  readonly #commands: CommandConnection;
  readonly #budget = new ByteBudget(bytesMax);
  /** Queue and entry to the key of its payload. */
  readonly #held = new Map<string, string>();

  constructor(keys: KeyNames, commands: CommandConnection) {
    this.#keys = keys;
    this.#commands = commands;
  }

  get isAny(): boolean {
    return this.#held.size > 0;
  }

  holds(queue: Queue, id: string): boolean {
    return this.#held.has(entryKey(queue, id));
  }

  /** The deliveries with ways to their payloads, where those lie apart. */
  attachTo(deliveries: StoredDelivery[]): StoredDelivery[] {
    if (!deliveries.some(({ body }) => isReference(body))) return deliveries;
    return deliveries.map((one) => this.#attach(one));
  }

  #attach(delivery: StoredDelivery): StoredDelivery {
    const { queue, id, body } = delivery;
    const reference = referenceOf(body);
    if (!reference) return delivery;
    const name = entryKey(queue, id);
    const key = this.#keys.body(queue, reference.name);
    this.#held.set(name, key);
    const fetchBody = async () => {
      await this.#budget.take(name, reference.bytes);
      return (await this.#commands.get(key)) ?? undefined;
    };
    return { ...delivery, body: '', fetchBody };
  }

  /** The payload of a request that is done is needed by nobody; that of an event goes with its event. */
  end(queue: Queue, completions: readonly Completion[]): void {
    if (this.#held.size === 0) return;
    const gone: string[] = [];
    for (const { id, kind } of completions) {
      const key = this.#held.get(entryKey(queue, id));
      this.release(queue, id);
      if (key && queue.kind === 'requests' && kind === 'done') gone.push(key);
    }
    // Should this not reach the server, they go when their time is over.
    if (gone.length > 0) this.#commands.unlink(...gone).catch(() => {});
  }

  release(queue: Queue, id: string): void {
    if (this.#held.size === 0) return;
    const name = entryKey(queue, id);
    if (this.#held.delete(name)) this.#budget.release(name);
  }
}
