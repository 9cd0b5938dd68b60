import type { Bus, Logger } from '@courtside/service';
import type { OutboxRow } from './outbox-rows.js';

/** How long a topic rests whose events the bus refuses for what they are, milliseconds. */
const REST_MS = 60_000;

export interface Published {
  readonly rows: readonly OutboxRow[];
  /** Why the rest was not: the bus could not be reached. */
  readonly fault?: unknown;
}

/** Hands rows to the bus, topic by topic, so that one topic's trouble keeps no other waiting. */
export class Publishing {
  readonly #restingUntil = new Map<string, number>();

  constructor(
    private readonly bus: Pick<Bus, 'publish'>,
    private readonly logger: Logger,
  ) {}

  /** Topics to leave out for now. */
  resting(): string[] {
    for (const [topic, until] of this.#restingUntil) {
      if (until < Date.now()) this.#restingUntil.delete(topic);
    }
    return [...this.#restingUntil.keys()];
  }

  /** Publishes each topic's rows in their order. */
  async publish(rows: readonly OutboxRow[]): Promise<Published> {
    const topics = [...byTopic(rows)];
    const results = await Promise.allSettled(
      topics.map(([topic, ofTopic]) =>
        this.bus.publish(
          topic,
          ofTopic.map(({ event, sequence }) => ({ ...event, sequence })),
        ),
      ),
    );
    const published: OutboxRow[] = [];
    let fault: unknown;
    for (const [index, [topic, ofTopic]] of topics.entries()) {
      const result = results[index];
      if (result?.status === 'fulfilled') published.push(...ofTopic);
      else if (isUnreachable(result?.reason)) fault = result?.reason;
      else this.#rest(topic, result?.reason);
    }
    return { rows: published, fault };
  }

  #rest(topic: string, error: unknown): void {
    this.#restingUntil.set(topic, Date.now() + REST_MS);
    this.logger.error({ err: error, topic }, 'the bus refuses the events of a topic');
  }
}

function byTopic(rows: readonly OutboxRow[]): Map<string, OutboxRow[]> {
  const topics = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const ofTopic = topics.get(row.topic);
    if (ofTopic) ofTopic.push(row);
    else topics.set(row.topic, [row]);
  }
  return topics;
}

const isUnreachable = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === 'DISCONNECTED';
