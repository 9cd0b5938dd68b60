/**
 * The process of an app that can be made to die, as by SIGKILL, at any statement it sends to the
 * database: `{ dieAt: { when: 'before' | 'after', statement: 17 } }` counts from its arrival on.
 * Everything else is as in `npm start`.
 */
import { writeSync } from 'node:fs';
import pg from 'pg';
import { ensureBuilt } from '../local/build.mjs';

const STDERR = 2;

let sent = 0;
let plan;

function die(when, text) {
  writeSync(STDERR, `died ${when} statement ${sent}: ${text.replace(/\s+/g, ' ').slice(0, 120)}\n`);
  process.kill(process.pid, 'SIGKILL');
}

const { query } = pg.Client.prototype;
pg.Client.prototype.query = function countedQuery(...args) {
  sent += 1;
  const text = typeof args[0] === 'string' ? args[0] : (args[0]?.text ?? '');
  if (plan?.statement !== sent) return query.apply(this, args);
  if (plan.when === 'before') die('before', text);
  // The server has done it, and this process never learns of it.
  const callback = args.findLastIndex((argument) => typeof argument === 'function');
  if (callback >= 0) args[callback] = () => die('after', text);
  const result = query.apply(this, args);
  result?.then?.(
    () => die('after', text),
    () => die('after', text),
  );
  return result;
};

// What the launcher shows of its progress is of no interest here.
await ensureBuilt({ step: (_title, work) => work() });
await import('../local/apps.mjs');
// Not before: the first message is the environment, and it is for the apps.
process.on('message', ({ dieAt, count }) => {
  if (dieAt) [sent, plan] = [0, dieAt];
  if (count) process.send({ sent });
});
