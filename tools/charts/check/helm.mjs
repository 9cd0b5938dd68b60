/** Runs Helm, and helm-unittest, whose versions and places differ from machine to machine. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A render of the platform is about 200 KiB. */
const OUTPUT_MAX = 32 * 1024 * 1024;

/** What a check needs is not on this machine. */
export class Missing extends Error {}

/** Helm tells of each link that it follows; the charts of this repository are links to each other. */
const withoutLinks = (text) =>
  text
    .split('\n')
    .filter((line) => !line.includes('found symbolic link in path'))
    .join('\n')
    .trim();

/** @returns {Promise<{ passed: boolean, output: string, errors: string }>} what a program said */
export async function run(program, args) {
  try {
    const { stdout, stderr } = await execute(program, args, { maxBuffer: OUTPUT_MAX });
    return { passed: true, output: stdout, errors: withoutLinks(stderr) };
  } catch (error) {
    if (error.code === 'ENOENT') throw new Missing(`there is no program ${program}`);
    return { passed: false, output: error.stdout ?? '', errors: withoutLinks(error.stderr ?? '') };
  }
}

export class Helm {
  constructor(program) {
    this.program = program;
  }

  async version() {
    const { passed, output, errors } = await run(this.program, ['version', '--short']);
    if (!passed) throw new Missing(`${this.program} does not run: ${errors}`);
    return output.trim();
  }

  /** @returns {Promise<string>} what it would install, all objects; @throws with what Helm said */
  async template(chart, { release = 'courtside', namespace = 'courtside', files = [], more = [] }) {
    const values = files.flatMap((file) => ['-f', file]);
    const args = ['template', release, chart, '-n', namespace, ...values, ...more];
    const { passed, output, errors } = await run(this.program, args);
    if (!passed) throw new Error(errors);
    return output;
  }

  /** @returns {Promise<string[]>} what `helm lint --strict` finds fault with */
  async lint(chart, files = []) {
    const values = files.flatMap((file) => ['-f', file]);
    const { passed, output, errors } = await run(this.program, [
      'lint',
      '--strict',
      chart,
      ...values,
    ]);
    const found = output.split('\n').filter((line) => /^\[(ERROR|WARNING|INFO)\]/.test(line));
    return passed || found.length > 0 ? found : [errors];
  }
}

/** helm-unittest, as a program of its own or as a plugin of Helm. */
export class UnitTest {
  constructor(helm, program) {
    this.command = program ? [program] : [helm.program, 'unittest'];
  }

  async version() {
    const [program, ...first] = this.command;
    const { passed, errors } = await run(program, [...first, '--help']);
    if (!passed) {
      throw new Missing(
        `${this.command.join(' ')} does not run, and HELM_UNITTEST names no program: ${errors}`,
      );
    }
  }

  /** Runs the suites that match `globs`, relative to each chart, in all of `charts`. */
  async run(charts, globs, more = []) {
    const [program, ...first] = this.command;
    const files = globs.flatMap((glob) => ['-f', glob]);
    const { passed, output, errors } = await run(program, [
      ...first,
      '--with-subchart=false',
      ...more,
      ...files,
      ...charts,
    ]);
    const [, , count = '0'] = /^Tests:(.*\s)?(\d+) passed/m.exec(output) ?? [];
    const isVerdict = passed || /^Charts:.*\d+ (failed|errored)/m.test(output);
    if (!isVerdict) throw new Error(`${program} ended without a verdict: ${errors || output}`);
    return { passed: passed && Number(count) > 0, tests: Number(count), output };
  }
}
