import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { command } from '../command.js';
import { platform } from './installation.js';
import { authority, RELEASE } from './platform.js';

/** A port-forward stands by then, milliseconds. */
const FORWARDED_WITHIN_MS = 20_000;

/** What docs/api.md tells to type, word by word. */
const told = (start: RegExp): string[] => {
  const line = readFileSync('docs/api.md', 'utf8')
    .split('\n')
    .find((each) => start.test(each));
  if (!line) throw new Error(`docs/api.md tells no ${start}`);
  return line.split(' ');
};

/** Runs the port-forward that the documents tell, on a port that is free, while `work` goes on. */
async function throughPortForward<T>(work: (port: string) => Promise<T>): Promise<T> {
  const [program = '', ...args] = told(/^kubectl .*port-forward service/);
  const own = args
    .map((each) => (each === 'courtside' ? platform.namespace : each))
    .map((each) => each.replace('courtside-gateway', `${RELEASE}-gateway`).replace(/^\d+:/, ':'));
  const child = spawn(program, own, { timeout: 60_000, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const signal = AbortSignal.timeout(FORWARDED_WITHIN_MS);
    const [said] = (await once(child.stdout, 'data', { signal })) as [Buffer];
    const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(said.toString()) ?? [];
    return await work(port);
  } finally {
    child.kill();
    await ended;
  }
}

export const bothDoors = (): void =>
  describe('asked through the balancer in front of its gateways, and at a gateway itself', () => {
    it('[3.9] gives both the same answer, by the commands of the documents', async () => {
      const { hostname, port } = new URL(platform.url);
      const [curl = '', ...options] = told(/^curl .*courtside\.example\.org/);
      const address = options.map((each) => each.replace('courtside.example.org', hostname));
      const there = `${hostname}:443:127.0.0.1:${port || 443}`;
      const trusting = ['--cacert', authority, '--connect-to', there];
      const balancer = await command(curl, [...trusting, ...address]);
      const [again = '', ...more] = told(/^curl .*localhost:8080/);
      const gateway = await throughPortForward((free) =>
        command(
          again,
          more.map((each) => each.replace('localhost:8080', `127.0.0.1:${free}`)),
        ),
      );
      expect(JSON.parse(balancer)).toMatchObject({ items: expect.any(Array) });
      expect(JSON.parse(gateway)).toEqual(JSON.parse(balancer));
    });
  });
