/**
 * The process in which apps run, one or many: `apps.mjs users orders`. It loads them at once, while
 * the servers come up, and starts them when the launcher sends their environments.
 */
import { once } from 'node:events';
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './install.mjs';

const CLOSE_DEADLINE_MS = 2_500;

const load = (...path) => import(pathToFileURL(join(root, ...path)).href);

let running;
let isEnding = false;

async function end() {
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => process.exit(1), CLOSE_DEADLINE_MS).unref();
  await running?.close();
  process.exit(0);
}

async function start(names) {
  const [{ environments }] = await Promise.all([
    once(process, 'message').then(([message]) => message),
    // A fault of loading is reported once there is someone to hear it, below.
    Promise.allSettled(names.map((name) => load('apps', name, 'dist', 'app.js'))),
  ]);
  const { startApps } = await load('libs', 'service', 'dist', 'index.js');
  const apps = await Promise.all(names.map((name) => load('apps', name, 'dist', 'app.js')));
  running = await startApps(apps.map(({ app }, n) => ({ app, env: environments[names[n]] })));
  // A signal that came during the start could close nothing yet.
  if (isEnding) return running.close();
  process.send?.({ ready: true });
}

// Faster from the second start on; Node has it from 22.8.
module.enableCompileCache?.(join(root, 'node_modules', '.courtside', 'compile-cache'));
process.on('SIGTERM', end);
process.on('SIGINT', end);
// The launcher is gone, however it ended: nobody could stop these apps any more.
process.on('disconnect', end);
start(process.argv.slice(2)).catch((error) => {
  const isPlain = ['ConfigError', 'UndeclaredEdgesError'].includes(error?.name);
  console.error(isPlain ? error.message : error);
  process.exit(1);
});
