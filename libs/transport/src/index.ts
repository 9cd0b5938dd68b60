/**
 * What services, tools and drivers use.
 * @module transport
 */
export { keyNames } from './broker/key-names.js';
export type { KeyNames } from './broker/key-names.js';
export { brokerUrlFault, openBroker } from './broker/open-broker.js';
export type { OpenBrokerOptions } from './broker/open-broker.js';
export type {
  Backlog,
  BrokerHealth,
  BrokerPort,
  BrokerStatus,
  Completion,
  ConsumerPort,
  ConsumerSpec,
  Delivery,
  EnqueueAnswer,
  Entry,
  EventEntry,
  Follower,
  FollowSpec,
  Frame,
  KeptReply,
  KeyedAnswer,
  KeyedEnd,
  KeyedEntry,
  Mark,
  ScheduledEntry,
  ScheduleOptions,
  SendOptions,
  TendOptions,
  Unsubscribe,
} from './broker/port.js';
export type { Priority, Queue } from './broker/queue.js';
export { TransportClient } from './client/transport-client.js';
export type {
  EmitOptions,
  RequestOptions,
  TransportClientOptions,
} from './client/client-options.js';
export { TransportRecord, TransportRecordBuilder } from './client/transport-record.js';
export type { TransportRecordOptions } from './client/transport-record.js';
export type {
  Batch,
  EndedEvent,
  EndedRequest,
  HandledMessage,
  TransportObserver,
} from './observer.js';
export type { DueOptions, DueTime, Schedule } from './protocol/due-time.js';
export type { RequestKey } from './protocol/idempotency.js';
export { RemoteError, TransportError } from './errors.js';
export type { PayloadIssue, TransportErrorCode } from './errors.js';
export { MemoryBroker } from './memory/memory-broker.js';
export type { MemoryBrokerOptions } from './memory/memory-broker.js';
export { MemoryHub } from './memory/memory-hub.js';
export type { DeadLetter as MemoryDeadLetter } from './memory/memory-queue.js';
export type { RetryPolicy } from './protocol/retry.js';
export type { Clock, Scheduler, Time } from './protocol/time.js';
export { aclRulesOf, aclUserOf, operatorRulesOf } from './redis/access-rules.js';
export type { BusRights, BusTopology } from './redis/access-rules.js';
export { AccessLists } from './redis/access-lists.js';
export type { AccessListsOptions, LoggedDenial } from './redis/access-lists.js';
export { DeadLetters } from './redis/dead-letters.js';
export type {
  DeadLetter,
  DeadLetterFilter,
  Redriven,
  RedriveOptions,
} from './redis/dead-letters.js';
export { emptyBus } from './redis/empty-bus.js';
export type { EmptyBusOptions } from './redis/empty-bus.js';
export { widenAccess } from './redis/widen-access.js';
export type { WidenAccessOptions } from './redis/widen-access.js';
export type { DeniedListener } from './redis/denials.js';
export { RedisBroker } from './redis/redis-broker.js';
export type { RedisBrokerOptions } from './redis/redis-broker.js';
export type { ClusterAddress, RedisAddress, ServerAddress } from './redis/addresses.js';
export { EventErrorFilter } from './server/event-error-filter.js';
export type {
  MessageSchemas,
  Schemas,
  StandardIssue,
  StandardResult,
  StandardSchema,
  StandardStep,
} from './schema/standard-schema.js';
export { MessageContext } from './server/message-context.js';
export { TRANSPORT, TransportServer } from './server/transport-server.js';
export type { Around, QueueBacklog, TransportServerOptions } from './server/server-options.js';
export type { Effect, Metadata } from './wire/header.js';
export type { ReplyKind } from './wire/reply-frame.js';
