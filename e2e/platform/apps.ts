import {
  startApp,
  type AppDefinition,
  type Environment,
  type RunningApp,
} from '@courtside/service';
import { aPlatform, type PlatformOptions, type TestPlatform } from '@courtside/testing';
import { Client } from 'pg';
import { app as auth } from '../../apps/auth/src/app.js';
import { app as gateway } from '../../apps/gateway/src/app.js';
import { app as users } from '../../apps/users/src/app.js';

export { gateway, users };

/** Gateway, auth and users as they really are, in this process, with the users of the demo. */
export function anAuthPlatform(
  env: NonNullable<PlatformOptions['env']> = {},
): Promise<TestPlatform> {
  const demo = { DEMO: 'true', PROTECTED_USERS: 'admin' };
  return aPlatform([auth, users, gateway], {
    env: { ...env, auth: { ...demo, ...env.auth }, users: { ...demo, ...env.users } },
  });
}

export const urlOf = (platform: TestPlatform): string => platform.running.get('gateway')?.url ?? '';

/** One more replica of an app, which whoever asks for it closes. */
export function aReplica(
  platform: TestPlatform,
  app: AppDefinition,
  settings: Environment = {},
): Promise<RunningApp> {
  const write = (line: string) => void platform.logLines.push(line);
  const environment = { ...platform.environmentOf(app.name), ...settings };
  return startApp(app, environment, { logTo: { write } });
}

/** What a service has written into its own schema. */
export async function rowsOf<R extends object>(
  platform: TestPlatform,
  service: string,
  sql: string,
): Promise<R[]> {
  const client = new Client({ connectionString: platform.database.urlOf(service) });
  await client.connect();
  try {
    return (await client.query<R>(sql)).rows;
  } finally {
    await client.end();
  }
}
