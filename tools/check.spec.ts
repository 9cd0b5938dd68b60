import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const run = (script: string, args: string[] = [], cwd = '.') =>
  spawnSync(process.execPath, [resolve(script), ...args], { encoding: 'utf8', cwd });

/** A folder under git with these files. */
function aProject(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'check-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  execFileSync('git', ['init', '-q'], { cwd: root });
  return root;
}

describe('npm run check', () => {
  it('lists its steps, and refuses the ones it does not know', () => {
    expect(run('tools/check.mjs', ['--list']).stdout).toMatch(/types.*\n[^]*imports/);
    const unknown = run('tools/check.mjs', ['--only', 'types,taste']);
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('taste')]);
  });

  it('[1.22] passes only when every app has smoke, schema and contract', () => {
    expect(run('tools/check/apps.mjs')).toMatchObject({ status: 0, stdout: '' });
  });

  it('[1.22] names what an incomplete app lacks', () => {
    const root = aProject({
      'topology.yaml': 'apiVersion: topology/v1\nservices: {}\n',
      'libs/contracts/src/services.ts': 'export const serviceNames = [];\n',
      'apps/alarm/package.json': '{}',
    });
    // Run inside that project, with our yaml.
    const script = resolve('tools/check/apps.mjs');
    const { status, stdout } = spawnSync(process.execPath, [script], {
      encoding: 'utf8',
      cwd: root,
    });
    expect(status).toBe(1);
    for (const part of [
      'src/main.ts',
      'README.md',
      'no smoke',
      'no contract',
      'topology.yaml',
      'no chart',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  it('[1.14] refuses a committed secret', () => {
    const token = [
      'eyJhbGciOiJFUzI1NiIsInR5',
      'eyJzdWIiOiIwMTkzODAwMC0w',
      'vl8ax1JSvnd9MnAAFgJhOuf9',
    ];
    const root = aProject({
      'a.ts': `const key = '-----BEGIN ${'PRIVATE KEY'}-----';\n`,
      'b.ts': `\nconst token = '${token.join('.')}';\n`,
      'c.yaml': `url: postgres://me:${'hunter22'}@db.example/app\n`,
      '.env': 'A=1\n',
      'fine.ts': "const url = 'postgres://orders:***@db/app';\n",
    });
    const { status, stdout } = run('tools/check/secrets.mjs', [], root);
    expect(status).toBe(1);
    expect(stdout.trim().split('\n').sort()).toEqual([
      '.env: settings of one machine',
      'a.ts:1: a private key',
      'b.ts:2: a signed token',
      'c.yaml:1: a password in an address',
    ]);
  });

  it('[1.6] refuses what is written twice', () => {
    const lines = Array.from(
      { length: 14 },
      (_, index) => `const value${index} = compute(${index});`,
    );
    const root = aProject({
      'libs/a/src/one.ts': lines.join('\n'),
      'libs/b/src/two.ts': `const other = 1;\n${lines.join('\n')}`,
    });
    const { status, stdout } = run('tools/check/duplication.mjs', [], root);
    expect([status, stdout]).toEqual([1, expect.stringContaining('libs/b/src/two.ts:2')]);
    expect(run('tools/check/duplication.mjs').status).toBe(0);
  });

  it('refuses files, functions and constructors that are too large', () => {
    const root = aProject({
      'libs/a/src/long.ts': `export function long() {\n${'  step();\n'.repeat(80)}}\n`,
      'libs/a/src/wide.ts': 'export class Wide {\n  constructor(a, b, c, d, e, f) {}\n}\n',
      'libs/a/src/utils.ts': 'export const x = 1;\n',
    });
    const { stdout } = run('tools/check/shape.mjs', [], root);
    for (const path of ['long.ts:1', 'wide.ts:2', 'utils.ts']) expect(stdout).toContain(path);
  });
});

describe('the example of all settings', () => {
  it('[1.14] is what the schemas say now, and .env is never committed', () => {
    const { stdout, status } = run('tools/generate.mjs', ['--check']);
    expect([stdout, status]).toEqual(['', 0]);
    expect(execFileSync('git', ['check-ignore', '.env'], { encoding: 'utf8' }).trim()).toBe('.env');
  });
});
