import type { ServiceName } from '@courtside/contracts';
import { Bus, counter, LOGGER, Trouble, type HandledEvent, type Logger } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';

/** Events of one message; what more there is waits for the next. */
const BATCH_MAX = 500;

interface Waiting {
  readonly event: HandledEvent;
  done(): void;
}

/**
 * Tells publishers what was handled here. While one message to a publisher is under way the next
 * gathers what comes. One that does not get through is given up: its events come again, and are
 * confirmed then.
 */
@Injectable()
export class Confirmations {
  readonly #lanes = new Map<ServiceName, Waiting[]>();
  readonly #trouble: Trouble;

  constructor(
    private readonly bus: Bus,
    @Inject(LOGGER) logger: Logger,
  ) {
    const failures = counter({
      name: 'inbox_confirmation_failures_total',
      help: 'Messages to publishers that did not get through',
      labelNames: ['app'],
    });
    this.#trouble = new Trouble(logger, 'publishers do not hear what was handled', () =>
      failures.inc({ app: bus.name }),
    );
  }

  /** Resolves once the bus has it, or it is given up. Never rejects: the work is done already. */
  send(publisher: ServiceName, event: HandledEvent): Promise<void> {
    return new Promise((done) => {
      const lane = this.#lanes.get(publisher);
      if (lane) return void lane.push({ event, done });
      const opened = [{ event, done }];
      this.#lanes.set(publisher, opened);
      void this.#empty(publisher, opened);
    });
  }

  async #empty(publisher: ServiceName, lane: Waiting[]): Promise<void> {
    while (lane.length > 0) {
      const batch = lane.splice(0, BATCH_MAX);
      try {
        await this.bus.confirm(
          publisher,
          batch.map(({ event: { id, sequence } }) => ({ id, sequence })),
        );
        this.#trouble.over();
      } catch (error) {
        this.#trouble.met(error);
      }
      for (const { done } of batch) done();
    }
    this.#lanes.delete(publisher);
  }
}
