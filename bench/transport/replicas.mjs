/** The replicas of a campaign: real processes, a spare of which is loaded before it is needed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./replica.mjs', import.meta.url));
const silently = { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] };

export class Replicas {
  /** @type {{ child: import('node:child_process').ChildProcess, consumer: string }[]} */
  living = [];
  #orders;
  #spare;
  #started = 0;

  /** @param {{ contender: string, address: object, journal: string, workMs: number }} orders */
  constructor(orders) {
    this.#orders = orders;
    this.#spare = aSpare();
  }

  async start() {
    const { child, warm } = this.#spare;
    this.#spare = aSpare();
    await warm;
    const consumer = `replica-${(this.#started += 1)}`;
    child.send({ ...this.#orders, consumer });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${consumer} ended before it was ready`);
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => {});
    this.living.push({ child, consumer });
  }

  /** Nothing of it runs after this: no handler, no finally, no flush. */
  async kill(victim) {
    this.living = this.living.filter((replica) => replica !== victim);
    const ended = once(victim.child, 'exit');
    victim.child.kill('SIGKILL');
    const at = Date.now();
    await ended;
    return at;
  }

  async close() {
    const { child } = this.#spare;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await Promise.all([ended, ...this.living.map((replica) => this.kill(replica))]);
  }
}

function aSpare() {
  const child = fork(program, [], silently);
  return { child, warm: once(child, 'message') };
}
