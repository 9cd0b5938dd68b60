import { Listeners, type ChannelListener } from '../broker/listeners.js';
import type { Unsubscribe } from '../broker/port.js';
import type { Deployment } from './deployment.js';

export type { ChannelListener };

/** What is published and who listens, on the one subscriber of a deployment. */
export class Channels {
  readonly #deployment: Deployment;
  readonly #listeners = new Listeners<ChannelListener>();
  #isClosed = false;

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
    deployment.subscriber.on('message', (channel: string, text: string) => {
      for (const listener of this.#listeners.of(channel)) listener.onText(text);
    });
  }

  /** From now on every new connection is a gap: to be called once the first one stands. */
  watchGaps(): void {
    const { subscriber } = this.#deployment;
    subscriber.on('close', () => {
      if (this.#isClosed) return;
      for (const listener of this.#listeners.all()) listener.onAway?.();
    });
    // ioredis has sent the subscriptions again; a ping comes back after them.
    subscriber.on('ready', () => {
      void subscriber.ping().then(
        () => this.#tellGap(),
        () => {},
      );
    });
    this.#deployment.onTakeover(() => this.#tellGap());
  }

  async listen(channel: string, listener: ChannelListener): Promise<Unsubscribe> {
    const { subscriber } = this.#deployment;
    this.#listeners.add(channel, listener);
    try {
      await subscriber.subscribe(channel);
    } catch (error) {
      this.#listeners.remove(channel, listener);
      throw error;
    }
    return async () => {
      const isLast = this.#listeners.remove(channel, listener);
      if (isLast && !this.#isClosed) await subscriber.unsubscribe(channel);
    };
  }

  close(): void {
    this.#isClosed = true;
  }

  #tellGap(): void {
    for (const listener of this.#listeners.all()) listener.onGap();
  }
}
