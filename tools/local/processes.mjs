/** Looking at and ending processes that an earlier start may have left. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 20;

/** The fields of `/proc/<pid>/stat` after the name, which may itself hold spaces and brackets. */
function linuxStat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** False for a zombie too: in a container without an init an orphan stays one for ever. */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return linuxStat(pid)[0] !== 'Z';
  } catch {
    return false;
  }
}

function ask(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** The folder a process works in: how a server is recognised as ours when only its pid is known. */
export function processDirectory(pid) {
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`);
    } catch {
      return undefined;
    }
  }
  return /^n(.+)$/m.exec(ask('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn']))?.[1];
}

/** @returns {number[]} the processes that work in a folder */
export function processesIn(directory) {
  if (process.platform === 'linux') {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.filter((pid) => processDirectory(pid) === directory).map(Number);
  }
  const rows = ask('lsof', ['-a', '-d', 'cwd', '-Fpn']).split(/^p/m);
  const found = rows.filter((row) => row.split('\n').includes(`n${directory}`));
  return found.map((row) => Number.parseInt(row, 10));
}

/** When a process began, in the words of the system: with the pid it names one process for good. */
export function processStart(pid) {
  if (process.platform === 'linux') {
    try {
      return linuxStat(pid)[19];
    } catch {
      return undefined;
    }
  }
  return ask('ps', ['-o', 'lstart=', '-p', String(pid)]).trim() || undefined;
}

/** What a person calls the process: its command line, cut to one line. */
export function processCommand(pid) {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        .replaceAll('\0', ' ')
        .trim()
        .slice(0, 100);
    } catch {
      return undefined;
    }
  }
  return (
    ask('ps', ['-o', 'command=', '-p', String(pid)])
      .trim()
      .slice(0, 100) || undefined
  );
}

/** @returns {Promise<boolean>} whether the process was gone in time */
export async function waitForExit(pid, deadlineMs) {
  const end = Date.now() + deadlineMs;
  while (isAlive(pid)) {
    if (Date.now() > end) return false;
    await wait(POLL_MS);
  }
  return true;
}

/** Asks a process to end and, when it has not after `graceMs`, ends it. */
export async function endProcess(pid, { signal = 'SIGTERM', graceMs }) {
  const send = (name) => {
    try {
      process.kill(pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  send(signal);
  if (await waitForExit(pid, graceMs)) return;
  send('SIGKILL');
  await waitForExit(pid, graceMs);
}
