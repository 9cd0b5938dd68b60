/** Starts what runs: by systemd where it is there, as plain processes where it is not, as in a container. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { asUser, run } from './commands.mjs';
import { log, run as runFolder } from './layout.mjs';
import { unitText } from './units.mjs';

const STOP_WITHIN_MS = 45_000;

export const hasSystemd = () => existsSync('/run/systemd/system');

const systemd = {
  what: 'as units of systemd',
  async prepare(units) {
    for (const unit of units) {
      writeFileSync(`/etc/systemd/system/${unit.name}.service`, unitText(unit), { mode: 0o644 });
    }
    run(['systemctl', 'daemon-reload']);
    run(['systemctl', 'enable', '--quiet', ...units.map(({ name }) => name)]);
  },
  restart: async ({ name }) => void run(['systemctl', 'restart', name]),
};

const pidFile = ({ name }) => `${runFolder}/${name}.pid`;

/** The process of a unit, if it is the one that was started: a number alone may be another's by now. */
function processOf(unit) {
  if (!existsSync(pidFile(unit))) return undefined;
  const [pid, start] = readFileSync(pidFile(unit), 'utf8').trim().split(' ');
  return startOf(pid) === start ? Number(pid) : undefined;
}

/** When a process began, in the kernel's own measure; its name may have blanks and brackets. */
function startOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

async function stopPlain(unit) {
  const pid = processOf(unit);
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  for (const end = Date.now() + STOP_WITHIN_MS; processOf(unit) !== undefined; await pause(100)) {
    if (Date.now() > end) process.kill(pid, 'SIGKILL');
  }
  rmSync(pidFile(unit), { force: true });
}

const plain = {
  what: 'as plain processes, since there is no systemd: nothing starts them again',
  async prepare(units) {
    mkdirSync(log, { recursive: true, mode: 0o750 });
    for (const { name, user } of units) {
      const folder = `${runFolder}/${name.replace('courtside-', '')}`;
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      run(['chown', `${user}:${user}`, folder]);
    }
  },
  async restart(unit) {
    await stopPlain(unit);
    const mayOpen = ['--inh-caps=+net_bind_service', '--ambient-caps=+net_bind_service'];
    const [program, ...args] = [
      ...asUser(unit.user, ...(unit.opensDoors ? mayOpen : [])),
      ...unit.command,
    ];
    const out = openSync(`${log}/${unit.name}.log`, 'a', 0o640);
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', ...unit.environment };
    const child = spawn(program, args, {
      cwd: '/',
      env,
      detached: true,
      stdio: ['ignore', out, out],
    });
    child.unref();
    writeFileSync(pidFile(unit), `${child.pid} ${startOf(child.pid)}\n`);
  },
};

export const supervisor = () => (hasSystemd() ? systemd : plain);
