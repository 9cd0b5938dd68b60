import type { Completion, Delivery, Frame, KeyedEnd } from '../broker/port.js';
import { TransportError } from '../errors.js';
import type { Header } from '../wire/header.js';
import type { Outcome } from './consumer-loop.js';
import { keyedEnd, unseenEnd } from './keyed-end.js';
import { errorReply, faultReply, valueReply } from './reply-text.js';

/** The reply with what a handler returned. */
export function replied(
  delivery: Delivery,
  header: Header,
  value: unknown,
  bytesMax: number,
): Outcome {
  return answered(delivery, header, valueReply(header.i, value, bytesMax), 'ran');
}

/** The reply with what a handler threw. */
export function failed(
  delivery: Delivery,
  header: Header,
  error: unknown,
  bytesMax: number,
): Outcome {
  return answered(delivery, header, errorReply(header.i, error, bytesMax), 'ran');
}

/** The end of a request that no handler saw, and whose caller no longer waits. */
export function dropped(delivery: Delivery, header: Header): Outcome {
  return ended(delivery, unseenEnd(header));
}

export function refused(delivery: Delivery, header: Header, error: TransportError): Outcome {
  const ending = error.code === 'UNKNOWN_OUTCOME' ? 'ran' : 'refused';
  return answered(delivery, header, faultReply(header.i, error), ending);
}

/** The end of what does not fit its schema: an event would fail every time. */
export function misfit(delivery: Delivery, header: Header, error: unknown): Outcome {
  const fault = error as TransportError;
  if (header.k === 'q') return refused(delivery, header, fault);
  return { completion: dead(delivery, `${fault.code}: ${fault.message}`) };
}

/** The end of what had its payload elsewhere, where it is no more. */
export function bodyLost(delivery: Delivery, header: Header | undefined): Outcome {
  if (header?.k !== 'q') return { completion: dead(delivery, 'its payload is gone') };
  const mayHaveRun = delivery.attempt > 1;
  return refused(delivery, header, mayHaveRun ? unknownOutcome(header) : payloadLost(header));
}

/** The end of a request with a reply, which travels with the key where there is one. */
function answered(
  delivery: Delivery,
  header: Header,
  text: string,
  ending: 'ran' | 'refused',
): Outcome {
  const keyed = keyedEnd(header, text, ending);
  if (keyed) return ended(delivery, keyed);
  return { completion: doneWith(delivery), frame: frame(header.r ?? '', text) };
}

function ended(delivery: Delivery, keyed: KeyedEnd | undefined): Outcome {
  return { completion: { kind: 'done', id: delivery.id, ...(keyed && { keyed }) } };
}

function frame(inbox: string, text: string): Frame {
  return { inbox, text };
}

export function doneWith({ id }: Delivery): Completion {
  return { kind: 'done', id };
}

export function dead({ id, attempt }: Delivery, reason: string, error?: unknown): Completion {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return { kind: 'dead', id, attempt, reason, stack };
}

export function describe(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error));
}

export function unknownPattern({ p }: Header): TransportError {
  return new TransportError('UNKNOWN_PATTERN', `there is no handler for '${p}'`);
}

function payloadLost({ p }: Header): TransportError {
  const message = `the payload of '${p}' was gone before it was read: nothing was done, send it again`;
  return new TransportError('PAYLOAD_LOST', message);
}

export function unknownOutcome({ p }: Header): TransportError {
  return new TransportError(
    'UNKNOWN_OUTCOME',
    `a replica died while it ran '${p}', which must not run twice: look before you retry`,
  );
}
