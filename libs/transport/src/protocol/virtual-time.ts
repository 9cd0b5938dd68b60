import type { Time } from './time.js';

interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that moves only when told to; tasks run in order of their time, then of their making. */
export class VirtualTime implements Time {
  #now = 0;
  #order = 0;
  #tasks: Task[] = [];

  now(): number {
    return this.#now;
  }

  soon(task: () => void): void {
    this.after(0, task);
  }

  after(ms: number, run: () => void): () => void {
    const task = { at: this.#now + ms, order: (this.#order += 1), run };
    this.#tasks.push(task);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task);
    };
  }

  /** Runs everything that is due within `ms`, and lets promises settle after each task. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#tasks.filter(({ at }) => at <= end);
      const [next] = due.sort((a, b) => a.at - b.at || a.order - b.order);
      if (!next) break;
      this.#tasks = this.#tasks.filter((task) => task !== next);
      this.#now = next.at;
      next.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#now = end;
  }
}
