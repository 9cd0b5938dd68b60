import { aPlayer } from './player.js';
import type { Scenario } from './scenario.js';

const ROW = '[4.22 by substitute: the pipelines run in a Groovy harness, no controller can be had]';
const history = (...statuses: string[]) =>
  JSON.stringify(statuses.map((status, index) => ({ revision: index + 1, status })));

describe(`${ROW} a roll-out`, () => {
  const play = aPlayer();
  const onDev = (...programs: NonNullable<Scenario['programs']>) =>
    play({
      jenkinsfile: 'Jenkins/deploy/Jenkinsfile',
      params: { ENVIRONMENT: 'dev', BUILD: '3' },
      programs,
    });
  const CHANGES = /^(helm (upgrade|test|rollback|uninstall)|npm run --silent smoke)/;
  const changes = (run: Awaited<ReturnType<typeof onDev>>) =>
    run.called(CHANGES).map((call) => call.split(' ').slice(0, 4).join(' '));

  it('that fails is left to Helm, which goes back by itself', async () => {
    const run = await onDev(['^helm upgrade', 1]);
    expect([run.result, changes(run)]).toEqual(['FAILURE', ['helm upgrade --install courtside']]);
    expect(run.called(/^helm upgrade/)[0]).toContain('--atomic --wait --wait-for-jobs');
  });

  it('by Helm 4 asks the same of it in its words, and by an unknown one asks nothing', async () => {
    const four = await onDev(['^helm version', 0, 'v4.3.1']);
    expect(four.called(/^helm upgrade/)[0]).toContain(
      '--rollback-on-failure --wait --wait-for-jobs',
    );
    const five = await onDev(['^helm version', 0, 'v5.0.0']);
    expect([five.result, five.called(/^helm upgrade/)]).toEqual(['FAILURE', []]);
    expect(five.log).toContain('helm is neither 3 nor 4');
  });

  it.each([
    ['helm test', '^helm test', ['helm test courtside --namespace']],
    [
      'the smoke',
      '^npm run --silent smoke',
      ['helm test courtside --namespace', 'npm run --silent smoke'],
    ],
  ])('is taken back when %s fails after it', async (_, pattern, asked) => {
    const run = await onDev([pattern, 1]);
    expect([run.result, changes(run)]).toEqual([
      'FAILURE',
      ['helm upgrade --install courtside', ...asked, 'helm rollback courtside 5'],
    ]);
    expect(run.called(/^helm rollback/)[0]).toContain(
      '--namespace courtside-dev --wait --timeout 5m',
    );
  });

  it('that is the first one and fails its smoke leaves nothing', async () => {
    const run = await onDev(['^helm history', 1], ['^npm run --silent smoke', 1]);
    expect(changes(run).at(-1)).toBe('helm uninstall courtside --namespace');
    expect(run.result).toBe('FAILURE');
  });

  it('goes on after one that was killed on its way, and nobody has to unlock anything', async () => {
    const run = await onDev([
      '^helm history',
      0,
      history('superseded', 'deployed', 'pending-upgrade'),
    ]);
    expect([run.result, changes(run).slice(0, 2)]).toEqual([
      'SUCCESS',
      ['helm rollback courtside 2', 'helm upgrade --install courtside'],
    ]);
    const first = await onDev(['^helm history', 0, history('pending-install')]);
    expect(changes(first)[0]).toBe('helm uninstall courtside --namespace');
  });

  it('asks for the signature of every image where it was pushed, once', async () => {
    const run = await onDev();
    const asked = run.called(/^cosign verify/).map((call) => call.match(/courtside\/(\w+)@/)?.[1]);
    expect(asked).toEqual(['gateway', 'users', 'time', 'postgres']);
  });

  it('refuses an image that was not signed by our key', async () => {
    const run = await onDev(['^cosign verify .*users@', 1]);
    expect([run.result, changes(run)]).toEqual(['FAILURE', []]);
  });
});
