/** Calls and events at a steady pace, and what became of each of them in the eyes of who sent it. */
import { setTimeout as pause } from 'node:timers/promises';

/** How often what is due is sent, milliseconds. */
const WAVE_MS = 5;

export class Traffic {
  /** @type {{ kind: string, id: string, sentAt: number, endedAt?: number, error?: string }[]} */
  sent = [];
  #client;
  #perSecond;
  #pending = new Set();
  #isOver = false;
  #running;

  constructor(client, perSecond) {
    this.#client = client;
    this.#perSecond = perSecond;
  }

  start() {
    this.#running = this.#run();
  }

  /** Sends no more and waits until every call and event has an end. */
  async stop() {
    this.#isOver = true;
    await this.#running;
    await Promise.all(this.#pending);
  }

  of(...kinds) {
    return this.sent.filter(({ kind }) => kinds.includes(kind));
  }

  async #run() {
    const startedAt = performance.now();
    for (let round = 0; !this.#isOver; await pause(WAVE_MS)) {
      const due = ((performance.now() - startedAt) / 1_000) * this.#perSecond;
      for (; round < due; round++) {
        this.#send('read', this.#client.read);
        this.#send('pay', this.#client.pay);
        this.#send('event', this.#client.emit);
      }
    }
  }

  #send(kind, send) {
    const id = `${kind}-${this.sent.length}`;
    const message = { kind, id, sentAt: Date.now() };
    this.sent.push(message);
    const end = send(id)
      .catch((error) => (message.error = error.code ?? error.name ?? String(error)))
      .finally(() => {
        message.endedAt = Date.now();
        this.#pending.delete(end);
      });
    this.#pending.add(end);
  }
}
