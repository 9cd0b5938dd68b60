import { TransportError } from '../errors.js';
import type { CommandConnection } from './commands.js';
import type { Deployment } from './deployment.js';

/** How long copies may take before a message is held to have too few. */
const copyMs = 1_000;

/**
 * Sends what must have copies before it counts as sent. It has a connection of its own, made when it
 * is first needed, because whoever waits for copies holds up all that is sent behind, heartbeats
 * included; and it sends one batch after the other, so that no wait adds to another.
 */
export class CarefulSender {
  readonly #make: () => Deployment;
  #deployment: Deployment | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(make: () => Deployment) {
    this.#make = make;
  }

  /** Rejects with `DISCONNECTED` when there are not enough copies; the message may be there still. */
  send<Answer>(
    key: string,
    copies: number,
    act: (commands: CommandConnection) => Promise<Answer>,
  ): Promise<Answer> {
    const sent = this.#last.then(() => this.#send(key, copies, act));
    this.#last = sent.catch(() => {});
    return sent;
  }

  watch(): void {
    this.#deployment?.watch();
  }

  async close(): Promise<void> {
    await this.#deployment?.close();
  }

  destroy(): void {
    this.#deployment?.destroy();
  }

  async #send<Answer>(
    key: string,
    copies: number,
    act: (commands: CommandConnection) => Promise<Answer>,
  ): Promise<Answer> {
    const deployment = (this.#deployment ??= this.#make());
    for (;;) {
      const life = deployment.lifeOf(key);
      const answer = await act(deployment.commands);
      const found = await deployment.copies(key, copies, copyMs);
      // After a reconnect in between it was another connection's word.
      if (life !== deployment.lifeOf(key)) continue;
      if (found >= copies) return answer;
      throw new TransportError('DISCONNECTED', `${found} of ${copies} copies have the message`);
    }
  }
}
