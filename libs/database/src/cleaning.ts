import { Trouble, type Logger } from '@courtside/service';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Retention } from './retention.js';

/** Rows of one statement: no lock is held for long. */
const BATCH_MAX = 1_000;
const EVERY_MS = 10 * 60_000;

/**
 * Deletes what has had its time, in the background of every process: rows that one deletes the
 * others pass by.
 */
export class Cleaning implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isStopping = false;
  readonly #trouble: Trouble;

  constructor(
    private readonly source: DataSource,
    private readonly retentions: readonly Retention[],
    private readonly logger: Logger,
  ) {
    this.#trouble = new Trouble(logger, 'old rows are not deleted', () => {});
  }

  /** Replicas that start together do not clean together. */
  onApplicationBootstrap(): void {
    if (this.retentions.length > 0) this.#schedule(Math.random() * EVERY_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Deletes all there is to delete now. */
  async run(): Promise<void> {
    for (const retention of this.retentions) {
      const rows = await this.#delete(retention);
      if (rows > 0) this.logger.info({ table: retention.table, rows }, 'deleted old rows');
    }
  }

  #schedule(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.#running = this.run()
        .then(
          () => this.#trouble.over(),
          (error: unknown) => this.#trouble.met(error),
        )
        .then(() => {
          if (!this.#isStopping) this.#schedule(EVERY_MS);
        });
    }, afterMs);
    this.#timer.unref();
  }

  async #delete({ table, isOver }: Retention): Promise<number> {
    let rows = 0;
    let deleted: number;
    do {
      [, deleted] = await this.source.query<[unknown[], number]>(
        `DELETE FROM ${table} WHERE ctid IN (
           SELECT ctid FROM ${table} WHERE ${isOver} LIMIT ${BATCH_MAX} FOR UPDATE SKIP LOCKED
         )`,
      );
      rows += deleted;
    } while (deleted === BATCH_MAX && !this.#isStopping);
    return rows;
  }
}
