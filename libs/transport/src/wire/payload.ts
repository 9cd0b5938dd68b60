import { TransportError } from '../errors.js';

/**
 * Large enough for a document, small enough that to parse it stalls no process for long: what is large
 * lies apart, so no list of messages and no frame holds many of them.
 */
export const payloadBytesMaxDefault = 8 * 1024 * 1024;

/** A header always travels with its message. */
export const headerBytesMax = 1024 * 1024;

/** No character takes more than three bytes of UTF-8 per UTF-16 unit. */
const bytesPerUnitMax = 3;

/** JSON text of a value; `undefined` becomes `null`, as JSON has no word for it. */
export function encodePayload(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** Measures only when the text could be too large at all. */
export function isTooLarge(text: string, bytesMax: number): boolean {
  return text.length * bytesPerUnitMax > bytesMax && Buffer.byteLength(text) > bytesMax;
}

export function tooLarge(what: string, bytesMax: number): TransportError {
  return new TransportError(
    'PAYLOAD_TOO_LARGE',
    `${what} is larger than ${bytesMax} bytes: send less, or a reference to it`,
  );
}
