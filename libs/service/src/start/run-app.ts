import type { AppDefinition } from './app-definition.js';
import { runCommand } from './commands.js';
import { processOutput } from './output.js';
import { runUntilSignal } from './run-until-signal.js';
import { startApps } from './start-apps.js';

/**
 * The life of a process with one app, which starts from the environment; with an argument, it does what
 * that asks for and ends.
 */
export const runApp = (app: AppDefinition, args = process.argv.slice(2)): Promise<void> =>
  runUntilSignal(async () => {
    if (args.length === 0) return startApps([{ app, env: process.env }]);
    process.exitCode = await runCommand(app, args, process.env, processOutput);
    return undefined;
  });
