/**
 * Loaded into an app before its main file (`node --import`): loads what the app needs, waits until
 * it is told to begin, and then kills its own process at the statement it was armed for.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import pg from 'pg';

/** @type {{ at: number, when: 'before' | 'after', only?: string } | undefined} */
let point;
let count = 0;

const textOf = (query) => (typeof query === 'string' ? query : (query?.text ?? ''));

/** Whether this is the statement that the process dies at. */
function isDue(text) {
  if (!point || (point.only && !text.startsWith(point.only))) return false;
  count += 1;
  return count === point.at;
}

/** Nothing of the process runs after this: no handler, no finally, no flush. */
function die(text) {
  writeSync(2, `killed ${point.when} ${text.replace(/\s+/g, ' ').trim().slice(0, 60)}\n`);
  process.kill(process.pid, 'SIGKILL');
}

const { query } = pg.Client.prototype;
pg.Client.prototype.query = function countedQuery(...args) {
  const text = textOf(args[0]);
  if (!isDue(text)) return query.apply(this, args);
  if (point.when === 'before') die(text);
  // The database has done it and says so, and nobody here ever hears.
  const end = () => die(text);
  if (typeof args.at(-1) === 'function') return query.apply(this, [...args.slice(0, -1), end]);
  return query.apply(this, args).then(end, end);
};

// Whoever forked it is gone, in whatever way: then it has nobody to run for.
process.on('disconnect', () => process.exit());

await import(process.env.CRASH_APP);
process.send('warm');
await once(process, 'message');
process.on('message', (armed) => {
  [point, count] = [armed, 0];
  process.send('armed');
});
