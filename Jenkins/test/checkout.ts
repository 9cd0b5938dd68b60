import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { authority, preparePlatform } from '../../e2e/cluster/platform.js';
import { settings } from '../../e2e/cluster/settings.js';
import type { Harness, Report } from './harness.js';

/** What a build of main needs long for and has been run before this: the rest is for real. */
const BEFORE = '^npm (ci|test|run --silent (check|check:charts))( |$)';
/** Who has no cosign signs nothing; what would be called is in the scenarios. */
const hasCosign = execFileSync('sh', ['-c', 'command -v cosign || true']).length > 0;

/** A repository of its own, in which somebody commits and a pipeline builds; and its environment. */
export class Checkout {
  private readonly answers: string[] = [`${BEFORE}\t0\t`, '^npm \treal\t'];
  private builds = 0;
  readonly kubeconfig: string;

  constructor(
    private readonly folder: string,
    readonly namespace: string,
    private readonly url: string,
  ) {
    this.kubeconfig = join(folder, 'kubeconfig');
  }

  /** What somebody commits. */
  commit(path: string, added: string): void {
    appendFileSync(join(this.folder, 'repository', path), added);
    this.git('commit', '--quiet', '--all', '--message', `feat: a change of ${path}`);
  }

  /** From now on, a program answers so instead of being run. */
  answer(pattern: string, code: number): void {
    this.answers.unshift(`^${pattern}\t${code}\t`);
  }

  /** Builds the newest commit as Jenkins would, in a workspace that has what Git and artifacts give. */
  async build(harness: Harness): Promise<Report> {
    const workspace = join(this.folder, 'repository');
    const artifacts = join(this.folder, 'artifacts');
    rmSync(join(workspace, 'release'), { recursive: true, force: true });
    writeFileSync(join(this.folder, 'answers'), `${this.answers.join('\n')}\n`);
    this.builds += 1;
    const report = await harness.ask({
      jenkinsfile: join(workspace, 'Jenkinsfile'),
      ...{ workspace, answers: [], params: {}, environment: this.environment() },
      env: {
        ...{ BRANCH_NAME: 'main', BUILD_NUMBER: String(this.builds), REGISTRY: settings.registry },
        ...{ NAMESPACE: this.namespace, PLATFORM_URL: this.url, PLATFORM_CA: authority },
      },
      credentials: this.credentials(),
      ...(existsSync(artifacts) && { artifacts }),
    });
    if (report.result === 'SUCCESS') {
      cpSync(join(workspace, 'release'), join(artifacts, 'release'), { recursive: true });
    }
    return report;
  }

  /** Builds and pushes one image, as the step of the pipeline does. @returns what it took, in seconds */
  buildImage(name: string): { wall: number; cpu: number } {
    const timed = 'TIMEFORMAT="%R %U %S"; time Jenkins/build/images --push >/dev/null 2>&1';
    const { stderr, status } = spawnSync('bash', ['-c', timed], {
      cwd: join(this.folder, 'repository'),
      env: { ...this.environment(), IMAGES: name, REGISTRY: settings.registry },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`Jenkins/build/images ended with ${status}`);
    const [wall = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number);
    return { wall, cpu: user + system };
  }

  /** What the newest build released, each by the name of its image. */
  digests(): Record<string, string> {
    const references = execFileSync('node', ['Jenkins/deploy/references.mjs'], {
      cwd: join(this.folder, 'repository'),
      env: { ...process.env, REGISTRY: settings.registry },
      encoding: 'utf8',
    });
    const named = references.matchAll(/\/courtside\/(\S+)@(\S+)/g);
    return Object.fromEntries([...named].map(([, name, digest]) => [name, digest]));
  }

  reference(name: string): string {
    return `${settings.registry}/courtside/${name}@${this.digests()[name]}`;
  }

  git(...args: string[]): void {
    const who = ['-c', 'user.name=somebody', '-c', 'user.email=somebody@example.org'];
    execFileSync('git', [...who, ...args], { cwd: join(this.folder, 'repository') });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    const { KUBECONFIG: _, ...rest } = process.env;
    return {
      ...{ BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: 'overlay' },
      ...rest,
      PATH: `${join(this.folder, 'bin')}:${process.env['PATH']}`,
      DOCKER_CONFIG: join(this.folder, 'docker'),
      REAL_NPM: execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim(),
      STAND_IN_CALLS: join(this.folder, 'calls'),
      STAND_IN_ANSWERS: join(this.folder, 'answers'),
    };
  }

  private credentials(): object {
    const kept = (name: string) => {
      const file = join(this.folder, name);
      return { file: existsSync(file) ? readFileSync(file, 'utf8') : 'no key' };
    };
    return {
      registry: { username: 'anybody', password: 'a-password-of-the-registry' },
      'kubeconfig-dev': { file: readFileSync(this.kubeconfig, 'utf8') },
      'cosign-key': kept('cosign.key'),
      'cosign-public-key': kept('cosign.pub'),
      'cosign-password': { text: 'a-password-of-the-key' },
    };
  }
}

/** Clones what is committed here, and makes the namespace, its deployer and its values. */
export async function aCheckout(): Promise<Checkout> {
  const folder = mkdtempSync(join(tmpdir(), 'checkout-'));
  const repository = join(folder, 'repository');
  execFileSync('git', ['clone', '--quiet', '--shared', '.', repository]);
  symlinkSync(resolve('node_modules'), join(repository, 'node_modules'));
  mkdirSync(join(folder, 'bin'));
  for (const name of hasCosign ? ['npm'] : ['npm', 'cosign']) {
    symlinkSync(resolve('Jenkins/test/stand-in'), join(folder, 'bin', name));
  }
  if (hasCosign) {
    const env = { ...process.env, COSIGN_PASSWORD: 'a-password-of-the-key' };
    execFileSync('cosign', ['generate-key-pair'], { cwd: folder, env, stdio: 'ignore' });
  }
  const namespace = `${settings.namespace}-pipelines`;
  const { url, values } = await preparePlatform(namespace);
  const checkout = new Checkout(folder, namespace, url);
  cpSync(values[0] ?? '', join(repository, 'Jenkins/deploy/environments/dev/values.yaml'));
  checkout.git('commit', '--quiet', '--all', '--message', 'chore: the environment dev is here');
  writeFileSync(
    checkout.kubeconfig,
    execFileSync('Jenkins/deploy/kubeconfig', [namespace, '2'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  return checkout;
}
