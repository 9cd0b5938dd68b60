import { spawn } from 'node:child_process';

/** What a program that was not found or did not succeed said. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface Run {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The folder it runs in. */
  readonly cwd?: string;
  /** It is killed after so long, milliseconds. */
  readonly withinMs?: number;
  /** Lines that say nothing when it fails. */
  readonly unsaid?: RegExp;
}

/** A program ends by then, whatever it does, milliseconds. */
const WITHIN_MS = 120_000;
/** Of what a program that failed said, the end is what helps. */
const SAID_MAX = 8_000;

/**
 * Runs a program to its end.
 * @returns what it wrote to standard output.
 * @throws CommandError with what it said, when it ends with anything but 0.
 */
export function command(program: string, args: readonly string[], run: Run = {}): Promise<string> {
  const { stdin = '', env = {}, cwd, withinMs = WITHIN_MS, unsaid } = run;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      cwd,
      timeout: withinMs,
      killSignal: 'SIGKILL',
    });
    let out = '';
    let said = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (said += data));
    child.once('error', (error) => reject(new CommandError(`${program}: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(out);
      else {
        const lines = `${said}${out}`.split('\n').filter((line) => !unsaid?.test(line));
        const end = lines.join('\n').slice(-SAID_MAX);
        reject(new CommandError(`${program} ${args.join(' ')}: ${code ?? signal}\n${end}`));
      }
    });
    // A program that ends without reading is no fault of its own.
    child.stdin.once('error', () => undefined);
    child.stdin.end(stdin);
  });
}
