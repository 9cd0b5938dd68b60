import type { BrokerPort, EventEntry } from '../broker/port.js';
import { TransportError } from '../errors.js';
import type { TransportObserver } from '../observer.js';
import { checkScheduleId, scheduledMaxDefault, type Schedule } from '../protocol/due-time.js';
import { TickBatch } from '../protocol/tick-batch.js';
import type { Time } from '../protocol/time.js';
import { disconnected, tooManyWait } from './request-errors.js';

interface WaitingEvent {
  readonly topic: string;
  readonly entry: EventEntry;
  readonly copies: number | undefined;
  readonly schedule: Schedule | undefined;
  resolve(): void;
  reject(error: TransportError): void;
}

export interface EmitterOptions {
  readonly broker: BrokerPort;
  readonly time: Time;
  readonly deadlineMs: number;
  /** Events that may wait for their time on a topic. */
  readonly scheduledMax?: number | undefined;
  readonly observer?: TransportObserver | undefined;
}

/** Sends events in batches per tick and topic; each one ends when the broker has it, or late. */
export class Emitter {
  readonly #broker: BrokerPort;
  readonly #time: Time;
  readonly #deadlineMs: number;
  readonly #scheduledMax: number;
  readonly #observer: TransportObserver | undefined;
  readonly #events: TickBatch<WaitingEvent>;
  /** One batch of a topic at a time: two under way might arrive in any order. */
  readonly #ordered: TickBatch<WaitingEvent>;

  constructor({ broker, time, deadlineMs, scheduledMax, observer }: EmitterOptions) {
    this.#broker = broker;
    this.#time = time;
    this.#deadlineMs = deadlineMs;
    this.#scheduledMax = scheduledMax ?? scheduledMaxDefault;
    this.#observer = observer;
    const batches = {
      scheduler: time,
      send: (_: string, events: WaitingEvent[]) => this.#send(events),
    };
    this.#events = new TickBatch(batches);
    this.#ordered = new TickBatch({ ...batches, unansweredMax: 1 });
  }

  /** With a schedule it ends when the broker keeps it until then. */
  emit(topic: string, entry: EventEntry, copies?: number, schedule?: Schedule): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = this.#time.after(this.#deadlineMs, () =>
        reject(unconfirmed(topic, `within ${this.#deadlineMs} ms`)),
      );
      const at = schedule ? 'later' : '';
      const lane = copies || at ? `${topic}\n${copies ?? ''}\n${at}` : topic;
      const batch = entry.slot === undefined ? this.#events : this.#ordered;
      batch.add(lane, {
        topic,
        entry,
        copies,
        schedule,
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

  /** Calls off what waits under this id; rejects where the broker does not answer in time. */
  cancel(topic: string, id: string): Promise<boolean> {
    checkScheduleId(id);
    return new Promise((resolve, reject) => {
      const fail = (cause?: unknown) =>
        reject(
          cause instanceof TransportError
            ? cause
            : disconnected(`the broker did not say whether '${id}' of '${topic}' waited`, cause),
        );
      const callOff = this.#time.after(this.#deadlineMs, fail);
      this.#broker.cancelScheduled(topic, id).then(resolve, fail).finally(callOff);
    });
  }

  async #send(events: WaitingEvent[]): Promise<void> {
    const [first] = events;
    if (!first) return;
    const { topic, copies } = first;
    const call = first.schedule ? 'schedule' : 'emit';
    this.#observer?.batched?.({ call, messages: events.length });
    try {
      const kept = await this.#hand(topic, events, copies);
      for (const [n, event] of events.entries()) {
        if (n < kept) event.resolve();
        else event.reject(tooManyWait(topic, this.#scheduledMax));
      }
    } catch (cause) {
      const isKnown = cause instanceof TransportError;
      for (const event of events) {
        event.reject(isKnown ? cause : unconfirmed(topic, 'at all', cause));
      }
    }
  }

  /** Answers how many the broker has, from the first on. All of a lane have a schedule, or none. */
  async #hand(topic: string, events: WaitingEvent[], copies?: number): Promise<number> {
    if (!events[0]?.schedule) {
      const entries = events.map(({ entry }) => entry);
      await this.#broker.emit(topic, entries, copies);
      return events.length;
    }
    const scheduled = events.flatMap(({ entry, schedule }) =>
      schedule ? [{ ...entry, ...schedule }] : [],
    );
    return this.#broker.schedule(topic, scheduled, { waitingMax: this.#scheduledMax, copies });
  }
}

function unconfirmed(topic: string, when: string, cause?: unknown): TransportError {
  const message = `the broker did not confirm event '${topic}' ${when}: it may or may not have it`;
  return new TransportError('DISCONNECTED', message, { cause });
}
