import { aPlayer } from './player.js';

const ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const NONE = 'An error occurred (RepositoryNotFoundException) when calling DescribeRepositories';
const affected = { images: ['users', 'time'], charts: [], tests: [] };

describe('[3.8 by substitute: buildah and aws are stood in for, Amazon cannot be had] the registry', () => {
  const play = aPlayer();

  it('is opened by a credential that goes through standard input, and closed again', async () => {
    const run = await play({ affected });
    const at = run.calls.findIndex((call) => call.startsWith('buildah login'));
    expect(run.calls.slice(at, at + 2)).toEqual([
      'buildah login --username robot --password-stdin registry.example.org',
      'standard input: registry-hunter2',
    ]);
    expect(run.called(/^buildah logout/)).toEqual(['buildah logout registry.example.org']);
    expect(run.log).toContain(
      'registry.example.org makes a repository when something is pushed to it',
    );
  });

  it('of Amazon gets the repositories that it lacks, and is opened by a password of its own', async () => {
    const run = await play({
      affected,
      env: { REGISTRY: `${ECR}/club` },
      programs: [
        ['^aws .*describe-repositories .*users', 254, NONE],
        ['^aws .*get-login-password', 0, 'amazon-password'],
      ],
    });
    expect(
      run.called(/^aws/).map((call) => call.replace('aws ecr --region eu-central-1 ', '')),
    ).toEqual([
      'get-login-password',
      'describe-repositories --repository-names club/courtside/users',
      'create-repository --repository-name club/courtside/users --image-scanning-configuration scanOnPush=true',
      'describe-repositories --repository-names club/courtside/time',
      // Where nothing is built it is opened for cosign, which reads what was signed.
      'get-login-password',
    ]);
    expect(run.calls).toContain('standard input: amazon-password');
    expect(run.called(/^buildah login/)).toEqual([
      `buildah login --username AWS --password-stdin ${ECR}`,
    ]);
  });

  it('of Amazon that another build gave the repository meanwhile is as good', async () => {
    const programs = [
      ['^aws .*describe-repositories', 254, NONE],
      ['^aws .*create-repository', 254, 'An error occurred (RepositoryAlreadyExistsException)'],
    ] as const;
    const run = await play({ affected, env: { REGISTRY: ECR }, programs });
    expect([run.result, run.called(/images .*--push/)]).toEqual([
      'SUCCESS',
      expect.arrayContaining([expect.anything()]),
    ]);
  });

  it('of Amazon that says no for another reason ends the build with what it said', async () => {
    const programs = [['^aws .*describe-repositories', 254, 'AccessDeniedException']] as const;
    const run = await play({ affected, env: { REGISTRY: ECR }, programs });
    expect([run.result, run.called(/create-repository|--push/)]).toEqual(['FAILURE', []]);
    expect(run.log).toContain('AccessDeniedException');
  });
});
