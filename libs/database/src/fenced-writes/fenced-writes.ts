import type { Lease } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** A write came from a leader after a later one had written: nothing of it was done. */
export class StaleFenceError extends Error {
  override readonly name = 'StaleFenceError';
}

/**
 * The writes of jobs that one process alone may run. The database remembers the highest fence that has
 * written under a name and refuses every lower one, however late it comes: a lease alone cannot stop a
 * process that was frozen between a look at its clock and its write.
 */
@Injectable()
export class FencedWrites {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /**
   * Runs a write in a transaction of its own, which the next leader's writes wait for. One that stands
   * still for longer than the margin of the lease is ended by the database: a frozen leader has let go of
   * its row before another can lead.
   * @throws StaleFenceError when a later leader has written already.
   */
  async run<T>(
    { name, fence, marginMs }: Pick<Lease, 'name' | 'fence' | 'marginMs'>,
    write: (manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.source.transaction(async (manager) => {
      const idle = `SET LOCAL idle_in_transaction_session_timeout = ${Math.ceil(marginMs)}`;
      await manager.query(idle);
      const passed: unknown[] = await manager.query(
        `INSERT INTO fence (name, fence) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET fence = excluded.fence WHERE fence.fence <= excluded.fence
         RETURNING name`,
        [name, fence],
      );
      if (passed.length === 0) {
        throw new StaleFenceError(`${name}: a leader after ${fence} has written already`);
      }
      return write(manager);
    });
  }
}
