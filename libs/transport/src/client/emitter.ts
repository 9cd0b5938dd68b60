import type { BrokerPort, EventEntry } from '../broker/port.js';
import { TransportError } from '../errors.js';
import type { TransportObserver } from '../observer.js';
import { TickBatch } from '../protocol/tick-batch.js';
import type { Time } from '../protocol/time.js';

interface WaitingEvent {
  readonly topic: string;
  readonly entry: EventEntry;
  readonly copies: number | undefined;
  resolve(): void;
  reject(error: TransportError): void;
}

export interface EmitterOptions {
  readonly broker: BrokerPort;
  readonly time: Time;
  readonly deadlineMs: number;
  readonly observer?: TransportObserver | undefined;
}

/** Sends events in batches per tick and topic; each one ends when the broker has it, or late. */
export class Emitter {
  readonly #broker: BrokerPort;
  readonly #time: Time;
  readonly #deadlineMs: number;
  readonly #observer: TransportObserver | undefined;
  readonly #events: TickBatch<WaitingEvent>;
  /** One batch of a topic at a time: two under way might arrive in any order. */
  readonly #ordered: TickBatch<WaitingEvent>;

  constructor({ broker, time, deadlineMs, observer }: EmitterOptions) {
    this.#broker = broker;
    this.#time = time;
    this.#deadlineMs = deadlineMs;
    this.#observer = observer;
    const batches = {
      scheduler: time,
      send: (_: string, events: WaitingEvent[]) => this.#send(events),
    };
    this.#events = new TickBatch(batches);
    this.#ordered = new TickBatch({ ...batches, unansweredMax: 1 });
  }

  emit(topic: string, entry: EventEntry, copies?: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = this.#time.after(this.#deadlineMs, () =>
        reject(unconfirmed(topic, `within ${this.#deadlineMs} ms`)),
      );
      const lane = copies ? `${topic}\n${copies}` : topic;
      const batch = entry.slot === undefined ? this.#events : this.#ordered;
      batch.add(lane, {
        topic,
        entry,
        copies,
        resolve: () => {
          callOff();
          resolve();
        },
        reject: (error) => {
          callOff();
          reject(error);
        },
      });
    });
  }

  async #send(events: WaitingEvent[]): Promise<void> {
    const [first] = events;
    if (!first) return;
    const { topic, copies } = first;
    this.#observer?.batched?.({ call: 'emit', messages: events.length });
    try {
      await this.#broker.emit(
        topic,
        events.map(({ entry }) => entry),
        copies,
      );
      for (const event of events) event.resolve();
    } catch (cause) {
      const isKnown = cause instanceof TransportError;
      for (const event of events) {
        event.reject(isKnown ? cause : unconfirmed(topic, 'at all', cause));
      }
    }
  }
}

function unconfirmed(topic: string, when: string, cause?: unknown): TransportError {
  const message = `the broker did not confirm event '${topic}' ${when}: it may or may not have it`;
  return new TransportError('DISCONNECTED', message, { cause });
}
