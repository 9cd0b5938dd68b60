import type { KeptReply, KeyedEnd } from '../broker/port.js';
import { TransportError } from '../errors.js';
import { keepMsMax, keptBytesMax, type RequestKey } from '../protocol/idempotency.js';
import type { Header } from '../wire/header.js';
import { isTooLarge } from '../wire/payload.js';
import { faultReply, internalErrorReply } from './reply-text.js';

/** How the run of a request ended, as far as its idempotency key goes. */
type Ending =
  /** A handler ran, or may have. */
  | 'ran'
  /** There is no handler: another replica may have one. */
  | 'refused';

/** What a request leaves behind for its idempotency key; `undefined` where it has none. */
export function keyedEnd(header: Header, text: string, ending: Ending): KeyedEnd | undefined {
  const key = keyOf(header);
  if (!key) return undefined;
  const reply = replyOf(text);
  const end = { key, id: header.i, inbox: header.r ?? '', reply };
  const mayRunAgain = header.e === 'none' || header.e === 'idempotent';
  // A fault that nobody meant is not an answer for ever where another run does no harm.
  const isFault = reply.kind === 'E' && text === internalErrorReply(header.i);
  if (ending === 'refused' || (isFault && mayRunAgain)) return end;
  return { ...end, kept: keepable(header, reply) };
}

/** The end of a request that no handler saw. */
export function unseenEnd(header: Header): KeyedEnd | undefined {
  const key = keyOf(header);
  return key && { key, id: header.i, inbox: header.r ?? '' };
}

function keyOf({ s, p, x, xf, xt }: Header): RequestKey | undefined {
  if (x === undefined || xf === undefined || xt === undefined) return undefined;
  const keepMs = Math.min(Math.max(Math.floor(xt), 1), keepMsMax);
  return { sender: s, pattern: p, key: x, print: xf, keepMs };
}

function replyOf(text: string): KeptReply {
  const headEnd = text.indexOf('\n');
  const kind = text.charAt(headEnd - 1) as KeptReply['kind'];
  return { kind, body: text.slice(headEnd + 1, -1) };
}

function keepable(header: Header, reply: KeptReply): KeptReply {
  if (!isTooLarge(reply.body, keptBytesMax)) return reply;
  const message = `'${header.p}' was done, but its reply is too large to be kept for its key`;
  return replyOf(faultReply(header.i, new TransportError('PAYLOAD_TOO_LARGE', message)));
}
