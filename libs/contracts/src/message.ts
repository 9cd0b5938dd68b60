import type { z } from 'zod';
import type { Deprecated } from './deprecated.js';
import type { Permission } from './permissions.js';
import type { ProblemCode } from './problems.js';
import type { ServiceName } from './services.js';

/**
 * What handling a message twice does: `none` reads, `idempotent` leaves the same state as once,
 * `once` must not be repeated. Retries and redelivery obey it.
 */
export type Effect = 'none' | 'idempotent' | 'once';

/**
 * What a write touches that must never be replayed: the message then carries an assertion made for
 * it alone, bound to its body and used once.
 */
export type Guarded = 'role' | 'money' | 'privacy';

/** Who may send a message. The gateway and the service both enforce it. */
export type Access =
  | { readonly by: 'anyone' }
  | { readonly by: 'signed-in' }
  /** A permission; or, where `orSelf` names an input field, the user whose id stands in it. */
  | { readonly by: 'permission'; readonly permission: Permission; readonly orSelf?: string }
  /** Only these apps themselves, never on behalf of a request from outside. */
  | { readonly by: 'service'; readonly callers: readonly ServiceName[] };

/** The contract of one request/reply message: the definition that all else derives from. */
export interface Message<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /**
   * `subject.verb`; its first part is the service that handles it. A later version stands beside the
   * one before, as `orders.create.v2`.
   */
  readonly name: string;
  readonly service: ServiceName;
  readonly effect: Effect;
  /** One sentence for the documents. */
  readonly summary: string;
  /** Absent while nobody needs to move to another version. */
  readonly deprecated?: Deprecated;
  readonly access: Access;
  /** Absent where an assertion that is used again and again will do. */
  readonly guards?: Guarded;
  readonly input: I;
  readonly output: O;
  /** What it answers beside the problems that every message can have. */
  readonly problems: readonly ProblemCode[];
}

export type Input<M extends Message> = z.output<M['input']>;
export type Output<M extends Message> = z.output<M['output']>;

type Definition<I extends z.ZodType, O extends z.ZodType> = Omit<
  Message<I, O>,
  'service' | 'problems'
> & { readonly problems?: readonly ProblemCode[] };

/** Builds the messages of one service; names are prefixed with it. */
export function messagesOf(service: ServiceName) {
  return <I extends z.ZodType, O extends z.ZodType>(definition: Definition<I, O>): Message<I, O> =>
    Object.freeze({
      ...definition,
      name: `${service}.${definition.name}`,
      service,
      problems: definition.problems ?? [],
    });
}
