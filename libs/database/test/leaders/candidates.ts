import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '@courtside/testing';

const START_WITHIN_MS = 30_000;

export interface CandidateOptions {
  readonly name: string;
  readonly leaseMs: number;
  readonly databaseUrl: string;
  /** Where leases are: one of both. */
  readonly folder?: string;
  readonly cluster?: { readonly KUBECONFIG: string; readonly KUBERNETES_NAMESPACE: string };
}

/** What a candidate did, at a time of the clock that all processes of a machine share, milliseconds. */
export interface Said {
  readonly name: string;
  readonly did: 'stand' | 'lead' | 'step' | 'lost' | 'refused';
  readonly fence: number;
  readonly at: number;
}

/** Candidates as processes, to be killed and frozen. */
export class Candidates {
  /** All that any of them said, in the order of the times when it was. */
  readonly said: Said[] = [];
  readonly #processes = new Map<string, ChildProcess>();
  #errors = '';

  constructor(private readonly options: Omit<CandidateOptions, 'name'>) {}

  async start(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const candidate = JSON.stringify({ ...this.options, name });
      const child = spawn(
        process.execPath,
        ['--import', join(__dirname, 'register.mjs'), join(__dirname, 'candidate.ts')],
        { env: { ...process.env, CANDIDATE: candidate }, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      child.stderr.on('data', (data: Buffer) => (this.#errors += data.toString()));
      createInterface(child.stdout).on('line', (line) => this.#hear(line));
      this.#processes.set(name, child);
    }
    const standing = () => this.said.filter(({ did }) => did === 'stand').length;
    await eventually('all stand', () => standing() === names.length, START_WITHIN_MS).catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${this.#errors}`);
      },
    );
  }

  /** Waits until somebody leads whose fence is higher, and has done a step. */
  async leaderAfter(fence: number, withinMs: number): Promise<Said> {
    const found = () => this.said.findLast((each) => each.did === 'step' && each.fence > fence);
    return eventually(`a leader after ${fence}; ${this.#errors}`, found, withinMs);
  }

  send(name: string, signal: NodeJS.Signals): void {
    this.#processes.get(name)?.kill(signal);
  }

  /** Ends one, or all. */
  async kill(names: readonly string[] = [...this.#processes.keys()]): Promise<void> {
    for (const name of names) {
      const child = this.#processes.get(name);
      this.#processes.delete(name);
      if (!child || child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }

  #hear(line: string): void {
    // Log lines are no record.
    if (line.includes('"did"')) this.said.push(JSON.parse(line) as Said);
    else this.#errors += `${line}\n`;
  }
}
