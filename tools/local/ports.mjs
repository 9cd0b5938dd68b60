/** Free ports, and who holds one that is not. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { processCommand } from './processes.mjs';

const LISTENING = '0A';
const CONNECT_DEADLINE_MS = 500;

function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code === 'EADDRNOTAVAIL' || undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const { port: given } = server.address();
      server.close(() => resolve(given));
    });
  });
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const done = (value) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(CONNECT_DEADLINE_MS, () => done(false));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

/** Asks by connecting too: a server on one address does not keep others from another. */
export async function isFree(port) {
  if (await answers(port)) return false;
  return Boolean((await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0')));
}

/** `preferred` when it is free and not meant for someone else, else any that the system gives. */
export async function freePort(preferred, avoid = []) {
  if (preferred && !avoid.includes(preferred) && (await isFree(preferred))) return preferred;
  const given = await canListen(0, '127.0.0.1');
  return avoid.includes(given) ? freePort(undefined, avoid) : given;
}

function linuxHolder(port) {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'utf8').split('\n').slice(1),
  );
  const row = rows
    .map((line) => line.trim().split(/\s+/))
    .find((fields) => fields[1]?.endsWith(`:${wanted}`) && fields[3] === LISTENING);
  return row && readdirSync('/proc').find((pid) => holds(pid, `socket:[${row[9]}]`));
}

function holds(pid, socket) {
  if (!/^\d+$/.test(pid)) return false;
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => readlinkSync(`${folder}/${fd}`) === socket);
  } catch {
    return false;
  }
}

function lsofHolder(port) {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'];
  return execFileSync('lsof', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .trim()
    .split('\n')[0];
}

/** @returns {string | undefined} e.g. `process 4711 (node server.js)` */
export function holderOf(port) {
  try {
    const pid = process.platform === 'linux' ? linuxHolder(port) : lsofHolder(port);
    return pid ? `process ${pid} (${processCommand(Number(pid)) ?? 'unknown'})` : undefined;
  } catch {
    return undefined;
  }
}
