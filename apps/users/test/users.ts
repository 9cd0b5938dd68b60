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
export const aUsersService = (env: Environment = {}): Promise<TestPlatform> =>
  aPlatform([app, auth], { env: { users: env } });

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
