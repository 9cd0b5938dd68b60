import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completeSecrets } from '../src/secrets/complete-secrets.js';
import { folderSecrets } from '../src/secrets/folder-secrets.js';
import { Plan } from '../src/plan/plan.js';
import { aPlan, fileOf, run } from './a-plan.js';

function aFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  const complete = (plan = aPlan(), ...more: string[]) =>
    run(['secrets', '--plan', fileOf(plan), '--folder', folder, ...more]);
  const file = (...names: string[]) => join(folder, ...names);
  const text = (...names: string[]) => readFileSync(file(...names), 'utf8');
  /** Every byte that is kept, by its place. */
  const everything = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(file(name)).isFile())
      .map((name) => [name, text(name)]);
  return { folder, complete, file, text, everything };
}

describe('the secrets of an installation without a cluster', () => {
  it('are files, one for each key, that nobody but their owner and its group reads', async () => {
    const { complete, text, file } = aFolder();
    expect((await complete()).code).toBe(0);
    const password = text('courtside-redis', 'REDIS_PASSWORD_USERS');
    expect(text('courtside-users', 'REDIS_URL')).toBe(
      `redis://nx-users:${password}@courtside-redis:6379`,
    );
    expect(statSync(file('courtside-users', 'SERVICE_KEY')).mode & 0o007).toBe(0);
    expect(text('courtside-first-admin', 'username')).toBe('admin');
  });

  it('do not change by a byte however often it runs, and two that run at once make one set', async () => {
    const { complete, everything, folder } = aFolder();
    const plan = Plan.parse(aPlan());
    await Promise.all([1, 2, 3].map(() => completeSecrets(plan, folderSecrets(folder))));
    const before = everything();
    for (let time = 0; time < 5; time++) expect((await complete()).code).toBe(0);
    expect(everything()).toEqual(before);
    expect(before.filter(([name]) => /\/\.[0-9a-f]{12}$/.test(name ?? ''))).toEqual([]);
  });

  it('fill folders that are there already, as volumes are', async () => {
    const { complete, file, text } = aFolder();
    mkdirSync(file('courtside-auth', 'lost+found'), { recursive: true });
    expect((await complete()).code).toBe(0);
    expect(text('courtside-auth', 'TOKEN_KEYS')).toContain('"keys"');
  });

  it('that a person wrote stay, and what follows from them is made', async () => {
    const { complete, file, text } = aFolder();
    const password = 'of-a-person';
    mkdirSync(file('courtside-redis'));
    writeFileSync(file('courtside-redis', 'REDIS_PASSWORD_AUTH'), password);
    await complete();
    expect(text('courtside-auth', 'REDIS_URL')).toContain(`:${password}@`);
    const moved = aPlan((plan) => (plan.bus.url = 'redis://elsewhere:6379'));
    await complete(moved);
    expect(text('courtside-auth', 'REDIS_URL')).toBe(`redis://nx-auth:${password}@elsewhere:6379`);
  });

  it('tell the password of the first administrator once, and only where that is asked for', async () => {
    const [quiet, telling] = [aFolder(), aFolder()];
    const silent = await quiet.complete();
    expect(silent.said).not.toContain(quiet.text('courtside-first-admin', 'password'));
    const password = () => telling.text('courtside-first-admin', 'password');
    const first = await telling.complete(aPlan(), '--tell-password');
    expect(first.said).toContain(`password   ${password()}`);
    const second = await telling.complete(aPlan(), '--tell-password');
    expect([second.code, second.said]).toEqual([0, expect.not.stringContaining(password())]);
  });

  it('say which file cannot be had', async () => {
    const { complete, file } = aFolder();
    writeFileSync(file('courtside-auth'), 'a file where a folder ought to be');
    const { code, complaints } = await complete();
    expect([code, complaints]).toEqual([1, expect.stringContaining('courtside-auth')]);
    chmodSync(file('courtside-auth'), 0o600);
  });
});
