import type { SingleUse } from '@courtside/service';

/** Remembers what was used in memory: for stand-ins, which keep no data. */
export class MemorySingleUse implements SingleUse {
  private readonly used = new Set<string>();

  claim(id: string): Promise<boolean> {
    const isFirst = !this.used.has(id);
    this.used.add(id);
    return Promise.resolve(isFirst);
  }
}
