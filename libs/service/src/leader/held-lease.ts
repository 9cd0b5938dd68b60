import { monotonic, type ElectionTimes } from './election-times.js';
import type { LeaseStore, StoredLease } from './lease-store.js';

/** The work of a leader goes on although it leads no more: it has to stop. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/**
 * What a job gets while its process leads. Nobody else leads as long as `check` does not throw. A process
 * that was frozen finds out by its own clock, and only when it looks: so each step begins with `check`,
 * ends within the margin, and writes with `fence`, which refuses what came too
 * late after all.
 */
export interface Lease {
  readonly name: string;
  /** Higher with each leader: a store that saw a higher one refuses this one's writes. */
  readonly fence: number;
  /** How long a step may take that began with `check`, so that nobody else leads before its end. */
  readonly marginMs: number;
  /** Aborted when the lease is lost, or the app is to stop; the job then ends as soon as it can. */
  readonly signal: AbortSignal;
  /** @throws LeaseLostError when this process leads no more, or is to stop. */
  check(): void;
}

/** A lease that this process took, renewed until it is lost or let go. */
export class HeldLease implements Lease {
  readonly fence: number;
  readonly #abort = new AbortController();
  #validUntil: number;
  #isLost = false;
  #expiry: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();

  /** @param takenAt when the request that took it was sent, by the monotonic clock. */
  constructor(
    readonly name: string,
    private stored: StoredLease,
    private readonly store: LeaseStore,
    private readonly options: {
      readonly times: ElectionTimes;
      readonly takenAt: number;
      readonly onTrouble: (error: unknown) => void;
      readonly onRenewed: () => void;
    },
  ) {
    this.fence = stored.record.transitions ?? 0;
    this.#validUntil = options.takenAt + options.times.renewWithinMs;
    this.#expire();
    this.#renewIn(options.times.retryMs);
  }

  get marginMs(): number {
    const { leaseMs, renewWithinMs } = this.options.times;
    return leaseMs - renewWithinMs;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether others may lead by now. */
  get isLost(): boolean {
    if (!this.#isLost && monotonic() >= this.#validUntil) this.#lose('it was not renewed in time');
    return this.#isLost;
  }

  check(): void {
    if (this.isLost || this.signal.aborted) throw this.signal.reason;
  }

  /** Asks the job to end; the lease is held on until `end`. */
  stop(): void {
    this.#abort.abort(new LeaseLostError(`the app stops: the lease ${this.name} is let go`));
  }

  /** For when the job has ended: renews no more, and lets the next one lead at once. */
  async end(): Promise<void> {
    clearTimeout(this.#renewal);
    await this.#renewing;
    clearTimeout(this.#renewal);
    clearTimeout(this.#expiry);
    if (this.isLost) return;
    this.#isLost = true;
    const { record } = this.stored;
    const released = { ...record, holder: '', durationMs: 1, renewedAt: new Date() };
    await this.store.update(this.name, released, this.stored);
  }

  #lose(why: string): void {
    this.#isLost = true;
    clearTimeout(this.#renewal);
    clearTimeout(this.#expiry);
    this.#abort.abort(new LeaseLostError(`the lease ${this.name} is lost: ${why}`));
  }

  #expire(): void {
    clearTimeout(this.#expiry);
    const left = Math.max(0, this.#validUntil - monotonic());
    // A timer may be a little early: then there is another one.
    this.#expiry = setTimeout(() => !this.isLost && this.#expire(), Math.ceil(left));
  }

  #renewIn(ms: number): void {
    this.#renewal = setTimeout(() => {
      this.#renewing = this.#renew();
    }, ms);
  }

  async #renew(): Promise<void> {
    if (this.isLost) return;
    const sentAt = monotonic();
    let wait = this.options.times.retryMs;
    try {
      const record = { ...this.stored.record, renewedAt: new Date() };
      const renewed = await this.store.update(this.name, record, this.stored);
      if (renewed) this.#renewed(renewed, sentAt);
      else {
        await this.#lookWhoHolds();
        wait = 0;
      }
      this.options.onRenewed();
    } catch (error) {
      this.options.onTrouble(error);
    }
    if (!this.isLost) this.#renewIn(wait);
  }

  #renewed(stored: StoredLease, sentAt: number): void {
    // An answer that came after the end changes nothing: somebody was told already that it is lost.
    if (this.isLost) return;
    this.stored = stored;
    this.#validUntil = sentAt + this.options.times.renewWithinMs;
    this.#expire();
  }

  /**
   * The record changed under us. Either it was our own renewal whose answer was lost, or somebody
   * labelled the object: then its new version is renewed. Or it has another holder.
   */
  async #lookWhoHolds(): Promise<void> {
    const { holder, transitions } = this.stored.record;
    const found = await this.store.read(this.name);
    if (found?.record.holder !== holder || found.record.transitions !== transitions) {
      this.#lose(found ? `${found.record.holder || 'nobody'} holds it` : 'it was removed');
      return;
    }
    this.stored = found;
  }
}
