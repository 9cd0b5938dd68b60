import type { WritePacket } from '@nestjs/microservices';
import { SchemaChecks, type Schemas } from '../schema/schema-checks.js';
import { toPacket } from './nest-packets.js';
import type { Reply, ReplyListener } from './sent-request.js';

interface Sending {
  readonly send: () => () => void;
  readonly fail: (error: unknown) => void;
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

  /** A payload as it travels. @throws TransportError `INVALID_PAYLOAD`, of a reply `INVALID_REPLY` */
  text(part: 'request' | 'reply', pattern: string, body: string): Promise<void> {
    return this.#checks.checkText(part, pattern, body);
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

  /** The value of a reply as its schema makes it. @throws TransportError `INVALID_REPLY` */
  reply(pattern: string, value: unknown): Promise<unknown> {
    return this.#checks.check('reply', pattern, value);
  }

  /** What a stock client hears, each value checked first, in the order they came. */
  replies(pattern: string, respond: (packet: WritePacket) => void): ReplyListener {
    let last: Promise<void> = Promise.resolve();
    const pass = async (reply: Reply) => {
      const packet = toPacket(reply);
      if (!('response' in packet)) return respond(packet);
      try {
        respond({ ...packet, response: await this.reply(pattern, packet.response) });
      } catch (err) {
        respond({ err, isDisposed: true });
      }
    };
    return {
      fail: (err) => respond({ err, isDisposed: true }),
      reply: (reply) => {
        last = last.then(() => pass(reply));
      },
    };
  }

  /** Sends a request once it is checked; the answer calls it off, at whatever stage. */
  whenChecked(pattern: string, body: string, { send, fail }: Sending): () => void {
    let callOff = () => {};
    let isOff = false;
    const go = async () => {
      try {
        await this.text('request', pattern, body);
        if (!isOff) callOff = send();
      } catch (error) {
        if (!isOff) fail(error);
      }
    };
    void go();
    return () => {
      isOff = true;
      callOff();
    };
  }
}
