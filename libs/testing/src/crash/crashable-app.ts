import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { ServiceName } from '@courtside/contracts';
import type { Environment } from '@courtside/service';

/** The program of such a process: what `npm start` runs, with a trigger for its death. */
const PROGRAM = resolve('tools/crash/app.mjs');
const START_WITHIN_MS = 60_000;
/** The newest of what a process said, for whoever wants to know why it did not start. */
const SAID_CHARACTERS_MAX = 20_000;

/** Where a process dies: before it sends a statement, or after the database has done it. */
export interface DeathAt {
  readonly when: 'before' | 'after';
  /** Counted from 1, from the moment this is told. */
  readonly statement: number;
}

/**
 * One app in a process of its own, as built, that dies by SIGKILL at a given statement and is
 * started again at once, as an orchestrator would. Needs the repository as working directory.
 */
export class CrashableApp {
  /** What it died at, each time: `before statement 7: COMMIT`. */
  readonly deaths: string[] = [];
  private said = '';
  private child: ChildProcess;
  /** Loads the app while the other runs, so that a restart takes no longer than it must. */
  private standby: ChildProcess;
  private up: Promise<void>;
  private isClosing = false;

  constructor(
    private readonly name: ServiceName,
    private readonly environment: Environment,
  ) {
    this.child = this.spawn();
    this.standby = this.spawn();
    this.up = this.begin();
  }

  /** Resolves once the process that is to take work takes it. */
  async untilUp(): Promise<void> {
    for (let awaited: unknown; awaited !== this.up;) await (awaited = this.up);
  }

  /** Has it die; a plan that was not reached is replaced by the next. */
  dieAt(plan: DeathAt): void {
    this.child.send({ dieAt: plan });
  }

  /** How many statements it has sent since the last plan. */
  async statements(): Promise<number> {
    const answer = once(this.child, 'message');
    this.child.send({ count: true });
    const [{ sent }] = (await answer) as [{ sent: number }];
    return sent;
  }

  /** Ends it as an orchestrator does. @returns whether it ended by itself, with code 0. */
  async close(): Promise<boolean> {
    await this.untilUp().catch(() => undefined);
    this.isClosing = true;
    this.standby.kill('SIGKILL');
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    return (await ended)[0] === 0;
  }

  private spawn(): ChildProcess {
    const { PATH, HOME } = process.env;
    const child = fork(PROGRAM, [this.name], {
      execArgv: [],
      env: { PATH, HOME },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (bytes: Buffer) => {
        this.said = (this.said + bytes.toString()).slice(-SAID_CHARACTERS_MAX);
      });
    }
    return child;
  }

  private async begin(): Promise<void> {
    const { child } = this;
    const ended = once(child, 'exit').then(([code, signal]) => String(code ?? signal));
    void ended.then((how) => this.onEnd(how));
    child.send({ environments: { [this.name]: this.environment } });
    const late = AbortSignal.timeout(START_WITHIN_MS);
    const outcome = await Promise.race([
      once(child, 'message', { signal: late }).then(() => 'ready'),
      ended,
    ]).catch(() => 'late');
    if (outcome !== 'ready') {
      throw new Error(`${this.name} did not start (${outcome}):\n${this.said}`);
    }
  }

  private onEnd(how: string): void {
    if (this.isClosing) return;
    this.deaths.push(/died (.*)\n$/.exec(this.said)?.[1] ?? how);
    // Only what was planned is followed by a restart: any other end is a fault to be seen.
    if (how === 'SIGKILL') {
      this.child = this.standby;
      this.standby = this.spawn();
      this.up = this.begin();
    } else {
      this.up = Promise.reject(new Error(`${this.name} ended (${how}):\n${this.said}`));
    }
    // Whoever waits for it hears of a failure; nobody may be waiting.
    this.up.catch(() => undefined);
  }
}
