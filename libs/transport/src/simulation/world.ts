import { VirtualTime } from '../protocol/virtual-time.js';
import { Journal } from './journal.js';
import type { Mutation } from './mutation.js';
import { Random } from './random.js';

/** Not zero, so that no time is taken for none. */
const startsAt = 1_000_000;

/** What all parts of one schedule stand on: its clock, its dice, and what is written down. */
export class World {
  readonly time = new VirtualTime();
  readonly random: Random;
  readonly journal: Journal;
  readonly mutation: Mutation | undefined;
  readonly #trace: string[] | undefined;

  constructor(seed: number, options: WorldOptions = {}) {
    this.random = new Random(seed);
    this.journal = new Journal(() => this.now());
    this.mutation = options.mutation;
    this.#trace = options.trace;
  }

  /** Whole milliseconds, as every clock of the platform has them. */
  now(): number {
    return startsAt + Math.floor(this.time.now());
  }

  /** How long something is on its way: mostly a moment, sometimes long enough to be overtaken. */
  latency(): number {
    const drawn = this.random.next();
    return drawn < 0.05 ? 2 + drawn * 1_200 : drawn * 1.5;
  }

  /** Whether somebody reads what is told: texts are made only then. */
  get isTraced(): boolean {
    return this.#trace !== undefined;
  }

  /** Notes a line for whoever reads a failed schedule. */
  tell(line: () => string): void {
    this.#trace?.push(`${this.time.now().toFixed(2).padStart(10)}  ${line()}`);
  }
}

export interface WorldOptions {
  readonly mutation?: Mutation | undefined;
  readonly trace?: string[] | undefined;
}
