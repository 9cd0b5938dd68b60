/** What the replicas wrote down of their work, counted. */
import { readFileSync } from 'node:fs';

/** @returns every line of the file that was written to its end */
export function readJournal(file) {
  const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return whole.map((line) => {
    const [what, kind, id, at, consumer, attempt] = line.split(' ');
    return { what, kind, id, at: Number(at), consumer, attempt: Number(attempt) };
  });
}

/** How often each id stands in the lines of one sort. */
function timesOf(lines, what) {
  const times = new Map();
  for (const line of lines) {
    if (line.what === what) times.set(line.id, (times.get(line.id) ?? 0) + 1);
  }
  return times;
}

const ofKind = (lines, kind) => lines.filter((line) => line.kind === kind);

const moreThanOnce = (times) =>
  [...times.values()].reduce((sum, count) => sum + Math.max(0, count - 1), 0);

/** Whether everything that was acknowledged has had its effect. */
export function isAllHandled(file, traffic) {
  const effects = timesOf(readJournal(file), 'effect');
  return traffic.of('event').every(({ id, error }) => error || effects.has(id));
}

/**
 * What the campaign is about. An acknowledged event whose handler never came to its end is lost; what
 * ended twice is doubled.
 */
export function tally(file, traffic) {
  const lines = readJournal(file);
  const effects = timesOf(lines, 'effect');
  const [events, calls] = [traffic.of('event'), traffic.of('read', 'pay')];
  const acknowledged = events.filter(({ error }) => !error);
  const unknown = calls.filter(({ error }) => error === 'UNKNOWN_OUTCOME');
  const failed = calls.filter(({ error }) => error && error !== 'UNKNOWN_OUTCOME');
  const doubledOf = (messages) => messages.filter(({ id }) => (effects.get(id) ?? 0) > 1).length;
  return {
    events: acknowledged.length,
    calls: calls.length,
    lost: acknowledged.filter(({ id }) => !effects.has(id)).length,
    doubled: doubledOf(events),
    doubledWithKey: doubledOf(traffic.of('pay')),
    failed: failed.length,
    unknown: unknown.length,
    unacknowledged: events.length - acknowledged.length,
    worstMs: calls.reduce((worst, { sentAt, endedAt }) => Math.max(worst, endedAt - sentAt), 0),
    // A read says that it may run again; the others may not but for the death of their replica.
    readsAgain: moreThanOnce(timesOf(ofKind(lines, 'read'), 'began')),
    reExecuted: moreThanOnce(timesOf(lines, 'began')),
    errors: errorsOf([...failed, ...events]),
  };
}

function errorsOf(messages) {
  const times = {};
  for (const { error } of messages) if (error) times[error] = (times[error] ?? 0) + 1;
  return times;
}

/** From each kill until what the dead one held ran elsewhere. */
export function takeovers(file, kills) {
  const again = readJournal(file).filter(({ what, attempt }) => what === 'began' && attempt > 1);
  return again.flatMap(({ at }) => {
    const before = kills.filter((kill) => kill <= at);
    return before.length > 0 ? [at - before.at(-1)] : [];
  });
}

/** From when Redis was back until a call was answered and an event handled that came after. */
export function serviceAfter(file, traffic, backAt) {
  const answers = traffic.of('read', 'pay').filter(({ error }) => !error);
  const answered = answers.map(({ endedAt }) => endedAt);
  const handled = ofKind(readJournal(file), 'event').filter(({ what }) => what === 'effect');
  const firstAfter = (times) =>
    times.reduce((first, at) => (at >= backAt ? Math.min(first, at) : first), Infinity) - backAt;
  return Math.max(firstAfter(answered), firstAfter(handled.map(({ at }) => at)));
}
