import { inspect } from 'node:util';
import { ConfigError } from '../config/load-config.js';
import { UndeclaredEdgesError } from '../messages/declared-edges.js';
import type { AppDefinition } from './app-definition.js';
import { startApps, type RunningApps } from './start-apps.js';

/**
 * The life of a process with one app: starts from the environment, drains on SIGTERM and SIGINT.
 * A start that fails ends the process with code 1 and says why.
 */
export async function runApp(app: AppDefinition): Promise<void> {
  try {
    drainOnSignal(await startApps([{ app, env: process.env }]));
  } catch (error) {
    complain(error);
    process.exitCode = 1;
  }
}

function drainOnSignal(running: RunningApps): void {
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
  const isPlain = error instanceof ConfigError || error instanceof UndeclaredEdgesError;
  const said = isPlain ? error.message : inspect(error);
  process.stderr.write(`${said}\n`);
}
