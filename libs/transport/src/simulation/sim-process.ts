import type { Time } from '../protocol/time.js';
import type { World } from './world.js';

/**
 * A process of the simulation, and the time that everything in it lives by. It can be killed between
 * any two of its steps, and can be frozen: what is due meanwhile waits.
 */
export class SimProcess implements Time {
  readonly name: string;
  readonly #world: World;
  readonly #skewMs: number;
  readonly #onKilled: (() => void)[] = [];
  readonly #plans = new Map<number, () => void>();
  #deferred: (() => void)[] = [];
  #steps = 0;
  #isFrozen = false;
  isDead = false;
  #troubles = 0;
  #soundSince = 0;

  constructor(world: World, name: string, skewMs = 0) {
    this.#world = world;
    this.name = name;
    this.#soundSince = world.now();
    this.#skewMs = skewMs;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** For how long nothing has stood in its way. */
  get soundForMs(): number {
    if (this.isDead || this.#isFrozen || this.#troubles > 0) return 0;
    return this.#world.now() - this.#soundSince;
  }

  troubleBegins(): void {
    this.#troubles += 1;
  }

  troubleEnds(): void {
    this.#troubles -= 1;
    this.#soundSince = this.#world.now();
  }

  now(): number {
    return this.#world.now() + this.#skewMs;
  }

  soon(task: () => void): void {
    this.#world.time.after(0, () => this.run(task));
  }

  after(ms: number, task: () => void): () => void {
    const callOff = this.#world.time.after(Math.max(0, ms), () => this.run(task));
    return () => {
      callOff();
      // It may be due already, and wait for a process that is frozen.
      if (this.#isFrozen) this.#deferred = this.#deferred.filter((waiting) => waiting !== task);
    };
  }

  /** One step of this process, now, or when it is awake again, or never when it is dead. */
  run(task: () => void): void {
    if (this.isDead) return;
    if (this.#isFrozen) {
      this.#deferred.push(task);
      return;
    }
    this.#steps += 1;
    const plan = this.#plans.get(this.#steps);
    if (plan) {
      this.#plans.delete(this.#steps);
      plan();
      this.run(task);
      return;
    }
    task();
  }

  /** Has something happen just before its `steps`th step from now. */
  planAfter(steps: number, happen: () => void): void {
    this.#plans.set(this.#steps + 1 + steps, happen);
  }

  forgetPlans(): void {
    this.#plans.clear();
  }

  onKilled(call: () => void): void {
    this.#onKilled.push(call);
  }

  kill(): void {
    if (this.isDead) return;
    this.#world.tell(() => `${this.name} is killed`);
    this.isDead = true;
    this.#deferred = [];
    for (const call of this.#onKilled) call();
  }

  freeze(ms: number): void {
    if (this.isDead || this.#isFrozen) return;
    this.#world.tell(() => `${this.name} is frozen for ${ms.toFixed(0)} ms`);
    this.#isFrozen = true;
    this.#world.time.after(ms, () => this.#thaw());
  }

  #thaw(): void {
    if (this.isDead) return;
    this.#world.tell(() => `${this.name} goes on`);
    this.#isFrozen = false;
    this.#soundSince = this.#world.now();
    // Each is a step of its own: the process can be killed between any two of them.
    for (const task of this.#deferred.splice(0)) this.soon(task);
  }
}
