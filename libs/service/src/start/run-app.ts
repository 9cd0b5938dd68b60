import type { AppDefinition } from './app-definition.js';
<<<<<<< HEAD
import { SetupError } from './awaiting.js';
import { runCommand, type Output } from './commands.js';
import { startApps, type RunningApps } from './start-apps.js';

const output: Output = {
  say: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
};

/**
 * The life of a process with one app: starts from the environment, drains on SIGTERM and SIGINT; with
 * an argument, does what that asks for and ends. What fails ends the process with code 1 and says why.
 */
export async function runApp(app: AppDefinition, args = process.argv.slice(2)): Promise<void> {
  const life = new Life();
  try {
    if (args.length > 0) process.exitCode = await runCommand(app, args, process.env, output);
    else life.began(await startApps([{ app, env: process.env }]));
  } catch (error) {
    output.complain(plain(error) ?? inspect(error));
    process.exitCode = 1;
  }
}

/**
 * Ends on a signal at any time: whoever still waits for a database has nothing to drain. A process that
 * listens to no signal would not hear any, as the first one of its container.
 */
class Life {
  private running: RunningApps | undefined;

  constructor() {
    process.once('SIGTERM', () => this.end());
    process.once('SIGINT', () => this.end());
  }

  began(running: RunningApps): void {
    this.running = running;
  }

  private end(): void {
    if (!this.running) process.exit(1);
    this.running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        output.complain(plain(error) ?? inspect(error));
        process.exit(1);
      },
    );
  }
}

/** The log may be what could not start, so this goes to standard error as it is. */
function plain(error: unknown): string | undefined {
  const isPlain =
    error instanceof ConfigError ||
    error instanceof UndeclaredEdgesError ||
    error instanceof SetupError;
  return isPlain ? error.message : undefined;
}
=======
import { runUntilSignal } from './run-until-signal.js';
import { startApps } from './start-apps.js';

/** The life of a process with one app, which starts from the environment. */
export const runApp = (app: AppDefinition): Promise<void> =>
  runUntilSignal(() => startApps([{ app, env: process.env }]));
>>>>>>> images
