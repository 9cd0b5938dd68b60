import type {
  DataSource,
  EntitySubscriberInterface,
  QueryRunner,
  TransactionCommitEvent,
  TransactionRollbackEvent,
} from 'typeorm';
import type { OutboxRelay } from './relay.js';

/** Where a transaction notes that it has written to the outbox. */
const HAS_EVENTS = 'courtside:has-events';

/** Lets the relay know when this transaction has committed. */
export function noteEvents(runner: QueryRunner): void {
  runner.data[HAS_EVENTS] = true;
}

/**
 * Hears of every commit of a data source, and wakes the relay after those that wrote to the outbox.
 * A NOTIFY inside the transaction would make all commits of the database wait for each other, so
 * there is none: the relay of this process is woken directly, and those of others are notified only
 * while it cannot work, once in a while.
 */
export class CommitHint implements EntitySubscriberInterface {
  #isNotifying = false;

  constructor(
    private readonly relay: Pick<OutboxRelay, 'wake' | 'isListening'>,
    private readonly notifyOthers: () => Promise<unknown>,
    private readonly gatherMs: number,
  ) {}

  /** From now on. */
  attachTo(source: DataSource): void {
    source.subscribers.push(this);
  }

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    // A savepoint that is released has committed nothing yet.
    if (queryRunner.isTransactionActive || !queryRunner.data[HAS_EVENTS]) return;
    queryRunner.data[HAS_EVENTS] = false;
    this.relay.wake();
    if (!this.relay.isListening) this.#notifySoon();
  }

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    if (!queryRunner.isTransactionActive) queryRunner.data[HAS_EVENTS] = false;
  }

  /** One for all commits of the next moment. What is lost here the relays find by themselves. */
  #notifySoon(): void {
    if (this.#isNotifying) return;
    this.#isNotifying = true;
    setTimeout(() => {
      this.#isNotifying = false;
      this.notifyOthers().catch(() => undefined);
    }, this.gatherMs).unref();
  }
}
