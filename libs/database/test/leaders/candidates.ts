import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '@courtside/testing';
import { build } from 'esbuild';

const START_WITHIN_MS = 60_000;
/** Below node_modules, so that a bundle finds the packages that it leaves out. */
const bundle = join(
  process.cwd(),
  'node_modules',
  '.cache',
  'courtside',
  `candidate-${process.pid}.mjs`,
);

const libraries = ['contracts', 'database', 'service', 'transport'];
const sourceOf = (name: string): string => join(process.cwd(), 'libs', name, 'src', 'index.ts');

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
    await build({
      entryPoints: [join(__dirname, 'candidate.ts')],
      outfile: bundle,
      bundle: true,
      packages: 'external',
      alias: Object.fromEntries(libraries.map((name) => [`@courtside/${name}`, sourceOf(name)])),
      tsconfig: join(process.cwd(), 'tsconfig.json'),
      platform: 'node',
      target: 'node20',
      format: 'esm',
      keepNames: true,
      logLevel: 'silent',
    });
    for (const name of names) {
      const candidate = JSON.stringify({ ...this.options, name });
      const child = spawn(process.execPath, ['--import', 'reflect-metadata', bundle], {
        env: { ...process.env, CANDIDATE: candidate },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
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

  /** Asks one to stop. @returns its exit code. */
  async stop(name: string): Promise<number | null> {
    const child = this.#processes.get(name);
    if (!child) return null;
    this.#processes.delete(name);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    return code;
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
