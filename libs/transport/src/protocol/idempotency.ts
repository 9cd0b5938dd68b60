import { createHash } from 'node:crypto';

/** What makes a request the same as an earlier one. */
export interface RequestKey {
  /** The service that asks: keys of different senders never meet. */
  readonly sender: string;
  /** What is asked: keys of different patterns never meet. */
  readonly pattern: string;
  /** As the caller gave it, 1 to 200 characters. */
  readonly key: string;
  /** Fingerprint of the payload: the same key with another one is refused. */
  readonly print: string;
  /** How long the reply is kept after the end of the run. */
  readonly keepMs: number;
}

export const keyCharactersMax = 200;
export const keepMsDefault = 10 * 60_000;
const keepMsMin = 1_000;
export const keepMsMax = 24 * 60 * 60_000;
/** A run that takes longer than this is forgotten: its key may start another. */
export const runMsMax = 24 * 60 * 60_000;
/** Callers that wait for one and the same run. */
export const waitersMax = 64;
/** Replies kept per service; the one that would be forgotten first makes room. */
export const keptMax = 100_000;
/** A larger reply reaches who waits for it and is not kept. */
export const keptBytesMax = 64 * 1024;

/** The fingerprint of a payload: 128 bits of SHA-256, as base64url. */
export function fingerprint(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}

/** Refuses what cannot be a key, or a time that nothing can be kept for. */
export function checkKey(key: string, keepMs: number): void {
  if (key.length === 0 || key.length > keyCharactersMax) {
    throw new RangeError(`an idempotency key has 1 to ${keyCharactersMax} characters`);
  }
  if (!(keepMs >= keepMsMin && keepMs <= keepMsMax)) {
    throw new RangeError(`a reply is kept for ${keepMsMin} to ${keepMsMax} ms, not ${keepMs}`);
  }
}
