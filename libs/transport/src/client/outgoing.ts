import type { Entry } from '../broker/port.js';
import { checkKey, fingerprint, keepMsDefault, type RequestKey } from '../protocol/idempotency.js';
import { encodeEventHeader, tagLength } from '../wire/event-header.js';
import { encodeHeader, type Effect, type Metadata } from '../wire/header.js';
import { isTooLarge, tooLarge } from '../wire/payload.js';

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
  return fitting(pattern, { header, body }, bytesMax);
}

/** The entry of an event. @throws TransportError `PAYLOAD_TOO_LARGE` */
export function eventEntry({ id, sender, body, metadata, bytesMax, topic }: OutgoingEvent): Entry {
  const tag = id.slice(0, tagLength);
  const header = encodeEventHeader({ topic, tag, sender, metadata });
  return fitting(topic, { header, body }, bytesMax);
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
  if (!isTooLarge(entry.header, bytesMax) && !isTooLarge(entry.body, bytesMax)) return entry;
  throw tooLarge(`the message '${name}'`, bytesMax);
}
