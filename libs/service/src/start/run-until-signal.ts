import { inspect } from 'node:util';
import { StartError } from './start-error.js';

/** What a process runs until it is told to stop. */
interface Running {
  close(): Promise<void>;
}

/**
 * The life of a process: starts, drains on SIGTERM and SIGINT. A start that fails ends the process with
 * code 1 and says why.
 */
export async function runUntilSignal(start: () => Promise<Running>): Promise<void> {
  try {
    drainOnSignal(await start());
  } catch (error) {
    complain(error);
    process.exitCode = 1;
  }
}

function drainOnSignal(running: Running): void {
  const stop = () => {
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        complain(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** The log may be what could not start, so this goes to standard error as it is. */
function complain(error: unknown): void {
  const said = error instanceof StartError ? error.message : inspect(error);
  process.stderr.write(`${said}\n`);
}
