import type { Entry, EventEntry } from '../broker/port.js';
import { checkKey, fingerprint, keepMsDefault, type RequestKey } from '../protocol/idempotency.js';
import { orderSlotOf } from '../protocol/ordering.js';
import { encodeEventHeader, tagLength } from '../wire/event-header.js';
import { encodeHeader, type Effect, type Metadata } from '../wire/header.js';
import { headerBytesMax, isTooLarge, tooLarge } from '../wire/payload.js';
import { apartLengthMin } from '../wire/reference.js';

/** What every message of a client has alike. */
interface Outgoing {
  readonly id: string;
  readonly sender: string;
  readonly body: string;
  readonly metadata: Metadata | undefined;
  readonly bytesMax: number;
}

export interface OutgoingRequest extends Outgoing {
  readonly pattern: string;
  readonly inbox: string;
  readonly deadline: number;
  readonly effect: Effect;
  readonly key: RequestKey | undefined;
}

export interface OutgoingEvent extends Outgoing {
  readonly topic: string;
  readonly key: string | undefined;
}

/** The entry of a request. @throws TransportError `PAYLOAD_TOO_LARGE` */
export function requestEntry(request: OutgoingRequest): Entry {
  const { id, sender, body, metadata, bytesMax, pattern, inbox, deadline, effect, key } = request;
  const header = encodeHeader({
    v: 1,
    k: 'q',
    p: pattern,
    i: id,
    s: sender,
    r: inbox,
    t: deadline,
    e: effect,
    ...(metadata && { m: metadata }),
    ...(key && { x: key.key, xf: key.print, xt: key.keepMs }),
  });
  const entry = fitting(pattern, { header, body }, bytesMax);
  return body.length > apartLengthMin ? { ...entry, expiresAt: deadline } : entry;
}

/** The entry of an event. @throws TransportError `PAYLOAD_TOO_LARGE`, RangeError for a wrong key */
export function eventEntry(event: OutgoingEvent): EventEntry {
  const { id, sender, body, metadata, bytesMax, topic, key } = event;
  const tag = id.slice(0, tagLength);
  const header = encodeEventHeader({ topic, tag, sender, metadata });
  const entry = fitting(topic, { header, body }, bytesMax);
  return key === undefined ? entry : { ...entry, slot: orderSlotOf(key) };
}

/** The key of a request that has one. @throws TransportError where it is no key */
export function keyOf(
  request: { sender: string; pattern: string; body: string },
  {
    idempotencyKey: key,
    keepReplyMs = keepMsDefault,
  }: { idempotencyKey?: string; keepReplyMs?: number },
): RequestKey | undefined {
  if (key === undefined) return undefined;
  checkKey(key, keepReplyMs);
  const { sender, pattern, body } = request;
  return { sender, pattern, key, print: fingerprint(body), keepMs: keepReplyMs };
}

function fitting(name: string, entry: Entry, bytesMax: number): Entry {
  const headerMax = Math.min(bytesMax, headerBytesMax);
  if (isTooLarge(entry.header, headerMax)) throw tooLarge(`the header of '${name}'`, headerMax);
  if (isTooLarge(entry.body, bytesMax)) throw tooLarge(`the message '${name}'`, bytesMax);
  return entry;
}
