import type { Entry, EventEntry } from '../broker/port.js';
import { checkKey, fingerprint, keepMsDefault, type RequestKey } from '../protocol/idempotency.js';
import { orderSlotOf } from '../protocol/ordering.js';
import { encodeEventHeader, tagLength } from '../wire/event-header.js';
import type { Metadata } from '../wire/header.js';
import { headerBytesMax, isTooLarge, tooLarge } from '../wire/payload.js';

/** An event on its way out. */
export interface OutgoingEvent {
  readonly id: string;
  readonly sender: string;
  readonly topic: string;
  readonly body: string;
  readonly metadata: Metadata | undefined;
  readonly key: string | undefined;
  readonly bytesMax: number;
}

/** The entry of an event. @throws TransportError `PAYLOAD_TOO_LARGE`, RangeError for a wrong key */
export function eventEntry(event: OutgoingEvent): EventEntry {
  const { id, sender, body, metadata, bytesMax, topic, key } = event;
  const tag = id.slice(0, tagLength);
  const header = encodeEventHeader({ topic, tag, sender, metadata });
  const entry = fitting(topic, { header, body }, bytesMax);
  return key === undefined ? entry : { ...entry, slot: orderSlotOf(key) };
}

/** The key of a request. @throws RangeError where it is no key */
export function keyOf(
  { sender, pattern, body }: { sender: string; pattern: string; body: string },
  key: string,
  keepMs: number = keepMsDefault,
): RequestKey {
  checkKey(key, keepMs);
  return { sender, pattern, key, print: fingerprint(body), keepMs };
}

/** The entry, if it is not too large. @throws TransportError `PAYLOAD_TOO_LARGE` */
export function fitting(name: string, entry: Entry, bytesMax: number): Entry {
  const headerMax = Math.min(bytesMax, headerBytesMax);
  if (isTooLarge(entry.header, headerMax)) throw tooLarge(`the header of '${name}'`, headerMax);
  if (isTooLarge(entry.body, bytesMax)) throw tooLarge(`the message '${name}'`, bytesMax);
  return entry;
}
