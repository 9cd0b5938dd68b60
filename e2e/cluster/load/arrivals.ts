/** How often it is looked whether somebody is due, milliseconds. */
const TICK_MS = 10;

/**
 * People who come at a fixed rate, however long those before them wait: an open loop, in which a stall
 * shows as the many who waited through it.
 */
export class Arrivals {
  private timer: NodeJS.Timeout | undefined;

  /** @param arrive is told when somebody was due, by `performance.now()` */
  constructor(
    private readonly perSecond: number,
    private readonly arrive: (dueAt: number) => void,
  ) {}

  start(): void {
    const every = 1_000 / this.perSecond;
    let dueAt = performance.now();
    this.timer = setInterval(() => {
      for (const now = performance.now(); dueAt <= now; dueAt += every) this.arrive(dueAt);
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
