/** One service as a process of its own that may be killed at any time, and a spare that takes over. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

const START_WITHIN_MS = 30_000;
const preload = fileURLToPath(new URL('./preload.mjs', import.meta.url));
const distOf = (service, file) =>
  fileURLToPath(new URL(`../../apps/${service}/dist/${file}`, import.meta.url));

/** A process with everything loaded, which waits to be told to begin. */
class Spare {
  constructor(service, environment) {
    this.lastWords = '';
    this.child = fork(distOf(service, 'main.js'), [], {
      execArgv: ['--import', preload],
      env: {
        ...environment,
        PATH: process.env.PATH,
        CRASH_APP: pathToFileURL(distOf(service, 'app.js')).href,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.died = once(this.child, 'exit').then(() => undefined);
    this.warm = this.orDied(once(this.child, 'message'));
    this.ready = this.orDied(this.saidReady());
    // Whoever waits for them hears of it; nobody else needs to.
    for (const promise of [this.warm, this.ready]) promise.catch(() => undefined);
  }

  /** What it said on standard error, and the faults that it logged. */
  saidReady() {
    createInterface({ input: this.child.stderr }).on('line', (line) => (this.lastWords = line));
    return new Promise((resolve) => {
      createInterface({ input: this.child.stdout }).on('line', (line) => {
        if (line.includes('"msg":"ready"')) resolve();
        if (line.includes('"level":"error"')) console.error(line);
      });
    });
  }

  orDied(event) {
    const end = this.died.then(() => {
      throw new Error(`the process ended: ${this.lastWords}`);
    });
    return Promise.race([event, end]);
  }
}

export class Replica {
  constructor(service, environment) {
    this.make = () => new Spare(service, environment);
    this.spare = this.make();
  }

  /** The spare takes over, and another one gets ready behind it. */
  async begin() {
    const next = this.spare;
    await next.warm;
    next.child.send('begin');
    const late = AbortSignal.timeout(START_WITHIN_MS);
    await Promise.race([next.ready, once(late, 'abort')]);
    if (late.aborted) throw new Error('a service did not start');
    this.active = next;
    this.spare = this.make();
  }

  /** @returns {Promise<{ died: Promise<void> }>} once it counts towards its end */
  async arm(point) {
    const { child, died } = this.active;
    child.send(point);
    await once(child, 'message');
    return { died };
  }

  get lastWords() {
    return this.active.lastWords;
  }

  async end() {
    const all = [this.active, this.spare].filter(Boolean);
    for (const { child } of all) child.kill('SIGKILL');
    await Promise.all(all.map(({ died }) => died));
  }
}
