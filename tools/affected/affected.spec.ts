import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const manifest = (product: string[], specs: string[] = []) => {
  const named = (names: string[]) =>
    Object.fromEntries(names.map((name) => [`@courtside/${name}`, '1']));
  return JSON.stringify({ dependencies: named(product), devDependencies: named(specs) });
};

/** Small, with the shapes that matter: libraries in a row, one for specs alone, a data store. */
const project = {
  'libs/contracts/package.json': manifest([]),
  'libs/service/package.json': manifest(['contracts'], ['testing']),
  'libs/database/package.json': manifest(['service']),
  'libs/testing/package.json': manifest(['database']),
  'apps/users/package.json': manifest(['database'], ['testing']),
  'apps/users/src/main.ts': '',
  'apps/time/package.json': manifest(['service'], ['testing']),
  'apps/time/src/main.ts': '',
  'apps/web/package.json': manifest([]),
  'apps/web/src/main.ts': '',
  'helm/users/Chart.yaml': '',
  'helm/redis/Chart.yaml': '',
  'helm/redis/image/Dockerfile': '',
  'helm/library/Chart.yaml': '',
  'helm/microservices-app/Chart.yaml': '',
};

describe('[1.13] npm run affected', () => {
  let root: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root });
  const write = (files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--message', 'a change');
  };
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [resolve('tools/affected.mjs'), ...args], {
      cwd: root,
      encoding: 'utf8',
    });
  const names = (...args: string[]) => {
    const { stdout, stderr, status } = run(...args);
    expect([stderr, status]).toEqual(['', 0]);
    return stdout.split('\n').filter(Boolean);
  };
  /** What a change to these paths affects. */
  const affectedBy = (only: string | undefined, ...paths: string[]) => {
    git('reset', '--quiet', '--hard', 'start');
    write(Object.fromEntries(paths.map((path) => [path, `${Math.random()}`])));
    return names('--base', 'start', ...(only ? ['--only', only] : []));
  };

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'affected-'));
    git('init', '--quiet');
    write(project);
    git('tag', 'start');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('names an app for its own change, and nobody else', () => {
    expect(affectedBy(undefined, 'apps/users/src/users.store.ts')).toEqual(['apps/users']);
    expect(affectedBy('images', 'apps/users/src/users.store.ts')).toEqual(['users']);
  });

  it('names for a library whoever uses it, also through another one', () => {
    expect(affectedBy(undefined, 'libs/service/src/log.ts')).toEqual([
      ...['apps/time', 'apps/users', 'libs/database', 'libs/service', 'libs/testing'],
    ]);
    expect(affectedBy('images', 'libs/database/src/outbox.ts')).toEqual(['users']);
  });

  it('builds no image for what specs alone use, and runs those specs', () => {
    expect(affectedBy('images', 'libs/testing/src/database.ts')).toEqual([]);
    expect(affectedBy('tests', 'libs/testing/src/database.ts')).toEqual([
      ...['apps/time', 'apps/users', 'libs/service', 'libs/testing'],
    ]);
  });

  it('builds nothing for a spec, and runs the specs of its part alone', () => {
    const paths = ['src/log.spec.ts', 'test/drain.spec.ts', 'example/src/main.ts'];
    for (const path of paths.map((each) => `libs/service/${each}`)) {
      expect(affectedBy('images', path)).toEqual([]);
      expect(affectedBy('tests', path)).toEqual(['libs/service']);
    }
    expect(affectedBy('tests', 'tools/check.spec.ts')).toEqual(['tools']);
  });

  it('names nothing for documents, and for what only says how the project is worked on', () => {
    const paths = [
      'README.md',
      'docs/a.png',
      'apps/users/README.md',
      '.oxlintrc.json',
      'deploy/debian.sh',
      'Jenkinsfile',
    ];
    for (const only of [undefined, 'images', 'charts', 'tests']) {
      expect(affectedBy(only, ...paths)).toEqual([]);
    }
  });

  it.each([
    'package-lock.json',
    'tsconfig.base.json',
    'Dockerfile',
    'tools/images/list.mjs',
    'new/place',
  ])('names everything for %s', (path) => {
    expect(affectedBy('images', path)).toEqual(['time', 'users', 'web', 'redis']);
    expect(affectedBy('charts', path)).toEqual(['library', 'microservices-app', 'redis', 'users']);
  });

  it('names with a chart the one that has it inside, and all for what they share', () => {
    expect(affectedBy('charts', 'helm/users/values.yaml')).toEqual(['microservices-app', 'users']);
    expect(affectedBy('charts', 'helm/library/templates/_pod.tpl')).toHaveLength(4);
    expect(affectedBy('images', 'helm/users/values.yaml')).toEqual([]);
  });

  it('names the image of a data store for its files', () => {
    expect(affectedBy('images', 'helm/redis/image/start-redis')).toEqual(['redis']);
  });

  it('sees what was moved at both of its places, and what was removed', () => {
    git('reset', '--quiet', '--hard', 'start');
    write({ 'apps/time/src/clock.ts': 'export const clock = 1;\n'.repeat(9) });
    const before = execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
    }).trim();
    git('mv', 'apps/time/src/clock.ts', 'apps/users/src/clock.ts');
    git('commit', '--quiet', '--message', 'moved');
    expect(names('--base', before)).toEqual(['apps/time', 'apps/users']);
    expect(names('--base', before, '--head', before)).toEqual([]);
  });

  it('names all that there is when nothing is compared', () => {
    expect(names('--all', '--only', 'apps')).toEqual(['time', 'users', 'web']);
    expect(names('--all', '--only', 'libs')).toHaveLength(4);
  });

  it('ends with 2 when it cannot be meant, with 1 when git knows no such revision', () => {
    for (const args of [
      [],
      ['--base', 'start', '--all'],
      ['--base'],
      ['--all', '--only', 'x'],
      ['--y'],
    ]) {
      const { status, stdout, stderr } = run(...args);
      expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
    }
    expect(run('--base', '--help', '--all').status).toBe(2);
    const { status, stderr } = run('--base', 'nowhere');
    expect([status, stderr]).toEqual([
      1,
      'there is no revision "nowhere" here: fetch it, or compare with another\n',
    ]);
    expect(run('--help').stdout).toContain('Exit codes');
  });
});

describe('what a package.json says of libraries', () => {
  const parts = ['apps', 'libs'].flatMap((place) =>
    readdirSync(place).map((name) => `${place}/${name}`),
  );
  const isProduct = (file: string) => file.endsWith('.ts') && !file.endsWith('.spec.ts');

  it.each(parts)(
    'in %s is what its code imports, so that a change reaches whom it has to',
    (part) => {
      const files = readdirSync(`${part}/src`, { recursive: true, encoding: 'utf8' })
        .filter(isProduct)
        .map((file) => join(part, 'src', file));
      const imported = files.flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/from '@courtside\/([a-z-]+)'/g)].map(
          ([, name]) => name,
        ),
      );
      const { dependencies = {} } = JSON.parse(readFileSync(`${part}/package.json`, 'utf8')) as {
        dependencies?: Record<string, string>;
      };
      const declared = Object.keys(dependencies).flatMap(
        (name) => /^@courtside\/(.+)$/.exec(name)?.slice(1) ?? [],
      );
      expect(declared).toEqual(expect.arrayContaining([...new Set(imported)]));
    },
  );
});
