import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@courtside/testing';
import { aRepository, type Scratch } from './scratch.js';

/** Each release starts Node, git and npm: on a busy machine that takes its time, milliseconds. */
const STARTED_WITHIN_MS = 30_000;

jest.setTimeout(60_000);

describe('npm run release', () => {
  const fresh = aRepository();
  let once: Scratch | undefined;
  let repository: Scratch;
  beforeEach(() => (repository = fresh.copy()));
  afterEach(() => repository.remove());
  afterAll(() => [fresh, once].forEach((each) => each?.remove()));

  const state = () => [
    repository.git('rev-parse', 'HEAD'),
    repository.git('status', '--porcelain'),
    repository.tags(),
  ];

  function released(): Scratch {
    expect(repository.release()).toMatchObject({ status: 0, err: '' });
    return repository;
  }

  /** One that has its first release behind it. */
  function afterTheFirst(): Scratch {
    if (!once) once = released().copy();
    repository.remove();
    repository = once.copy();
    return repository;
  }

  it('[3.14] makes the first release of what package.json says, with a changelog by type and scope', () => {
    repository.commit(
      ...['docs: a page', 'chore: lint', 'perf(a): faster', 'merge', 'feat(b,a): two <parts>'],
      ...['fix(a): a fault', 'feat(b,a): two <parts>', 'feat: everywhere'],
    );
    const { git, read, tags } = released();
    expect(tags()).toEqual(['v0.1.0']);
    const today = new Date().toISOString().slice(0, 10);
    expect(read('CHANGELOG.md').split(/^(?=## )/m)[1]).toBe(`## 0.1.0 (${today})

### New

- **a**
  - the beginning
- **b**
  - two \\<parts> (also a)
- **the project**
  - everywhere

### Fixed

- **a**
  - a fault
`);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '-1', '--format=%s').trim()).toBe('chore(release): v0.1.0');
    expect(read('docs/released/contracts.json')).toContain('"replaced":true');
  });

  it('[3.14] tags it, annotated, with the notes for whoever upgrades', () => {
    afterTheFirst().write('apps/b/src/migrations/0002-more.ts', '');
    repository.git('add', '-A');
    repository.commit('feat(b)!: another answer\n\nBREAKING CHANGE: callers read `b`,\nnot `a`.');
    expect(released().git('cat-file', '-t', 'v0.2.0').trim()).toBe('tag');
    const notes = repository.git('tag', '--list', '--format=%(contents)', 'v0.2.0');
    expect(notes).toContain('Databases change in: b.');
    expect(notes).toContain('### Breaking\n\n- **b**: callers read `b`, not `a`.\n');
    expect(notes).toContain('docs/operations/upgrade.md');
    expect(notes).not.toContain('the beginning');
  });

  it('[3.14] sets the version wherever it stands, and binds packages and charts to each other by it', () => {
    afterTheFirst().commit('feat(b): more');
    const { read, git } = released();
    const changed = git('show', '--format=', '--name-only', 'HEAD').trim().split('\n');
    expect(changed).toEqual([
      ...['CHANGELOG.md', 'apps/b/package.json', 'compose.yaml', 'docs/generated/contracts.json'],
      ...['docs/released/contracts.json', 'helm/b/Chart.yaml', 'helm/library/Chart.yaml'],
      ...['helm/microservices-app/images.txt', 'k8s/networkpolicy.yaml', 'libs/a/package.json'],
      ...['package-lock.json', 'package.json'],
    ]);
    const before = changed.find((path) => path !== 'CHANGELOG.md' && read(path).includes('0.1.0'));
    expect(before).toBeUndefined();
    expect(JSON.parse(read('apps/b/package.json')).dependencies).toEqual({
      '@courtside/a': '0.2.0',
      zod: '4.0.0',
    });
    expect(read('helm/b/Chart.yaml')).toContain(
      "appVersion: 0.2.0\ndependencies:\n  - { name: library, version: 0.2.0, repository: 'file://../library' }\n",
    );
    expect(read('package-lock.json')).toContain('"resolved": "libs/a"');
    expect(read('CHANGELOG.md').match(/^## .{5}/gm)).toEqual(['## 0.2.0', '## 0.1.0']);
    expect(read('docs/released/contracts.json')).toContain('"replaced":false');
  });

  it('[4.29] tells the changelog of a library what concerns it, and its example the version', () => {
    const { write, git, commit } = afterTheFirst();
    write('libs/a/CHANGELOG.md', '# Changelog of a\n\n## 0.1.0 (2026-11-28)\n\nThe beginning.\n');
    write('libs/a/example/package.json', '{ "dependencies": { "@courtside/a": "0.1.0" } }\n');
    git('add', '-A');
    commit('fix(a): a fault of *a*', 'feat(b): not of a', 'feat(b, a)!: x\n\nBREAKING CHANGE: y');
    const { read } = released();
    const today = new Date().toISOString().slice(0, 10);
    expect(read('libs/a/CHANGELOG.md')).toBe(`# Changelog of a

## 0.2.0 (${today})

### Breaking

- y

### New

- x

### Fixed

- a fault of \\*a*

## 0.1.0 (2026-11-28)

The beginning.
`);
    expect(read('libs/a/example/package.json')).toContain('"@courtside/a": "0.2.0"');
    expect(git('status', '--porcelain')).toBe('');
  });

  it('says what it would do and does nothing, when it is asked to', () => {
    const before = state();
    const { status, out } = repository.release('--dry-run', '--version', '0.3.0');
    expect([status, state()]).toEqual([0, before]);
    expect(out).toContain('nothing -> 0.3.0\n\nCourtside 0.3.0\n');
    expect(out).toContain('### New\n\n- **a**\n  - the beginning\n');
    expect(out).toMatch(/would be written: .*package-lock\.json/);
  });

  it('leaves out what was taken back before it was ever released', () => {
    afterTheFirst().commit('feat(b): a mistake', 'fix(b): a fault');
    repository.write('x', 'y');
    repository.git('add', 'x');
    repository.commit('feat(b): another mistake');
    repository.git('revert', '--no-edit', 'HEAD');
    expect(released().tags()).toContain('v0.2.0');
    expect(repository.read('CHANGELOG.md')).not.toContain('another mistake');
  });

  describe('changes nothing and says why', () => {
    it.each<[string, (scratch: Scratch) => void, string[], RegExp]>([
      [
        'where something is not committed',
        ({ write }) => write('package.json', '{}'),
        [],
        /not committed.*package\.json/,
      ],
      ['where a file is unknown to git', ({ write }) => write('new.ts', ''), [], /new\.ts/],
      [
        'on another branch',
        ({ git }) => git('switch', '-qc', 'topic'),
        [],
        /of the branch main, and this is topic/,
      ],
      ['on no branch', ({ git }) => git('switch', '-q', '--detach'), [], /HEAD is detached/],
      [
        'where nothing was changed',
        () => undefined,
        [],
        /Nothing to release since 0\.1\.0: no commit/,
      ],
      [
        'where nothing was changed that anybody would notice',
        ({ commit }) => commit('docs: a page'),
        [],
        /none of them feat/,
      ],
      [
        'when versions would go backwards',
        ({ commit }) => commit('feat(a): x'),
        ['--version', '0.0.9'],
        /do not go backwards/,
      ],
      [
        'when a version is released already',
        ({ commit }) => commit('feat(a): x'),
        ['--version', '0.1.0'],
        /do not go backwards/,
      ],
      [
        'when a version promises too much',
        ({ commit }) => commit('feat(a): x'),
        ['--version', '0.1.1'],
        /at least 0\.2\.0/,
      ],
      [
        'where there is the tag',
        ({ commit, git }) => {
          git('switch', '-qc', 'x');
          commit('feat(a): x');
          git('tag', 'v0.2.0');
          git('switch', '-q', 'main');
          commit('feat(b): y');
        },
        [],
        /a tag v0\.2\.0 already/,
      ],
      [
        'when the contracts would break somebody',
        ({ commit, write }) => {
          commit('feat(a): x');
          write('.git/fail', '');
        },
        [],
        /contracts could not be recorded/,
      ],
      [
        'when generated files were stale',
        ({ commit, write }) => {
          commit('feat(a): x');
          write('.git/stale', '');
        },
        [],
        /docs\/generated\/other\.md/,
      ],
      [
        'when a hook refuses the commit',
        ({ commit, write, root }) => {
          commit('feat(a): x');
          write('.git/hooks/pre-commit', '#!/bin/sh\necho not today >&2\nexit 1\n');
          chmodSync(join(root, '.git/hooks/pre-commit'), 0o755);
        },
        [],
        /not today/,
      ],
    ])('%s', (_, prepare, args, sentence) => {
      prepare(afterTheFirst());
      const before = state();
      const { status, err } = repository.release(...args);
      expect(err).toMatch(sentence);
      expect([status, state()]).toEqual([1, before]);
    });

    it('in a clone that has not the whole history', () => {
      afterTheFirst();
      const from = `file://${repository.root}`;
      repository.git('clone', '-q', '--depth', '1', '--no-tags', from, '.git/shallow');
      const { status, err } = repository.releaseIn('.git/shallow');
      expect([status, err]).toEqual([1, expect.stringContaining('git fetch --unshallow --tags')]);
    });

    it('in a clone that has not the tags', () => {
      afterTheFirst().commit('feat(a): x');
      const from = `file://${repository.root}`;
      repository.git('clone', '-q', '--no-tags', from, '.git/tagless');
      const { status, err } = repository.releaseIn('.git/tagless');
      expect([status, err]).toEqual([1, expect.stringContaining('0.1.0 is released, and its tag')]);
    });

    it('when the version is none', () => {
      const { status, err } = repository.release('--version', 'v1');
      expect([status, err]).toEqual([2, expect.stringContaining('not "v1"')]);
    });
  });

  describe('killed halfway', () => {
    async function killedWhileItWrites() {
      afterTheFirst().commit('feat(b): more');
      repository.write('.git/wait', '');
      const child = repository.releasing();
      const path = 'docs/released/contracts.json';
      await eventually(
        'it writes',
        () => repository.read(path).includes('0.2.0'),
        STARTED_WITHIN_MS,
      );
      child.kill('SIGKILL');
      rmSync(join(repository.root, '.git/wait'));
      await eventually('it is dead', () => child.signalCode === 'SIGKILL', STARTED_WITHIN_MS);
    }

    it('before its commit, is taken back by the next, which releases', async () => {
      await killedWhileItWrites();
      const { status, out } = repository.release();
      expect([status, out]).toEqual([0, expect.stringContaining('did not come to its end')]);
      expect(repository.tags()).toEqual(['v0.1.0', 'v0.2.0']);
      expect(repository.git('status', '--porcelain')).toBe('');
      expect(repository.read('CHANGELOG.md').match(/^## 0\.2\.0/gm)).toHaveLength(1);
    });

    it('loses nothing that somebody changed since', async () => {
      await killedWhileItWrites();
      repository.write('mine.ts', 'work');
      expect(repository.release()).toMatchObject({
        status: 1,
        err: expect.stringContaining('mine.ts'),
      });
      expect(repository.read('mine.ts')).toBe('work');
      expect(repository.git('status', '--porcelain')).toBe('?? mine.ts\n');
    });

    it('between its commit and its tag, is tagged by the next', () => {
      afterTheFirst();
      const notes = repository.git('tag', '--list', '--format=%(contents)', 'v0.1.0');
      repository.git('tag', '-d', 'v0.1.0');
      const head = repository.git('rev-parse', 'HEAD');
      expect(released().git('rev-parse', 'v0.1.0^{commit}', 'HEAD')).toBe(head + head);
      expect(repository.git('tag', '--list', '--format=%(contents)', 'v0.1.0')).toBe(notes);
    });
  });

  it('is refused while another is under way', async () => {
    repository.write('.git/wait', '');
    const first = repository.releasing();
    const note = join(repository.root, '.git/courtside-release.json');
    await eventually('it has begun', () => existsSync(note), STARTED_WITHIN_MS);
    const { status, err } = repository.release();
    expect([status, err]).toEqual([
      1,
      expect.stringContaining('A release is under way here, as process'),
    ]);
    rmSync(join(repository.root, '.git/wait'));
    await eventually('it has ended', () => first.exitCode === 0, STARTED_WITHIN_MS);
    expect(repository.tags()).toEqual(['v0.1.0']);
  });
});
