import type { TransportError } from '../errors.js';
import { startsLater } from '../protocol/time.js';
import { SchemaChecks, type Schemas } from '../schema/schema-checks.js';

interface Sending {
  readonly send: () => () => void;
  readonly fail: (error: TransportError) => void;
}

/** What a client holds against the schemas it was given. */
export class ClientChecks {
  readonly #checks: SchemaChecks;
  #lastEvent: Promise<unknown> = Promise.resolve();

  private constructor(checks: SchemaChecks) {
    this.#checks = checks;
  }

  /** `undefined` where there is nothing to check. */
  static of(schemas: Schemas | undefined): ClientChecks | undefined {
    const checks = SchemaChecks.of(schemas);
    return checks && new ClientChecks(checks);
  }

  /** A payload of an event; none overtakes another because its check took less time. */
  async event(topic: string, body: string): Promise<void> {
    if (!this.#checks.has('event', topic)) return;
    const check = this.#checks.checkText('event', topic, body);
    const turn = Promise.allSettled([this.#lastEvent, check]);
    this.#lastEvent = turn;
    await turn;
    await check;
  }

  /** Whether there is a schema for the replies. */
  hasReply(pattern: string): boolean {
    return this.#checks.has('reply', pattern);
  }

  /** The value of a reply as its schema makes it. @throws TransportError `INVALID_REPLY` */
  reply(pattern: string, value: unknown): Promise<unknown> {
    return this.#checks.check('reply', pattern, value);
  }

  async replyOf(pattern: string, value: Promise<unknown>): Promise<unknown> {
    return this.reply(pattern, await value);
  }

  /** The text of a reply as it came, where it fits. @throws TransportError `INVALID_REPLY` */
  async replyTextOf(pattern: string, text: Promise<string>): Promise<string> {
    const body = await text;
    await this.#checks.checkText('reply', pattern, body);
    return body;
  }

  /** Sends a request once it is checked; the answer calls it off, at whatever stage. */
  whenChecked(pattern: string, body: string, { send, fail }: Sending): () => void {
    if (!this.#checks.has('request', pattern)) return send();
    const checked = this.#checks.checkText('request', pattern, body);
    return startsLater(checked, send, (error) => fail(error as TransportError));
  }
}
