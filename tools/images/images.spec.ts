import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imagesIn } from './list.mjs';

const images = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/images.mjs', ...args], {
    encoding: 'utf8',
  });
  return { status, lines: stdout.trim().split('\n'), stderr };
};

describe('npm run images', () => {
  const folder = mkdtempSync(join(tmpdir(), 'images-'));
  const command = join(folder, 'build');
  beforeAll(() => {
    writeFileSync(
      command,
      `#!/bin/sh\necho "$@" >>${folder}/calls\n[ "$2" != courtside/time:bad ]\n`,
    );
    chmodSync(command, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('builds every app, and every data store that the charts bundle', () => {
    const { lines, status } = images('--list');
    expect(status).toBe(0);
    expect(lines).toEqual(expect.arrayContaining(['gateway', 'time', 'web', 'redis', 'postgres']));
    expect(lines).toEqual(imagesIn('.').map(({ name }) => name));
  });

  it('[2.7] builds front and back from Dockerfiles of their own', () => {
    const { lines } = images('time', 'web', '--dry-run', '--builder', 'docker', '--tag', 't');
    expect(lines[0]).toContain('--file Dockerfile --tag courtside/time:t --build-arg APP=time');
    expect(lines[1]).toContain('--file apps/web/Dockerfile --tag courtside/web:t');
  });

  it('[2.17] labels a data store with the commit that changed it last: a release leaves it as it is', () => {
    const made = images('redis', 'time', '--dry-run', '--builder', 'docker', '--tag', 't').lines;
    const revisionIn = (line = '') => /image\.revision=(\w+)/.exec(line)?.[1];
    const git = ['log', '-1', '--format=%H', '--', 'helm/redis/image'];
    const { stdout } = spawnSync('git', git, { encoding: 'utf8' });
    const [time, redis] = [made.find((line) => line.includes('/time:')), made.at(-1)];
    expect(revisionIn(redis)).toBe(stdout.trim() || undefined);
    expect(redis).not.toContain('image.version=');
    expect(time).toContain('image.version=');
  });

  it('pushes where it is told to', () => {
    const args = ['redis', '--dry-run', '--push', '--registry', 'localhost:5000', '--tag', 't'];
    expect(images(...args, '--builder', 'buildah').lines.at(-1)).toMatch(
      /^buildah push .*--tls-verify=false localhost:5000\/courtside\/redis:t$/,
    );
    const elsewhere = args.map((word) => (word === 'localhost:5000' ? 'ghcr.io/club' : word));
    expect(images(...elsewhere, '--builder', 'buildah').lines.at(-1)).not.toContain('tls-verify');
  });

  it('builds for the platform that it is told, and pushes what was built without building it again', () => {
    const args = ['redis', '--dry-run', '--builder', 'buildah', '--tag', 't'];
    expect(images(...args, '--platform', 'linux/arm64').lines[0]).toContain(
      '--tag courtside/redis:t --platform linux/arm64 ',
    );
    const push = ['--push', '--built', '--registry', 'ghcr.io/club'];
    expect(images(...args, ...push).lines).toEqual([expect.stringMatching(/^buildah push /)]);
  });

  it('hands to a command of its caller what to build, and with which arguments', () => {
    const own = ['--build-command', command, '--tag', 't', '--build-arg', 'RUNTIME_IMAGE=mine'];
    const { status, lines } = images('time', ...own);
    expect([status, lines]).toEqual([0, ['courtside/time:t']]);
    expect(readFileSync(join(folder, 'calls'), 'utf8')).toMatch(
      /^\. courtside\/time:t Dockerfile --build-arg APP=time --build-arg RUNTIME_IMAGE=mine --label org.*version=.*\n$/,
    );
  });

  it('ends with 1 and no digests when a build fails, and builds nothing after it', () => {
    const digests = join(folder, 'digests.yaml');
    const wanted = ['--registry', 'localhost:1', '--digests', digests];
    const { status, stderr } = images(
      ...['time', 'web', '--build-command', command, '--tag', 'bad'],
      ...wanted,
    );
    expect(status).toBe(1);
    expect(stderr).toContain('ended with code 1');
    expect(existsSync(digests)).toBe(false);
    expect(readFileSync(join(folder, 'calls'), 'utf8')).not.toContain('courtside/web:bad');
  });

  it('ends with 2 and one sentence when it cannot be meant', () => {
    const { status, stderr } = images('nothing');
    expect([status, stderr.split('\n').length]).toEqual([2, 2]);
    expect(images('--build-command', join(folder, 'none'), 'time').status).toBe(1);
  });
});

describe('the Dockerfiles', () => {
  const text = (file: string) => readFileSync(file, 'utf8');
  const files = [...new Set(imagesIn('.').map(({ dockerfile }) => dockerfile))];

  it('share the stages that install and compile, so that these are built once', () => {
    const stages = (file: string) => {
      const [, all = ''] = text(file).split(/^(?=ARG BUILD_IMAGE)/m);
      return all.slice(0, all.indexOf('# One app alone'));
    };
    expect(stages('apps/web/Dockerfile')).toBe(stages('Dockerfile'));
  });

  it('run under the Node.js that they build with', () => {
    const [, build] = /BUILD_IMAGE=\S*node:(\d+)/.exec(text('Dockerfile')) ?? [];
    const [, runtime] = /RUNTIME_IMAGE=\S*nodejs(\d+)/.exec(text('Dockerfile')) ?? [];
    expect([build, runtime]).toEqual(['24', '24']);
  });

  it.each(files)('%s names its base by ARG and runs as a user without rights', (file) => {
    const bases = [...text(file).matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    const stages = new Set([...text(file).matchAll(/ AS (\S+)$/gm)].map(([, stage]) => stage));
    for (const base of bases) {
      if (!stages.has(base)) expect(base).toMatch(/^\$\{(BUILD|RUNTIME|BASE)_IMAGE\}$/);
    }
    expect(text(file)).not.toMatch(/latest/);
    expect(text(file)).toContain('USER 65532:65532');
  });

  it('[3.17] let apps listen on 8080, by PORT', () => {
    for (const file of ['Dockerfile', 'apps/web/Dockerfile']) {
      expect(text(file)).toMatch(/^ENV [^#]*PORT=8080/m);
      expect(text(file)).toMatch(/^EXPOSE 8080/m);
    }
  });
});
