import type { Entry, SendOptions } from '../broker/port.js';
import type { Priority } from '../broker/queue.js';
import type { RequestKey } from '../protocol/idempotency.js';
import type { Effect } from '../wire/header.js';
import type { ReplyListener } from './reply-listeners.js';

/** A request on its way, kept until it is answered. */
export interface SentRequest {
  readonly id: string;
  readonly target: string;
  readonly pattern: string;
  readonly deadline: number;
  readonly effect: Effect;
  readonly entry: Entry;
  readonly listener: ReplyListener;
  readonly key?: RequestKey | undefined;
  /** Copies that must have it before it counts as sent. */
  readonly copies?: number | undefined;
  readonly priority?: Priority | undefined;
  /** Set once the broker has it. */
  isQueued?: boolean;
  /** Set once the broker said that no replica is alive: it is asked a second time. */
  wasRefused?: boolean;
  slot?: number;
}

export type KeyedRequest = SentRequest & { readonly key: RequestKey };

/** Requests that go to one target in one call. */
export interface Lane<Request extends SentRequest> {
  readonly target: string;
  readonly requests: readonly Request[];
  readonly options: SendOptions;
}

export function isKeyed(request: SentRequest): request is KeyedRequest {
  return request.key !== undefined;
}
