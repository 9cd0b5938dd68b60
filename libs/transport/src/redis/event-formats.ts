import type { EventEntry } from '../broker/port.js';
import { idSource } from '../protocol/ids.js';
import { asFormat1 } from '../wire/event-header.js';

/** Who reads a topic changes when services are installed, not from one message to the next. */
const lookAgainMs = 1_000;

interface Known {
  readonly at: number;
  readonly format: Promise<1 | 2 | 3>;
}

/**
 * Writes events so that all who read the topic can read them. While one of them is of the release
 * before, that is format 1.
 */
export class EventFormats {
  readonly #look: (stream: string) => Promise<1 | 2 | 3>;
  readonly #known = new Map<string, Known>();
  readonly #nextId = idSource();

  constructor(look: (stream: string) => Promise<1 | 2 | 3>) {
    this.#look = look;
  }

  async readable(
    stream: string,
    topic: string,
    entries: readonly EventEntry[],
  ): Promise<readonly EventEntry[]> {
    const format = await this.#formatOf(stream);
    if (format > 1) return entries;
    return entries.map((entry) => {
      return { ...entry, header: asFormat1(entry.header, topic, this.#nextId()) };
    });
  }

  /** Whether all who read the topic read payloads that lie apart. */
  async mayLieApart(stream: string): Promise<boolean> {
    return (await this.#formatOf(stream)) === 3;
  }

  #formatOf(stream: string): Promise<1 | 2 | 3> {
    const now = Date.now();
    const known = this.#known.get(stream);
    if (known && now - known.at < lookAgainMs && now >= known.at) return known.format;
    const format = this.#look(stream);
    format.catch(() => this.#known.delete(stream));
    this.#known.set(stream, { at: now, format });
    return format;
  }
}
