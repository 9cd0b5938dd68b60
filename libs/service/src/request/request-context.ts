import { AsyncLocalStorage } from 'node:async_hooks';
import type { Permission, Role } from '@courtside/contracts';

/** A signed-in user, as verified. */
export interface UserIdentity {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly Role[];
  readonly permissions: readonly Permission[];
}

/** Who asks: a signed-in user, or nobody in particular. */
export type Identity = UserIdentity | { readonly kind: 'anonymous' };

export const anonymous: Identity = Object.freeze({ kind: 'anonymous' });

/** What belongs to one request, wherever it is on its way; never passed by hand. */
export interface RequestContext {
  /** Correlation id: the same in every log line and in the answer. */
  readonly requestId: string;
  /** W3C Trace Context `traceparent`. */
  readonly traceparent: string;
  /** Epoch milliseconds after which nobody waits for the answer. */
  readonly deadline: number;
  /** The metadata that came with the message being handled; empty at the edge. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Set once it is verified; until then nobody. */
  identity?: Identity;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The context of the request at hand; undefined outside of any. */
export const currentRequest = (): RequestContext | undefined => storage.getStore();

/** Runs `work` with this context, in everything it awaits too. */
export const inRequest = <T>(context: RequestContext, work: () => T): T =>
  storage.run(context, work);
