import type { EventEntry } from '../broker/port.js';
import { scheduleOf, type Schedule } from '../protocol/due-time.js';
import { idSource } from '../protocol/ids.js';
import { checkPriority } from '../protocol/priority.js';
import { apartLengthMin } from '../wire/reference.js';
import {
  targetOf,
  type EmitOptions,
  type RequestOptions,
  type TransportClientOptions,
} from './client-options.js';
import { eventEntry, fitting, keyOf } from './outgoing.js';
import type { ReplyListener } from './reply-listeners.js';
import { RequestHeaders } from './request-headers.js';
import type { SentRequest } from './sent-request.js';

/** Makes of each call what travels. */
export class OutgoingMessages {
  readonly #options: TransportClientOptions;
  readonly #bytesMax: number;
  readonly #headers: RequestHeaders;
  readonly #nextId = idSource();

  /** @param bytesMax what a payload may have at most, bytes of UTF-8 */
  constructor(options: TransportClientOptions, inbox: string, bytesMax: number) {
    this.#options = options;
    this.#bytesMax = bytesMax;
    this.#headers = new RequestHeaders(options.service, inbox);
  }

  /**
   * @param deadline epoch milliseconds
   * @throws TransportError `PAYLOAD_TOO_LARGE`; RangeError where the key is none
   */
  request(
    pattern: string,
    body: string,
    options: RequestOptions,
    { deadline, listener }: { deadline: number; listener: ReplyListener },
  ): SentRequest {
    const { effect = 'once', metadata, idempotencyKey, keepReplyMs, copies, priority } = options;
    if (priority) checkPriority(priority);
    const asked = { sender: this.#options.service, pattern, body };
    const key =
      idempotencyKey === undefined ? undefined : keyOf(asked, idempotencyKey, keepReplyMs);
    const id = this.#nextId();
    const header = this.#headers.write({ id, pattern, effect, deadline, metadata, key });
    const isLarge = body.length > apartLengthMin;
    const given = isLarge ? { header, body, expiresAt: deadline } : { header, body };
    const entry = fitting(pattern, given, this.#bytesMax);
    const target = options.target ?? targetOf(this.#options, pattern);
    return { id, target, pattern, deadline, effect, entry, listener, key, copies, priority };
  }

  /**
   * When an event is to enter its topic; `undefined`: at once.
   * @throws RangeError saying what is wrong with its time
   */
  schedule(options: EmitOptions, now: number): Schedule | undefined {
    const schedule = scheduleOf(options, now, this.#nextId);
    if (schedule && options.key !== undefined) {
      throw new RangeError('an event has a key or a time: its order would be that of the times');
    }
    return schedule;
  }

  /** @throws TransportError `PAYLOAD_TOO_LARGE`; RangeError where the key is none */
  event(topic: string, body: string, { metadata, key }: EmitOptions): EventEntry {
    const { service: sender } = this.#options;
    const bytesMax = this.#bytesMax;
    return eventEntry({ id: this.#nextId(), sender, topic, body, metadata, key, bytesMax });
  }
}
