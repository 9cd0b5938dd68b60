/** Faults that can be built in on purpose, to prove that the simulation finds them. */
export type Mutation =
  /** An entry is acknowledged when it is handed out, before its handler is done. */
  | 'ack-before-handler'
  /** Work is taken over by how long it takes, not by whether its replica lives. */
  | 'claim-by-idle-time'
  /** A batch that is sent again is added again. */
  | 'no-batch-numbers'
  /** What a broken read was given is never looked up. */
  | 'no-recovery'
  /** Every request that is redelivered runs again. */
  | 'run-again'
  /** The idempotency key is written down by a second command, after the request. */
  | 'key-apart'
  /** A failed event is acknowledged. */
  | 'ack-on-failure'
  /** A finish that met a broken connection is not repeated. */
  | 'finish-once'
  /** A client does not ask again after it may have missed replies. */
  | 'no-resend'
  /** Requests whose deadline has passed are run. */
  | 'run-expired'
  /** Events run though the one before them in their slot has not ended. */
  | 'no-order';

export const mutations: readonly Mutation[] = [
  'ack-before-handler',
  'claim-by-idle-time',
  'no-batch-numbers',
  'no-recovery',
  'run-again',
  'key-apart',
  'ack-on-failure',
  'finish-once',
  'no-resend',
  'run-expired',
  'no-order',
];
