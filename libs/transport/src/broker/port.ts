/**
 * The seam between the protocol and a broker. A driver moves opaque strings (`header`, `body`,
 * `frame`) and keeps the promises written at each method; it knows no pattern and no deadline.
 */

import type { RequestKey } from '../protocol/idempotency.js';
import type { ReplyKind } from '../wire/reply-frame.js';

/** One queue of requests per service, one of events per topic. */
export interface Queue {
  readonly kind: 'requests' | 'events';
  readonly name: string;
}

/** A message as it is stored: the two fields `h` and `d`. */
export interface Entry {
  readonly header: string;
  readonly body: string;
  /** Epoch milliseconds after which nobody needs it; absent where that is unknown. */
  readonly expiresAt?: number;
}

/** An event as it is sent. */
export interface EventEntry extends Entry {
  /**
   * Each group handles the events of one slot one at a time, in the order in which they were added:
   * the next is handed out when the one before is done or a dead letter.
   */
  readonly slot?: number | undefined;
}

/** An entry handed to one consumer. `attempt` counts from 1. */
export interface Delivery extends Entry {
  readonly queue: Queue;
  readonly id: string;
  readonly attempt: number;
  /** Where it is: `body` is empty, the payload lies apart. `undefined` when it is lost. */
  readonly fetchBody?: () => Promise<string | undefined>;
  /** The id that it had before it was put back from the dead letters. */
  readonly firstId?: string;
  /** Epoch milliseconds at which it was added, by the broker's clock. */
  readonly addedAt: number;
  /** The dead member that it was taken over from. */
  readonly takenFrom?: string;
  /** Handlers of several that were done with it in a run before this one. */
  readonly done?: readonly string[];
}

/** A handler of several that is done with an entry. */
export interface Mark {
  readonly id: string;
  /** The name of the handler, without a line feed. */
  readonly handler: string;
}

/** The first `accepted` entries were added; the rest were refused for the reason given. */
export interface EnqueueAnswer {
  readonly accepted: number;
  readonly refused?: 'NO_CONSUMER' | 'OVERLOADED';
}

/** A request with an idempotency key. */
export interface KeyedEntry extends Entry {
  readonly key: RequestKey;
  /** Correlation id and inbox, for whoever else runs the request that this one waits for. */
  readonly id: string;
  readonly inbox: string;
  /**
   * What to do with one that may have been accepted before and of which nothing is known: `add` it
   * again; or `refuse` it, also when the whole call is repeated. `new` is refused then only.
   */
  readonly whenUnknown: 'add' | 'refuse' | 'new';
}

/** What became of a request with an idempotency key. */
export type KeyedAnswer =
  /** It was added, or waits for the run of the same request. */
  | { readonly kind: 'queued' }
  /** The same request was answered before: this is the reply that was kept. */
  | { readonly kind: 'answered'; readonly reply: KeptReply }
  | {
      readonly kind: 'refused';
      readonly reason:
        | 'NO_CONSUMER'
        | 'OVERLOADED'
        /** The key was used with another payload. */
        | 'KEY_REUSED'
        /** It was accepted before, and nothing is known of it any more. */
        | 'UNKNOWN_OUTCOME';
    };

/** A reply without the id of the request it answers. */
export interface KeptReply {
  readonly kind: Exclude<ReplyKind, 'N'>;
  readonly body: string;
}

/** What the end of a request with an idempotency key leaves behind. */
export interface KeyedEnd {
  readonly key: RequestKey;
  readonly id: string;
  readonly inbox: string;
  /** For this caller and all that wait for the same run; absent when no handler saw the request. */
  readonly reply?: KeptReply;
  /** What later callers get; absent when the next one is to run it again. */
  readonly kept?: KeptReply;
}

/** How the work on a delivery ended. */
export type Completion =
  | { readonly kind: 'done'; readonly id: string; readonly keyed?: KeyedEnd }
  | { readonly kind: 'retry'; readonly id: string; readonly delayMs: number }
  | {
      readonly kind: 'dead';
      readonly id: string;
      readonly reason: string;
      readonly stack: string;
      readonly attempt: number;
    };

/** Text for one inbox: one or more replies, see `docs/contract.md`. */
export interface Frame {
  readonly inbox: string;
  readonly text: string;
}

export interface SendOptions {
  /** Entries that the queue may hold. */
  readonly queueMax: number;
  /**
   * Copies beside the first server that must have them before they count as sent; rejects with
   * `DISCONNECTED` when there are not so many. A driver without copies takes no notice.
   */
  readonly copies?: number | undefined;
}

export interface ConsumerSpec {
  readonly group: string;
  /** Unique among the living members of the group. */
  readonly consumer: string;
  readonly queues: readonly Queue[];
  /** A member silent for this long is dead: its unfinished work goes to the others. */
  readonly deadAfterMs: number;
  /** Finished events stay readable this long for a group that is created later. */
  readonly keepEventsMs: number;
  /** Called when others left this group work: to `tend` at once brings it. */
  readonly onWork?: () => void;
}

export interface TendOptions {
  /** How many deliveries may come back. */
  readonly room: number;
  /** While draining, a member is alive (keeps its work) but no longer serves (takes no new one). */
  readonly isDraining: boolean;
}

/** One member of a group, reading its queues. */
export interface ConsumerPort {
  /**
   * Announces this member, creates what is missing (also after the broker lost its data), and
   * brings home work: of dead members, and what is due to be tried again.
   */
  tend(options: TendOptions): Promise<Delivery[]>;
  /**
   * Waits up to `waitMs` for new entries. Empty when none came or after `interrupt()`. Now and
   * then, and after a broken connection, it brings what this member was given and may never have
   * seen: that can be in work here already.
   */
  read(room: number, waitMs: number): Promise<Delivery[]>;
  /** Ends a waiting `read` without losing what it may bring. */
  interrupt(): void;
  /** Notes that handlers are done, so that no later run of the entry repeats them. */
  mark(queue: Queue, marks: readonly Mark[]): Promise<void>;
  /**
   * Acknowledges, deletes (requests), replies and keeps replies, for each message in one atomic step.
   * Repeating it is harmless.
   */
  finish(queue: Queue, completions: Completion[], frames: Frame[]): Promise<void>;
  /**
   * Gives back what was handed out and not begun, also what an interrupted `read` may still hold:
   * others get it at once, and their run counts as the first that this would have been.
   */
  handBack(deliveries: readonly Delivery[]): Promise<void>;
  /** Takes back the presence; unfinished work goes to the others at once. */
  leave(): Promise<void>;
}

/** Work that a group has before it. */
export interface Backlog {
  /** Entries that nobody of the group has had. */
  readonly waiting: number;
  /** Entries that were handed out and are not finished: they run, or wait for their next run. */
  readonly unfinished: number;
  /** Epoch milliseconds at which the oldest of all these was added, by the broker's clock. */
  readonly oldestAt: number | undefined;
  /** Dead letters of the queue, of all its groups. */
  readonly deadLetters: number;
}

export type BrokerStatus = 'connected' | 'reconnecting' | 'disconnected';

export interface BrokerHealth {
  readonly up: boolean;
  readonly detail: string;
}

/** Calls off a subscription. */
export type Unsubscribe = () => Promise<void>;

export interface BrokerPort {
  readonly kind: 'redis' | 'memory';
  /** Resolves once commands are answered. Calling it again is harmless. */
  connect(): Promise<void>;
  /** Lets commands under way finish, then disconnects. Calling it again is harmless. */
  close(): Promise<void>;
  /** Drops the connections at once, as a crash would: nothing is finished or handed back. */
  destroy(): void;
  health(): Promise<BrokerHealth>;
  /** Calls the listener now and on every change. */
  onStatus(listener: (status: BrokerStatus) => void): () => void;

  /**
   * The present life of the data behind this broker: an unguessable text, the same for everyone
   * until the data is lost. What was handed over in another epoch may be gone. Rejects at once, or
   * within a second, when the broker cannot be asked.
   */
  epoch(): Promise<string>;
  /** Adds requests, all or the first few. A resend after a reconnect adds nothing twice. */
  enqueue(service: string, entries: readonly Entry[], options: SendOptions): Promise<EnqueueAnswer>;
  /**
   * Adds requests that have idempotency keys, one answer for each: one whose key is known attaches to
   * its run or gets its reply. A resend after a reconnect adds nothing twice.
   */
  enqueueKeyed(
    service: string,
    entries: readonly KeyedEntry[],
    options: SendOptions,
  ): Promise<KeyedAnswer[]>;
  /** Adds events, see `SendOptions` for copies. A resend after a reconnect adds nothing twice. */
  emit(topic: string, entries: readonly EventEntry[], copies?: number): Promise<void>;
  /**
   * Until when a group has finished the events of a topic, epoch milliseconds of the broker: all that
   * was emitted before is handled or lies with the dead letters. Undefined: it has never read it.
   * Rejects as `epoch` does.
   */
  finishedUntil(topic: string, group: string): Promise<number | undefined>;
  consumer(spec: ConsumerSpec): Promise<ConsumerPort>;
  /** Looks up what is before a group. It is asked now and then, not for each message. */
  backlog(queue: Queue, group: string): Promise<Backlog>;

  /** The address of an inbox, which names the service that reads it. */
  inboxAddress(service: string, instance: string): string;
  /**
   * Hears every frame sent to the address; `onGap` after a reconnect, when some may be lost. `onAway`
   * is called, where the broker knows, when that begins: each time a gap will follow.
   */
  openInbox(
    address: string,
    onFrame: (text: string) => void,
    onGap: () => void,
    onAway?: () => void,
  ): Promise<Unsubscribe>;
  /** Sends frames before the `finish` of a delivery of that queue, in this order: at most once. */
  reply(queue: Queue, frames: readonly Frame[]): Promise<void>;

  /** Tells every process that listens now: at most once. */
  broadcast(channel: string, text: string): Promise<void>;
  /** `onGap` is called after every reconnect: drop what you derived from broadcasts. */
  onBroadcast(
    channel: string,
    listener: (text: string) => void,
    onGap?: () => void,
  ): Promise<Unsubscribe>;
}

/** One key for a queue, for maps and batches. */
export function queueKey(queue: Queue): string {
  return `${queue.kind}:${queue.name}`;
}
