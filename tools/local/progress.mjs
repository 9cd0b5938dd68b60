/** Says what the launcher is doing: one line per finished step, a ticking line on a terminal. */

const TICK_MS = 100;
/** Of a terminal that does not say how wide it is. */
const COLUMNS = 80;
/** A log file or a pipe gets a word of what is awaited this often. */
const PATIENCE_MS = 10_000;

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * @typedef {{ step: <T>(label: string, work: () => Promise<T>, done?: (value: T) => string) =>
 *   Promise<T>, say: (line: string) => void }} Progress
 *
 * @param {NodeJS.WriteStream} stream
 * @returns {Progress}
 */
export function makeProgress(stream) {
  /** @type {Map<symbol, { label: string, since: number }>} */
  const running = new Map();
  let timer;

  const waiting = () =>
    [...running.values()].map(({ label, since }) => `${label} ${seconds(Date.now() - since)}`);
  const clear = () => stream.isTTY && stream.write('\r\x1b[K');
  const say = (line) => {
    clear();
    stream.write(`${line}\n`);
  };
  const tick = () => {
    if (!stream.isTTY) return say(`  … ${waiting().join(', ')}`);
    clear();
    stream.write(`  … ${waiting().join(', ')}`.slice(0, (stream.columns || COLUMNS) - 1));
  };
  const begin = (key, label) => {
    running.set(key, { label, since: Date.now() });
    timer ??= setInterval(tick, stream.isTTY ? TICK_MS : PATIENCE_MS).unref();
  };
  const end = (key) => {
    running.delete(key);
    if (running.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    clear();
  };

  const step = async (label, work, done = () => label) => {
    const key = Symbol(label);
    const since = Date.now();
    begin(key, label);
    try {
      const value = await work();
      end(key);
      say(`  ✓ ${done(value)} (${seconds(Date.now() - since)})`);
      return value;
    } catch (error) {
      end(key);
      say(`  ✗ ${label} (${seconds(Date.now() - since)})`);
      throw error;
    }
  };
  return { step, say };
}
