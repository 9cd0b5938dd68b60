/** deploy/debian.sh on a machine that has nothing. The order is that of a life. */
import { execFileSync } from 'node:child_process';
import { Machine } from './machine.js';

jest.setTimeout(900_000);

const SECRETS = '/etc/courtside/secrets';
const ROOT_CERTIFICATE = '/var/lib/courtside/caddy/caddy/pki/authorities/local/root.crt';

describe('a bare Debian host', () => {
  let machine: Machine;
  beforeAll(async () => (machine = await Machine.boot()));
  afterAll(() => machine?.shutDown());

  const deploy = (...args: string[]) => machine.run(['deploy/debian.sh', ...args]);
  /** Deploys; what went wrong is told with what the apps said last. */
  const deployed = (...args: string[]): string => {
    const { status, stdout, stderr } = deploy(...args);
    if (status === 0) return stdout;
    const said = machine.ask('sh', '-c', 'tail -n 15 /var/log/courtside/*.log');
    throw new Error(`${stdout}\n${stderr}\n${said}`);
  };
  const curl = (...args: string[]) =>
    machine.ask('curl', '--silent', '--show-error', '--cacert', ROOT_CERTIFICATE, ...args);
  const smoke = () => JSON.parse(curl('--fail', 'https://localhost/smoke')) as { up: boolean };
  const secrets = () =>
    machine.ask('sh', '-c', `find ${SECRETS} -type f -exec sha256sum {} + | sort`);
  const release = () => machine.ask('readlink', '/opt/courtside/current').trim();

  it('refuses what it cannot do with one sentence and code 2, and says what it takes', () => {
    expect(deploy('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('--domain HOST'),
    });
    for (const [args, sentence] of [
      [['--fast'], 'there is no --fast'],
      [['--domain'], '--domain wants a value'],
      [['--domain', 'a b'], 'wants the name of a host'],
      [['--https-port', '99999'], 'a port is a number'],
    ] as const) {
      expect(deploy(...args)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(sentence),
      });
    }
    machine.ask('chmod', '-R', 'a+rX', '/root');
    const nobody = ['setpriv', '--reuid=65534', '--clear-groups', 'deploy/debian.sh'];
    expect(machine.run(nobody)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('as root'),
    });
    machine.ask(
      'sh',
      '-c',
      'mv /etc/os-release /etc/os-release.debian && echo ID=fedora > /etc/os-release',
    );
    expect(deploy()).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no Debian and no Ubuntu'),
    });
    machine.ask('mv', '/etc/os-release.debian', '/etc/os-release');
  });

  it('[0.11] goes from a clone to a green smoke by one script, and tells the password', () => {
    const stdout = deployed();
    expect(stdout).toMatch(/\d+ steps passed/);
    expect(stdout).toMatch(/user name {2}admin\n {2}password {3}\S{24}/);
    expect(smoke().up).toBe(true);
    const redirect = curl(
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code} %{redirect_url}',
      'http://localhost/docs',
    );
    expect(redirect).toBe('308 https://localhost/docs');
    expect(curl('--fail', 'https://localhost/web')).toContain('<h1>Courtside</h1>');
  });

  it('refuses a Node.js that is too old, and says what would do', () => {
    machine.ask(
      'sh',
      '-c',
      'printf "#!/bin/sh\\necho v18.19.0\\nexit 1\\n" > /tmp/node && chmod +x /tmp/node',
    );
    expect(deploy('--node', '/tmp/node')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/no Node.js of 20.19, .* \(v18.19.0\)/),
    });
  });

  it('keeps secrets from everyone but the user that needs them', () => {
    const files = machine
      .ask('find', SECRETS, '-type', 'f', '-printf', '%m %u %P\\n')
      .trim()
      .split('\n');
    expect(files.length).toBeGreaterThan(25);
    for (const line of files) {
      const [mode, user, path = ''] = line.split(' ');
      const [holder = ''] = path.split('/');
      const owner = { postgres: 'postgres', 'first-admin': 'courtside-users' }[holder];
      expect([path, mode, user]).toEqual([path, '600', owner ?? `courtside-${holder}`]);
    }
    const users = machine.ask('ps', '-eo', 'user:32').match(/courtside-(?!build)\w+/g);
    expect(new Set(users).size).toBe(9);
  });

  it('listens to the world on 80 and 443 alone', () => {
    const rows = machine.ask('cat', '/proc/net/tcp', '/proc/net/tcp6').split('\n');
    const open = rows
      .map((row) => /: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A /.exec(row))
      .filter((row) => row !== null && !/^(0100007F|0{24}01000000)$/.test(row[1] ?? ''))
      .map((row) => Number.parseInt(row?.[2] ?? '', 16));
    expect([...new Set(open)].sort()).toEqual([443, 80]);
  });

  it('[0.11] may be run again: keys, data and release stay, and the password is not told', () => {
    const [before, which] = [secrets(), release()];
    const stdout = deployed();
    expect([secrets(), release()]).toEqual([before, which]);
    expect(stdout).not.toContain('password   ');
    expect(smoke().up).toBe(true);
  });

  it('refuses settings that no app knows before it touches what runs', () => {
    machine.ask('sh', '-c', 'echo LOG_LEVLE=debug > /etc/courtside/settings.env');
    expect(deploy()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no app knows LOG_LEVLE'),
    });
    expect(smoke().up).toBe(true);
    machine.ask('sh', '-c', 'echo LOG_LEVEL=warn > /etc/courtside/settings.env');
  });

  it('[0.11] takes a newer clone beside the old one, and then its settings', () => {
    const which = release();
    machine.write('apps/gateway/routes/public.yaml', (text) => `${text}# newer\n`);
    deployed();
    expect(release()).not.toBe(which);
    expect(machine.ask('ls', which)).toContain('gateway');
    expect(machine.ask('cat', '/opt/courtside/current/routes/public.yaml')).toMatch(/# newer\n$/);
    expect(machine.ask('cat', '/etc/courtside/apps/orders.env')).toContain('LOG_LEVEL="warn"');
    expect(smoke().up).toBe(true);
  });
});

describe('the script', () => {
  it('is one in which shellcheck finds nothing', () => {
    const scripts = ['deploy/debian.sh', 'deploy/caddy/image/caddy-ready'];
    expect(execFileSync('shellcheck', scripts, { encoding: 'utf8' })).toBe('');
  });
});
