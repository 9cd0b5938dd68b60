/** Listeners by channel; the first and the last of a channel are told apart. */
export class Listeners<Listener> {
  readonly #byChannel = new Map<string, Set<Listener>>();

  /** True when it is the first of its channel. */
  add(channel: string, listener: Listener): boolean {
    const listeners = this.#byChannel.get(channel);
    if (listeners) listeners.add(listener);
    else this.#byChannel.set(channel, new Set([listener]));
    return !listeners;
  }

  /** True when it was the last of its channel. */
  remove(channel: string, listener: Listener): boolean {
    const listeners = this.#byChannel.get(channel);
    listeners?.delete(listener);
    if (!listeners || listeners.size > 0) return false;
    return this.#byChannel.delete(channel);
  }

  of(channel: string): Iterable<Listener> {
    return this.#byChannel.get(channel) ?? [];
  }

  channels(): Iterable<string> {
    return this.#byChannel.keys();
  }

  *all(): Iterable<Listener> {
    for (const listeners of this.#byChannel.values()) yield* listeners;
  }
}

/** Who listens on a channel. */
export interface ChannelListener {
  onText(text: string): void;
  /** Texts are lost from now on, until `onGap`. */
  onAway?(): void;
  onGap(): void;
}
