import { topicOf, type CloudEvent, type ServiceName } from '@courtside/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Turns } from '../turns.js';
import { Confirmations } from './confirmations.js';

/**
 * Makes what a handler does to the database happen once, however often, in whatever order and in
 * however many processes the event arrives: the event's id commits together with the change.
 *
 * What it does not cover: effects outside the transaction (another bus call, a mail) run as often as
 * the handler does, so they must bear it; events of one subject may arrive out of order, and
 * `sequence` tells which is later; ids are kept for 14 days, twice as long as any outbox keeps an
 * event, so a dead letter that is put back later than that runs again.
 */
@Injectable()
export class Inbox {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    private readonly confirmations: Confirmations,
    private readonly turns: Turns,
  ) {}

  /**
   * Runs `work` in a transaction unless this event was handled before; whoever handles it at the
   * same time waits for that commit. What `work` throws undoes it and leaves the event unhandled:
   * the transport tries again, and puts it to the dead letters in the end. After the commit the
   * publisher is told, so that it need not keep the event.
   * @returns whether `work` ran.
   */
  async once(event: CloudEvent, work: (manager: EntityManager) => Promise<void>): Promise<boolean> {
    const ran = await this.turns.run(() => this.inTransaction(event, work));
    // Before the event is acknowledged: a crash right here brings it back, and it is confirmed then.
    await this.confirmations.send(publisherOf(event), event);
    return ran;
  }

  private inTransaction(
    event: CloudEvent,
    work: (manager: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    return this.source.transaction(async (manager) => {
      const added: unknown[] = await manager.query(
        `INSERT INTO inbox (event_id, topic) VALUES ($1, $2) ON CONFLICT DO NOTHING
         RETURNING event_id`,
        [event.id, topicOf(event.type)],
      );
      if (added.length === 0) return false;
      await work(manager);
      return true;
    });
  }
}

/** `/orders` is the source of what orders publishes; the event's schema has made sure of that. */
const publisherOf = ({ source }: CloudEvent): ServiceName => source.slice(1) as ServiceName;
