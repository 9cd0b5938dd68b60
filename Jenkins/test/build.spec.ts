import { readFileSync } from 'node:fs';
import { aPlayer } from './player.js';
import { IMAGES, nothing, type Outcome } from './scenario.js';

const ROW = '[4.22 by substitute: the pipelines run in a Groovy harness, no controller can be had]';
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const users = { images: ['users'], charts: [], tests: ['apps/users'] };
/** What the order of calls is about; how images are built has a scenario of its own. */
const DEEDS =
  /^(npm (ci|test|run --silent (check|check:charts|smoke))|buildah (build|login|push|logout)|cosign|helm (upgrade|test|rollback|uninstall|package))( |$)/;
const deeds = ({ called }: Outcome): string[] =>
  called(DEEDS).map((call) => (DEEDS.exec(call) as unknown as string[])[1] as string);

describe(`${ROW} a build`, () => {
  const play = aPlayer();
  /** A build of main with one app changed. */
  let main: Outcome;
  beforeAll(async () => {
    main = await play({ affected: users, buildsImages: true });
  }, 60_000);

  it('of a pull request verifies what changed, and neither publishes nor rolls out', async () => {
    const env = { BRANCH_NAME: 'PR-7', CHANGE_ID: '7', CHANGE_TARGET: 'main' };
    const run = await play({ env, affected: users, buildsImages: true });
    expect(run.result).toBe('SUCCESS');
    expect(run.called(/^git merge-base/)).toContain('git merge-base origin/main HEAD');
    expect(deeds(run)).toEqual(['npm ci', 'npm run --silent check', 'npm test', 'buildah build']);
    expect(run.called(/^npm test/)).toEqual(['npm test -- --testPathPatterns apps/users/']);
    expect(run.options).toContainEqual(
      expect.objectContaining({ name: 'disableConcurrentBuilds', text: 'abortPrevious=true' }),
    );
  });

  it('of main with one app changed goes from commit to smoke without anybody: only that image', () => {
    const run = main;
    expect(run.result).toBe('SUCCESS');
    expect(deeds(run)).toEqual([
      ...['npm ci', 'npm run --silent check', 'npm test', 'buildah build'],
      ...['buildah login', 'buildah push', 'cosign', 'cosign', 'buildah logout'],
      ...['helm package', ...Array(5).fill('cosign'), 'helm upgrade', 'helm test'],
      'npm run --silent smoke',
    ]);
    expect(run.status('Charts')).toBe('SKIPPED');
    expect(run.called(/^helm upgrade/)).toEqual([
      expect.stringMatching(
        /^helm upgrade --install courtside release\/chart\.tgz --namespace courtside-dev .* --atomic --wait --wait-for-jobs$/,
      ),
    ]);
    expect(run.called(/^npm run --silent smoke/)).toEqual([
      'npm run --silent smoke -- --url https://dev.courtside.example.org',
    ]);
    const { text } = run.steps.find(({ name }) => name === 'build') ?? { text: '' };
    expect(text).toBe('job=/courtside-deploy wait=false parameters=[name=BUILD value=12]');
    expect(run.options).toContainEqual(
      expect.objectContaining({ name: 'disableConcurrentBuilds', text: 'abortPrevious=false' }),
    );
  });

  it('pushes an image by its digest, and signs and rolls out that digest', () => {
    const run = main;
    const [push = ''] = run.called(/^buildah push/);
    const [, image, tag] = /^buildah push --digestfile \S+ (.+):(.+)$/.exec(push) ?? [];
    expect(image).toBe('registry.example.org/club/courtside/users');
    // Of this release and of the commit that the harness plays.
    expect(tag).toBe(`${version}-000000000000`);
    const [sign = '', attest = ''] = run.called(/^cosign (sign|attest)/);
    const [, digest = ''] = /users@(sha256:[0-9a-f]{64})$/.exec(sign) ?? [];
    expect(digest).not.toBe('');
    expect(attest).toMatch(/--type cyclonedx --predicate \S+ .*users@sha256/);
    expect(run.called(/^cosign verify/)).toContainEqual(
      expect.stringContaining(`${IMAGES}/users@${digest}`),
    );
    // What did not change is rolled out as it was released.
    expect(run.called(/^cosign verify/)).toContainEqual(
      expect.stringContaining(`${IMAGES}/time@sha256:${'2'.repeat(64)}`),
    );
  });

  it('builds for linux/amd64, and for another platform when a parameter says so', async () => {
    expect(main.called(/^buildah build/)[0]).toMatch(
      new RegExp(
        `^buildah build --layers --file Dockerfile --tag ${IMAGES}/users:\\S+ --platform linux/amd64 --build-arg APP=users .* \\.$`,
      ),
    );
    const other = await play({ affected: users, params: { PLATFORM: 'linux/arm64' } });
    expect(other.called(/images/)).toContainEqual(
      expect.stringContaining('--platform linux/arm64'),
    );
    const wrong = await play({ params: { PLATFORM: 'windows' } });
    expect([wrong.result, wrong.calls]).toEqual(['FAILURE', ['']]);
  });

  it('of main where nothing that runs changed checks it, and leaves the last release the newest', async () => {
    const run = await play({ affected: nothing });
    expect(run.result).toBe('SUCCESS');
    expect(deeds(run)).toEqual(['npm ci', 'npm run --silent check']);
    for (const stage of ['Test', 'Charts', 'Images', 'Publish', 'Roll out on dev', 'Promote']) {
      expect([stage, run.status(stage)]).toEqual([stage, 'SKIPPED']);
    }
    // The next build compares with it, so it has to be there.
    expect(run.steps).toContainEqual(
      expect.objectContaining({ name: 'archiveArtifacts', stage: 'Release' }),
    );
  });

  it('of a pull request with documents alone builds nothing', async () => {
    const env = { BRANCH_NAME: 'PR-8', CHANGE_ID: '8', CHANGE_TARGET: 'main' };
    const run = await play({ env, affected: nothing });
    expect([run.result, run.called(/^buildah/)]).toEqual(['SUCCESS', []]);
  });

  it('of a changed library builds, publishes and tests whoever uses it, and nobody else', async () => {
    const tests = ['apps/orders', 'apps/users', 'libs/database'];
    const run = await play({ affected: { images: ['users', 'orders'], charts: [], tests } });
    const pushed = run.called(/images .*--push/);
    expect(pushed).toEqual([
      expect.stringMatching(/^npm run --silent images -- users orders --builder buildah /),
    ]);
    const signed = run.called(/^cosign sign/).map((call) => /courtside\/(\w+)@/.exec(call)?.[1]);
    expect(signed).toEqual(['users', 'orders']);
    expect(run.called(/^npm test/)).toEqual([
      'npm test -- --testPathPatterns apps/orders/ apps/users/ libs/database/',
    ]);
  });

  it('of a changed chart builds no image, and rolls the chart out with the digests there are', async () => {
    const run = await play({ affected: { images: [], charts: ['microservices-app'], tests: [] } });
    expect(deeds(run).filter((deed) => !deed.startsWith('cosign'))).toEqual([
      ...['npm ci', 'npm run --silent check', 'npm run --silent check:charts'],
      ...['helm package', 'helm upgrade', 'helm test', 'npm run --silent smoke'],
    ]);
  });

  it('takes everything for changed where there is no release to compare with', async () => {
    const run = await play({ isFirst: true, affected: users, buildsImages: true });
    expect(run.called(/affected/)).toContain('npm run --silent affected -- --all --only images');
    expect(run.result).toBe('SUCCESS');
  });

  it('takes everything for changed where the commit of the release is gone, or when told to', async () => {
    const gone = await play({ affected: users, programs: [['^git cat-file', 1]] });
    expect(gone.called(/affected/)).toContain('npm run --silent affected -- --all --only images');
    const told = await play({ affected: users, params: { EVERYTHING: true } });
    expect(told.called(/affected/)).toContain('npm run --silent affected -- --all --only tests');
    expect(main.called(/affected/)[0]).toBe(
      `npm run --silent affected -- --base ${'1'.repeat(40)} --only images`,
    );
  });

  it.each([
    ['a check', '^npm run --silent check$', 'Check'],
    ['a spec', '^npm test', 'Test'],
    ['a chart', '^npm run --silent check:charts', 'Charts'],
    ['an image', '^npm run --silent images', 'Images'],
  ])(
    'fails when %s fails, and says so after all that stands beside it',
    async (_, pattern, stage) => {
      const affected = { images: ['users'], charts: ['users'], tests: ['apps/users'] };
      const run = await play({ affected, programs: [[pattern, 1]] });
      expect([run.result, run.status(stage)]).toEqual(['FAILURE', 'FAILURE']);
      for (const beside of ['Check', 'Test', 'Charts', 'Images'].filter((name) => name !== stage)) {
        expect([beside, run.status(beside)]).toEqual([beside, 'SUCCESS']);
      }
      expect(run.called(/^(buildah (login|push)|cosign|helm upgrade)/)).toEqual([]);
      expect(run.status('Publish')).toBe('NOT_REACHED');
      // Whoever looks for the reason finds what the specs said.
      expect(run.steps.at(-1)).toMatchObject({ name: 'archiveArtifacts', stage: '' });
    },
  );

  it.each([
    ['the registry refuses the login', '^buildah login', /^(buildah push|cosign|helm upgrade)/],
    ['a push fails', '^npm run --silent images .*--push', /^(cosign|helm upgrade)/],
    ['a signature fails', '^cosign sign', /^(cosign attest|helm upgrade)/],
  ])('rolls nothing out when %s, and closes the registry', async (_, pattern, never) => {
    const run = await play({ affected: users, programs: [[pattern, 1]] });
    expect([run.result, run.status('Publish')]).toEqual(['FAILURE', 'FAILURE']);
    expect(run.called(never)).toEqual([]);
    expect(run.called(/^buildah logout/)).toHaveLength(1);
    // A failed build leaves no release: the next one builds what this one could not.
    expect(run.steps.filter(({ text }) => text.includes('artifacts=release'))).toEqual([]);
  });

  it('ends in order when it is stopped, and takes its turn before it rolls out', async () => {
    const steps = [{ pattern: '^lock courtside-dev', abort: 'stopped by jane' }];
    const run = await play({ affected: users, steps });
    expect([run.result, run.status('Roll out on dev')]).toEqual(['ABORTED', 'ABORTED']);
    expect(run.called(/^helm upgrade/)).toEqual([]);
    expect([run.status('Promote'), run.steps.at(-1)?.name]).toEqual([
      'NOT_REACHED',
      'archiveArtifacts',
    ]);
  });
});
