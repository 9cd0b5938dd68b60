import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Harness, Report } from './harness.js';

/** Programs that a pipeline calls, and that a scenario answers for. */
const programs = ['npm', 'git', 'buildah', 'helm', 'cosign', 'aws', 'kubectl'];

/** What is never to be seen. */
export const secrets = {
  registry: { username: 'robot', password: 'registry-hunter2' },
  'cosign-key': { file: 'cosign-hunter3' },
  'cosign-password': { text: 'cosign-hunter4' },
  'cosign-public-key': { file: 'a public key' },
  'kubeconfig-dev': { file: 'dev-hunter5' },
  'kubeconfig-stage': { file: 'stage-hunter6' },
  'kubeconfig-prod': { file: 'prod-hunter7' },
};

/** A release that a build of main has left, by which later ones are compared. */
const releaseFiles = {
  revision: `${'1'.repeat(40)}\n`,
  'chart.tgz': '',
  'digests.yaml': ['gateway', 'users', 'time', 'postgres', 'backup']
    .map(
      (name, index) =>
        `${name}: { image: { digest: 'sha256:${String(Math.min(index, 3)).repeat(64)}' } }\n`,
    )
    .join(''),
};

export interface Scenario {
  readonly jenkinsfile?: string;
  /** Environment of the build, such as BRANCH_NAME; that of main unless given. */
  readonly env?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, unknown>>;
  /** What the change affects, by kind. */
  readonly affected?: Readonly<Record<'images' | 'charts' | 'tests', readonly string[]>>;
  /** Whether there is an earlier release. */
  readonly isFirst?: boolean;
  /** Whether `npm run images` is run, with stand-ins for what it calls; else it only says what it made. */
  readonly buildsImages?: boolean;
  /** What programs answer, as [pattern of the call, exit code, output]; the first decides. */
  readonly programs?: readonly (readonly [pattern: string, code: number, output?: string])[];
  /** What happens at a step: that it fails, or that the build is stopped there. */
  readonly steps?: readonly { pattern: string; fail?: string; abort?: string }[];
}

export interface Outcome extends Report {
  /** Every call of a program, in order. */
  readonly calls: readonly string[];
  status(stage: string): string | undefined;
  /** Calls that match, in order. */
  called(pattern: RegExp): string[];
  workspace: string;
}

/** Where the images of a scenario are. */
export const IMAGES = 'registry.example.org/club/courtside';
export const nothing = { images: [], charts: [], tests: [] };
const DEPLOYED = JSON.stringify([
  { revision: 4, status: 'superseded' },
  { revision: 5, status: 'deployed' },
]);

/** A workspace that has all of the project but its history, and what a scenario leaves there. */
function makeWorkspace(): { folder: string; path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'pipelines-'));
  const workspace = join(folder, 'workspace');
  const bin = join(folder, 'bin');
  for (const made of [workspace, bin]) mkdirSync(made);
  const own = /^(\.git|\.courtside|release)$/;
  for (const name of readdirSync('.').filter((name) => !own.test(name))) {
    symlinkSync(resolve(name), join(workspace, name));
  }
  for (const name of programs) symlinkSync(resolve('Jenkins/test/stand-in'), join(bin, name));
  mkdirSync(join(folder, 'artifacts', 'release'), { recursive: true });
  for (const [name, text] of Object.entries(releaseFiles)) {
    writeFileSync(join(folder, 'artifacts', 'release', name), text);
  }
  return { folder, path: `${bin}:${process.env['PATH']}` };
}

const pushed = (name: string): string => `${IMAGES}/${name}:1@sha256:${'9'.repeat(64)}\\n`;

function answersOf({ affected = nothing, programs = [], buildsImages }: Scenario): string {
  const lines = [
    ...programs,
    ...Object.entries(affected).map(
      ([kind, names]) =>
        [`^npm run --silent affected .*--only ${kind}$`, 0, names.join('\\n')] as const,
    ),
    ['^helm history', 0, DEPLOYED] as const,
    buildsImages
      ? (['^npm run --silent images ', 'real'] as const)
      : (['^npm run --silent images ', 0, affected.images.map(pushed).join('')] as const),
  ];
  return lines.map(([pattern, code, output = '']) => `${pattern}\t${code}\t${output}\n`).join('');
}

/** Executes a pipeline with stand-ins for every program that it calls. */
export async function play(harness: Harness, scenario: Scenario): Promise<Outcome> {
  const { folder, path } = makeWorkspace();
  const workspace = join(folder, 'workspace');
  const [calls, answers] = [join(folder, 'calls'), join(folder, 'answers')];
  writeFileSync(calls, '');
  writeFileSync(answers, answersOf(scenario));
  try {
    const report = await harness.ask({
      jenkinsfile: scenario.jenkinsfile ?? 'Jenkinsfile',
      workspace,
      environment: {
        PATH: path,
        HOME: folder,
        STAND_IN_CALLS: calls,
        STAND_IN_ANSWERS: answers,
        REAL_NPM: execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim(),
      },
      env: {
        BRANCH_NAME: 'main',
        BUILD_NUMBER: '12',
        REGISTRY: 'registry.example.org/club',
        ...scenario.env,
      },
      params: scenario.params ?? {},
      credentials: secrets,
      answers: scenario.steps ?? [],
      ...(scenario.isFirst ? {} : { artifacts: join(folder, 'artifacts') }),
    });
    const made = readFileSync(calls, 'utf8').trim().split('\n');
    return {
      ...report,
      calls: made,
      workspace,
      status: (stage) => report.stages.find(({ name }) => name === stage)?.status,
      called: (pattern) => made.filter((call) => pattern.test(call)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
