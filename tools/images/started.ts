/** The servers of the images, started as their containers would start them. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const WITHIN_MS = 60_000;
/** PostgreSQL refuses root; in a container neither server runs as that. */
export const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** A folder with what a volume of each kind would hold, which the server's user owns. */
export function volumes(...names: string[]) {
  const root = mkdtempSync(join(tmpdir(), 'stores-'));
  chmodSync(root, 0o755);
  const at = (...path: string[]) => join(root, ...path);
  for (const name of names) {
    mkdirSync(at(name));
    if (nobody.uid !== undefined) chownSync(at(name), nobody.uid, nobody.gid);
  }
  const write = (name: string, text: string) => writeFileSync(at(name), text);
  return { at, write, remove: () => rmSync(root, { recursive: true }) };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface Started {
  readonly child: ChildProcess;
  /** Until the server said this, or ended. */
  readonly output: string;
}

/** Nothing outlives a promise that was broken. */
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

export async function start(script: string, env: NodeJS.ProcessEnv, args: string[], until: string) {
  const child = spawn(resolve(script), args, { env, cwd: '/', ...nobody });
  children.add(child);
  let output = '';
  const said = new Promise<void>((done) => {
    const hear = (bytes: Buffer) => {
      output += bytes.toString();
      if (output.includes(until)) done();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
  });
  await Promise.race([said, once(child, 'close')]);
  return { child, output } satisfies Started;
}

export async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill(signal);
  return ((await ended) as [number | null])[0];
}

export const refusal = (script: string, env: NodeJS.ProcessEnv) => {
  const { status, stderr } = spawnSync(resolve(script), {
    env,
    ...nobody,
    encoding: 'utf8',
    timeout: WITHIN_MS,
  });
  return [status, stderr.trim()];
};
