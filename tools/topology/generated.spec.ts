import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { busTopology, serviceNames, topology } from '@courtside/contracts';
import { aclRulesOf, operatorRulesOf } from '../../libs/transport/src/redis/access-rules';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { freePort } from '../local/fixtures/launcher';

const page = readFileSync('docs/generated/system.md', 'utf8');
const drawings = [...page.matchAll(/```mermaid\n([^]*?)```/g)].map(([, text]) => text ?? '');
const rowsOf = (title: string) => {
  const section = page.split(/^#+ /m).find((part) => part.startsWith(title)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
};

const run = (args: string[], cwd = '.') =>
  spawnSync(process.execPath, [resolve('tools/topology.mjs'), ...args], { cwd, encoding: 'utf8' });

/** The project with another topology.yaml. */
function aProjectWith(text: string): string {
  const root = mkdtempSync(join(tmpdir(), 'topology-'));
  for (const name of readdirSync('.')) {
    if (name !== 'topology.yaml' && name !== '.git') symlinkSync(resolve(name), join(root, name));
  }
  writeFileSync(join(root, 'topology.yaml'), text);
  return root;
}

describe('npm run topology', () => {
  const yaml = readFileSync('topology.yaml', 'utf8');

  it('tells how it is used, and what it does not understand', () => {
    expect(run(['--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('--check'),
    });
    expect(run(['--fix'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--fix') });
  });

  it('finds nothing wrong, and every file as the topology makes it now', () => {
    expect(run(['--check'])).toMatchObject({ status: 0, stdout: 'topology.yaml: nothing wrong\n' });
  });

  it('ends with 1 and the line of a fault', () => {
    const root = aProjectWith(yaml.replace('calls: [products]', 'calls: [product]'));
    const { status, stderr } = run(['--check'], root);
    rmSync(root, { recursive: true });
    expect(stderr).toMatch(
      /^topology\.yaml:\d+:13 orders calls product, which is no service: there/,
    );
    expect(status).toBe(1);
  });

  it('ends with 1 and the files that have drifted', () => {
    const root = aProjectWith(yaml.replace('who bought what', 'who bought how much'));
    const { status, stdout } = run(['--check'], root);
    rmSync(root, { recursive: true });
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'libs/contracts/src/generated/topology.ts',
      'docs/generated/system.md',
      '',
    ]);
    expect(status).toBe(1);
  });
});

describe('the drawings of the system', () => {
  it('[2.1] show every container and what it is for, who asks whom and who tells what', () => {
    const [containers = ''] = drawings;
    for (const name of serviceNames) {
      const { is, calls, publishes } = topology[name];
      const box = new RegExp(`^  ${name}\\["<b>${name}</b><br/>(.*)"\\]$`, 'm').exec(containers);
      expect(box?.[1]?.replaceAll('<br/>', ' ')).toBe(is);
      for (const callee of calls) expect(containers).toContain(`  ${name} -- asks --> ${callee}\n`);
      for (const topic of publishes) {
        for (const other of serviceNames) {
          const arrow = `  ${name} -. "tells ${topic}" .-> ${other}\n`;
          expect(containers.includes(arrow)).toBe(topology[other].subscribes.includes(topic));
        }
      }
    }
    expect(containers.match(/-- asks -->/g)).toHaveLength(
      serviceNames.flatMap((name) => topology[name].calls).length,
    );
  });

  it('[2.13] show the components, and each link with protocol, method and both ports', () => {
    const links = rowsOf('Links');
    expect(links.every((cells) => cells.length === 6 && cells.every((cell) => cell !== ''))).toBe(
      true,
    );
    const linkOf = (client: string, server: string) =>
      links.filter(([from, to]) => from === client && to === server);
    expect(linkOf('client', 'gateway')).toEqual([
      [
        'client',
        'gateway',
        'HTTP/1.1, behind TLS',
        expect.stringMatching(/GET.*POST/),
        'any',
        '8001, in images 8080',
      ],
    ]);
    for (const name of serviceNames) {
      expect(linkOf(name, 'Redis (bus)')).toHaveLength(1);
      expect(linkOf(name, 'PostgreSQL')).toHaveLength(topology[name].database ? 1 : 0);
      expect(linkOf('cluster', name)[0]?.[5]).toBe('9001 (`ADMIN_PORT`)');
    }
    const [, components = ''] = drawings;
    expect(components).toContain('any → 6379');
    expect(components).toContain('any → 5432');
    const asked = rowsOf('Requests over the bus').map(([from, to]) => `${from} ${to}`);
    expect(asked).toEqual(
      serviceNames.flatMap((name) => topology[name].calls.map((callee) => `${name} ${callee}`)),
    );
  });

  it('[2.13] name the method and path of every way in', () => {
    const ways = rowsOf('The door').map(([method, path]) => `${method} ${path}`);
    expect(ways).toEqual(expect.arrayContaining(['GET `/smoke`', 'POST `/api/v1/orders`']));
  });
});

const program = process.env['TEST_REDIS_PROGRAM'];
const describeWithRedis = program ? describe : describe.skip;

describeWithRedis('the generated file of Redis users', () => {
  it('[3.5] is loaded by a server, which then knows these users and no other way in', async () => {
    const text = readFileSync('k8s/generated/redis-users.acl', 'utf8');
    const directory = mkdtempSync(join(tmpdir(), 'redis-users-'));
    const filled = text.replace(/\$\{REDIS_PASSWORD_(\w+)\}/g, (_, name: string) => `pw-${name}`);
    writeFileSync(join(directory, 'users.acl'), filled);
    const port = await freePort();
    const flags = ['--port', `${port}`, '--save', '', '--dir', directory];
    const server = spawn(program!, [...flags, '--aclfile', join(directory, 'users.acl')], {
      stdio: 'ignore',
    });
    const url = (user: string, password: string) => `redis://${user}:${password}@127.0.0.1:${port}`;
    /** Without a second try, and without telling its version. */
    const single = { retryStrategy: null, disableClientInfo: true };
    const admin = new Redis(url('admin', 'pw-ADMIN'), { retryStrategy: () => 20 });
    admin.on('error', () => undefined);
    try {
      const users = (await admin.call('ACL', 'USERS')) as string[];
      expect(users.sort()).toEqual(
        ['admin', 'default', 'nx-operator', ...serviceNames.map((name) => `nx-${name}`)].sort(),
      );
      const open = new Redis(port, '127.0.0.1', { ...single, enableReadyCheck: false });
      open.on('error', () => undefined);
      await expect(open.ping()).rejects.toThrow(/NOAUTH/);
      open.disconnect();
      const orders = new Redis(url('nx-orders', 'pw-ORDERS'), single);
      await orders.xadd('nx:{products.0}:q', '*', 'h', '{}');
      await expect(orders.xadd('nx:{users.0}:q', '*', 'h', '{}')).rejects.toThrow(/^NOPERM/);
      orders.disconnect();
    } finally {
      admin.disconnect();
      const ended = once(server, 'exit');
      server.kill();
      await ended;
      rmSync(directory, { recursive: true });
    }
  });

  it('[3.5] holds the rules that specs and npm start give', () => {
    const lines = readFileSync('k8s/generated/redis-users.acl', 'utf8').trim().split('\n').slice(2);
    const users = lines.slice(0, -1);
    expect(lines.at(-1)).toBe(
      `user nx-operator on >\${REDIS_PASSWORD_OPERATOR} ${operatorRulesOf(busTopology).join(' ')}`,
    );
    expect(users).toEqual(
      serviceNames.map((name) => {
        const rules = aclRulesOf(name, busTopology).join(' ');
        return `user nx-${name} on >\${REDIS_PASSWORD_${name.toUpperCase()}} ${rules}`;
      }),
    );
  });
});

describe('the generated SQL of roles', () => {
  const server = process.env['TEST_DATABASE_URL'] ?? '';
  const connected = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };

  it('[3.5] makes a role and a schema per service that keeps data, also a second time', async () => {
    const name = `roles_${process.pid}`;
    const sql = readFileSync('k8s/generated/roles.sql', 'utf8').replace(
      /:'\w+_password'/g,
      `'spec'`,
    );
    await connected(server, async (client) => {
      await client.query(`CREATE DATABASE ${name}`);
    });
    const there = new URL(server);
    there.pathname = `/${name}`;
    try {
      // Specs that make the same roles of this server take turns.
      await connected(server, async (turn) => {
        await turn.query(`SELECT pg_advisory_lock(hashtext('spec roles'))`);
        await connected(there.href, async (client) => {
          await client.query(sql);
          await client.query(sql);
        });
      });
      await connected(there.href, async (client) => {
        const { rows } = await client.query(
          `SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner FROM pg_namespace
           WHERE nspname !~ '^pg_|^information|^public' ORDER BY 1`,
        );
        const owners = serviceNames.filter((each) => topology[each].database).sort();
        expect(rows).toEqual(owners.map((owner) => ({ name: owner, owner })));
      });
      there.username = 'orders';
      there.password = 'spec';
      await connected(there.href, async (client) => {
        await client.query('CREATE TABLE mine (id int)');
        const denied = { code: '42501' };
        await expect(client.query('CREATE TABLE users.t (id int)')).rejects.toMatchObject(denied);
        await expect(client.query('CREATE TABLE public.t (id int)')).rejects.toMatchObject(denied);
      });
    } finally {
      await connected(server, async (client) => {
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      });
    }
  });
});
