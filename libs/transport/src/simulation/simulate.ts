import { Logger } from '@nestjs/common';
import type { Mutation } from './mutation.js';
import { Schedule } from './schedule.js';

export interface SimulationOptions {
  /** The first seed. */
  readonly from: number;
  /** How many schedules, one for each seed. */
  readonly count: number;
  /** A fault that is built in, to see it found. */
  readonly mutation?: Mutation;
  /** Ends after so many schedules that broke a promise. */
  readonly stopAfter?: number;
}

/** A schedule that broke promises: its seed brings it back, step by step. */
export interface BrokenSchedule {
  readonly seed: number;
  readonly faults: readonly string[];
  /** The promises, in words. */
  readonly promises: readonly string[];
}

export interface SimulationResult {
  readonly schedules: number;
  /** How often each kind of fault happened. */
  readonly faults: Readonly<Record<string, number>>;
  readonly broken: readonly BrokenSchedule[];
}

/** Runs schedules one after the other: the same seeds give the same result on every machine. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { from, count, mutation, stopAfter = Infinity } = options;
  const broken: BrokenSchedule[] = [];
  const faults: Record<string, number> = {};
  let schedules = 0;
  while (schedules < count && broken.length < stopAfter) {
    const schedule = new Schedule(from + schedules, { mutation });
    const promises = await schedule.run();
    schedules += 1;
    for (const kind of schedule.faults) faults[kind] = (faults[kind] ?? 0) + 1;
    if (promises.length > 0)
      broken.push({ seed: schedule.seed, faults: schedule.faults, promises });
  }
  return { schedules, faults, broken };
}

/** Runs one schedule and tells every step of it. */
export async function retrace(seed: number): Promise<{ trace: string[]; promises: string[] }> {
  const trace: string[] = [];
  const promises = await new Schedule(seed, { trace }).run();
  return { trace, promises };
}

/** What servers log of the faults is no news to whoever makes them. */
export function silenceLogs(): void {
  Logger.overrideLogger(false);
}
