import type { AppDefinition } from './app-definition.js';
import { runUntilSignal } from './run-until-signal.js';
import { startApps } from './start-apps.js';

/** The life of a process with one app, which starts from the environment. */
export const runApp = (app: AppDefinition): Promise<void> =>
  runUntilSignal(() => startApps([{ app, env: process.env }]));
