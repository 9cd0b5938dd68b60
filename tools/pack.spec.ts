import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSTALLED_WITHIN_MS = 120_000;

const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    stdio: 'pipe',
  });

const use = `
import { messages, Problem } from '@courtside/contracts';
import { MemoryBroker, TransportClient, TransportError } from '@courtside/transport';
const broker = new MemoryBroker({});
await broker.connect();
const client = new TransportClient({ broker, service: 'me' });
const code = await client.request('nobody.asks', {}).catch((error) => error.code);
await client.close();
await broker.close();
console.log([messages.size > 20, new Problem('orders.unknown').status, code].join());
`;

describe('the published libraries', () => {
  it(
    '[1.6] are packed, installed and used in an empty project',
    () => {
      const home = mkdtempSync(join(tmpdir(), 'pack-'));
      execFileSync('node_modules/.bin/tsc', [
        '-b',
        'libs/contracts',
        'libs/transport',
        '--noCheck',
      ]);
      for (const name of ['contracts', 'transport']) {
        npm('.', 'pack', '-w', `@courtside/${name}`, '--pack-destination', home);
      }
      const packed = readdirSync(home).map((file) => join(home, file));
      expect(packed).toHaveLength(2);
      writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }');
      npm(home, 'install', '--prefer-offline', ...packed);
      writeFileSync(join(home, 'use.mjs'), use);
      const said = execFileSync(process.execPath, ['use.mjs'], { cwd: home, encoding: 'utf8' });
      expect(said.trim()).toBe('true,404,NO_CONSUMER');
    },
    INSTALLED_WITHIN_MS,
  );
});
