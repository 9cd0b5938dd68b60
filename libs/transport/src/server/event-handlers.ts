import type { MessageHandler } from '@nestjs/microservices';
import type { Handler } from './handler.js';

interface Added {
  readonly handler: MessageHandler;
  readonly givenName: string | undefined;
}

/** A handler of a topic under the name that its done-marks carry. */
export interface NamedHandler {
  readonly name: string;
  readonly handler: MessageHandler;
  readonly run: Handler;
}

/**
 * The handlers of each topic, of which each is done by itself. A name is what `@EventPattern(topic,
 * { name })` gave, or the place among how many, `2/3`: so handlers that were added, removed or moved
 * meanwhile are not mixed up, except for two that changed places.
 */
export class EventHandlers {
  readonly #added = new Map<string, Added[]>();
  readonly #named = new Map<string, readonly NamedHandler[]>();
  readonly #runs: (handler: MessageHandler) => Handler;

  /** @param runs what is called for a handler: made once for each */
  constructor(runs: (handler: MessageHandler) => Handler) {
    this.#runs = runs;
  }

  get topics(): string[] {
    return [...this.#added.keys()];
  }

  add(topic: string, handler: MessageHandler, { name }: Record<string, unknown>): void {
    const handlers = this.#added.get(topic) ?? [];
    const givenName = typeof name === 'string' ? name : undefined;
    const isTaken = handlers.some(
      (other) => givenName !== undefined && other.givenName === givenName,
    );
    if (isTaken) throw new Error(`two handlers of '${topic}' are named '${givenName}'`);
    if (givenName?.includes('\n')) throw new Error(`a handler of '${topic}' has two lines as name`);
    this.#added.set(topic, [...handlers, { handler, givenName }]);
    this.#named.clear();
  }

  of(topic: string): readonly NamedHandler[] {
    let named = this.#named.get(topic);
    if (!named) {
      const all = this.#added.get(topic) ?? [];
      named = all.map(({ handler, givenName }, n) => ({
        handler,
        run: this.#runs(handler),
        name: givenName ?? `${n + 1}/${all.length}`,
      }));
      this.#named.set(topic, named);
    }
    return named;
  }
}
