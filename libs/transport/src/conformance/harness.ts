import type { BrokerPort } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';

/** What the suite looks at in a dead letter. */
export interface DeadLetterView {
  /** The service that gave it up. */
  readonly group: string;
  /** What its last run failed with. */
  readonly reason: string;
  /** Runs it had. */
  readonly attempts: number;
  /** The payload of the message. */
  readonly body: string;
}

/** A broker that the suite asks for. */
export interface HarnessBroker {
  /** A replica silent for this long is dead. */
  readonly deadAfterMs: number;
  /** The service it is for: where a driver has access lists, it gets the rights of that one. */
  readonly service: string;
  /** Copies that must have a message before it counts as sent, where there are any. */
  readonly copies?: number;
}

/** What the suite needs of a driver. Every test asks for a harness of its own. */
export interface Harness {
  /** A broker as one more process would open it, on the same server and the same keys. */
  broker(options: HarnessBroker): BrokerPort;
  /** Makes the server forget everything. */
  wipe(): Promise<void>;
  /** Breaks the connections of a broker; it may reconnect. */
  dropConnections(broker: BrokerPort): Promise<void>;
  /** All of a queue, the oldest first. */
  deadLetters(queue: Queue): Promise<DeadLetterView[]>;
  /**
   * Makes the server forget a group while it keeps the stream; where a driver has this, `canLoseGroups`
   * puts it to the test.
   */
  loseGroup?(queue: Queue, group: string): Promise<void>;
  /**
   * Lets the server answer nothing for a while, with every connection kept; where a driver has this,
   * `canFreeze` puts it to the test.
   */
  freeze?(ms: number): Promise<void>;
  /**
   * Kills the server in which queues lie and resolves once another took over and is whole again;
   * where a driver has this, `canFailOver` puts it to the test.
   */
  failOver?(queue: Queue): Promise<void>;
  /** How many payloads lie apart from their messages, where a driver does that. */
  apart?(): Promise<number>;
  /** How many entries the server holds for a queue. */
  queueSize(queue: Queue): Promise<number>;
  /** Removes what the test left. */
  close(): Promise<void>;
}
