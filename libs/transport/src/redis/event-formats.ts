import type { Entry } from '../broker/port.js';
import { idSource } from '../protocol/ids.js';
import { asFormat1 } from '../wire/event-header.js';

/** Who reads a topic changes when services are installed, not from one message to the next. */
const lookAgainMs = 1_000;

interface Known {
  readonly at: number;
  readonly format: Promise<1 | 2>;
}

/**
 * Writes events so that all who read the topic can read them. While one of them is of the release
 * before, that is format 1.
 */
export class EventFormats {
  readonly #look: (stream: string) => Promise<1 | 2>;
  readonly #known = new Map<string, Known>();
  readonly #nextId = idSource();

  constructor(look: (stream: string) => Promise<1 | 2>) {
    this.#look = look;
  }

  async readable(
    stream: string,
    topic: string,
    entries: readonly Entry[],
  ): Promise<readonly Entry[]> {
    const format = await this.#formatOf(stream);
    if (format === 2) return entries;
    return entries.map(({ header, body }) => {
      return { header: asFormat1(header, topic, this.#nextId()), body };
    });
  }

  #formatOf(stream: string): Promise<1 | 2> {
    const now = Date.now();
    const known = this.#known.get(stream);
    if (known && now - known.at < lookAgainMs && now >= known.at) return known.format;
    const format = this.#look(stream);
    format.catch(() => this.#known.delete(stream));
    this.#known.set(stream, { at: now, format });
    return format;
  }
}
