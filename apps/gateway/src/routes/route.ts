import type { Message, Permission, Role } from '@courtside/contracts';
import type { UpstreamKey } from '../upstream/upstream-keys.js';
import type { Deprecation } from './deprecation.js';
import type { InputPlan } from './input-plan.js';
import type { ResponsePlan } from './response-plan.js';
import type { RoutePath } from './route-path.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Need = 'optional' | 'required';

/** A message over the bus answers. */
export interface MessageTarget {
  readonly kind: 'message';
  readonly message: Message;
  readonly input: InputPlan;
  readonly response: ResponsePlan;
}

/** An HTTP upstream answers; what it says goes through as it is. */
export interface UpstreamTarget {
  readonly kind: 'upstream';
  readonly key: UpstreamKey;
  /** The path there; the same as here when not given. */
  readonly path: string | undefined;
}

/** A method of the gateway itself answers, marked with `@Route`. */
export interface HandlerTarget {
  readonly kind: 'handler';
  readonly controller: object;
  readonly handler: string;
  readonly roles: readonly Role[];
  readonly permission: Permission | undefined;
}

/** One route, checked and ready to be served, documented or compared. */
export interface Route {
  readonly method: Method;
  readonly path: RoutePath;
  readonly auth: 'none' | 'user';
  readonly summary: string;
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
  readonly idempotency: Need | undefined;
  readonly precondition: Need | undefined;
  readonly target: MessageTarget | UpstreamTarget | HandlerTarget;
  /** Undefined while it is the version to use. */
  readonly deprecation: Deprecation | undefined;
  /** The path whose answers this one repeats. */
  readonly aliasOf: string | undefined;
}

/** What a route has when it says nothing. */
export const TIMEOUT_MS_DEFAULT = 5_000;
export const BODY_BYTES_MAX_DEFAULT = 65_536;
