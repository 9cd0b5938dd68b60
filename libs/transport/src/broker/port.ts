/**
 * The seam between the protocol and a broker. A driver moves opaque strings (`header`, `body`,
 * `frame`) and keeps the promises written at each method; it knows no pattern and no deadline.
 */

import type { Priority, Queue } from './queue.js';
import type { Schedule } from '../protocol/due-time.js';
import type { RequestKey } from '../protocol/idempotency.js';
import type { ReplyKind } from '../wire/reply-frame.js';

/** A message as it is stored: the two fields `h` and `d`. */
export interface Entry {
  /** Field `h`: of a request JSON, of an event a shorter text. */
  readonly header: string;
  /** Field `d`: JSON text. */
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
  /** Where it comes from. */
  readonly queue: Queue;
  /** The broker's own: what it is finished and marked by. */
  readonly id: string;
  /** Which run this is, from 1. */
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
  /** Id of the delivery. */
  readonly id: string;
  /** The name of the handler, without a line feed. */
  readonly handler: string;
}

/** The first `accepted` entries were added; the rest were refused for the reason given. */
export interface EnqueueAnswer {
  /** How many of them, from the first on. */
  readonly accepted: number;
  /** Why the rest was not: no living replica, or the queue is full. */
  readonly refused?: 'NO_CONSUMER' | 'OVERLOADED';
}

/** An event that enters its topic later, under an id that is its own among those that wait there. */
export interface ScheduledEntry extends Entry, Schedule {}

/** How events for later are kept. */
export interface ScheduleOptions {
  /** Events that may wait on the topic. */
  readonly waitingMax: number;
  /** As for a request. */
  readonly copies?: number | undefined;
}

/** A request with an idempotency key. */
export interface KeyedEntry extends Entry {
  /** What it is known by. */
  readonly key: RequestKey;
  /** Correlation id and inbox, for whoever else runs the request that this one waits for. */
  readonly id: string;
  /** Where its reply goes. */
  readonly inbox: string;
  /**
   * What to do with one that may have been accepted before and of which nothing is known: `add` it
   * again; or `refuse` it, also when the whole call is repeated. `new` is refused then only.
   */
  readonly whenUnknown: 'add' | 'refuse' | 'new';
}

/** What became of a request with an idempotency key. */
export type KeyedAnswer =
  | {
      /** It was added, or waits for the run of the same request. */
      readonly kind: 'queued';
    }
  | {
      /** The same request was answered before. */
      readonly kind: 'answered';
      /** The reply that was kept. */
      readonly reply: KeptReply;
    }
  | {
      /** It was not added. */
      readonly kind: 'refused';
      /** Why. */
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
  /** One that nothing follows. */
  readonly kind: Exclude<ReplyKind, 'N'>;
  /** Its payload, JSON text. */
  readonly body: string;
}

/** What the end of a request with an idempotency key leaves behind. */
export interface KeyedEnd {
  /** What it is known by. */
  readonly key: RequestKey;
  /** Correlation id of the request that ran. */
  readonly id: string;
  /** Inbox of who asked it. */
  readonly inbox: string;
  /** For this caller and all that wait for the same run; absent when no handler saw the request. */
  readonly reply?: KeptReply;
  /** What later callers get; absent when the next one is to run it again. */
  readonly kept?: KeptReply;
}

/** How the work on a delivery ended. */
export type Completion =
  | {
      /** Nothing is left of it to do. */
      readonly kind: 'done';
      /** Of the delivery. */
      readonly id: string;
      /** What is left behind for its idempotency key, where it has one. */
      readonly keyed?: KeyedEnd;
    }
  | {
      /** It is run again. */
      readonly kind: 'retry';
      /** Of the delivery. */
      readonly id: string;
      /** Not before so many milliseconds have gone by. */
      readonly delayMs: number;
      /** The run that failed: told again after the next one was handed out, it counts no more. */
      readonly attempt: number;
    }
  | {
      /** It is put with the dead letters. */
      readonly kind: 'dead';
      /** Of the delivery. */
      readonly id: string;
      /** What the last run failed with, in a line. */
      readonly reason: string;
      /** Where. */
      readonly stack: string;
      /** Runs it had. */
      readonly attempt: number;
    };

/** Text for one inbox: one or more replies, see `docs/contract.md`. */
export interface Frame {
  /** Address of the inbox. */
  readonly inbox: string;
  /** What is sent there as it is. */
  readonly text: string;
}

/** How a call of `enqueue` is sent. */
export interface SendOptions {
  /** Entries that the queue may hold. */
  readonly queueMax: number;
  /** `high`: they are handed out before the others, while a member does that. */
  readonly priority?: Priority | undefined;
  /**
   * Copies beside the first server that must have them before they count as sent; rejects with
   * `DISCONNECTED` when there are not so many. A driver without copies takes no notice.
   */
  readonly copies?: number | undefined;
}

/** What a member of a group is. */
export interface ConsumerSpec {
  /** The service it works for, as a rule. */
  readonly group: string;
  /** Unique among the living members of the group. */
  readonly consumer: string;
  /** What it reads. */
  readonly queues: readonly Queue[];
  /** A member silent for this long is dead: its unfinished work goes to the others. */
  readonly deadAfterMs: number;
  /** Finished events stay readable this long for a group that is created later. */
  readonly keepEventsMs: number;
  /** Called when others left this group work: to `tend` at once brings it. */
  readonly onWork?: () => void;
}

/** What a member says of itself when it is announced. */
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

/** What a process reads for itself. */
export interface FollowSpec {
  /** Those whose events it is to hear. */
  readonly topics: readonly string[];
  /** The group of the service that it is for. */
  readonly group: string;
  /** How long events stay readable where no group reads their topic. */
  readonly keepEventsMs: number;
  /** Called when events of a topic are gone that this reader never had. */
  readonly onGap: (topic: string) => void;
}

/** One process that reads topics for itself, beside all groups. */
export interface Follower {
  /**
   * Waits up to `waitMs` for events that came since it began. None comes twice, and a broken connection
   * loses none. Empty when none came or after `close()`.
   */
  read(room: number, waitMs: number): Promise<Delivery[]>;
  /** Ends it, and a `read` that waits. It leaves nothing behind. */
  close(): void;
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
  /** Events of the topic that wait for their time; none for requests. */
  readonly scheduled: number;
}

/** Whether commands are answered, will be once a connection is back, or never again. */
export type BrokerStatus = 'connected' | 'reconnecting' | 'disconnected';

/** Whether a broker, or a server, can do its work now. */
export interface BrokerHealth {
  /** It answers; of a server also: it has lately heard of this replica. */
  readonly up: boolean;
  /** Why not, or of what kind it is, for a person. */
  readonly detail: string;
}

/** Calls off a subscription. */
export type Unsubscribe = () => Promise<void>;

/**
 * What a driver is: everything that client and server ask of a broker. All of it may be called side by side.
 */
export interface BrokerPort {
  /** The kind of server behind it. */
  readonly kind: 'redis' | 'memory';
  /** Resolves once commands are answered. Calling it again is harmless. */
  connect(): Promise<void>;
  /** Lets commands under way finish, then disconnects. Calling it again is harmless. */
  close(): Promise<void>;
  /** Drops the connections at once, as a crash would: nothing is finished or handed back. */
  destroy(): void;
  /** Asks the server; resolves within a second, also when it does not answer. */
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
   * Keeps events until they are due, then adds them to their topic: not before, and within 100 ms
   * while a member of any of its groups lives. One with an id that waits already takes the place of
   * that one. A resend after a reconnect adds nothing twice. Answers how many it keeps, from the first
   * on; for the rest there is no room.
   */
  schedule(
    topic: string,
    entries: readonly ScheduledEntry[],
    options: ScheduleOptions,
  ): Promise<number>;
  /** Calls an event off; false when none waits under this id, be it that it has entered its topic. */
  cancelScheduled(topic: string, id: string): Promise<boolean>;
  /**
   * Until when a group has finished the events of a topic, epoch milliseconds of the broker: all that
   * was emitted before is handled or lies with the dead letters. Undefined: it has never read it.
   * Rejects as `epoch` does.
   */
  finishedUntil(topic: string, group: string): Promise<number | undefined>;
  /** Makes a member of a group, which reads once it has been tended. Rejects with `DENIED`. */
  consumer(spec: ConsumerSpec): Promise<ConsumerPort>;
  /**
   * Reads topics from now on, without a group: one reader for each connection that takes. What is
   * emitted after it resolved is read.
   */
  follow(spec: FollowSpec): Promise<readonly Follower[]>;
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
