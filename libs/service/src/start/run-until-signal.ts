import { inspect } from 'node:util';
import { processOutput } from './output.js';
import { StartError } from './start-error.js';

/** What a process runs until it is told to stop. */
interface Running {
  close(): Promise<void>;
}

/**
 * The life of a process: starts, drains on SIGTERM and SIGINT. A start that fails ends the process with
 * code 1 and says why. What `start` gives nothing of has ended by itself.
 */
export async function runUntilSignal(start: () => Promise<Running | undefined>): Promise<void> {
  const life = new Life();
  try {
    life.began(await start());
  } catch (error) {
    complain(error);
    process.exitCode = 1;
  }
}

/**
 * Ends on a signal at any time: whoever still waits for a database has nothing to drain. A process that
 * listens to no signal would not hear any, as the first one of its container.
 */
class Life {
  private running: Running | undefined;

  constructor() {
    process.once('SIGTERM', () => this.end());
    process.once('SIGINT', () => this.end());
  }

  began(running: Running | undefined): void {
    this.running = running;
  }

  private end(): void {
    if (!this.running) process.exit(1);
    this.running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        complain(error);
        process.exit(1);
      },
    );
  }
}

const complain = (error: unknown): void =>
  processOutput.complain(error instanceof StartError ? error.message : inspect(error));
