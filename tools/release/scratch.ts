/** A repository of a few files with the shape of this one, for specs of the release. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const PROGRAM = resolve('tools/release.mjs');

/** Nobody's own settings of git reach a spec. */
const environment = {
  ...process.env,
  ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  ...{ GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org' },
  ...{ GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org' },
};

/** Stands for what records the contracts: fails or stands still when a file says so. */
const contracts = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
if (existsSync('.git/fail')) process.exit(1);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const text = JSON.stringify({ version, replaced: process.argv.includes('--replace') }) + '\\n';
for (const folder of ['released', 'generated']) writeFileSync(\`docs/\${folder}/contracts.json\`, text);
if (existsSync('.git/stale')) writeFileSync('docs/generated/other.md', 'new');
while (existsSync('.git/wait')) await new Promise((done) => setTimeout(done, 20));
`;

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
const link = { '@courtside/a': '0.1.0', zod: '4.0.0' };
const chart = (name: string, more = '') => `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n${more}`;
const manifests = {
  'package.json': {
    name: 'courtside',
    version: '0.1.0',
    type: 'module',
    scripts: { 'release:contracts': 'node contracts.mjs' },
    devDependencies: link,
    prettier: { singleQuote: true },
  },
  'libs/a/package.json': { name: '@courtside/a', version: '0.1.0' },
  'apps/b/package.json': { name: '@courtside/b', version: '0.1.0', dependencies: link },
};
const files: Record<string, string> = {
  ...Object.fromEntries(Object.entries(manifests).map(([path, value]) => [path, json(value)])),
  'package-lock.json': json({
    name: 'courtside',
    version: '0.1.0',
    packages: {
      '': { version: '0.1.0', devDependencies: link },
      'apps/b': { version: '0.1.0', dependencies: link },
      'libs/a': { version: '0.1.0' },
      'node_modules/@courtside/a': { resolved: 'libs/a', link: true },
      'node_modules/zod': { version: '4.0.0' },
    },
  }),
  'contracts.mjs': contracts,
  'helm/library/Chart.yaml': chart('library'),
  'helm/b/Chart.yaml': chart(
    'b',
    "appVersion: 0.1.0\ndependencies:\n  - { name: library, version: 0.1.0, repository: 'file://../library' }\n",
  ),
  'helm/microservices-app/images.txt': 'courtside/b:0.1.0\n',
  'k8s/networkpolicy.yaml': 'metadata:\n  labels:\n    app.kubernetes.io/version: 0.1.0\n',
  'compose.yaml': 'services:\n  b:\n    image: courtside/b:0.1.0\n',
  'docs/released/contracts.json': '{ "version": "0.1.0" }\n',
  'docs/generated/contracts.json': '{ "version": "0.1.0" }\n',
  'docs/generated/other.md': 'old\n',
};

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Scratch {
  readonly root: string;
  git(...args: string[]): string;
  /** Commits without a file; the first word of a conventional subject says what it is. */
  commit(...messages: string[]): void;
  write(path: string, text: string): void;
  read(path: string): string;
  release(...args: string[]): Ended;
  releaseIn(folder: string, ...args: string[]): Ended;
  releasing(...args: string[]): ChildProcess;
  tags(): string[];
  copy(): Scratch;
  remove(): void;
}

const aFolder = () => mkdtempSync(join(tmpdir(), 'release-'));

function scratchIn(root: string): Scratch {
  const run = { cwd: root, env: environment, encoding: 'utf8' } as const;
  const git = (...args: string[]) => execFileSync('git', args, { ...run, stdio: 'pipe' });
  const scratch: Scratch = {
    root,
    git,
    commit(...messages) {
      for (const message of messages) git('commit', '--allow-empty', '-qm', message);
    },
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    release: (...args) => scratch.releaseIn('.', ...args),
    releaseIn(folder, ...args) {
      const there = { ...run, cwd: join(root, folder) };
      const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], there);
      return { status, out: stdout, err: stderr };
    },
    releasing: (...args) =>
      spawn(process.execPath, [PROGRAM, ...args], { ...run, stdio: 'ignore' }),
    copy() {
      const other = aFolder();
      cpSync(root, other, { recursive: true });
      return scratchIn(other);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
    tags: () => git('tag', '--list').trim().split('\n').filter(Boolean),
  };
  return scratch;
}

export function aRepository(): Scratch {
  const scratch = scratchIn(aFolder());
  scratch.git('init', '-q', '-b', 'main');
  for (const [path, text] of Object.entries(files)) scratch.write(path, text);
  scratch.git('add', '-A');
  scratch.commit('feat(a): the beginning');
  return scratch;
}
