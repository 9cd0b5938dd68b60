/** Servers as processes of this suite: each is awaited by what it says, and ended with all it started. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { eventually } from '@courtside/testing';

/** Output that is kept of each, for a failure's message. */
const OUTPUT_CHARACTERS_MAX = 8_000;
const STOP_WITHIN_MS = 20_000;

export class Program {
  private output = '';
  private readonly ended: Promise<void>;
  private readonly child: ChildProcess;

  constructor(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [program = '', ...args] = command;
    this.child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.output = (this.output + data.toString()).slice(-OUTPUT_CHARACTERS_MAX);
      });
    }
    this.ended = new Promise((resolve) => this.child.once('exit', () => resolve()));
  }

  /** Resolves once something can be had of it. @throws Error with what it said when it ended instead. */
  async until(what: string, isSo: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
    await eventually(
      what,
      async () => {
        if (this.child.exitCode !== null) throw new Error(`it ended:\n${this.output}`);
        return isSo().catch(() => false);
      },
      withinMs,
    );
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill(signal);
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.ended;
    clearTimeout(late);
  }
}

/** A port that nothing listens at. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
