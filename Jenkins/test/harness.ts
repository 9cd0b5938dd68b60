import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What a step did: which, in which stage, in which pod, and what it was told. */
export interface Step {
  readonly stage: string;
  readonly agent: string;
  readonly name: string;
  readonly text: string;
}

export interface Report {
  readonly result: 'SUCCESS' | 'FAILURE' | 'ABORTED';
  readonly stages: readonly { readonly name: string; readonly status: string }[];
  readonly steps: readonly Step[];
  readonly options: readonly Step[];
  /** Where a secret came to light; empty is as it has to be. */
  readonly leaks: readonly string[];
  readonly log: string;
}

/** The Groovy process that executes pipelines, one after the other; it starts in seconds, so only once. */
export class Harness {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private said = '';

  constructor(groovy = 'groovy') {
    const folder = 'Jenkins/test/harness';
    this.child = spawn(groovy, ['-cp', folder, `${folder}/serve.groovy`]);
    this.child.stderr.on('data', (data) => (this.said += data));
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error with what Groovy said, where it has no report. */
  async ask(request: object): Promise<Report> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`the harness ended: ${this.said}`);
    return JSON.parse(value) as Report;
  }

  async close(): Promise<void> {
    const end = once(this.child, 'exit');
    this.child.stdin.end();
    await end;
  }
}
