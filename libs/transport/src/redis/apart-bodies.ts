import type { KeyNames } from '../broker/key-names.js';
import type { Entry } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import { apartLengthMin, encodeReference } from '../wire/reference.js';
import type { CommandConnection } from './commands.js';
import { isRefusal } from './denials.js';

/** What waits for an event longer than this to be sent, and payloads of unknown end, is given up. */
const keepMsDefault = 60 * 60_000;
/** The last run of a request may begin just before nobody waits for it any more. */
const keepMsMore = 60_000;
const lookAgainMs = 1_000;

/** An entry as it is sent, and the name of its payload where that lies apart. */
export type ApartEntry<One extends Entry> = One & { readonly name?: string };

export const hasLarge = (entries: readonly Entry[]): boolean =>
  entries.some(({ body }) => body.length > apartLengthMin);

/** Puts large payloads beside the queue that their messages go to. */
export class ApartBodies {
  readonly #keys: KeyNames;
  readonly #producer: string;
  /** By the key that says what a service reads. */
  readonly #known = new Map<string, { readonly at: number; readonly isRead: Promise<boolean> }>();

  constructor(keys: KeyNames, producer: string) {
    this.#keys = keys;
    this.#producer = encodeURIComponent(producer);
  }

  /** Whether all replicas of a service read payloads that lie apart: looked up once a second. */
  async mayLieApart(commands: CommandConnection, queue: Queue): Promise<boolean> {
    const now = Date.now();
    const key = this.#keys.reads(queue);
    let known = this.#known.get(key);
    if (!known || now - known.at >= lookAgainMs || now < known.at) {
      known = { at: now, isRead: looksRead(commands, key) };
      known.isRead.catch(() => this.#known.delete(key));
      this.#known.set(key, known);
    }
    return known.isRead;
  }

  /**
   * Puts them where they lie, before anybody can be told of them; answers the entries that refer to them. A
   * batch that is sent again puts them there once. What may not be put there travels with its message.
   */
  async put<One extends Entry>(
    commands: CommandConnection,
    { queue, batch }: { readonly queue: Queue; readonly batch: number },
    entries: readonly One[],
  ): Promise<ApartEntry<One>[]> {
    const works = entries.map(async (entry, n): Promise<ApartEntry<One>> => {
      const { body, expiresAt } = entry;
      if (body.length <= apartLengthMin) return entry;
      const lane = queue.lane ? `${queue.lane}.` : '';
      const name = `${this.#producer}.${lane}${batch}.${n}`;
      const keepMs = expiresAt ? expiresAt - Date.now() + keepMsMore : keepMsDefault;
      const key = this.#keys.body(queue, name);
      try {
        await commands.set(key, body, 'PX', Math.max(Math.ceil(keepMs), keepMsMore), 'NX');
      } catch (error) {
        // Users made before this was known may not.
        if (isRefusal(error)) return entry;
        throw error;
      }
      return { ...entry, body: encodeReference({ name, bytes: Buffer.byteLength(body) }), name };
    });
    return Promise.all(works);
  }
}

async function looksRead(commands: CommandConnection, key: string): Promise<boolean> {
  try {
    return (await commands.get(key)) === '3';
  } catch (error) {
    // Users made before this was known may not ask.
    if (isRefusal(error)) return false;
    throw error;
  }
}
