import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Harness, type Report } from './harness.js';

/** A harness that lets a fault pass would make every scenario worthless. */
describe('the harness', () => {
  const folder = mkdtempSync(join(tmpdir(), 'harness-'));
  let harness: Harness;
  beforeAll(() => {
    harness = new Harness();
  });
  afterAll(async () => {
    await harness.close();
    rmSync(folder, { recursive: true });
  });

  const POD = "agent { kubernetes { yamlFile 'Jenkins/build/pod.yaml' } }";
  async function run(body: string, more: object = {}): Promise<Report> {
    const jenkinsfile = join(folder, 'Jenkinsfile');
    writeFileSync(jenkinsfile, `pipeline {\n${body}\n}\n`);
    return harness.ask({
      ...{
        jenkinsfile,
        workspace: folder,
        environment: { PATH: process.env['PATH'] },
        answers: [],
      },
      ...{ credentials: { key: { text: 'hunter2' } }, ...more },
    });
  }
  const steps = (text: string) =>
    run(`${POD}\nstages {\nstage('one') {\nsteps {\n${text}\n}\n}\n}`);
  const key = "string(credentialsId: 'key', variable: 'KEY')";

  it('executes what a step says, with what it is given', async () => {
    const { result, log } = await steps("withEnv(['A=1']) { sh 'echo \"a is $A\"' }");
    expect([result, log]).toEqual(['SUCCESS', expect.stringContaining('a is 1\n')]);
  });

  it.each([
    ['a step that no plugin has', "shell 'true'", "No such DSL method 'shell'"],
    ['a command that fails', "sh 'exit 3'", 'exit code 3'],
    ['an unset variable of Groovy', 'sh NOTHING', 'there is no NOTHING'],
    [
      'credentials that there are not',
      "withCredentials([file(credentialsId: 'x', variable: 'X')]) {}",
      'x',
    ],
  ])('fails by %s', async (_, text, said) => {
    const { result, log } = await steps(text);
    expect([result, log]).toEqual(['FAILURE', expect.stringContaining(said)]);
  });

  it.each([
    [
      'by Groovy',
      `withCredentials([${key}]) { sh "test -n '\${KEY}'" }`.replace("KEY}'", "env.KEY}'"),
    ],
    ['by the shell', `withCredentials([${key}]) { sh 'echo "$KEY"' }`],
    ['by a trace of the shell', `withCredentials([${key}]) { sh 'test -n "$KEY"' }`],
  ])('notices a secret that is told %s', async (_, text) => {
    expect((await steps(text)).leaks).not.toEqual([]);
  });

  it('lets secrets go with their block', async () => {
    const { log } = await steps(`withCredentials([${key}]) {}\nsh 'echo "now: $KEY."'`);
    expect(log).toContain('now: .');
  });

  it('refuses what Jenkins cannot read: a condition and its steps on one line', async () => {
    const stage = "stage('one') { when { branch 'main' } steps { echo 'hello' } }";
    expect((await run(`agent none\nstages { ${stage} }`)).result).toBe('FAILURE');
  });

  it('refuses a directive that there is not', async () => {
    const { result, log } = await run('agent none\nstaegs { }');
    expect([result, log]).toEqual(['FAILURE', expect.stringContaining('no directive staegs')]);
  });

  it('reaches nothing after a failure but what is to be done always', async () => {
    const failing = "stage('one') {\nsteps { sh 'exit 1' }\npost { always { echo 'after' } }\n}";
    const stages = `stages {\n${failing}\nstage('two') {\nsteps { echo 'no' }\n}\n}`;
    const { steps, stages: told } = await run(`${POD}\n${stages}\npost { always { echo 'last' } }`);
    expect(steps.filter(({ name }) => name === 'echo').map(({ text }) => text)).toEqual([
      'after',
      'last',
    ]);
    expect(told).toEqual([
      { name: 'one', status: 'FAILURE' },
      { name: 'two', status: 'NOT_REACHED' },
    ]);
  });
});
