import type { BrokerPort, Entry } from '../broker/port.js';
import { TransportError } from '../errors.js';
import { TickBatch } from '../protocol/tick-batch.js';
import type { Time } from '../protocol/time.js';

interface WaitingEvent {
  readonly entry: Entry;
  resolve(): void;
  reject(error: TransportError): void;
}

/** Sends events in batches per tick and topic; each one ends when the broker has it, or late. */
export class Emitter {
  readonly #broker: BrokerPort;
  readonly #time: Time;
  readonly #deadlineMs: number;
  readonly #events: TickBatch<WaitingEvent>;

  constructor(broker: BrokerPort, time: Time, deadlineMs: number) {
    this.#broker = broker;
    this.#time = time;
    this.#deadlineMs = deadlineMs;
    this.#events = new TickBatch({
      scheduler: time,
      send: (topic, events) => this.#send(topic, events),
    });
  }

  emit(topic: string, entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = this.#time.after(this.#deadlineMs, () =>
        reject(unconfirmed(topic, `within ${this.#deadlineMs} ms`)),
      );
      this.#events.add(topic, {
        entry,
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

  async #send(topic: string, events: WaitingEvent[]): Promise<void> {
    try {
      await this.#broker.emit(
        topic,
        events.map(({ entry }) => entry),
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
