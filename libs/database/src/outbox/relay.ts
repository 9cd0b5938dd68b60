import { setTimeout as pause } from 'node:timers/promises';
import type { Bus, Trouble } from '@courtside/service';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Client } from 'pg';
import { Alarm } from './alarm.js';
import { MEASURE, type Measured, type OutboxMetrics } from './outbox-metrics.js';
import {
  hasOtherEpochs,
  markPublished,
  takeDue,
  takeFromOtherEpochs,
  takeNew,
  type Awaited,
  type OutboxRow,
  type Taking,
} from './outbox-rows.js';
import type { Publishing } from './publishing.js';
import type { RelayConnection } from './relay-connection.js';

export interface RelaySettings {
  /** Looks by itself this often, for what a crash or a lost hint left, milliseconds. */
  readonly pollMs: number;
  /** Looks this often for what should be confirmed and is not, milliseconds. */
  readonly repeatMs: number;
  /** Counts its rows this often, milliseconds. */
  readonly measureMs: number;
  /** Hints that come within this time are one, milliseconds. */
  readonly gatherMs: number;
  /** Rows of one transaction: how much is published twice after a crash in between. */
  readonly batchMax: number;
  /** Rows of one topic published again in one look: repeats must never outgrow what is new. */
  readonly repeatMax: number;
}

export const relaySettings: RelaySettings = {
  pollMs: 1_000,
  repeatMs: 2_000,
  measureMs: 15_000,
  gatherMs: 5,
  batchMax: 500,
  repeatMax: 100,
};

/** What the relay waits for at most after a failure: it recovers within a second. */
const BACK_OFF_MS_MAX = 800;
const BACK_OFF_MS = 50;

export interface RelayParts {
  readonly bus: Pick<Bus, 'epoch' | 'finishedUntil' | 'onStatus'>;
  /** Who should confirm what. */
  readonly awaited: readonly Awaited[];
  readonly publishing: Publishing;
  readonly trouble: Trouble;
  readonly metrics: OutboxMetrics;
  /** How it reaches the outbox; `onHint` is for what wakes it. */
  connection(onHint: () => void): RelayConnection;
}

type Take = (client: Client, taking: Taking) => Promise<OutboxRow[]>;

/**
 * Publishes what is in the outbox, in every process of its service: rows that one relay has locked
 * the others pass by. A row is marked in the transaction that took it, after the bus has it, so a
 * crash in between publishes it twice and never loses it.
 */
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #alarm = new Alarm();
  readonly #connection: RelayConnection;
  #running: Promise<void> | undefined;
  #isStopping = false;
  #stopListening = (): void => {};
  #epoch = '';
  /** When it last looked for everything; 0: it must. */
  #lookedAt = 0;
  #toldOthersAt = 0;
  #repeatedAt = 0;
  #measuredAt = 0;

  constructor(
    private readonly parts: RelayParts,
    private readonly settings: RelaySettings = relaySettings,
  ) {
    this.#connection = parts.connection(() => this.wake());
  }

  onApplicationBootstrap(): void {
    this.#stopListening = this.parts.bus.onStatus((status) => {
      // Whatever it was: the bus behind it may be another one now.
      this.#lookedAt = 0;
      if (status === 'connected') this.wake();
    });
    this.#running ??= this.#run();
  }

  /** There is something new. */
  wake(): void {
    this.#alarm.ring();
  }

  /** Whether hints reach it: it runs, and the database can be used. */
  get isListening(): boolean {
    return this.#running !== undefined && !this.#isStopping && this.#connection.isOpen;
  }

  /** Finishes the batch under way, publishes what was committed meanwhile, lets go of the database. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    this.#alarm.ring();
    await this.#running;
    this.#stopListening();
    await this.#connection.close();
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const startedAt = Date.now();
      await this.#attempt();
      if (this.#isStopping) break;
      await this.#alarm.wait(this.#waitMs());
      const early = startedAt + this.settings.gatherMs - Date.now();
      if (early > 0) await pause(early);
    }
    await this.#attempt();
  }

  async #attempt(): Promise<void> {
    try {
      await this.#pass();
      this.parts.trouble.over();
    } catch (error) {
      this.#lookedAt = 0;
      this.parts.trouble.met(error);
    }
  }

  #waitMs(): number {
    const { tries } = this.parts.trouble;
    if (tries === 0) return this.settings.pollMs;
    const full = Math.min(BACK_OFF_MS * 2 ** tries, BACK_OFF_MS_MAX);
    return full / 2 + (full / 2) * Math.random();
  }

  async #pass(): Promise<void> {
    const isLook = Date.now() - this.#lookedAt >= this.settings.pollMs;
    if (isLook) {
      // Asked before anything is published: an old answer only means that rows are published again.
      this.#epoch = await this.parts.bus.epoch();
      this.#lookedAt = Date.now();
      await this.#publishOtherEpochs();
    }
    await this.#publishAll(takeNew);
    if (!isLook) return;
    await this.#repeat();
    await this.#measure();
  }

  /**
   * After a failover that lost the last writes, or a confirmation that never came. A group that is
   * merely behind will come to it: repeating would only put it further behind.
   */
  async #repeat(): Promise<void> {
    if (Date.now() - this.#repeatedAt < this.settings.repeatMs) return;
    this.#repeatedAt = Date.now();
    const epoch = this.#epoch;
    for (const { topic, group } of this.parts.awaited) {
      const until = await this.parts.bus.finishedUntil(topic, group);
      if (until === undefined) continue;
      const due: Take = (client, taking) => takeDue(client, taking, { epoch, topic, group, until });
      await this.#publishBatch(due, this.settings.repeatMax);
    }
  }

  async #measure(): Promise<void> {
    if (Date.now() - this.#measuredAt < this.settings.measureMs) return;
    this.#measuredAt = Date.now();
    const [measured] = await this.#connection.read<Measured>(MEASURE);
    if (measured) this.parts.metrics.measured(measured);
  }

  /** After the bus has lost its data: everything that is kept, in its order. */
  async #publishOtherEpochs(): Promise<void> {
    const epoch = this.#epoch;
    const isDue = await this.#connection.transaction((client) => hasOtherEpochs(client, epoch));
    if (!isDue) return;
    let after = '0';
    await this.#publishAll(async (client, taking) => {
      const rows = await takeFromOtherEpochs(client, taking, { epoch, after });
      after = rows.at(-1)?.sequence ?? after;
      return rows;
    });
  }

  async #publishAll(take: Take): Promise<void> {
    const { batchMax } = this.settings;
    while ((await this.#publishBatch(take, batchMax)) === batchMax) {
      if (this.#isStopping) return;
      await this.#tellOthers();
    }
  }

  async #publishBatch(take: Take, limit: number): Promise<number> {
    const { publishing, metrics } = this.parts;
    const { taken, published, fault } = await this.#connection.transaction(async (client) => {
      const rows = await take(client, { limit, except: publishing.resting() });
      if (rows.length === 0) return { taken: 0, published: [] };
      const done = await publishing.publish(rows);
      const sequences = done.rows.map(({ sequence }) => sequence);
      if (sequences.length > 0) await markPublished(client, this.#epoch, sequences);
      return { taken: rows.length, published: done.rows, fault: done.fault };
    });
    for (const { topic } of published) metrics.published(topic, 1);
    if (fault !== undefined) throw fault;
    return taken;
  }

  /** A backlog is worth the help of other processes; they are told now and then, not per batch. */
  async #tellOthers(): Promise<void> {
    if (Date.now() - this.#toldOthersAt < this.settings.pollMs / 10) return;
    this.#toldOthersAt = Date.now();
    await this.#connection.wakeOthers();
  }
}
