import type { ChannelListener } from '../broker/listeners.js';
import type { Queue } from '../broker/queue.js';
import { TransportError } from '../errors.js';
import { systemTime } from '../protocol/time.js';
import { WakeTimer } from '../protocol/wake-timer.js';
import { named, type DueParts } from './group-parts.js';

/** As many as one step adds: the server answers nobody else meanwhile. */
const addMax = 500;
/** What becomes due within this is added in one go, however many times there are. */
const eventsMsMin = 20;
/** And tried again: that costs a look at all queues of this member. */
const retriesMsMin = 50;
/** What is due and finds no room is looked at again after this. */
const againMs = 100;

/**
 * What is due on a topic, and when, for one member of a group: it adds the events whose time has come,
 * and tells when an entry is to be tried again. It learns of both with each heartbeat, and hears of
 * what becomes due earlier.
 */
export class DueEvents {
  /** On which senders tell when the next event is due. */
  readonly channel: string;
  readonly listener: ChannelListener;
  readonly #parts: DueParts;
  readonly #queue: Queue;
  readonly #keys: readonly string[];
  readonly #events: WakeTimer;
  readonly #retries: WakeTimer;
  #isDenied = false;
  /** How often it heard of something, so that an answer from before is known as such. */
  #heard = 0;

  constructor(queue: Queue, parts: DueParts) {
    const { keys, spec } = parts;
    this.#parts = parts;
    this.#queue = queue;
    const later = keys.later(queue, spec.group);
    this.#keys = [keys.stream(queue), keys.due(queue), keys.waiting(queue), later];
    this.#events = new WakeTimer(systemTime, () => void this.add());
    this.#retries = new WakeTimer(systemTime, () => spec.onWork?.());
    this.channel = keys.dueChannel(queue.name);
    this.listener = {
      onText: (text) => {
        this.#heard += 1;
        this.#events.set(Math.max(eventsMsMin, Number(text) || 0));
      },
      onGap: () => void this.add(),
    };
  }

  /**
   * Adds what is due, and is woken when more is. What fails is done with the next heartbeat, unless the
   * access list forbids it: one from before there was such a thing does.
   */
  async add(): Promise<void> {
    if (this.#isDenied) return;
    const { commands, denials } = this.#parts;
    const heard = this.#heard;
    const work = commands.nxDue(...this.#keys, addMax);
    try {
      const answer = await denials.watch(`add what is due to ${named(this.#queue)}`, work);
      const [eventsMs, retriesMs] = heard === this.#heard ? answer : ([0, 0] as const);
      this.#events.set(eventsMs < 0 ? undefined : Math.max(eventsMsMin, eventsMs));
      const inMs = retriesMs === 0 ? againMs : Math.max(retriesMsMin, retriesMs);
      this.#retries.set(retriesMs < 0 ? undefined : inMs);
    } catch (error) {
      this.#isDenied = error instanceof TransportError && error.code === 'DENIED';
    }
  }

  /** An entry of this member is to be tried again after so many ms. */
  retryIn(ms: number): void {
    this.#heard += 1;
    this.#retries.within(Math.max(retriesMsMin, ms));
  }

  stop(): void {
    this.#events.stop();
    this.#retries.stop();
  }
}
