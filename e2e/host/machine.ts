/** A Debian that was never used: a root folder from packages, with processes and a network of its own. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@courtside/testing';

/** Authorities that this machine trusts beside those of Debian, as behind a proxy. */
const AUTHORITIES = '/usr/local/share/ca-certificates';
const SOURCES = '/etc/apt/sources.list.d/debian.sources';
/** Where slirp4netns answers for DNS. */
const NAMESERVER = '10.0.2.3';
const CLONE = '/root/courtside';

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Machine {
  private constructor(
    readonly root: string,
    private readonly holder: ChildProcess,
    private readonly network: ChildProcess,
    private readonly pid: number,
  ) {}

  static async boot(): Promise<Machine> {
    const root = mkdtempSync(join(tmpdir(), 'courtside-host-'));
    const sources = existsSync(SOURCES) ? [SOURCES] : [];
    const release = process.env['HOST_SUITE'] ?? 'bookworm';
    const made = ['--quiet', '--variant=minbase', '--mode=root', release, root, ...sources];
    execFileSync('mmdebstrap', made, { stdio: ['ignore', 'ignore', 'inherit'] });
    prepare(root);
    const script = [
      `mount --bind "${root}" "${root}"`,
      `mount -t proc proc "${root}/proc"`,
      `mount --rbind /dev "${root}/dev"`,
      `mount -t tmpfs tmpfs "${root}/run"`,
      'ip link set lo up',
      `exec chroot "${root}" sleep 86400`,
    ].join(' && ');
    const own = ['--mount', '--pid', '--net', '--uts', '--ipc', '--fork', '--kill-child'];
    const holder = spawn('unshare', [...own, '--propagation', 'private', 'sh', '-c', script], {
      stdio: 'ignore',
    });
    const pid = await eventually('the machine is there', () => asleep(holder.pid), 20_000);
    const args = ['--configure', '--mtu=65520', '--disable-host-loopback', String(pid), 'tap0'];
    const network = spawn('slirp4netns', args, { stdio: 'ignore' });
    const machine = new Machine(root, holder, network, pid);
    const isUp = () => machine.run(['grep', '-q', 'tap0', '/proc/net/route']).status === 0;
    try {
      await eventually('its network is there', isUp, 20_000);
      return machine;
    } catch (error) {
      await machine.shutDown();
      throw error;
    }
  }

  /** Runs a command on it as root, from the clone. */
  run(command: readonly string[]): Ended {
    const inside = ['-t', String(this.pid), '--mount', '--pid', '--net', '--uts', '--ipc'];
    const env = [
      ...['-i', `--chdir=${CLONE}`, 'HOME=/root', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
      'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt',
    ];
    const within = ['chroot', this.root, 'env', ...env, ...command];
    return spawnSync('nsenter', [...inside, ...within], { encoding: 'utf8' });
  }

  /** What a command prints. @throws Error with what it said when it fails. */
  ask(...command: readonly string[]): string {
    const { status, stdout, stderr } = this.run(command);
    if (status !== 0)
      throw new Error(`${command.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Changes a file of the clone on it. */
  write(path: string, change: (text: string) => string): void {
    const file = join(this.root, CLONE, path);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }

  async shutDown(): Promise<void> {
    this.network.kill();
    this.holder.kill('SIGKILL');
    await eventually('the machine is gone', () => !existsSync(`/proc/${this.pid}`), 20_000);
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The clone as it is here, the authorities, and nothing that starts services by itself. */
function prepare(root: string): void {
  if (existsSync(AUTHORITIES)) cpSync(AUTHORITIES, join(root, AUTHORITIES), { recursive: true });
  writeFileSync(join(root, 'etc/resolv.conf'), `nameserver ${NAMESERVER}\n`);
  writeFileSync(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  mkdirSync(join(root, CLONE), { recursive: true });
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(name))) {
    cpSync(file, join(root, CLONE, file), { verbatimSymlinks: true });
  }
}

/** The process that keeps the machine alive, once it is in its own root. */
function asleep(parent: number | undefined): number | undefined {
  if (parent === undefined) return undefined;
  const [child] = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ');
  if (!child) return undefined;
  return readFileSync(`/proc/${child}/cmdline`, 'utf8').startsWith('sleep')
    ? Number(child)
    : undefined;
}
