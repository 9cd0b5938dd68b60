import { readFileSync } from 'node:fs';

/** A value that may be another one while the app runs: ask for it each time it is used. */
export interface Mounted<T> {
  readonly value: T;
  /** Looks for a newer one now; called again within a second it does nothing. */
  refresh(): void;
}

/** A value that stays. */
export const fixed = <T>(value: T): Mounted<T> => ({ value, refresh: () => undefined });

/** How long the next refresh waits at least, milliseconds: who asks for much costs little. */
const REFRESH_MS_MIN = 1_000;

interface Source<T> {
  readonly path: string;
  /** What was read of it before. */
  readonly text: string;
  /** @throws Error when the text is not what it ought to be. */
  readonly parse: (text: string) => T;
  readonly onChange: () => void;
  /** Called once for a fault, and again only when it was mended in between. */
  readonly onFault: (error: Error) => void;
}

/**
 * A value in a file that somebody may replace. What cannot be read or makes no sense changes nothing:
 * the value before it stays.
 */
export class MountedFile<T> implements Mounted<T> {
  private current: T;
  private text: string;
  private isFaulty = false;
  private refreshedAt = -Infinity;

  constructor(private readonly source: Source<T>) {
    this.text = source.text;
    this.current = source.parse(source.text);
  }

  get value(): T {
    return this.current;
  }

  refresh(): void {
    const now = performance.now();
    if (now - this.refreshedAt < REFRESH_MS_MIN) return;
    this.refreshedAt = now;
    this.read();
  }

  /**
   * Reads the file. Synchronously: it is small, and whoever comes with a token of a new key is not
   * refused while it is read.
   */
  read(): void {
    try {
      const text = readFileSync(this.source.path, 'utf8').trim();
      if (text !== this.text) this.take(text);
      this.isFaulty = false;
    } catch (error) {
      if (!this.isFaulty) this.source.onFault(error as Error);
      this.isFaulty = true;
    }
  }

  private take(text: string): void {
    this.current = this.source.parse(text);
    this.text = text;
    this.source.onChange();
  }
}
