import { setTimeout as pause } from 'node:timers/promises';
import { monotonic, type ElectionTimes } from './election-times.js';
import { HeldLease } from './held-lease.js';
import type { LeaseRecord, LeaseStore, StoredLease } from './lease-store.js';

/** Where the fences of a lease begin that nobody has held: see `#fenceAfter`. */
const FENCES_SINCE = Date.UTC(2026, 0, 1);
/** Candidates do not look in step. */
const JITTER = 0.2;

export interface ElectionOptions {
  readonly lease: string;
  /** No other candidate's. */
  readonly holder: string;
  readonly times: ElectionTimes;
  readonly onTrouble: (error: unknown) => void;
  readonly onAnswer: () => void;
}

/**
 * One candidate for one lease. Whether another's has run out is decided by how long this process has
 * seen no change of it, by its own monotonic clock: clocks of others are never compared with ours.
 */
export class Election {
  /** The version that was seen last, undefined for none at all, and since when. */
  #seen: { readonly version: string | undefined; readonly at: number } | undefined;
  #fenceMax = 0;

  constructor(
    private readonly store: LeaseStore,
    private readonly options: ElectionOptions,
  ) {}

  /** Waits until this process leads; undefined once the signal is aborted. */
  async win(signal: AbortSignal): Promise<HeldLease | undefined> {
    const { times, onTrouble, onAnswer } = this.options;
    while (!signal.aborted) {
      try {
        const held = await this.#try();
        onAnswer();
        if (held) return held;
      } catch (error) {
        onTrouble(error);
      }
      const wait = times.retryMs * (1 + JITTER * Math.random());
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }

  async #try(): Promise<HeldLease | undefined> {
    const { lease, holder, times, onTrouble, onAnswer } = this.options;
    const stored = await this.store.read(lease);
    if (this.#seen === undefined || this.#seen.version !== stored?.version) {
      this.#seen = { version: stored?.version, at: monotonic() };
    }
    this.#fenceMax = Math.max(this.#fenceMax, stored?.record.transitions ?? 0);
    if (!this.#isFree(stored)) return undefined;
    const now = new Date();
    const record: LeaseRecord = {
      holder,
      durationMs: times.leaseMs,
      transitions: this.#fenceAfter(stored),
      acquiredAt: now,
      renewedAt: now,
    };
    const takenAt = monotonic();
    const taken = await (stored
      ? this.store.update(lease, record, stored)
      : this.store.create(lease, record));
    if (!taken) return undefined;
    this.#fenceMax = Math.max(this.#fenceMax, record.transitions ?? 0);
    return new HeldLease(lease, taken, this.store, {
      ...{ times, takenAt, onTrouble },
      onRenewed: onAnswer,
    });
  }

  /** One that is not there may have been removed from under a leader, who works on for a while. */
  #isFree(stored: StoredLease | undefined): boolean {
    const { holder, times } = this.options;
    if (stored && (stored.record.holder === '' || stored.record.holder === holder)) return true;
    const untouched = monotonic() - (this.#seen?.at ?? Infinity);
    return untouched >= Math.max(times.leaseMs, stored?.record.durationMs ?? 0);
  }

  /**
   * Higher than every fence before it. A lease that is made anew, as after an uninstall, has forgotten
   * them, while databases remember: so it begins at the seconds since 2026, which have passed faster
   * than any leaders. It is the one number that is made of a time of day, and a wrong one is refused by
   * the databases.
   */
  #fenceAfter(stored: StoredLease | undefined): number {
    const { transitions } = stored?.record ?? {};
    const first = Math.floor((Date.now() - FENCES_SINCE) / 1_000);
    return Math.max(this.#fenceMax, transitions ?? first) + 1;
  }
}
