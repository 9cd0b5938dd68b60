import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { users, type User } from '@courtside/contracts';
import { aPlatform, fakeService, type TestPlatform } from '@courtside/testing';
import { newId, type Environment } from '@courtside/service';
import { Client } from 'pg';
import { app } from '../src/app.js';
import { FakeAuthController } from './fake-auth.js';

const auth = fakeService('auth', FakeAuthController);

export const GOOD_PASSWORD = 'correct horse battery staple';
export const aName = (): string => `spec-${newId().slice(-12)}`;

/** Users on a real database and bus, beside a stand-in for auth. */
export async function aUsersService(
  env: Environment = {},
  { withoutAuth = false } = {},
): Promise<TestPlatform> {
  const platform = await aPlatform(withoutAuth ? [app] : [app, auth], { env: { users: env } });
  await query(platform, await readFile(join(__dirname, 'remember-events.sql'), 'utf8'));
  return platform;
}

/** Which events about a user were committed, in the order of their names. */
export async function toldOf(platform: TestPlatform, id: string): Promise<string[]> {
  const sql = 'SELECT topic FROM told WHERE subject = $1 ORDER BY topic';
  return (await query<{ topic: string }>(platform, sql, [id])).map(({ topic }) => topic);
}

export const startAuth = (platform: TestPlatform): Promise<unknown> => platform.start(auth);

/** Signs someone up. */
export const aNewUser = (platform: TestPlatform, username = aName()): Promise<User> =>
  platform.ask(users.create, { username, password: GOOD_PASSWORD });

/** Looks at the tables, or makes time pass in them. */
export async function query<T = Record<string, unknown>>(
  platform: TestPlatform,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new Client({ connectionString: platform.database.urlOf('users') });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as T[];
  } finally {
    await client.end();
  }
}
