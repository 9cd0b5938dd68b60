import { topicOf, type CloudEvent } from '@courtside/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/**
 * Makes what a handler does to the database happen once, however often and in whatever process the
 * event arrives: the event's id commits together with the change.
 */
@Injectable()
export class Inbox {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /**
   * Runs `work` in a transaction unless this event was handled before; whoever handles it at the
   * same time waits for that commit.
   * @returns whether `work` ran.
   */
  async once(event: CloudEvent, work: (manager: EntityManager) => Promise<void>): Promise<boolean> {
    return this.source.transaction(async (manager) => {
      const topic = topicOf(event.type);
      const added: unknown[] = await manager.query(
        `INSERT INTO inbox (event_id, topic) VALUES ($1, $2) ON CONFLICT DO NOTHING
         RETURNING event_id`,
        [event.id, topic],
      );
      if (added.length === 0) return false;
      await work(manager);
      return true;
    });
  }
}
