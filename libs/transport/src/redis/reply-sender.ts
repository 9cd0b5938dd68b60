import type { KeyNames } from '../broker/key-names.js';
import type { Frame } from '../broker/port.js';
import { TransportError } from '../errors.js';
import type { Denials } from './denials.js';
import type { Deployment } from './deployment.js';
import { ReplyBodies } from './reply-bodies.js';

/** What it takes to reply. */
export interface ReplyParts {
  readonly keys: KeyNames;
  readonly deployment: Deployment;
  readonly denials: Denials;
}

/** Publishes replies, in order for each inbox. */
export class ReplySender {
  /** Those that are too large for a subscriber. */
  readonly bodies: ReplyBodies;
  readonly #parts: ReplyParts;

  constructor(parts: ReplyParts) {
    this.#parts = parts;
    this.bodies = new ReplyBodies(parts.keys, parts.deployment.commands);
  }

  /** Publishes from where the stream lies. @throws TransportError `DENIED` */
  async send(stream: string, frames: readonly Frame[]): Promise<void> {
    await this.#inTurn(frames, (whole) =>
      Promise.all(whole.map((frame) => this.#publish(stream, frame))),
    );
  }

  /**
   * The same, and begins what comes `behind` them on the same connection, without waiting: a replica that dies
   * in between has replied. A reply that the server refuses is lost like one whose client is gone, so that
   * nobody can keep a replica busy by asking for a reply where it may not go.
   */
  async sendBefore(
    stream: string,
    frames: readonly Frame[],
    behind: () => Promise<unknown>,
  ): Promise<void> {
    await this.#inTurn(frames, (whole) => {
      const told = whole.map((frame) => this.#publish(stream, frame).catch(unlessDenied));
      return Promise.all([...told, behind()]);
    });
  }

  #inTurn(
    frames: readonly Frame[],
    send: (whole: readonly Frame[]) => Promise<unknown>,
  ): Promise<unknown> {
    const told = frames.filter(({ inbox }) => this.#parts.keys.isInbox(inbox));
    return this.bodies.isPlain(told) ? send(told) : this.bodies.inTurn(told, send);
  }

  #publish(stream: string, { inbox, text }: Frame): Promise<unknown> {
    const { deployment, denials } = this.#parts;
    return denials.watch(`reply to '${inbox}'`, deployment.publishFrom(stream, inbox, text));
  }
}

function unlessDenied(error: unknown): void {
  if (!(error instanceof TransportError && error.code === 'DENIED')) throw error;
}
