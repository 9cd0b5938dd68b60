/**
 * Which requests come first. Those of high priority do, except that of so many that are handed out in a
 * row at least one is a normal one, where one waits: nobody waits for ever.
 */
export const inARowMax = 8;

/** Shares what a member of a group has room for between the two lanes of its requests. */
export class LaneShare {
  /** Urgent requests since the last normal one. */
  #inARow = 0;

  /** How much of the room is for normal requests first, where there are any. */
  reserve(room: number): number {
    return Math.floor((this.#inARow + room) / inARowMax);
  }

  took({ high, normal }: { high: number; normal: number }): void {
    this.#inARow = normal > 0 ? 0 : Math.min(inARowMax - 1, this.#inARow + high);
  }
}
