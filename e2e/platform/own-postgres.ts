import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

interface Answer {
  readonly url?: string;
  readonly fault?: string;
}

/** A PostgreSQL of a spec's own, which may be killed. */
export class OwnPostgres {
  /** Where it listens, before and after a restart, and with which password. */
  url = '';
  readonly #keeper: ChildProcess = fork(resolve('tools/local/own-postgres.mjs'), { execArgv: [] });

  static async start(): Promise<OwnPostgres> {
    const server = new OwnPostgres();
    await server.restart();
    return server;
  }

  /** Starts it on the data that it left, unless it runs; resolves when it takes connections. */
  async restart(): Promise<void> {
    this.url = (await this.#ask('start')).url ?? '';
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#ask('kill');
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    const ended = once(this.#keeper, 'exit');
    this.#keeper.disconnect();
    await ended;
  }

  async #ask(act: 'start' | 'kill'): Promise<Answer> {
    this.#keeper.send(act);
    const ended = once(this.#keeper, 'exit').then(([code]): Answer[] => [
      { fault: `it ended with code ${code}` },
    ]);
    const [answer] = (await Promise.race([once(this.#keeper, 'message'), ended])) as [Answer];
    if (answer.fault) throw new Error(`PostgreSQL does not obey ${act}: ${answer.fault}`);
    return answer;
  }
}
