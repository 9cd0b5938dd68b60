import type { Time } from './time.js';

interface Task {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

const settled = Promise.resolve();

/**
 * A clock that moves only when told to; tasks run in order of their time, then of their making. After
 * each task all promises settle before the next: by microtasks alone, so that it is fast and the same
 * in every run.
 */
export class VirtualTime implements Time {
  #now = 0;
  #order = 0;
  #called = 0;
  /** Binary heap, the next task first. Tasks that were called off stay until it is their turn. */
  readonly #heap: Task[] = [];

  now(): number {
    return this.#now;
  }

  /** Tasks that are still to run. */
  get waiting(): number {
    return this.#heap.length - this.#called;
  }

  soon(task: () => void): void {
    this.after(0, task);
  }

  after(ms: number, run: () => void): () => void {
    const task: Task = { at: this.#now + ms, order: (this.#order += 1), run };
    this.#push(task);
    return () => {
      if (task.run) this.#called += 1;
      task.run = undefined;
    };
  }

  /** Runs everything that is due within `ms`. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.runUntil(() => (this.#heap[0]?.at ?? Infinity) > end);
    this.#now = end;
  }

  /** Runs task after task until `isOver`, asked before each, or until there is none. */
  runUntil(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          this.#dropCalledOff();
          if (this.#heap.length === 0 || isOver()) return resolve();
          this.#runNext();
        } catch (error) {
          return reject(error);
        }
        // A tick that a microtask asks for comes when no microtask is left.
        void settled.then(afterPromises);
      };
      const afterPromises = () => process.nextTick(step);
      afterPromises();
    });
  }

  /** Nothing comes of these, so that no promise needs to settle after them. */
  #dropCalledOff(): void {
    while (this.#heap.length > 0 && !this.#heap[0]?.run) {
      this.#pop();
      this.#called -= 1;
    }
  }

  #runNext(): void {
    const task = this.#pop();
    const { run } = task;
    task.run = undefined;
    if (task.at > this.#now) this.#now = task.at;
    run?.();
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(task);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Task;
      if (!isBefore(task, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = task;
  }

  #pop(): Task {
    const heap = this.#heap;
    const top = heap[0] as Task;
    const last = heap.pop() as Task;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Task, heap[child] as Task)) {
        child += 1;
      }
      const below = heap[child] as Task;
      if (!isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
