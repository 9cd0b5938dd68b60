import { aPlayer } from './player.js';
import type { Scenario } from './scenario.js';

const ROW = '[4.22 by substitute: the pipelines run in a Groovy harness, no controller can be had]';
const deploy = (more: Scenario = {}): Scenario => ({
  jenkinsfile: 'Jenkins/deploy/Jenkinsfile',
  ...more,
});
const to = (ENVIRONMENT: string, BUILD = ''): Scenario =>
  deploy({ params: { ENVIRONMENT, BUILD } });

describe(`${ROW} a promotion`, () => {
  const play = aPlayer();

  it('takes a release to stage, asks, and takes the same to prod', async () => {
    const run = await play(deploy({ params: { BUILD: '12' } }));
    expect(run.result).toBe('SUCCESS');
    const order = /^(helm (upgrade|test)|npm run --silent smoke)/;
    const where = run
      .called(order)
      .map((call) => /courtside-(stage|prod)|https:\S+/.exec(call)?.[0]);
    expect(where).toEqual([
      ...['courtside-stage', 'courtside-stage', 'https://stage.courtside.example.org'],
      ...['courtside-prod', 'courtside-prod', 'https://courtside.example.org'],
    ]);
    const told = run.steps.filter(({ name }) =>
      /^(copyArtifacts|lock|input|withCredentials)$/.test(name),
    );
    expect(told.map(({ stage, name, text }) => `${stage}: ${name} ${text}`)).toEqual([
      'stage: copyArtifacts projectName=/courtside/main selector=value=12 filter=release/**',
      'stage: lock courtside-stage',
      'stage: withCredentials registry kubeconfig-stage cosign-public-key',
      'Approve: input message=Roll out on prod? ok=Roll out submitter=release-managers',
      'prod: copyArtifacts projectName=/courtside/main selector=value=12 filter=release/**',
      'prod: lock courtside-prod',
      'prod: withCredentials registry kubeconfig-prod cosign-public-key',
    ]);
    // Nobody pays for a pod that waits for a person.
    expect(told.find(({ name }) => name === 'input')?.agent).toBe('');
  });

  it.each(['refused by jane', 'not within one day'])('leaves prod alone: %s', async (abort) => {
    const run = await play(deploy({ steps: [{ pattern: '^input', abort }] }));
    expect([run.result, run.status('Approve'), run.status('prod')]).toEqual([
      'ABORTED',
      'ABORTED',
      'NOT_REACHED',
    ]);
    expect(run.called(/courtside-prod/)).toEqual([]);
    expect(run.options).toContainEqual({
      stage: 'Approve',
      name: 'timeout',
      text: 'time=1 unit=DAYS',
    });
  });

  it('leaves prod alone when a later one was agreed to meanwhile', async () => {
    const run = await play(deploy({ steps: [{ pattern: '^milestone 1', abort: 'overtaken' }] }));
    expect([run.result, run.called(/courtside-prod/)]).toEqual(['ABORTED', []]);
  });

  it('does not ask for prod what failed on stage', async () => {
    const run = await play(deploy({ programs: [['^npm run --silent smoke', 1]] }));
    expect([run.result, run.status('Approve')]).toEqual(['FAILURE', 'NOT_REACHED']);
    expect(run.steps.some(({ name }) => name === 'input')).toBe(false);
  });

  it('takes any release anywhere by hand: an earlier build to dev', async () => {
    const run = await play(to('dev', '7'));
    expect(run.result).toBe('SUCCESS');
    expect(run.called(/^helm upgrade/)).toEqual([
      expect.stringContaining('--namespace courtside-dev '),
    ]);
    expect(run.steps.find(({ name }) => name === 'copyArtifacts')?.text).toContain('value=7');
    expect(run.stages.filter(({ status }) => status === 'SUCCESS')).toEqual([
      { name: 'dev', status: 'SUCCESS' },
    ]);
    // No pod is made to find out that there is nothing to do in it.
    expect(run.steps.filter(({ name }) => name === 'pod')).toHaveLength(1);
  });

  it('asks before prod also when it is told to go there at once', async () => {
    const run = await play(to('prod'));
    expect(run.steps.map(({ name }) => name).filter((name) => /input|lock/.test(name))).toEqual([
      'input',
      'lock',
    ]);
    expect(run.status('stage')).toBe('SKIPPED');
  });

  it('refuses an environment that there is not, and a build that there is not', async () => {
    const unknown = await play(to('moon'));
    expect([unknown.result, unknown.log]).toEqual([
      'FAILURE',
      expect.stringContaining('ENVIRONMENT cannot be moon'),
    ]);
    const none = await play({ ...to('dev', '999'), isFirst: true });
    expect([none.result, none.called(/^helm/)]).toEqual(['FAILURE', []]);
  });
});
